#include "engine/journal/batch_writer.hpp"

#include <algorithm>
#include <utility>

#include "engine/journal/seal.hpp"

namespace saga::journal {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

// 2 * 20,000 tails of about 200 bytes: 8 MB.
constexpr std::size_t kTailGeneration = 20'000;

std::int64_t milliseconds(base::TimePoint time) { return time.time_since_epoch().count(); }

template <class Row, class Write>
Result<void> write_all(const std::vector<Row>& rows, Write write) {
  for (const Row& row : rows) {
    if (Result<void> written = write(row); !written) return written;
  }
  return {};
}

base::Unexpected not_continuing(const ports::HistoryRow& row, std::uint64_t last_seq) {
  return fail(ErrorCode::kConflict,
              "history " + row.machine_id + " ends at " + std::to_string(last_seq) +
                  ", so a row from " + std::to_string(row.first_seq) + " to " +
                  std::to_string(row.last_seq) + " doesn't continue it",
              row.machine_id);
}

Statement& text_or_null(Statement& statement, std::string_view text) {
  return text.empty() ? statement.null() : statement.text(text);
}

}  // namespace

BatchWriter::BatchWriter() : tails_(kTailGeneration) {}

Result<BatchWriter> BatchWriter::make(const Connection& connection) {
  BatchWriter writer;
  const std::pair<Statement*, std::string_view> statements[] = {
      {&writer.add_machine_,
       "INSERT INTO machine(namespace, name) VALUES(?,?) ON CONFLICT DO NOTHING"},
      {&writer.find_machine_, "SELECT id, due FROM machine WHERE namespace=? AND name=?"},
      {&writer.find_tail_,
       "SELECT last_seq, chain FROM history WHERE machine=? ORDER BY last_seq DESC LIMIT 1"},
      {&writer.add_history_,
       "INSERT INTO history(machine, first_seq, last_seq, at, seed, epoch, input, events, crc, "
       "chain) VALUES(?,?,?,?,?,?,?,?,?,?)"},
      {&writer.put_snapshot_,
       "INSERT INTO snapshot(machine, seq, at, state, crc, chain) VALUES(?,?,?,?,?,?) "
       "ON CONFLICT DO UPDATE SET seq=excluded.seq, at=excluded.at, state=excluded.state, "
       "crc=excluded.crc, chain=excluded.chain"},
      {&writer.put_saga_,
       "INSERT INTO saga(machine, type, key, parent, status, cause, started_at, updated_at, "
       "ended_at) VALUES(?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET status=excluded.status, "
       "cause=excluded.cause, updated_at=excluded.updated_at, ended_at=excluded.ended_at"},
      {&writer.add_type_,
       "INSERT INTO saga_type(namespace, name, version, hash) VALUES(?,?,?,?) "
       "ON CONFLICT DO NOTHING"},
      {&writer.find_type_,
       "SELECT id FROM saga_type WHERE namespace=? AND name=? AND version=? AND hash=?"},
      {&writer.add_timer_, "INSERT INTO timer(due, machine) VALUES(?,?)"},
      {&writer.remove_timer_, "DELETE FROM timer WHERE due=? AND machine=?"},
      {&writer.set_due_, "UPDATE machine SET due=? WHERE id=?"},
      {&writer.add_message_, "INSERT INTO message(receiver, sender, number, body) VALUES(?,?,?,?)"},
      {&writer.remove_message_, "DELETE FROM message WHERE receiver=? AND sender=? AND number=?"},
      {&writer.add_definition_,
       "INSERT INTO definition(namespace, hash, name, version, text) VALUES(?,?,?,?,?) "
       "ON CONFLICT DO NOTHING RETURNING id"},
      {&writer.add_source_, "INSERT INTO source(hash, text) VALUES(?,?) ON CONFLICT DO NOTHING"},
      {&writer.link_source_,
       "INSERT INTO definition_source(definition, number, path, source) VALUES(?,?,?,?)"},
  };
  for (const auto& [statement, sql] : statements) {
    Result<Statement> prepared = Statement::prepare(connection, sql);
    if (!prepared) return fail(prepared.error());
    *statement = std::move(*prepared);
  }
  return writer;
}

