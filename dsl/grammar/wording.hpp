#pragma once

#include <string>

#include "dsl/diagnostic.hpp"
#include "dsl/grammar/sink.hpp"

namespace saga::dsl::grammar {

// A fault in words: what was expected and found, "did you mean", and the place where it reads best:
// what is missing at the end of a line is shown there, and not at the next line's first word.
Diagnostic describe_fault(const Sink& sink, const SyntaxFault& fault, std::uint32_t file);

}  // namespace saga::dsl::grammar
