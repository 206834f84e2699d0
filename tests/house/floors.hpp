#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/house/source.hpp"

// The floors of the house: what each room may include. A room is a folder; a file belongs to the
// room with the longest name that is the beginning of its path.
namespace saga::house {

enum class Library {
  kStandard,
  kPosix,
  kJson,  // nlohmann
  kMultiprecision,
  kRe2,
  kSpirit,
  kNetwork,  // Asio and Beast
  kSqlite,
  kOpenSsl,
  kCli11,
  kToml,
  kTerminal,  // ncurses, libedit
  kPrometheus,
  kDoctest,
  kUnknown,
};
Library library_of(std::string_view header);

// A library that a room may use, and where in it.
struct Allowance {
  Library library;
  std::string_view under = "";  // only in files whose path begins so
  bool in_headers = true;
};

struct Room {
  std::string_view folder;                    // ends with '/'
  std::vector<std::string_view> may_include;  // beginnings of paths; its own room always
  std::vector<Allowance> may_use;             // the standard library always
};
const std::vector<Room>& rooms();
const Room* room_of(std::string_view path);  // null for a file that stands in no room

// All breaches of one file, each `path:line: why`. `exists` is asked about project headers.
using Paths = std::map<std::string, const Source*, std::less<>>;
std::vector<std::string> include_breaches(const Source& source, const Paths& project);

// Breaches through headers: libraries that are dear to compile (X3, Asio and Beast) must not leak
// out of the rooms that may use them, whoever includes whom.
std::vector<std::string> leak_breaches(const Source& source, const Paths& project);

}  // namespace saga::house