Result<void> BatchWriter::write(const ports::Batch& batch) {
  Result<void> done =
      write_all(batch.definitions, [this](const auto& row) { return write_definition(row); });
  if (done) done = write_all(batch.history, [this](const auto& row) { return write_history(row); });
  if (done) {
    done = write_all(batch.snapshots, [this](const auto& row) { return write_snapshot(row); });
  }
  if (done) done = write_all(batch.sagas, [this](const auto& row) { return write_saga(row); });
  if (done) done = write_all(batch.timers, [this](const auto& row) { return write_timer(row); });
  if (done) done = write_all(batch.sent, [this](const auto& row) { return write_sent(row); });
  if (done) {
    done = write_all(batch.consumed, [this](const auto& row) { return write_consumed(row); });
  }
  return done;
}

// A refused batch is rare: forgetting all is simpler than knowing what it changed.
void BatchWriter::rolled_back() {
  tails_.clear();
  types_.clear();
}

Result<Tail*> BatchWriter::tail(std::string_view machine) {
  if (Tail* known = tails_.find(machine)) return known;
  const Result<Tail> loaded = load_tail(machine);
  if (!loaded) return fail(loaded.error());
  return tails_.put(machine, *loaded);
}

Result<std::int64_t> BatchWriter::number_of(std::string_view machine) {
  const Result<Tail*> found = tail(machine);
  if (!found) return fail(found.error());
  return (*found)->number;
}

Result<Tail> BatchWriter::load_tail(std::string_view machine) {
  Tail tail;
  const Result<void> added = add_machine_.text(kNamespace).text(machine).run();
  if (!added) return fail(added.error());
  if (add_machine_.changes() > 0) {
    tail.number = add_machine_.last_id();
    return tail;
  }
  const Result<bool> found = find_machine_.text(kNamespace).text(machine).step();
  if (!found) return fail(found.error());
  if (!*found)
    return fail(ErrorCode::kCorrupt, "machine's index and table differ", std::string(machine));
  tail.number = find_machine_.integer_at(0);
  if (!find_machine_.null_at(1)) tail.due = find_machine_.integer_at(1);
  find_machine_.reset();
  const Result<bool> row = find_tail_.integer(tail.number).step();
  if (!row) return fail(row.error());
  if (!*row) return tail;
  tail.last_seq = static_cast<std::uint64_t>(find_tail_.integer_at(0));
  const std::string chain = find_tail_.text_at(1);
  find_tail_.reset();
  if (chain.size() != tail.chain.size()) {
    return fail(ErrorCode::kCorrupt, "the chain of the last row has a wrong size",
                std::string(machine));
  }
  std::copy(chain.begin(), chain.end(), tail.chain.begin());
  return tail;
}

Result<void> BatchWriter::write_history(const ports::HistoryRow& row) {
  const Result<Tail*> found = tail(row.machine_id);
  if (!found) return fail(found.error());
  Tail& tail = **found;
  if (row.first_seq != tail.last_seq + 1 || row.last_seq < row.first_seq) {
    return not_continuing(row, tail.last_seq);
  }
  write_row_bytes(row, kEpoch, bytes_);
  const Seal seal = seal_of(sha_, tail.chain, bytes_);
  tail.last_seq = row.last_seq;
  tail.chain = seal.chain;
  return add_history_.integer(tail.number)
      .integer(static_cast<std::int64_t>(row.first_seq))
      .integer(static_cast<std::int64_t>(row.last_seq))
      .integer(milliseconds(row.at))
      .integer(static_cast<std::int64_t>(row.seed))
      .integer(static_cast<std::int64_t>(kEpoch))
      .text(row.input)
      .text(row.events)
      .integer(seal.crc)
      .blob(bytes_of(tail.chain))
      .run();
}

// One that a later row of the same commit has overtaken is of no use.
Result<void> BatchWriter::write_snapshot(const ports::SnapshotRow& row) {
  const Result<Tail*> found = tail(row.machine_id);
  if (!found) return fail(found.error());
  if ((*found)->last_seq != row.seq) return {};
  return put_snapshot_.integer((*found)->number)
      .integer(static_cast<std::int64_t>(row.seq))
      .integer(milliseconds(row.at))
      .text(row.state)
      .integer(crc32c(row.state))
      .blob(bytes_of((*found)->chain))
      .run();
}

