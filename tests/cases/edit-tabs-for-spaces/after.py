def add(a, b):
    if a:
        return b
    return a + b


def twice(a):
    return add(a, a)
