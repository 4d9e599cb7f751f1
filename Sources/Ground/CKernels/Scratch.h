// Memory that a thread keeps between products.

#include <stdbool.h>
#include <stddef.h>

/// Returns memory of `count` floats, the same number in every call, that is this thread's until it ends; null where there is none.
float *ck_scratch(size_t count);
