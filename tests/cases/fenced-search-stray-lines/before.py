def f(a):
    return a


def g(a):
    return f(a)
