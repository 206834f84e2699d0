#pragma once

#include <optional>

#include "engine/base/result.hpp"
#include "engine/base/time.hpp"
#include "engine/core/expression.hpp"

namespace saga::dsl {

// Whether an expression gives the same value in every saga: it reads no binding, clock or key.
bool is_constant(const core::Definition& tables, core::ExpressionId expression);

// Requires: is_constant. kDefect for what can't be computed: division by zero, overflow;
// kOverloaded for what takes too long to be computed before the saga runs.
base::Result<base::Value> constant_value(const core::Definition& tables,
                                         core::ExpressionId expression);

// Why an expression can't be computed in any saga; nullopt if it can, or if that isn't known.
// Besides constants it knows divisions by zero, and built-ins that refuse their other arguments
// whatever the receiver is: `name.truncate(-1)`.
std::optional<base::Error> never_computes(const core::Definition& tables,
                                          core::ExpressionId expression);

// `value` against the `where` of a type's row. Requires: the row has one. Errors as above.
base::Result<bool> satisfies_where(const core::Definition& tables, const core::Type& type,
                                   const base::Value& value);

// The constant duration of an expression; nullopt if it is none, or absent.
std::optional<base::Duration> constant_duration(const core::Definition& tables,
                                                core::ExpressionId expression);

}  // namespace saga::dsl
