#pragma once

#include <cstdio>
#include <cstdlib>

/// Aborts with the place when a condition that only a bug of ours can break is false; also in
/// release builds. Never used on input.
#define HAKEM_CHECK(condition)                                                           \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
