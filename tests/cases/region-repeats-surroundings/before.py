import os
import re


def f():
    return 1


print(f())
print(2)
