#include "engine/journal/sqlite_rows.hpp"

#include <utility>

namespace saga::journal {

using base::ErrorCode;
using base::fail;
using base::Result;

base::TimePoint time_at(const Statement& statement, int column) {
  return base::TimePoint{base::Duration{statement.integer_at(column)}};
}

Result<NumberedSaga> read_saga(const Statement& statement) {
  NumberedSaga saga;
  ports::SagaRow& row = saga.row;
  row.id = statement.text_at(0);
  row.definition = statement.text_at(1);
  row.version = statement.integer_at(2);
  row.definition_hash = statement.text_at(3);
  row.key = statement.text_at(4);
  row.parent_id = statement.text_at(5);
  const std::int64_t status = statement.integer_at(6);
  const std::int64_t cause = statement.integer_at(7);
  if (status < 0 || status > static_cast<std::int64_t>(core::Status::kTerminated) || cause < 0 ||
      cause > static_cast<std::int64_t>(core::Cause::kDeadline)) {
    return fail(ErrorCode::kCorrupt, "list row of saga " + row.id + ": no such status or cause",
                row.id);
  }
  row.status = static_cast<core::Status>(status);
  row.cause = static_cast<core::Cause>(cause);
  row.started_at = time_at(statement, 8);
  row.updated_at = time_at(statement, 9);
  if (!statement.null_at(10)) row.ended_at = time_at(statement, 10);
  saga.number = statement.integer_at(11);
  return saga;
}

void ChainCheck::start(std::uint64_t last_seq, std::string chain) {
  last_seq_ = last_seq;
  chain_ = std::move(chain);
}

Result<void> ChainCheck::next(const ports::HistoryRow& row, std::uint64_t epoch, std::int64_t crc,
                              std::string chain) {
  if (row.first_seq != last_seq_ + 1 || row.last_seq < row.first_seq) {
    return corrupt(row, "the numbering has a gap after " + std::to_string(last_seq_));
  }
  write_row_bytes(row, epoch, bytes_);
  if (crc != static_cast<std::int64_t>(crc32c(bytes_))) return corrupt(row, "wrong checksum");
  const Digest digest = sha_.of({chain_, bytes_});
  if (bytes_of(digest) != chain) return corrupt(row, "the chain is broken");
  start(row.last_seq, std::move(chain));
  return {};
}

base::Unexpected ChainCheck::corrupt(const ports::HistoryRow& row, const std::string& what) const {
  return fail(ErrorCode::kCorrupt,
              "history " + machine_ + ", row " + std::to_string(row.first_seq) + ".." +
                  std::to_string(row.last_seq) + ": " + what,
              machine_);
}

}  // namespace saga::journal
