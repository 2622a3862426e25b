def add(x, y):
    return a - b


def double(a):
    return add(a, a)
