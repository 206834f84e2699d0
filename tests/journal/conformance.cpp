#include "tests/journal/conformance.hpp"

#include <doctest/doctest.h>

#include <set>

#include "engine/journal/hash.hpp"

namespace saga::journal::test {

using base::ErrorCode;
using ports::Batch;

namespace {

base::TimePoint at(std::int64_t milliseconds) {
  return base::TimePoint{base::Duration{milliseconds}};
}

std::unique_ptr<ports::JournalReader> reader_of(Store& store) {
  auto reader = store.journal().open_reader();
  REQUIRE(reader.has_value());
  return std::move(*reader);
}

void commit(Store& store, const Batch& batch) {
  const auto done = store.journal().commit(batch);
  REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
}

void refuse(Store& store, const Batch& batch, ErrorCode code) {
  const auto done = store.journal().commit(batch);
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().code == code);
}

void check_history(Store& store) {
  SUBCASE("rows come back as they were committed, with every field") {
    Batch batch = history_batch("m", 1, 3);
    batch.history[0].seed = 0xFFFFFFFFFFFFFFFFu;
    batch.history.push_back(row("m", 4, 4));
    commit(store, batch);
    const auto rows = reader_of(store)->history("m", 0, 10);
    REQUIRE(rows->size() == 2);
    CHECK(same(rows->at(0), batch.history[0]));
    CHECK(same(rows->at(1), batch.history[1]));
  }
  SUBCASE("reading after a seq gives the rows that end later, up to the limit") {
    commit(store, history_batch("m", 1, 3));
    commit(store, history_batch("m", 4, 6));
    commit(store, history_batch("m", 7, 7));
    CHECK(reader_of(store)->history("m", 3, 1)->front().first_seq == 4);
    CHECK(reader_of(store)->history("m", 5, 9)->size() == 2);
    CHECK(reader_of(store)->history("m", 7, 9)->empty());
    CHECK(reader_of(store)->history("unknown", 0, 9)->empty());
  }
  SUBCASE("a row that leaves a gap, repeats or runs backwards is a conflict") {
    refuse(store, history_batch("m", 2, 2), ErrorCode::kConflict);
    commit(store, history_batch("m", 1, 2));
    refuse(store, history_batch("m", 2, 3), ErrorCode::kConflict);
    refuse(store, history_batch("m", 4, 4), ErrorCode::kConflict);
    refuse(store, history_batch("m", 3, 2), ErrorCode::kConflict);
    commit(store, history_batch("m", 3, 3));
  }
  SUBCASE("a refused batch leaves nothing of itself behind, and its good part may come again") {
    Batch batch = history_batch("a", 1, 1);
    batch.sagas.push_back(saga("a", 5, core::Status::kRunning));
    batch.timers.push_back({"a", at(7)});
    Batch bad = batch;
    bad.history.push_back(row("b", 9, 9));
    refuse(store, bad, ErrorCode::kConflict);
    CHECK(reader_of(store)->history("a", 0, 9)->empty());
    CHECK_FALSE(reader_of(store)->saga("a").has_value());
    CHECK(reader_of(store)->timers(at(100), 9, std::nullopt)->empty());
    commit(store, batch);
    CHECK(reader_of(store)->history("a", 0, 9)->size() == 1);
  }
  SUBCASE("an open reader sees what is committed later") {
    const auto reader = reader_of(store);
    CHECK(reader->history("m", 0, 9)->empty());
    commit(store, history_batch("m", 1, 1));
    CHECK(reader->history("m", 0, 9)->size() == 1);
  }
  SUBCASE("a store opened again goes on where it was") {
    const std::string secret = store.journal().store_secret();
    CHECK(secret.size() == 32);
    commit(store, history_batch("m", 1, 2));
    store.reopen();
    CHECK(store.journal().store_secret() == secret);
    refuse(store, history_batch("m", 1, 1), ErrorCode::kConflict);
    commit(store, history_batch("m", 3, 3));
    store.journal().idle();
    CHECK(reader_of(store)->history("m", 0, 9)->size() == 2);
  }
}

std::string ids(const ports::SagaPage& page) {
  std::string all;
  for (const auto& item : page.items) all += item.id;
  return all;
}

void check_sagas(Store& store) {
  SUBCASE("a list row that is known changes by its id in status, cause and times") {
    ports::SagaRow row = saga("a", 5, core::Status::kRunning);
    commit(store, Batch{{}, {row}, {}, {}, {}, {}});
    row.status = core::Status::kCompensated;
    row.cause = core::Cause::kDeadline;
    row.ended_at = at(99);
    row.updated_at = at(98);
    commit(store, Batch{{}, {row}, {}, {}, {}, {}});
    const auto found = reader_of(store)->saga("a");
    REQUIRE(found.has_value());
    CHECK(found->status == row.status);
    CHECK(found->cause == row.cause);
    CHECK(found->ended_at == row.ended_at);
    CHECK(found->updated_at == row.updated_at);
    CHECK(found->started_at == row.started_at);
    CHECK(found->definition == row.definition);
    CHECK(found->definition_hash == row.definition_hash);
    CHECK(found->version == row.version);
    CHECK(found->key == row.key);
    CHECK(found->parent_id == row.parent_id);
    CHECK(reader_of(store)->sagas({})->items.size() == 1);
    CHECK(reader_of(store)->saga("b").error().code == ErrorCode::kNotFound);
  }
  SUBCASE("filters by status, definition and key choose together") {
    auto a = saga("a", 1, core::Status::kRunning);
    auto b = saga("b", 2, core::Status::kStuck);
    auto c = saga("c", 3, core::Status::kRunning);
    b.version = 2;
    b.definition_hash = "hash-2";
    c.definition = "other.Saga";
    c.key = "K2";
    commit(store, Batch{{}, {a, b, c}, {}, {}, {}, {}});
    CHECK(ids(*reader_of(store)->sagas({})) == "cba");
    CHECK(ids(*reader_of(store)->sagas({core::Status::kRunning, "", "", "", 9})) == "ca");
    CHECK(ids(*reader_of(store)->sagas({std::nullopt, a.definition, "", "", 9})) == "ba");
    CHECK(ids(*reader_of(store)->sagas({std::nullopt, "", "K2", "", 9})) == "c");
    CHECK(ids(*reader_of(store)->sagas({core::Status::kStuck, a.definition, a.key, "", 9})) == "b");
    CHECK(ids(*reader_of(store)->sagas({std::nullopt, "none", "", "", 9})).empty());
    CHECK(ids(*reader_of(store)->sagas({std::nullopt, "", "", "", 9, "hash-2"})) == "b");
    CHECK(ids(*reader_of(store)->sagas({core::Status::kRunning, "", "", "", 9, "hash-2"})).empty());
    CHECK(ids(*reader_of(store)->sagas({std::nullopt, c.definition, "", "", 9, "hash-2"})).empty());
  }
}

void check_found(Store& store) {
  SUBCASE("sagas are found by the beginning of their id, and by having a timer") {
    commit(store, Batch{{},
                        {saga("ab", 1, core::Status::kRunning), saga("ac", 2, core::Status::kStuck),
                         saga("b", 3, core::Status::kStuck)},
                        {{"ac", at(7)}, {"ab", at(0)}},
                        {},
                        {},
                        {}});
    ports::SagaFilter filter;
    filter.id_beginning = "a";
    CHECK(ids(*reader_of(store)->sagas(filter)) == "acab");
    filter.id_beginning = "ab";
    CHECK(ids(*reader_of(store)->sagas(filter)) == "ab");
    filter.id_beginning = "abc" + std::string(40, '0');
    CHECK(ids(*reader_of(store)->sagas(filter)).empty());
    filter = {};
    filter.has_timer = true;
    CHECK(ids(*reader_of(store)->sagas(filter)) == "acab");
    filter.status = core::Status::kStuck;
    CHECK(ids(*reader_of(store)->sagas(filter)) == "ac");
  }
  SUBCASE("pages follow each other without loss or repeat while sagas are added") {
    for (const char* id : {"a", "b", "c", "d", "e"}) {
      commit(store, Batch{{}, {saga(id, 5, core::Status::kRunning)}, {}, {}, {}, {}});
    }
    ports::SagaFilter filter;
    filter.limit = 2;
    auto page = reader_of(store)->sagas(filter);
    CHECK(ids(*page) == "ed");
    commit(store, Batch{{}, {saga("f", 5, core::Status::kRunning)}, {}, {}, {}, {}});
    filter.cursor = page->next_cursor;
    page = reader_of(store)->sagas(filter);
    CHECK(ids(*page) == "cb");
    filter.cursor = page->next_cursor;
    page = reader_of(store)->sagas(filter);
    CHECK(ids(*page) == "a");
    CHECK(page->next_cursor.empty());
  }
  SUBCASE("a cursor that no page gave is refused") {
    ports::SagaFilter filter;
    filter.cursor = "5.x";
    CHECK(reader_of(store)->sagas(filter).error().code == ErrorCode::kInvalidArgument);
  }
}

void check_timers(Store& store) {
  const auto due = [&store](std::int64_t before) {
    std::string all;
    const auto timers = reader_of(store)->timers(at(before), 99, std::nullopt);
    for (const auto& timer : *timers) {
      all += timer.machine_id + std::to_string(timer.due.time_since_epoch().count()) + " ";
    }
    return all;
  };
  SUBCASE("a machine has one timer: set, replaced, removed") {
    commit(store, Batch{{}, {}, {{"a", at(30)}, {"b", at(20)}, {"c", at(0)}}, {}, {}, {}});
    CHECK(due(30) == "c0 b20 a30 ");
    CHECK(due(29) == "c0 b20 ");
    commit(store, Batch{{}, {}, {{"a", at(10)}, {"b", std::nullopt}}, {}, {}, {}});
    CHECK(due(99) == "c0 a10 ");
    store.reopen();
    commit(store, Batch{{}, {}, {{"a", std::nullopt}, {"c", at(4)}, {"c", at(5)}}, {}, {}, {}});
    CHECK(due(99) == "c5 ");
  }
  SUBCASE("pages of timers hold each once, the same due time included") {
    Batch batch;
    for (int i = 0; i < 25; ++i) batch.timers.push_back({"m" + std::to_string(i), at(i / 10)});
    commit(store, batch);
    std::set<std::string> seen;
    std::optional<ports::TimerRow> last;
    for (;;) {
      const auto page = reader_of(store)->timers(at(99), 4, last);
      if (page->empty()) break;
      for (const auto& timer : *page) CHECK(seen.insert(timer.machine_id).second);
      last = page->back();
    }
    CHECK(seen.size() == 25);
  }
}

void check_messages(Store& store) {
  SUBCASE("messages wait by sender and number until they are consumed") {
    commit(store, Batch{{}, {}, {}, {{"b", 2, "x", "2"}, {"b", 1, "x", "1"}}, {}, {}});
    commit(store, Batch{{}, {}, {}, {{"a", 7, "x", "7"}, {"a", 7, "y", "0"}}, {}, {}});
    auto found = reader_of(store)->messages("x");
    REQUIRE(found->size() == 3);
    CHECK(found->at(0).from + found->at(0).body + found->at(1).body + found->at(2).body == "a712");
    CHECK(*reader_of(store)->message_receivers() == std::vector<std::string>{"x", "y"});
    commit(store, Batch{{}, {}, {}, {}, {{"b", 1, "x", ""}, {"a", 7, "y", ""}}, {}});
    CHECK(reader_of(store)->messages("x")->size() == 2);
    CHECK(*reader_of(store)->message_receivers() == std::vector<std::string>{"x"});
  }
  SUBCASE("a message sent and consumed in one batch is gone, a repeated one is a conflict") {
    commit(store, Batch{{}, {}, {}, {{"a", 1, "x", "1"}}, {{"a", 1, "x", ""}}, {}});
    CHECK(reader_of(store)->messages("x")->empty());
    commit(store, Batch{{}, {}, {}, {{"a", 2, "x", "1"}}, {}, {}});
    refuse(store, Batch{{}, {}, {}, {{"a", 2, "x", "1"}}, {}, {}}, ErrorCode::kConflict);
  }
}

void check_snapshots(Store& store) {
  const auto snapshot = [](std::uint64_t seq, const char* state) {
    return ports::SnapshotRow{"m", seq, at(7), state};
  };
  SUBCASE("the newest of a machine comes back with every field") {
    CHECK_FALSE(reader_of(store)->snapshot("m")->has_value());
    Batch first = history_batch("m", 1, 3);
    first.snapshots.push_back(snapshot(3, "{\"n\":3}"));
    commit(store, first);
    Batch second = history_batch("m", 4, 5);
    second.snapshots.push_back(snapshot(5, "{\"n\":5}"));
    commit(store, second);
    commit(store, history_batch("m", 6, 6));
    const auto found = reader_of(store)->snapshot("m");
    REQUIRE(found.has_value());
    REQUIRE(found->has_value());
    CHECK((*found)->machine_id == "m");
    CHECK((*found)->seq == 5);
    CHECK((*found)->at == at(7));
    CHECK((*found)->state == "{\"n\":5}");
    CHECK_FALSE(reader_of(store)->snapshot("other")->has_value());
  }
  SUBCASE("it goes with its batch") {
    Batch batch = history_batch("m", 2, 2);
    batch.snapshots.push_back(snapshot(2, "{}"));
    refuse(store, batch, ErrorCode::kConflict);
    CHECK_FALSE(reader_of(store)->snapshot("m")->has_value());
  }
}

void check_definitions(Store& store) {
  SUBCASE("a definition is kept once by its hash, with its sources in order") {
    const std::string text = "{}";
    const ports::DefinitionRow row{
        "shop.Order", 3, sha256_hex(text), text, {{"b.saga", "two"}, {"a.saga", "two"}}};
    commit(store, Batch{{}, {}, {}, {}, {}, {row}});
    commit(store, Batch{{}, {}, {}, {}, {}, {row, row}});
    CHECK(reader_of(store)->definitions()->size() == 1);
    CHECK(reader_of(store)->definitions()->front().text.empty());
    const auto found = reader_of(store)->definition(row.hash);
    REQUIRE(found.has_value());
    CHECK(found->name == row.name);
    CHECK(found->version == 3);
    CHECK(found->text == text);
    REQUIRE(found->sources.size() == 2);
    CHECK(found->sources[0].path == "b.saga");
    CHECK(found->sources[1].text == "two");
    CHECK(reader_of(store)->definition("no").error().code == ErrorCode::kNotFound);
  }
}

}  // namespace

