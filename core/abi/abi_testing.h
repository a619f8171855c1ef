/* What the C99 test programs of this folder check with: they go on after a failure, count it, and
 * their main() gives the count. */
#ifndef PUNKTFUNK_ABI_TESTING_H
#define PUNKTFUNK_ABI_TESTING_H

#include <stdint.h>
#include <stdio.h>

static int failures = 0;

#define EXPECT(condition)                                             \
  do {                                                                \
    if (!(condition)) {                                               \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      ++failures;                                                     \
    }                                                                 \
  } while (0)
#define EXPECT_STATUS(expected, call)                                                   \
  do {                                                                                  \
    const int32_t got = (call);                                                         \
    if (got != (int32_t)(expected)) {                                                   \
      fprintf(stderr, "%s:%d: %s is %d, not %s\n", __FILE__, __LINE__, #call, (int)got, \
              #expected);                                                               \
      ++failures;                                                                       \
    }                                                                                   \
  } while (0)

#endif
