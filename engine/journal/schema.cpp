#include "engine/journal/schema.hpp"

#include <array>
#include <string>

#include "engine/journal/hash.hpp"

namespace saga::journal {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

// Step n brings version n to n + 1. A released step is never edited.
constexpr std::array<const char*, kSchemaVersion> kSteps = {R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE source(hash TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE definition(
  id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, hash TEXT NOT NULL, name TEXT NOT NULL,
  version INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE(namespace, hash));
CREATE TABLE definition_source(
  definition INTEGER NOT NULL, number INTEGER NOT NULL, path TEXT NOT NULL, source TEXT NOT NULL,
  PRIMARY KEY(definition, number)) WITHOUT ROWID;

CREATE TABLE machine(
  id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, due INTEGER,
  UNIQUE(namespace, name));
CREATE TABLE history(
  id INTEGER PRIMARY KEY, machine INTEGER NOT NULL, first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL, at INTEGER NOT NULL, seed INTEGER NOT NULL, epoch INTEGER NOT NULL,
  input TEXT NOT NULL, events TEXT NOT NULL, crc INTEGER NOT NULL, chain BLOB NOT NULL);
CREATE UNIQUE INDEX history_by_machine ON history(machine, last_seq);

CREATE TABLE saga_type(
  id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
  hash TEXT NOT NULL, UNIQUE(namespace, name, version, hash));
CREATE TABLE saga(
  machine INTEGER PRIMARY KEY, type INTEGER NOT NULL, key TEXT, parent TEXT,
  status INTEGER NOT NULL, cause INTEGER NOT NULL, started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, ended_at INTEGER);
CREATE INDEX saga_by_type ON saga(type);
CREATE INDEX saga_by_status ON saga(status) WHERE status <> 2;
CREATE INDEX saga_by_key ON saga(key) WHERE key IS NOT NULL;

CREATE TABLE timer(
  due INTEGER NOT NULL, machine INTEGER NOT NULL, PRIMARY KEY(due, machine)) WITHOUT ROWID;
CREATE TABLE message(
  receiver INTEGER NOT NULL, sender INTEGER NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(receiver, sender, number)) WITHOUT ROWID;

CREATE VIEW history_readable AS
SELECT m.name AS machine, h.first_seq, h.last_seq,
       strftime('%Y-%m-%dT%H:%M:%fZ', h.at / 1000.0, 'unixepoch') AS at, h.input, h.events
FROM history h JOIN machine m ON m.id = h.machine ORDER BY h.id;
CREATE VIEW saga_readable AS
SELECT m.name AS id, t.name AS definition, t.version, s.key, s.parent,
       CASE s.status WHEN 0 THEN 'running' WHEN 1 THEN 'compensating' WHEN 2 THEN 'completed'
         WHEN 3 THEN 'compensated' WHEN 4 THEN 'stuck' WHEN 5 THEN 'terminated' END AS status,
       CASE s.cause WHEN 0 THEN '' WHEN 1 THEN 'failed' WHEN 2 THEN 'canceled'
         WHEN 3 THEN 'deadline' END AS cause,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.started_at / 1000.0, 'unixepoch') AS started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.updated_at / 1000.0, 'unixepoch') AS updated_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.ended_at / 1000.0, 'unixepoch') AS ended_at
FROM saga s JOIN machine m ON m.id = s.machine JOIN saga_type t ON t.id = s.type
ORDER BY s.machine DESC;
CREATE VIEW timer_readable AS
SELECT CASE t.due WHEN 0 THEN 'now'
         ELSE strftime('%Y-%m-%dT%H:%M:%fZ', t.due / 1000.0, 'unixepoch') END AS due,
       m.name AS machine
FROM timer t JOIN machine m ON m.id = t.machine ORDER BY t.due, t.machine;
)sql",
                                                            R"sql(
CREATE TABLE snapshot(
  machine INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL,
  crc INTEGER NOT NULL, chain BLOB NOT NULL);
)sql"};

Result<std::int64_t> number_of(Connection& connection, std::string_view sql) {
  Result<Statement> statement = Statement::prepare(connection, sql);
  if (!statement) return fail(statement.error());
  const Result<bool> row = statement->step();
  if (!row) return fail(row.error());
  return *row ? statement->integer_at(0) : 0;
}

// The file's version; 0: it is empty.
Result<std::int64_t> version_of(Connection& connection) {
  const auto tables = number_of(connection, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return fail(tables.error());
  const auto application = number_of(connection, "PRAGMA application_id");
  if (!application) return fail(application.error());
  if (*application == 0 && *tables == 0) return 0;
  if (*application != kApplicationId) {
    return fail(ErrorCode::kCorrupt, "the file is a database of another program, and no journal",
                connection.path());
  }
  auto version = number_of(connection, "PRAGMA user_version");
  if (version && *version > kSchemaVersion) {
    return fail(ErrorCode::kNewerVersion,
                "the journal has format " + std::to_string(*version) +
                    ", this program knows up to " + std::to_string(kSchemaVersion) +
                    ": use the newer program",
                connection.path());
  }
  return version;
}

}  // namespace

Result<void> migrate(Connection& connection) {
  const auto version = version_of(connection);
  if (!version) return fail(version.error());
  if (*version == kSchemaVersion) return {};
  std::string all = "BEGIN IMMEDIATE;";
  for (auto step = static_cast<std::size_t>(*version); step < kSteps.size(); ++step) {
    all += kSteps[step];
  }
  if (*version == 0) {
    all += "INSERT INTO meta VALUES('store_secret', x'" + to_hex(random_bytes(32)) + "');";
  }
  all += "PRAGMA application_id=" + std::to_string(kApplicationId) +
         ";PRAGMA user_version=" + std::to_string(kSchemaVersion) + ";COMMIT";
  Result<void> done = connection.run(all.c_str());
  // The migration's own error says more than one of the rollback could.
  if (!done && connection.in_transaction()) static_cast<void>(connection.run("ROLLBACK"));
  return done;
}

Result<void> check_schema(Connection& connection) {
  const auto version = version_of(connection);
  if (!version) return fail(version.error());
  if (*version != 0) return {};
  return fail(ErrorCode::kNotFound, "the file holds no journal yet", connection.path());
}

}  // namespace saga::journal
