#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dsl/tree.hpp"
#include "engine/base/ids.hpp"

namespace saga::dsl::test {

// How many mutants a test makes: all of them, or a tenth where a sanitizer watches each step, which
// takes thirty times as long.
constexpr std::uint64_t mutants(std::uint64_t all) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return all / 10;
#else
  return all;
#endif
}

// One to four edits of bytes: a cut, a doubled part, or a piece of the language in the wrong place.
// Most of what comes out doesn't follow the grammar, and some isn't text.
std::string mutate_bytes(std::string text, base::SeededRandom& random);

// Other spaces, line breaks and comments between the tokens of a file; the tokens stay. Most of
// what comes out follows the grammar if the text did.
std::string mutate_spaces(const Tree& tree, base::SeededRandom& random);

// Edits that mostly leave a file that follows the grammar, so that names, types and paths are what
// breaks: words take each other's places, lines are cut, doubled, moved, or come from another file.
class WordMutator {
 public:
  // Learns the words and lines of the files.
  explicit WordMutator(const std::map<std::string, std::string>& by_path);

  [[nodiscard]] std::string mutate(std::string text, base::SeededRandom& random) const;

 private:
  [[nodiscard]] std::string replace_word(const std::string& text, base::SeededRandom& random) const;
  [[nodiscard]] std::string edit_line(const std::string& text, base::SeededRandom& random) const;

  std::vector<std::vector<std::string>> words_;  // by kind of token
  std::vector<std::string> lines_;
};

}  // namespace saga::dsl::test
