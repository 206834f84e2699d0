#include <algorithm>
#include <filesystem>
#include <utility>

#include "engine/journal/cursor.hpp"
#include "engine/journal/schema.hpp"
#include "engine/journal/seal.hpp"
#include "engine/journal/sqlite.hpp"
#include "engine/journal/sqlite_journal.hpp"
#include "engine/journal/sqlite_rows.hpp"

namespace saga::journal {

using base::ErrorCode;
using base::fail;
using base::Result;
using ports::HistoryRow;
using ports::MessageRow;
using ports::SagaRow;
using ports::TimerRow;

namespace {

class SqliteReader final : public ports::JournalReader {
 public:
  explicit SqliteReader(Connection connection) : connection_(std::move(connection)) {}

  Result<std::vector<HistoryRow>> history(std::string_view machine_id, std::uint64_t after,
                                          std::uint32_t limit) override;
  Result<std::optional<ports::SnapshotRow>> snapshot(std::string_view machine_id) override;
  Result<SagaRow> saga(std::string_view id) override;
  Result<ports::SagaPage> sagas(const ports::SagaFilter& filter) override;
  Result<std::vector<TimerRow>> timers(base::TimePoint before, std::uint32_t limit,
                                       const std::optional<TimerRow>& after) override;
  Result<std::vector<MessageRow>> messages(std::string_view to) override;
  Result<std::vector<std::string>> message_receivers() override;
  Result<ports::DefinitionRow> definition(std::string_view hash) override;
  Result<std::vector<ports::DefinitionRow>> definitions() override;

 private:
  // Binds with `bind`, calls `each` for every row; both borrow the statement.
  template <class Bind, class Each>
  Result<void> query(std::string_view sql, Bind bind, Each each) {
    Result<Statement> statement = Statement::prepare(connection_, sql);
    if (!statement) return fail(statement.error());
    bind(*statement);
    for (;;) {
      const Result<bool> row = statement->step();
      if (!row) return fail(row.error());
      if (!*row) return {};
      if (Result<void> taken = each(*statement); !taken) return taken;
    }
  }

  Result<std::int64_t> number_of(std::string_view machine_id);  // 0: unknown
  Result<void> start_check(ChainCheck& check, std::int64_t machine, std::uint64_t after);
  Result<std::vector<std::int64_t>> types_of(const ports::SagaFilter& filter);
  Result<void> list(const ports::SagaFilter& filter, std::int64_t before, std::int64_t type,
                    std::vector<NumberedSaga>& found);
  Result<void> read_sources(std::int64_t definition, ports::DefinitionRow& row);

  Result<bool> has_snapshots();  // not in a file of format 1 that is only read

