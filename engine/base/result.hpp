#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "engine/base/assert.hpp"
#include "engine/base/error.hpp"

namespace saga::base {

// A wrapper that makes `return fail(code, message)` convert to any Result<T>.
struct Unexpected {
  Error error;
};

inline Unexpected fail(ErrorCode code, std::string message, std::string context = {}) {
  return Unexpected{Error{code, std::move(message), std::move(context)}};
}
inline Unexpected fail(Error error) { return Unexpected{std::move(error)}; }

// A value or an Error, with std::expected's names (clang 14 lacks std::expected). value() of an
// error and error() of a value are programmer's errors and abort.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Unexpected unexpected) : held_(std::in_place_index<1>, std::move(unexpected.error)) {}

  [[nodiscard]] bool has_value() const { return held_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  [[nodiscard]] const T& value() const& {
    SAGA_ASSERT(has_value());
    return *std::get_if<0>(&held_);
  }
  [[nodiscard]] T& value() & {
    SAGA_ASSERT(has_value());
    return *std::get_if<0>(&held_);
  }
  [[nodiscard]] T&& value() && {
    SAGA_ASSERT(has_value());
    return std::move(*std::get_if<0>(&held_));
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  [[nodiscard]] const Error& error() const {
    SAGA_ASSERT(!has_value());
    return *std::get_if<1>(&held_);
  }

 private:
  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Unexpected unexpected) : error_(std::move(unexpected.error)) {}

  [[nodiscard]] bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  [[nodiscard]] const Error& error() const {
    SAGA_ASSERT(error_.has_value());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace saga::base
