#pragma once

#include <optional>

#include "dsl/check/program.hpp"
#include "dsl/check/report.hpp"
#include "engine/base/result.hpp"
#include "engine/base/time.hpp"

// Values that are the same in every saga. Each constant is computed once, however often it is asked
// for or used in others.
namespace saga::dsl {

// Whether an expression gives the same value in every saga: it reads no binding, clock or key.
bool is_constant(const Program& program, core::ExpressionId expression);

// Requires: is_constant. kDefect for what can't be computed: division by zero, overflow;
// kOverloaded for what takes too long, or gives too much, to be computed before the saga runs.
base::Result<base::Value> constant_value(const Program& program, core::ExpressionId expression);

// Why an expression can't be computed in any saga; nullopt if it can, or if that isn't known.
// Besides constants it knows divisions by zero, and built-ins that refuse their other arguments
// whatever the receiver is: `name.truncate(-1)`.
std::optional<base::Error> never_computes(const Program& program, core::ExpressionId expression);

// `value` against the `where` of a type's row. Requires: the row has one. Errors as above.
base::Result<bool> satisfies_where(const Program& program, const core::Type& type,
                                   const base::Value& value);

// The constant duration of an expression; nullopt if it is none, or absent.
std::optional<base::Duration> constant_duration(const Program& program,
                                                core::ExpressionId expression);

// E0116 where the constants of all files took too long, so that not all were computed.
void check_constants_known(const Program& program, Report& report);

}  // namespace saga::dsl
