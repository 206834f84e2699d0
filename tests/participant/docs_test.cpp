#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "participant/outbox.hpp"
#include "tests/participant/bank.hpp"

// docs/participants.md is a contract that others write code by: what it says is run here.

namespace saga::participant::test {

namespace {

// The first ```sql block under a heading that holds `part`.
std::string sql_of(const std::string& heading, const std::string& part) {
  std::ifstream file("docs/participants.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string page = text.str();
  std::size_t at = page.find("\n" + heading + "\n");
  while (at != std::string::npos) {
    const std::size_t begin = page.find("```sql\n", at);
    if (begin == std::string::npos) return {};
    const std::size_t end = page.find("```", begin + 7);
    std::string block = page.substr(begin + 7, end - begin - 7);
    if (block.find(part) != std::string::npos) return block;
    at = end;
  }
  return {};
}

std::string columns_of(sqlite3* db, const char* table) {
  Statement info(db, "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1)");
  info.bind(1, table);
  std::string columns;
  while (info.next()) {
    for (int i = 0; i < 4; ++i) columns += info.text(i) + ' ';
  }
  return columns;
}

Database documented(const std::string& sql) {
  REQUIRE_FALSE(sql.empty());
  Database db = open_database(":memory:");
  REQUIRE(sqlite3_exec(db.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  return db;
}

}  // namespace

TEST_CASE("the tables that the page shows are the kit's") {
  const Database barrier = documented(sql_of("### SQLite", "CREATE TABLE"));
  CHECK(columns_of(barrier.get(), "saga_barrier") == columns_of(Bank().db.get(), "saga_barrier"));
  const Database outbox = documented(sql_of("## Business events", "CREATE TABLE"));
  const Database kit = open_database(":memory:");
  REQUIRE(create_outbox(kit.get()));
  CHECK(columns_of(outbox.get(), "saga_outbox") == columns_of(kit.get(), "saga_outbox"));
}

TEST_CASE("the statements that the page shows for SQLite run as they stand") {
  const Database db = documented(sql_of("### SQLite", "CREATE TABLE"));
  std::string rest = sql_of("### SQLite", "BEGIN IMMEDIATE");
  int statements = 0;
  while (rest.find(';') != std::string::npos) {
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    REQUIRE(sqlite3_prepare_v2(db.get(), rest.c_str(), -1, &statement, &tail) == SQLITE_OK);
    for (int i = sqlite3_bind_parameter_count(statement); i > 0; --i) {
      sqlite3_bind_text(statement, i, "S1/charge", -1, SQLITE_STATIC);
    }
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(statement);
    CHECK(code == SQLITE_DONE);
    sqlite3_finalize(statement);
    rest = tail;
    ++statements;
  }
  CHECK(statements == 9);
}

}  // namespace saga::participant::test
