#pragma once

#include "dsl/grammar/sink.hpp"

namespace saga::dsl::grammar {

// Runs the grammar over the tokens: afterwards sink.events is a whole tree and names each token
// once.
void parse_tokens(Sink& sink);

}  // namespace saga::dsl::grammar
