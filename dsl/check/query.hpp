#pragma once

#include "dsl/check/module.hpp"

namespace saga::dsl {

// Checks the queries of a module: names, types and flow as in a saga, and that they only read.
// `missing`: what this version can't run, in source order. Requires: Module::declare, once.
void check_queries(Module& module, Program& program, const std::vector<Unavailable>& missing);

}  // namespace saga::dsl
