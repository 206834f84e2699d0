#pragma once

#include <exception>
#include <new>
#include <optional>
#include <utility>

#include "engine/base/error.hpp"

namespace saga::runtime {

// Runs `work` at the boundary of a thread. What it throws, of memory or from inside a library,
// comes back as an error; nullopt if it threw nothing.
template <class Work>
std::optional<base::Error> caught(Work&& work) {
  try {
    std::forward<Work>(work)();
    return std::nullopt;
  } catch (const std::bad_alloc&) {
    return base::Error{base::ErrorCode::kInternal, "there is no memory left", ""};
  } catch (const std::exception& exception) {
    return base::Error{base::ErrorCode::kInternal, exception.what(), ""};
  }
}

}  // namespace saga::runtime
