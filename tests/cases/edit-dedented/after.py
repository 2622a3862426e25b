def add(a, b):
    if a:
        b = 1
    return a + b


def twice(a):
    return add(a, a)
