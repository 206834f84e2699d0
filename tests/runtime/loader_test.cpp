#include "engine/runtime/loader.hpp"

#include <doctest/doctest.h>

#include <new>

namespace saga::test {
namespace {

using base::Result;

// Has no memory for any answer.
class PoorReader final : public ports::JournalReader {
 public:
  Result<std::vector<ports::HistoryRow>> history(std::string_view, std::uint64_t,
                                                 std::uint32_t) override {
    throw std::bad_alloc();
  }
  Result<std::optional<ports::SnapshotRow>> snapshot(std::string_view) override {
    throw std::bad_alloc();
  }
  Result<ports::SagaRow> saga(std::string_view) override { throw std::bad_alloc(); }
  Result<ports::SagaPage> sagas(const ports::SagaFilter&) override { throw std::bad_alloc(); }
  Result<std::vector<ports::TimerRow>> timers(base::TimePoint, std::uint32_t,
                                              const std::optional<ports::TimerRow>&) override {
    throw std::bad_alloc();
  }
  Result<std::vector<ports::MessageRow>> messages(std::string_view) override {
    throw std::bad_alloc();
  }
  Result<std::vector<std::string>> message_receivers() override { throw std::bad_alloc(); }
  Result<ports::DefinitionRow> definition(std::string_view) override { throw std::bad_alloc(); }
  Result<std::vector<ports::DefinitionRow>> definitions() override { throw std::bad_alloc(); }
};

}  // namespace

TEST_CASE("without memory for a read, that read alone fails, and says whose it is") {
  PoorReader reader;
  runtime::DefinitionCache definitions;
  const auto made = [&](const runtime::Load& load) {
    return runtime::load(reader, definitions, load);
  };
  const auto saga = std::get<runtime::LoadedSaga>(made(runtime::LoadSaga{"s1", ""}));
  CHECK(saga.id == "s1");
  CHECK(saga.saga.error().message == "there is no memory left");
  const auto key = std::get<runtime::LoadedKey>(made(runtime::LoadKey{"k1"}));
  CHECK(key.id == "k1");
  CHECK_FALSE(key.key);
  const auto timers =
      std::get<runtime::LoadedTimers>(made(runtime::LoadTimers{base::TimePoint{}, {}, 7}));
  CHECK(timers.asked.limit == 7);
  CHECK_FALSE(timers.rows);
  CHECK_FALSE(std::get<runtime::LoadedReceivers>(made(runtime::LoadReceivers{})).machines);
}

}  // namespace saga::test
