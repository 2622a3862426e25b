def f24():
    return 24


