#pragma once

#include <cstdio>
#include <cstdlib>

/// Aborts the process and prints file and line when the condition is false; also in release builds.
/// For conditions that only a bug in Hakem can violate, never for input.
#define HAKEM_CHECK(condition)                                                           \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
