#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/console.hpp"

namespace saga::cli {

bool has_verb(const CLI::App& app, const std::string& name);

// Tells on stderr what is wrong with a call whose first word is `first`, and which verb or flag was
// probably meant.
void explain_usage(const CLI::App& app, const CLI::ParseError& error, const std::string& first,
                   const Console& console);

}  // namespace saga::cli
