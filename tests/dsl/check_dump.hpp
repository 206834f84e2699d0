#pragma once

#include <string>

#include "engine/core/definition.hpp"

namespace saga::dsl {

// A definition as text that people can read and compare: nodes as an indented tree, expressions
// written out with their bindings as `name#slot`.
std::string dump(const core::Definition& definition);

}  // namespace saga::dsl
