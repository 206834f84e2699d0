#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/journal/hash.hpp"
#include "engine/journal/sqlite.hpp"
#include "engine/journal/tails.hpp"
#include "engine/ports/journal.hpp"

namespace saga::journal {

// Writes the rows of a batch inside a transaction that its owner begins and ends. It remembers how
// the histories of the machines used last end; whoever rolls back must tell it.
class BatchWriter {
 public:
  // Requires: `connection` lives longer and has the current schema.
  static base::Result<BatchWriter> make(const Connection& connection);

  base::Result<void> write(const ports::Batch& batch);
  void rolled_back();

 private:
  using TypeIds = std::unordered_map<std::string, std::int64_t>;

  BatchWriter();
  base::Result<void> write_history(const ports::HistoryRow& row);
  base::Result<void> write_snapshot(const ports::SnapshotRow& row);
  base::Result<void> write_saga(const ports::SagaRow& row);
  base::Result<void> write_timer(const ports::TimerChange& change);
  base::Result<void> write_sent(const ports::MessageRow& message);
  base::Result<void> write_consumed(const ports::MessageRow& message);
  base::Result<void> write_definition(const ports::DefinitionRow& definition);
  base::Result<void> write_source(std::int64_t definition, std::int64_t number,
                                  const ports::SourceRow& source);
  // The machine's tail, of memory or of the store; a new machine gets its row. Valid until the
  // next call.
  base::Result<Tail*> tail(std::string_view machine);
  base::Result<std::int64_t> number_of(std::string_view machine);
  base::Result<Tail> load_tail(std::string_view machine);
  base::Result<std::int64_t> type_of(const ports::SagaRow& row);

  Sha256 sha_;
  std::string bytes_;  // of the row being written
  Tails tails_;
  TypeIds types_;

  Statement add_machine_, find_machine_, find_tail_, add_history_, put_snapshot_;
  Statement put_saga_, add_type_, find_type_;
  Statement add_timer_, remove_timer_, set_due_;
  Statement add_message_, remove_message_;
  Statement add_definition_, add_source_, link_source_;
};

}  // namespace saga::journal
