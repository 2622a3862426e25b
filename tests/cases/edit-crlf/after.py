def add(a, b):
    # sum
    return a + b


def twice(a):
    return add(a, a)
