#include "tests/support/folder.hpp"

#include <cstdlib>
#include <fstream>

namespace saga::test {

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "saga-test.XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(file(name), std::ios::binary) << text;
  return file(name);
}

}  // namespace saga::test
