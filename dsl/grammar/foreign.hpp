#pragma once

#include <string>

#include "dsl/grammar/sink.hpp"

namespace saga::dsl::grammar {

// How this language says what people write who come from another one; empty where nothing is
// known to be meant.
std::string foreign_help(const Sink& sink, const SyntaxFault& fault);

}  // namespace saga::dsl::grammar
