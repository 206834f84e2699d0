#pragma once

#include "dsl/check/program.hpp"
#include "dsl/check/report.hpp"

namespace saga::dsl {

// The memory that a row takes, about.
std::size_t bytes_of(const core::Type& type);
std::size_t bytes_of(const core::Expression& expression);
std::size_t bytes_of(const core::Slot& slot);
std::size_t bytes_of(const core::Node& node);
std::size_t bytes_of(const core::Operation& operation);
std::size_t bytes_of(const core::Retry& retry);

// Counts what was added to the program's tables. E0116 at `span`, once, when they are full: what is
// lowered after that is left out.
void charge(Program& program, std::size_t bytes, const core::Span& span, Report& report);

}  // namespace saga::dsl
