#pragma once

#include <cstdio>
#include <cstdlib>

// Stops the process on a programmer's error, in release builds too. Never reachable from input,
// disk or network: those give a Result.
#define SAGA_ASSERT(condition)                                                               \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
