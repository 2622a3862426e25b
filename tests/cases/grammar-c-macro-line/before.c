#include "thing.h"

int f(void) {
    return 1;
}
