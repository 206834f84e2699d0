#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/folder.hpp"
#include "tests/support/program.hpp"

namespace saga::cli::test {

using saga::test::Ended;
using saga::test::Folder;
using saga::test::Launch;
using saga::test::Program;
using Words = std::vector<std::string>;

// The `saga` command with these arguments, in the project's folder.
Launch command(const Words& arguments);
Ended saga(const Words& arguments);

// The whole text as one JSON value; fails the test if it isn't one.
nlohmann::json parse(const std::string& text);
std::vector<std::string> lines_of(const std::string& text);
bool has(const std::string& text, const std::string& part);

// A workflow file beside the tests.
std::string fixture(const std::string& name);

}  // namespace saga::cli::test
