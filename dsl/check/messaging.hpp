#pragma once

#include "dsl/check/module.hpp"

namespace saga::dsl {

// Checks what a module declares of events, queues, caches, views and streams: keys, times, and how
// events are folded. Fills in the types of queues and caches. Requires: Module::declare, once.
void check_messaging(Module& module);

}  // namespace saga::dsl
