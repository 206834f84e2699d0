#pragma once

#include <string>
#include <string_view>
#include <vector>

// The project's own files, as the rules of the house see them.
namespace saga::house {

struct Include {
  int line = 0;  // from 1
  std::string path;
  bool is_quoted = false;
};

struct Source {
  Source(std::string path, std::string text);

  std::string path;  // from the repository's root
  std::string text;
  std::vector<Include> includes;
};

// Every text file that the project keeps, ordered by path; build folders and hidden ones are left
// out. Requires: the working directory is the repository's root.
std::vector<Source> read_project();

bool is_header(std::string_view path);
bool is_code(std::string_view path);  // C++, headers included

// The same text with comments and the insides of literals blanked out; lines and columns stay.
std::string code_of(std::string_view text);

std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace saga::house
