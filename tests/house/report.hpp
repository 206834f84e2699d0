#pragma once

#include <string>
#include <vector>

namespace saga::house {

// One breach a line, so that a failed check shows all of them; empty if there is none.
inline std::string report(const std::vector<std::string>& breaches) {
  std::string text;
  for (const std::string& breach : breaches) text += "\n" + breach;
  return text;
}

}  // namespace saga::house
