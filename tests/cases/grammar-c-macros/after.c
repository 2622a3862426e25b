#include <linux/list.h>

int f(struct list_head *head) {
    list_for_each(entry, head) {
        use(entry);
    }
    return 1;
}
