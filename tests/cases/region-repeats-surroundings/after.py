import os
import re


def f():
    return 2


print(f())
print(2)
