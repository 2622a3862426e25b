#include <stdio.h>

int f(int a) {
    if (a) {
        return 1;
    }
    return 2;
}

int g(void) {
    return 3;
}
