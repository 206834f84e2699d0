#include "tests/kill/audit.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/core/machine.hpp"
#include "engine/journal/sqlite_journal.hpp"
#include "engine/runtime/restore.hpp"

namespace saga::kill {
namespace {

using nlohmann::json;

class Auditor {
 public:
  explicit Auditor(const Stage& stage) : stage_(stage) {}

  Audit audit() {
    auto reader = journal::open_sqlite_reader(stage_.db());
    if (!reader) {
      fault(reader.error().message);
      return std::move(audit_);
    }
    reader_ = std::move(*reader);
    read_sagas();
    check_promises();
    check_left_behind();
    for (const auto* participant : stage_.participants()) check_books(*participant);
    return std::move(audit_);
  }

 private:
  void fault(const std::string& what) {
    constexpr std::size_t kShown = 50;
    if (audit_.faults.size() < kShown) audit_.faults.push_back(what);
  }

  void read_sagas() {
    ports::SagaFilter filter;
    filter.limit = 500;
    do {
      auto page = reader_->sagas(filter);
      if (!page) return fault(page.error().message);
      for (const ports::SagaRow& row : page->items) read_saga(row);
      filter.cursor = page->next_cursor;
    } while (!filter.cursor.empty());
  }

  void read_saga(const ports::SagaRow& row) {
    ++audit_.sagas;
    statuses_[row.id] = row.status;
    if (row.status == core::Status::kCompensated) ++audit_.compensated;
    if (row.status != core::Status::kCompleted && row.status != core::Status::kCompensated)
      fault(row.id + " is " + std::string(core::name_of(row.status)));
    if (!row.key.empty() && !keys_.insert(row.key).second) fault(row.key + " has two sagas");
    const core::State state = replay(row);
    if (state.status() != row.status) fault(row.id + ": its history ends otherwise than its row");
    if (!row.parent_id.empty()) return;
    const std::string order = json::parse(state.input)["order"]["id"];
    orders_[row.id] = order;
    if (row.status == core::Status::kCompleted && !live_.insert(order).second)
      fault(order + " stands twice");
  }

  core::State replay(const ports::SagaRow& row) {
    core::State folded;
    core::State decided;
    auto rows = runtime::read_history(*reader_, row.id);
    auto definition = definitions_.find(*reader_, row.definition_hash);
    if (!rows || !definition) {
      fault(row.id + ": " + (rows ? definition.error().message : rows.error().message));
      return folded;
    }
    audit_.rows += rows->size();
    for (const ports::HistoryRow& each : *rows) {
      const auto events = runtime::events_of(each);
      if (!events) {
        fault(row.id + ": the events of a row can't be read");
        return folded;
      }
      const auto input = core::decode_row_input(each.input, *events);
      if (!input) {
        fault(row.id + ": the input of a row can't be read");
        return folded;
      }
      for (const core::Event& event : *events) core::apply(folded, event);
      const core::Transition again =
          core::advance(**definition, decided, *input, {each.at, each.seed});
      if (core::encode_events(again.events) != core::encode_events(*events)) {
        fault(row.id + ": decided anew, row " + std::to_string(each.first_seq) + " differs");
        return folded;
      }
    }
    if (!folded.inconsistency.empty()) fault(row.id + ": " + folded.inconsistency);
    if (!(folded == decided)) fault(row.id + ": replay differs from what was live");
    return folded;
  }

  void check_promises() {
    for (const auto& [order, id] : stage_.promises().started) {
      const auto found = orders_.find(id);
      if (found == orders_.end()) {
        fault("the acknowledged start of " + order + " is lost");
      } else if (found->second != order) {
        fault(id + " is another order than was acknowledged");
      }
    }
    for (const auto& [id, status] : stage_.promises().rested) {
      const auto found = statuses_.find(id);
      if (found == statuses_.end() || core::name_of(found->second) != status)
        fault(id + " didn't stay " + status);
    }
  }

  // Nothing waits any more: no timer, no message.
  void check_left_behind() {
    const auto timers =
        reader_->timers(base::TimePoint{base::Duration{253'402'300'799'999}}, 1, std::nullopt);
    if (!timers || !timers->empty()) fault("a timer is left");
    const auto receivers = reader_->message_receivers();
    if (!receivers || !receivers->empty()) fault("a message is left");
  }

  void check_books(const saga::test::Participant& participant) {
    const json ledger = json::parse(participant.send("GET", "/ledger").body);
    const std::string role = ledger["role"];
    if (!ledger["pending"].empty()) fault(role + " holds something half done");
    if (ledger["balanced"] != true) fault(role + "'s sums don't agree");
    std::set<std::string> live;
    for (const std::string order : ledger["live"]) live.insert(order);
    if (live != live_) {
      fault(role + " has " + std::to_string(live.size()) + " orders, and " +
            std::to_string(live_.size()) + " sagas were completed");
    }
    for (const json& effect : json::parse(participant.send("GET", "/effects").body)) {
      if (effect["count"] != 1) fault(role + " did more than once: " + effect.dump());
    }
  }

  const Stage& stage_;
  Audit audit_;
  std::unique_ptr<ports::JournalReader> reader_;
  runtime::DefinitionCache definitions_;
  std::map<std::string, core::Status> statuses_;
  std::map<std::string, std::string> orders_;  // by saga id, outermost sagas only
  std::set<std::string> keys_;
  std::set<std::string> live_;  // orders that must stand everywhere
};

}  // namespace

Audit audit(const Stage& stage) { return Auditor(stage).audit(); }

}  // namespace saga::kill
