#include <vector>

int f() {
    return 1;
}
