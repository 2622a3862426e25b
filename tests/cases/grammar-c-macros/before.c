#include <linux/list.h>

int f(struct list_head *head) {
    return 1;
}
