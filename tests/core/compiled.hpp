#pragma once

#include <memory>
#include <string>

#include "engine/core/definition.hpp"

namespace saga::test {

// The last saga of a text; fails the test, with the diagnostics, if it doesn't compile.
std::shared_ptr<const core::Definition> compiled(const std::string& source);

// What an expression of the language gives, as JSON; `defect: …` with the message, or the codes of
// the diagnostics if it doesn't compile. It sees the parameters that compiled.cpp lists.
std::string evaluated(const std::string& expression);

}  // namespace saga::test