void check_conformance(const std::function<std::unique_ptr<Store>()>& make) {
  const auto store = make();
  check_history(*store);
  check_sagas(*store);
  check_found(*store);
  check_timers(*store);
  check_messages(*store);
  check_snapshots(*store);
  check_definitions(*store);
}

ports::HistoryRow row(const std::string& machine, std::uint64_t first, std::uint64_t last) {
  const std::string number = std::to_string(first);
  return {machine,
          first,
          last,
          at(1'700'000'000'000 + static_cast<std::int64_t>(first)),
          first,
          "{\"input\":" + number + "}",
          "[{\"kind\":\"step_done\",\"seq\":" + number + "}]"};
}

ports::Batch history_batch(const std::string& machine, std::uint64_t first, std::uint64_t last) {
  ports::Batch batch;
  batch.history.push_back(row(machine, first, last));
  return batch;
}

ports::SagaRow saga(const std::string& id, std::int64_t started_at, core::Status status) {
  ports::SagaRow row;
  row.id = id;
  row.definition = "shop.PlaceOrder";
  row.version = 1;
  row.definition_hash = "abc";
  row.key = "K1";
  row.status = status;
  row.started_at = at(started_at);
  row.updated_at = at(started_at);
  return row;
}

bool same(const ports::HistoryRow& a, const ports::HistoryRow& b) {
  return a.machine_id == b.machine_id && a.first_seq == b.first_seq && a.last_seq == b.last_seq &&
         a.at == b.at && a.seed == b.seed && a.input == b.input && a.events == b.events;
}

}  // namespace saga::journal::test
