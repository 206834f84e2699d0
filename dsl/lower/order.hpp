#pragma once

#include <vector>

#include "dsl/check/module.hpp"

namespace saga::dsl {

// The sagas of a file as indexes into Module::sagas(), those that are called before their callers.
// Where sagas call each other in a circle one of them comes first, in the order of the file.
// Linear in the size of the file; chains of calls may be as long as the file.
std::vector<std::size_t> saga_order(const Module& module);

}  // namespace saga::dsl
