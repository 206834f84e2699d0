#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/ports/journal.hpp"

namespace saga::journal::test {

// One empty store. `reopen` closes the journal and opens the same store again.
class Store {
 public:
  virtual ~Store() = default;
  virtual ports::Journal& journal() = 0;
  virtual void reopen() = 0;
};

// What every journal must do; each behaviour is a doctest subcase on a store of its own.
void check_conformance(const std::function<std::unique_ptr<Store>()>& make);

// Rows for tests, with content that differs by machine and seq.
ports::HistoryRow row(const std::string& machine, std::uint64_t first, std::uint64_t last);
ports::SagaRow saga(const std::string& id, std::int64_t started_at, core::Status status);
ports::Batch history_batch(const std::string& machine, std::uint64_t first, std::uint64_t last);
bool same(const ports::HistoryRow& a, const ports::HistoryRow& b);

}  // namespace saga::journal::test
