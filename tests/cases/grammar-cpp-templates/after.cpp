#include <vector>

template <typename T, std::enable_if_t<(sizeof(T) > 4), int> = 0>
T f(std::vector<std::vector<T>> v) {
    return v[0][0] << 2 >> 1;
}
