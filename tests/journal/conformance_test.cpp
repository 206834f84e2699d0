#include <doctest/doctest.h>

#include "engine/journal/hash.hpp"
#include "engine/journal/memory_journal.hpp"
#include "engine/journal/seal.hpp"
#include "tests/journal/conformance.hpp"
#include "tests/journal/store.hpp"

namespace saga::journal::test {
namespace {

class MemoryStore final : public Store {
 public:
  ports::Journal& journal() override { return *journal_; }
  void reopen() override { journal_ = journal_->crash_image(); }

 private:
  std::unique_ptr<MemoryJournal> journal_ = std::make_unique<MemoryJournal>();
};

class SqliteStore final : public Store {
 public:
  ports::Journal& journal() override { return *journal_; }
  void reopen() override {
    journal_.reset();
    journal_ = open_journal(folder_.file());
  }

 private:
  Folder folder_;
  std::unique_ptr<SqliteJournal> journal_ = open_journal(folder_.file());
};

TEST_CASE("the memory journal conforms") {
  check_conformance([] { return std::make_unique<MemoryStore>(); });
}

TEST_CASE("the SQLite journal conforms") {
  check_conformance([] { return std::make_unique<SqliteStore>(); });
}

TEST_CASE("the hashes have their published values") {
  CHECK(crc32c("123456789") == 0xE3069283u);
  CHECK(crc32c("") == 0);
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AAu);
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("the example row of FORMAT.md has the seal written there") {
  const ports::HistoryRow example{"01930000-0000-7000-8000-000000000001",
                                  1,
                                  2,
                                  base::TimePoint{base::Duration{1'764'000'000'000}},
                                  7,
                                  R"({"kind":"start"})",
                                  R"([{"kind":"started"},{"kind":"step_planned"}])"};
  std::string bytes;
  write_row_bytes(example, kEpoch, bytes);
  CHECK(bytes.size() == 176);
  Sha256 sha;
  const Seal seal = seal_of(sha, kChainStart, bytes);
  CHECK(seal.crc == 1930333988u);
  CHECK(to_hex(bytes_of(seal.chain)) ==
        "ebe1358bd4b41adc4fc845dff9c9a0c64f54cc5cd4e365751463e3e80897d1f1");
}

}  // namespace
}  // namespace saga::journal::test
