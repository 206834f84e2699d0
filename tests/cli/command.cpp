#include "tests/cli/command.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace saga::cli::test {

Launch command(const Words& arguments) {
  Launch launch;
  launch.words = {SAGA_COMMAND};
  launch.words.insert(launch.words.end(), arguments.begin(), arguments.end());
  return launch;
}

Ended saga(const Words& arguments) { return saga::test::run(command(arguments)); }

nlohmann::json parse(const std::string& text) {
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  REQUIRE_MESSAGE(!value.is_discarded(), text);
  return value;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string fixture(const std::string& name) { return "tests/cli/fixtures/" + name; }

}  // namespace saga::cli::test
