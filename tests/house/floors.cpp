#include "tests/house/floors.hpp"

#include <algorithm>
#include <set>

namespace saga::house {
namespace {

using enum Library;

constexpr std::string_view kBase = "engine/base/";
constexpr std::string_view kCore = "engine/core/";
constexpr std::string_view kPorts = "engine/ports/";
constexpr std::string_view kRuntime = "engine/runtime/";
constexpr std::string_view kReplay = "engine/replay/";

// Where the asynchronous shell around the orchestrator lives.
constexpr std::string_view kRuntimeEdge = "engine/runtime/engine";

std::vector<Room> make_rooms() {
  const std::vector<std::string_view> everything = {"engine/", "dsl/", "adapters/", "participant/"};
  return {
      {kBase, {}, {{kJson}, {kMultiprecision}}},
      {kCore, {kBase}, {{kRe2}}},
      {kPorts, {kBase, kCore}, {}},
      {"dsl/",
       {kBase, "engine/core/definition", "engine/core/expression", "engine/core/schedule"},
       {{kSpirit, "dsl/grammar/"}}},
      {"engine/journal/",
       {kBase, kCore, kPorts},
       {{kSqlite, "", false}, {kOpenSsl, "", false}, {kPosix, "", false}}},
      {kReplay, {kBase, kCore, kPorts}, {}},
      {kRuntime, {kBase, kCore, kPorts}, {{kNetwork, kRuntimeEdge}}},
      {"engine/verify/", {kBase, kCore, kPorts, kRuntime, kReplay}, {}},
      {"engine/server/",
       {kBase, kCore, kPorts, kRuntime, kReplay},
       {{kNetwork}, {kOpenSsl}, {kPrometheus}, {kPosix, "", false}}},
      {"adapters/http/",
       {kBase, kCore, kPorts},
       {{kNetwork}, {kOpenSsl, "", false}, {kPosix, "", false}}},
      {"adapters/mock/", {kBase, kCore, "engine/verify/sample"}, {{kNetwork}}},
      {"participant/", {}, {{kSqlite}, {kPosix, "", false}}},
      // The demo asks its participants for their books, and nobody else does.
      {"cli/",
       everything,
       {{kCli11}, {kToml}, {kTerminal}, {kPosix}, {kNetwork, "cli/demo_participants.cpp"}}},
      {"workflows/",
       {"participant/"},
       {{kSqlite}, {kJson}, {kNetwork}, {kCli11}, {kPosix, "", false}}},
      {"bench/",
       {"engine/", "dsl/", "adapters/", "participant/", "workflows/"},
       {{kSqlite}, {kNetwork}, {kCli11}, {kJson}, {kPosix}}},
      {"tests/",
       {"engine/", "dsl/", "adapters/", "participant/", "workflows/", "cli/", "bench/"},
       {{kDoctest}, {kRe2}, {kSqlite}, {kNetwork}, {kOpenSsl}, {kJson}, {kPosix}}},
  };
}

bool begins_with_any(std::string_view path, const std::vector<std::string_view>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view begin) { return path.starts_with(begin); });
}

bool may_use(const Room& room, const Source& source, Library library) {
  return library == kStandard ||
         std::any_of(room.may_use.begin(), room.may_use.end(), [&](const Allowance& allowance) {
           return allowance.library == library && source.path.starts_with(allowance.under) &&
                  (allowance.in_headers || !is_header(source.path));
         });
}

std::string at(const Source& source, int line) {
  return source.path + ":" + std::to_string(line) + ": ";
}

// Why this include may not stand there; empty if it may.
std::string reason(const Room& room, const Source& source, const Include& include,
                   const Paths& project) {
  const std::string room_name(room.folder);
  if (!include.is_quoted) {
    if (project.contains(include.path)) return "include \"" + include.path + "\" with quotes";
    if (may_use(room, source, library_of(include.path))) return "";
    return "<" + include.path + "> has no place here; see what " + room_name + " may use";
  }
  if (!project.contains(include.path)) {
    return "\"" + include.path + "\" is no path from the repository's root";
  }
  if (include.path.starts_with(room.folder) || begins_with_any(include.path, room.may_include)) {
    return "";
  }
  return room_name + " may not include " + include.path;
}

// The first way from a file to a library, as a chain of includes; empty if there is none.
std::string way_to(const Source& source, Library library, const Paths& project,
                   std::set<std::string>& seen) {
  if (!seen.insert(source.path).second) return "";
  for (const Include& include : source.includes) {
    if (!include.is_quoted) {
      if (library_of(include.path) == library) return " > <" + include.path + ">";
      continue;
    }
    const auto found = project.find(include.path);
    if (found == project.end()) continue;
    const std::string way = way_to(*found->second, library, project, seen);
    if (!way.empty()) return " > " + include.path + way;
  }
  return "";
}

}  // namespace

Library library_of(std::string_view header) {
  static const std::vector<std::pair<std::string_view, Library>> beginnings = {
      {"nlohmann/", kJson},
      {"boost/multiprecision/", kMultiprecision},
      {"boost/spirit", kSpirit},
      {"boost/fusion", kSpirit},
      {"boost/asio", kNetwork},
      {"boost/beast", kNetwork},
      {"boost/system", kNetwork},
      {"re2/", kRe2},
      {"sqlite3", kSqlite},
      {"openssl/", kOpenSsl},
      {"CLI/", kCli11},
      {"toml++/", kToml},
      {"curses", kTerminal},
      {"ncurses", kTerminal},
      {"histedit", kTerminal},
      {"editline/", kTerminal},
      {"prometheus/", kPrometheus},
      {"doctest/", kDoctest},
      {"sys/", kPosix},
      {"arpa/", kPosix},
      {"netinet/", kPosix},
      {"net/", kPosix},
      {"linux/", kPosix},
  };
  for (const auto& [begin, library] : beginnings) {
    if (header.starts_with(begin)) return library;
  }
  if (header.find('/') != std::string_view::npos) return kUnknown;
  return header.ends_with(".h") ? kPosix : kStandard;
}

const std::vector<Room>& rooms() {
  static const std::vector<Room> all = make_rooms();
  return all;
}

const Room* room_of(std::string_view path) {
  const Room* best = nullptr;
  for (const Room& room : rooms()) {
    if (!path.starts_with(room.folder)) continue;
    if (best == nullptr || best->folder.size() < room.folder.size()) best = &room;
  }
  return best;
}

std::vector<std::string> include_breaches(const Source& source, const Paths& project) {
  const Room* room = room_of(source.path);
  if (room == nullptr) return {source.path + ": stands in no room of tests/house/floors.cpp"};
  std::vector<std::string> breaches;
  for (const Include& include : source.includes) {
    const std::string why = reason(*room, source, include, project);
    if (!why.empty()) breaches.push_back(at(source, include.line) + why);
  }
  return breaches;
}

std::vector<std::string> leak_breaches(const Source& source, const Paths& project) {
  const Room* room = room_of(source.path);
  if (room == nullptr) return {};
  std::vector<std::string> breaches;
  for (const Library library : {kSpirit, kNetwork}) {
    if (may_use(*room, source, library)) continue;
    std::set<std::string> seen;
    const std::string way = way_to(source, library, project, seen);
    if (!way.empty()) breaches.push_back(source.path + way);
  }
  return breaches;
}

}  // namespace saga::house