Result<std::int64_t> BatchWriter::type_of(const ports::SagaRow& row) {
  const std::string key = row.definition + '\0' + std::to_string(row.version) + row.definition_hash;
  if (const auto found = types_.find(key); found != types_.end()) return found->second;
  const auto bind = [&row](Statement& statement) -> Statement& {
    return statement.text(kNamespace)
        .text(row.definition)
        .integer(row.version)
        .text(row.definition_hash);
  };
  if (const Result<void> added = bind(add_type_).run(); !added) return fail(added.error());
  const Result<bool> found = bind(find_type_).step();
  if (!found) return fail(found.error());
  if (!*found) return fail(ErrorCode::kCorrupt, "saga_type's index and table differ", row.id);
  const std::int64_t id = find_type_.integer_at(0);
  find_type_.reset();
  types_.emplace(key, id);
  return id;
}

Result<void> BatchWriter::write_saga(const ports::SagaRow& row) {
  const Result<std::int64_t> machine = number_of(row.id);
  if (!machine) return fail(machine.error());
  const Result<std::int64_t> type = type_of(row);
  if (!type) return fail(type.error());
  put_saga_.integer(*machine).integer(*type);
  text_or_null(text_or_null(put_saga_, row.key), row.parent_id)
      .integer(static_cast<std::int64_t>(row.status))
      .integer(static_cast<std::int64_t>(row.cause))
      .integer(milliseconds(row.started_at))
      .integer(milliseconds(row.updated_at));
  if (row.ended_at) return put_saga_.integer(milliseconds(*row.ended_at)).run();
  return put_saga_.null().run();
}

Result<void> BatchWriter::write_timer(const ports::TimerChange& change) {
  const Result<Tail*> found = tail(change.machine_id);
  if (!found) return fail(found.error());
  Tail& tail = **found;
  std::optional<std::int64_t> due;
  if (change.due) due = milliseconds(*change.due);
  if (due == tail.due) return {};
  if (tail.due) {
    Result<void> removed = remove_timer_.integer(*tail.due).integer(tail.number).run();
    if (!removed) return removed;
  }
  if (due) {
    Result<void> added = add_timer_.integer(*due).integer(tail.number).run();
    if (!added) return added;
  }
  tail.due = due;
  if (due) return set_due_.integer(*due).integer(tail.number).run();
  return set_due_.null().integer(tail.number).run();
}

Result<void> BatchWriter::write_sent(const ports::MessageRow& message) {
  const Result<std::int64_t> to = number_of(message.to);
  if (!to) return fail(to.error());
  const Result<std::int64_t> from = number_of(message.from);
  if (!from) return fail(from.error());
  Result<void> added = add_message_.integer(*to)
                           .integer(*from)
                           .integer(static_cast<std::int64_t>(message.number))
                           .text(message.body)
                           .run();
  if (!added && added.error().code == ErrorCode::kConflict) {
    return fail(ErrorCode::kConflict,
                "message " + std::to_string(message.number) + " was sent before", message.from);
  }
  return added;
}

Result<void> BatchWriter::write_consumed(const ports::MessageRow& message) {
  const Result<std::int64_t> to = number_of(message.to);
  if (!to) return fail(to.error());
  const Result<std::int64_t> from = number_of(message.from);
  if (!from) return fail(from.error());
  return remove_message_.integer(*to)
      .integer(*from)
      .integer(static_cast<std::int64_t>(message.number))
      .run();
}

Result<void> BatchWriter::write_definition(const ports::DefinitionRow& definition) {
  const Result<bool> added = add_definition_.text(kNamespace)
                                 .text(definition.hash)
                                 .text(definition.name)
                                 .integer(definition.version)
                                 .text(definition.text)
                                 .step();
  if (!added) return fail(added.error());
  if (!*added) return {};
  const std::int64_t id = add_definition_.integer_at(0);
  add_definition_.reset();
  std::int64_t number = 0;
  for (const auto& source : definition.sources) {
    if (Result<void> written = write_source(id, ++number, source); !written) return written;
  }
  return {};
}

Result<void> BatchWriter::write_source(std::int64_t definition, std::int64_t number,
                                       const ports::SourceRow& source) {
  const std::string hash = sha256_hex(source.text);
  if (Result<void> added = add_source_.text(hash).text(source.text).run(); !added) return added;
  return link_source_.integer(definition).integer(number).text(source.path).text(hash).run();
}

}  // namespace saga::journal
