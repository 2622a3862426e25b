#include "thing.h"

DEFINE_THING(a, b)
int f(void) {
    return 1;
}
