#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/cli/command.hpp"

namespace saga::cli::test {
namespace {

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a new file is laid out, checks without a word, passes its tests and runs on mocks") {
  const Folder folder;
  const std::string file = folder.file("my-shop.saga");
  const Ended made = saga({"new", file});
  CHECK(made.code == 0);
  CHECK(has(made.out, "made " + file));
  CHECK(has(read(file), "module my_shop\n"));
  CHECK(saga({"fmt", "--check", file}).code == 0);
  const Ended checked = saga({"check", file});
  CHECK(checked.code == 0);
  CHECK(checked.err.empty());
  CHECK(has(saga({"test", file}).out, "2 passed, 0 failed"));
  const std::size_t begin = made.err.find("--input '") + 9;
  const std::string input = made.err.substr(begin, made.err.rfind('\'') - begin);
  CHECK(saga({"run", file, "--mock", "--input", input}).code == 0);
}

TEST_CASE("a file that is there stays as it is, and what can't be made says why") {
  const Folder folder;
  const std::string file = folder.file("a.saga");
  std::ofstream(file) << "mine";
  const Ended again = saga({"new", file});
  CHECK(again.code == 7);
  CHECK(has(again.err, "is there already"));
  CHECK(read(file) == "mine");
  CHECK(saga({"new", folder.file("none/b.saga")}).code == 6);
  const Ended other = saga({"new", folder.file("b.txt")});
  CHECK(other.code == 2);
  CHECK(has(other.err, "saga new b.saga"));
  CHECK_FALSE(std::filesystem::exists(folder.file("b.txt")));
  CHECK(parse(saga({"new", folder.file("7.saga"), "-o", "json"}).out)["file"] ==
        folder.file("7.saga"));
  CHECK(saga({"check", folder.file("7.saga")}).code == 0);
  const std::string spaced = folder.file("a b.saga");
  CHECK(has(saga({"new", spaced}).err, "saga test '" + spaced + "'"));
}

}  // namespace saga::cli::test
