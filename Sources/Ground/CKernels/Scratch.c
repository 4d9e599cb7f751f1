// Memory that a thread keeps between products.

#include <pthread.h>
#include <stdlib.h>

#include "Scratch.h"

static pthread_key_t key;
static bool hasKey;
static void makeKey(void) { hasKey = pthread_key_create(&key, free) == 0; }

float *ck_scratch(size_t count) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, makeKey);
  if (!hasKey) return NULL;
  float *memory = pthread_getspecific(key);
  if (memory) return memory;
  if (posix_memalign((void **)&memory, 64, count * sizeof(float)) != 0) return NULL;
  if (pthread_setspecific(key, memory) == 0) return memory;
  free(memory);
  return NULL;
}