  Connection connection_;
  Sha256 sha_;
  std::optional<bool> has_snapshots_;
};

Result<std::int64_t> SqliteReader::number_of(std::string_view machine_id) {
  std::int64_t number = 0;
  const Result<void> read = query(
      "SELECT id FROM machine WHERE namespace=? AND name=?",
      [&](Statement& s) { s.text(kNamespace).text(machine_id); },
      [&](Statement& s) -> Result<void> {
        number = s.integer_at(0);
        return {};
      });
  if (!read) return fail(read.error());
  return number;
}

Result<void> SqliteReader::start_check(ChainCheck& check, std::int64_t machine,
                                       std::uint64_t after) {
  return query(
      "SELECT last_seq, chain FROM history WHERE machine=? AND last_seq<=? "
      "ORDER BY last_seq DESC LIMIT 1",
      [&](Statement& s) { s.integer(machine).integer(static_cast<std::int64_t>(after)); },
      [&](Statement& s) -> Result<void> {
        check.start(static_cast<std::uint64_t>(s.integer_at(0)), s.text_at(1));
        return {};
      });
}

Result<std::vector<HistoryRow>> SqliteReader::history(std::string_view machine_id,
                                                      std::uint64_t after, std::uint32_t limit) {
  std::vector<HistoryRow> rows;
  const Result<std::int64_t> machine = number_of(machine_id);
  if (!machine) return fail(machine.error());
  if (*machine == 0) return rows;
  ChainCheck check(sha_, machine_id);
  if (const auto begun = start_check(check, *machine, after); !begun) return fail(begun.error());
  const Result<void> read = query(
      "SELECT first_seq, last_seq, at, seed, epoch, input, events, crc, chain FROM history "
      "WHERE machine=? AND last_seq>? ORDER BY last_seq LIMIT ?",
      [&](Statement& s) {
        s.integer(*machine).integer(static_cast<std::int64_t>(after)).integer(limit);
      },
      [&](Statement& s) {
        HistoryRow row;
        row.machine_id = machine_id;
        row.first_seq = static_cast<std::uint64_t>(s.integer_at(0));
        row.last_seq = static_cast<std::uint64_t>(s.integer_at(1));
        row.at = time_at(s, 2);
        row.seed = static_cast<std::uint64_t>(s.integer_at(3));
        row.input = s.text_at(5);
        row.events = s.text_at(6);
        rows.push_back(std::move(row));
        return check.next(rows.back(), static_cast<std::uint64_t>(s.integer_at(4)), s.integer_at(7),
                          s.text_at(8));
      });
  if (!read) return fail(read.error());
  return rows;
}

Result<bool> SqliteReader::has_snapshots() {
  if (has_snapshots_) return *has_snapshots_;
  bool found = false;
  const Result<void> read = query(
      "SELECT 1 FROM sqlite_schema WHERE name='snapshot'", [](Statement&) {},
      [&](Statement&) -> Result<void> {
        found = true;
        return {};
      });
  if (!read) return fail(read.error());
  has_snapshots_ = found;
  return found;
}

// One that is damaged, or of another history than this one, is as good as none.
Result<std::optional<ports::SnapshotRow>> SqliteReader::snapshot(std::string_view machine_id) {
  std::optional<ports::SnapshotRow> found;
  const Result<bool> has_any = has_snapshots();
  if (!has_any) return fail(has_any.error());
  if (!*has_any) return found;
  const Result<void> read = query(
      "SELECT s.seq, s.at, s.state, s.crc FROM snapshot s JOIN machine m ON m.id = s.machine "
      "JOIN history h ON h.machine = s.machine AND h.last_seq = s.seq AND h.chain = s.chain "
      "WHERE m.namespace=? AND m.name=?",
      [&](Statement& s) { s.text(kNamespace).text(machine_id); },
      [&](Statement& s) -> Result<void> {
        ports::SnapshotRow row;
        row.machine_id = machine_id;
        row.seq = static_cast<std::uint64_t>(s.integer_at(0));
        row.at = time_at(s, 1);
        row.state = s.text_at(2);
        if (s.integer_at(3) == static_cast<std::int64_t>(crc32c(row.state))) found = std::move(row);
        return {};
      });
  if (!read) return fail(read.error());
  return found;
}

Result<SagaRow> SqliteReader::saga(std::string_view id) {
  std::optional<SagaRow> found;
  const Result<void> read = query(
      std::string(kSagaColumns) +
          "WHERE s.machine=(SELECT id FROM machine WHERE namespace=? AND name=?)",
      [&](Statement& s) { s.text(kNamespace).text(id); },
      [&](Statement& s) -> Result<void> {
        Result<NumberedSaga> saga = read_saga(s);
        if (!saga) return fail(saga.error());
        found = std::move(saga->row);
        return {};
      });
  if (!read) return fail(read.error());
  if (found) return std::move(*found);
  return fail(ErrorCode::kNotFound, "there is no saga " + std::string(id), std::string(id));
}

// What the filter's definition and hash leave; {0}: all.
Result<std::vector<std::int64_t>> SqliteReader::types_of(const ports::SagaFilter& filter) {
  const std::string& name = filter.definition;
  const std::string& hash = filter.definition_hash;
  if (name.empty() && hash.empty()) return std::vector<std::int64_t>{0};
  std::vector<std::int64_t> types;
  const Result<void> read = query(
      "SELECT id FROM saga_type WHERE namespace=? AND (?='' OR name=?) AND (?='' OR hash=?)",
      [&](Statement& s) { s.text(kNamespace).text(name).text(name).text(hash).text(hash); },
      [&](Statement& s) -> Result<void> {
        types.push_back(s.integer_at(0));
        return {};
      });
  if (!read) return fail(read.error());
  return types;
}

Result<void> SqliteReader::list(const ports::SagaFilter& filter, std::int64_t before,
                                std::int64_t type, std::vector<NumberedSaga>& found) {
  std::string sql = std::string(kSagaColumns) + "WHERE s.machine < ?";
  if (type != 0) sql += " AND s.type=?";
  // Said twice so that the index without completed sagas is found.
  if (filter.status && *filter.status != core::Status::kCompleted) sql += " AND s.status<>2";
  if (filter.status) sql += " AND s.status=?";
  if (!filter.key.empty()) sql += " AND s.key=?";
  if (filter.has_timer) sql += " AND m.due IS NOT NULL";
  const std::string& beginning = filter.id_beginning;
  const std::string end = beginning + "~";  // which comes after all that stands in an id
  if (!beginning.empty())
    sql += " AND s.machine IN (SELECT id FROM machine WHERE namespace=? AND name>=? AND name<?)";
  sql += " ORDER BY s.machine DESC LIMIT ?";
  return query(
      sql,
      [&](Statement& s) {
        s.integer(before);
        if (type != 0) s.integer(type);
        if (filter.status) s.integer(static_cast<std::int64_t>(*filter.status));
        if (!filter.key.empty()) s.text(filter.key);
        if (!beginning.empty()) s.text(kNamespace).text(beginning).text(end);
        s.integer(static_cast<std::int64_t>(filter.limit) + 1);
      },
      [&](Statement& s) -> Result<void> {
        Result<NumberedSaga> saga = read_saga(s);
        if (!saga) return fail(saga.error());
        found.push_back(std::move(*saga));
        return {};
      });
}

Result<ports::SagaPage> SqliteReader::sagas(const ports::SagaFilter& filter) {
  const Result<std::int64_t> before = parse_cursor(filter.cursor);
  if (!before) return fail(before.error());
  const auto types = types_of(filter);
  if (!types) return fail(types.error());
  // One walk a version of the definition, each by its own index, merged.
  std::vector<NumberedSaga> found;
  for (const std::int64_t type : *types) {
    if (const auto read = list(filter, *before, type, found); !read) return fail(read.error());
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.number > b.number; });
  ports::SagaPage page;
  for (NumberedSaga& saga : found) {
    if (page.items.size() == filter.limit) break;
    page.items.push_back(std::move(saga.row));
    page.next_cursor = std::to_string(saga.number);
  }
  if (page.items.size() == found.size()) page.next_cursor.clear();
  return page;
}

Result<std::vector<TimerRow>> SqliteReader::timers(base::TimePoint before, std::uint32_t limit,
                                                   const std::optional<TimerRow>& after) {
  std::int64_t number = 0;
  if (after) {
    const Result<std::int64_t> known = number_of(after->machine_id);
    if (!known) return fail(known.error());
    number = *known;
  }
  std::vector<TimerRow> rows;
  const Result<void> read = query(
      "SELECT t.due, m.name FROM timer t CROSS JOIN machine m ON m.id=t.machine "
      "WHERE (t.due, t.machine) > (?,?) AND t.due<=? ORDER BY t.due, t.machine LIMIT ?",
      [&](Statement& s) {
        const auto lowest = std::numeric_limits<std::int64_t>::min();
        s.integer(after ? after->due.time_since_epoch().count() : lowest)
            .integer(number)
            .integer(before.time_since_epoch().count())
            .integer(limit);
      },
      [&](Statement& s) -> Result<void> {
        rows.push_back(TimerRow{time_at(s, 0), s.text_at(1)});
        return {};
      });
  if (!read) return fail(read.error());
  return rows;
}

Result<std::vector<MessageRow>> SqliteReader::messages(std::string_view to) {
  std::vector<MessageRow> rows;
  const Result<void> read = query(
      "SELECT f.name, x.number, x.body FROM message x CROSS JOIN machine f ON f.id=x.sender "
      "WHERE x.receiver=(SELECT id FROM machine WHERE namespace=? AND name=?) "
      "ORDER BY f.name, x.number",
      [&](Statement& s) { s.text(kNamespace).text(to); },
      [&](Statement& s) -> Result<void> {
        rows.push_back(MessageRow{s.text_at(0), static_cast<std::uint64_t>(s.integer_at(1)),
                                  std::string(to), s.text_at(2)});
        return {};
      });
  if (!read) return fail(read.error());
  return rows;
}

Result<std::vector<std::string>> SqliteReader::message_receivers() {
  std::vector<std::string> names;
  const Result<void> read = query(
      "SELECT name FROM machine WHERE id IN (SELECT receiver FROM message) ORDER BY name",
      [](Statement&) {},
      [&](Statement& s) -> Result<void> {
        names.push_back(s.text_at(0));
        return {};
      });
  if (!read) return fail(read.error());
  return names;
}

Result<void> SqliteReader::read_sources(std::int64_t definition, ports::DefinitionRow& row) {
  return query(
      "SELECT d.path, d.source, s.text FROM definition_source d "
      "LEFT JOIN source s ON s.hash=d.source WHERE d.definition=? ORDER BY d.number",
      [&](Statement& s) { s.integer(definition); },
      [&](Statement& s) -> Result<void> {
        row.sources.push_back(ports::SourceRow{s.text_at(0), s.text_at(2)});
        if (sha256_hex(row.sources.back().text) == s.text_at(1)) return {};
        return fail(ErrorCode::kCorrupt, "source " + s.text_at(0) + " doesn't have its hash",
                    row.hash);
      });
}

Result<ports::DefinitionRow> SqliteReader::definition(std::string_view hash) {
  std::int64_t id = 0;
  ports::DefinitionRow row;
  const Result<void> read = query(
      "SELECT id, name, version, hash, text FROM definition WHERE namespace=? AND hash=?",
      [&](Statement& s) { s.text(kNamespace).text(hash); },
      [&](Statement& s) -> Result<void> {
        id = s.integer_at(0);
        row = {s.text_at(1), s.integer_at(2), s.text_at(3), s.text_at(4), {}};
        return {};
      });
  if (!read) return fail(read.error());
  if (id == 0) return fail(ErrorCode::kNotFound, "there is no definition " + std::string(hash));
  if (sha256_hex(row.text) != row.hash) {
    return fail(ErrorCode::kCorrupt, "definition " + row.name + " doesn't have its hash", row.hash);
  }
  if (const auto sources = read_sources(id, row); !sources) return fail(sources.error());
  return row;
}

Result<std::vector<ports::DefinitionRow>> SqliteReader::definitions() {
  std::vector<ports::DefinitionRow> rows;
  const Result<void> read = query(
      "SELECT name, version, hash FROM definition ORDER BY id", [](Statement&) {},
      [&](Statement& s) -> Result<void> {
        rows.push_back(ports::DefinitionRow{s.text_at(0), s.integer_at(1), s.text_at(2), {}, {}});
        return {};
      });
  if (!read) return fail(read.error());
  return rows;
}

Result<Connection> open_connection(const std::string& path, Connection::Mode mode,
                                   const std::string& vfs) {
  Result<Connection> connection = Connection::open(path, mode, vfs);
  if (!connection) return connection;
  if (Result<void> known = check_schema(*connection); !known) return fail(known.error());
  return connection;
}

// All commits are in the file itself.
bool is_whole(const std::string& path) {
  std::error_code error;
  const std::string log = path + "-wal";
  return !std::filesystem::exists(log, error) || std::filesystem::file_size(log, error) == 0;
}

}  // namespace

Result<std::unique_ptr<ports::JournalReader>> open_sqlite_reader(const std::string& path,
                                                                 const SqliteOptions& options) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return fail(ErrorCode::kInvalidArgument, "this is a folder, and no journal", path);
  }
  if (!std::filesystem::is_regular_file(path, error)) {
    return fail(ErrorCode::kNotFound, "there is no such journal", path);
  }
  Result<Connection> connection = open_connection(path, Connection::Mode::kRead, options.vfs);
  // In a folder that can't be written SQLite has no place for what readers and writers share; a
  // file that is whole needs none.
  if (!connection && connection.error().code == ErrorCode::kReadOnly && is_whole(path)) {
    connection = open_connection(path, Connection::Mode::kStill, options.vfs);
  }
  if (!connection) return fail(connection.error());
  return std::unique_ptr<ports::JournalReader>(
      std::make_unique<SqliteReader>(std::move(*connection)));
}

}  // namespace saga::journal
