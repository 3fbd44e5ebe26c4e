#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define LIMIT 1234

struct point {
    int32_t x;
    int32_t y;
    bool is_set;
};
