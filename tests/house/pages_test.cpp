#include <doctest/doctest.h>
#include <re2/re2.h>

#include <algorithm>

#include "tests/house/report.hpp"
#include "tests/house/source.hpp"

namespace saga::house {
namespace {

bool exists(const std::vector<Source>& project, std::string_view name) {
  const std::string end = "/" + std::string(name);
  return std::any_of(project.begin(), project.end(), [&](const Source& source) {
    return source.path == name || source.path.ends_with(end);
  });
}

// Files that a page names in `code` or links to, and that aren't there. A name may leave out the
// folders in front.
std::vector<std::string> page_breaches(const Source& page, const std::vector<Source>& project) {
  static const RE2 named(R"(`([\w./-]+\.(?:cpp|hpp|md))`)");
  static const RE2 linked(R"(\]\(([\w./-]+)(?:#[\w-]*)?\))");
  std::vector<std::string> breaches;
  for (const RE2* pattern : {&named, &linked}) {
    re2::StringPiece rest(page.text);
    std::string name;
    while (RE2::FindAndConsume(&rest, *pattern, &name)) {
      while (name.starts_with("../")) name.erase(0, 3);
      if (name.find('.') == std::string::npos || exists(project, name)) continue;
      breaches.push_back(page.path + ": there is no " + name);
    }
  }
  return breaches;
}

TEST_CASE("every file that a page names is there") {
  const std::vector<Source> project = read_project();
  std::vector<std::string> breaches;
  for (const Source& page : project) {
    if (!page.path.ends_with(".md")) continue;
    for (const std::string& breach : page_breaches(page, project)) breaches.push_back(breach);
  }
  CHECK(report(breaches) == "");
}

TEST_CASE("a page that names a file that is not there is seen") {
  const std::vector<Source> project = {Source("dsl/tree.cpp", ""), Source("docs/cli.md", "")};
  CHECK(page_breaches(Source("a.md", "see `tree.cpp` and [cli](docs/cli.md#run)"), project) ==
        std::vector<std::string>{});
  CHECK(page_breaches(Source("docs/a.md", "[cli](cli.md) [cli](../docs/cli.md)"), project) ==
        std::vector<std::string>{});
  CHECK(page_breaches(Source("a.md", "see `bush.cpp` and [it](docs/it.md)"), project).size() == 2);
}

}  // namespace
}  // namespace saga::house
