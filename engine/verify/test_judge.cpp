#include "engine/verify/test_judge.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/limits.hpp"
#include "engine/base/names.hpp"
#include "engine/core/type_codec.hpp"

namespace saga::verify {

using core::TestExpectation;
using Kind = core::TestExpectation::Kind;

namespace {

constexpr base::JsonLimits kLimits{base::limits::kMaxRowBytes, 1'000};

// `Payment.charge` of `shop.orders.Payment.charge`.
std::string short_operation(const std::string& full) {
  const std::size_t dot = full.rfind('.');
  return base::bare_name(std::string_view(full).substr(0, dot)) + full.substr(dot);
}

class Judge {
 public:
  Judge(const core::TestPlan& plan, TestValues& values, const TestFacts& facts, TestResult& result)
      : plan_(plan), values_(values), facts_(facts), result_(result) {}

  void run() {
    bind_outcome();
    for (const TestExpectation& each : plan_.expectations) look_at(each);
  }

 private:
  void look_at(const TestExpectation& wanted) {
    const core::Status status = result_.saga.status;
    switch (wanted.kind) {
      case Kind::kEnding:
        if (core::name_of(status) != wanted.name)
          fail(wanted, "the saga should end " + wanted.name + ", it " + ending());
        break;
      case Kind::kCompleted: completed(wanted); break;
      case Kind::kFailed: failed(wanted); break;
      case Kind::kStuck: stuck(wanted); break;
      case Kind::kCompensated:
        if (!facts_.compensated.contains(wanted.name))
          fail(wanted, facts_.started.contains(wanted.name)
                           ? "`" + wanted.name + "` should be compensated, and isn't"
                           : "`" + wanted.name + "` should be compensated, and never began");
        break;
      case Kind::kNever: never(wanted); break;
      case Kind::kCalled: called(wanted); break;
      case Kind::kHolds: holds(wanted); break;
    }
  }

  void bind_outcome() {
    const runtime::SagaView& saga = result_.saga;
    if (plan_.result_slot != core::kNone)
      values_.bind(plan_.result_slot, decoded(plan_.result_slot, saga.output));
    if (plan_.error_slot != core::kNone)
      values_.bind(plan_.error_slot, decoded(plan_.error_slot, saga.error));
  }

  // Null for what isn't there.
  base::Value decoded(core::SlotId slot, const base::JsonText& json) const {
    if (json.empty()) return {};
    const auto value =
        core::decode(*plan_.tables, plan_.tables->slots[slot].type, json, core::Strictness::kOpen);
    return value ? value->value : base::Value();
  }

  [[nodiscard]] std::string ending() const {
    const runtime::SagaView& saga = result_.saga;
    if (saga.status == core::Status::kStuck) {
      std::string why = "is stuck";
      for (const auto& parked : saga.parked)
        why += (parked.step.empty() ? ": " : " at `" + parked.step + "`: ") + parked.reason;
      return why;
    }
    if (saga.status == core::Status::kRunning || saga.status == core::Status::kCompensating)
      return "is still " + std::string(core::name_of(saga.status));
    std::string text = "ended " + std::string(core::name_of(saga.status));
    if (!saga.error.empty() && saga.status != core::Status::kCompleted)
      text += " with " + saga.error;
    return text;
  }

  void completed(const TestExpectation& wanted) {
    if (result_.saga.status != core::Status::kCompleted)
      return fail(wanted, "the saga should complete, it " + ending());
    if (wanted.value == core::kNone) return;
    const auto expected = values_.value(wanted.value);
    if (!expected) return fail(wanted, "this can't be computed: " + expected.error().message);
    if (!equals(wanted.value, *expected, result_.saga.output)) {
      fail(wanted, "the saga gives another result",
           {"expected " + base::to_json(*expected) + "\nfound    " + result_.saga.output});
    }
  }

  void failed(const TestExpectation& wanted) {
    const runtime::SagaView& saga = result_.saga;
    const std::string name = wanted.name.empty() ? "" : " with `" + wanted.name + "`";
    if (saga.status != core::Status::kCompensated)
      return fail(wanted, "the saga should fail" + name + ", it " + ending());
    if (wanted.name.empty()) return;
    const base::Result<base::Json> error = base::parse_json(saga.error, kLimits);
    if (!error || error->string("error") != wanted.name)
      return fail(wanted, "the saga should fail" + name + ", it " + ending());
    const std::string difference = differing(wanted, saga.error);
    if (!difference.empty()) fail(wanted, "the error holds something else", {difference});
  }

  void stuck(const TestExpectation& wanted) {
    const std::string at = wanted.name.empty() ? "" : " at `" + wanted.name + "`";
    const bool is_stuck = result_.saga.status == core::Status::kStuck;
    if (!is_stuck || (!wanted.name.empty() && !facts_.parked.contains(wanted.name)))
      fail(wanted, "the saga should be stuck" + at + ", it " + ending());
  }

  void never(const TestExpectation& wanted) {
    const bool is_step = wanted.of == TestExpectation::Of::kStep;
    if (is_step && facts_.started.contains(wanted.name))
      return fail(wanted, "the step `" + wanted.name + "` should never begin, and did");
    std::string difference;
    const auto found = find_call(wanted, 0, difference);
    if (!is_step && found) fail(wanted, "`" + written(wanted) + "` should never be called, and is");
  }

  [[nodiscard]] std::string written(const TestExpectation& wanted) const {
    if (wanted.of == TestExpectation::Of::kOperation) return short_operation(wanted.name);
    return base::bare_name(wanted.name);
  }

  // `called` lines stand in the order of the calls.
  void called(const TestExpectation& wanted) {
    std::string difference;
    if (wanted.of == TestExpectation::Of::kSaga) {
      const auto found = std::ranges::find_if(facts_.children, [&](const auto& child) {
        if (child.first != wanted.name) return false;
        difference = differing(wanted, child.second);
        return difference.empty();
      });
      if (found == facts_.children.end()) not_called(wanted, difference, false);
      return;
    }
    const auto found = find_call(wanted, next_call_, difference);
    if (found) {
      next_call_ = *found + 1;
      return;
    }
    // A step that calls a saga makes no call of its own.
    std::string unused;
    const bool is_step = wanted.of == TestExpectation::Of::kStep;
    const bool has_call = find_call(wanted, 0, unused).has_value();
    if (is_step && !has_call && facts_.started.contains(wanted.name)) return;
    not_called(wanted, difference, has_call);
  }

  void not_called(const TestExpectation& wanted, const std::string& difference, bool came_before) {
    std::vector<std::string> notes;
    if (!difference.empty()) notes.push_back(difference);
    const std::string name = "`" + written(wanted) + "`";
    if (came_before) {
      fail(wanted, name + " is called, but not after the call that is expected above",
           std::move(notes));
    } else if (!difference.empty()) {
      fail(wanted, name + " is called with other arguments", std::move(notes));
    } else {
      fail(wanted, name + " should be called, and isn't", std::move(notes));
    }
  }

  // The first call from `begin` on that fits; `difference`: of the last one by name that doesn't.
  std::optional<std::size_t> find_call(const TestExpectation& wanted, std::size_t begin,
                                       std::string& difference) {
    for (std::size_t i = begin; i < result_.calls.size(); ++i) {
      const SeenCall& call = result_.calls[i];
      const bool is_step = wanted.of == TestExpectation::Of::kStep;
      const bool is_named =
          is_step ? call.phase == core::Phase::kAction && last_part(call.step) == wanted.name
                  : call.operation == wanted.name;
      if (!is_named) continue;
      std::string differs = differing(wanted, call.arguments);
      if (differs.empty()) return i;
      difference = std::move(differs);
    }
    return std::nullopt;
  }

  // The step's name of `ship/pack[2]`.
  static std::string last_part(const std::string& path) {
    const std::string last = path.substr(path.rfind('/') + 1);
    return last.substr(0, last.find_first_of("[#"));
  }

  // What of the wanted fields is otherwise in an object; empty if nothing is.
  std::string differing(const TestExpectation& wanted, const base::JsonText& object) {
    std::string found;
    const auto members = base::split_object(object);
    for (const core::TestArgument& argument : wanted.arguments) {
      const auto expected = values_.value(argument.value);
      if (!expected)
        return "`" + argument.name + "` can't be computed: " + expected.error().message;
      std::string_view actual = "null";
      for (const auto& [name, text] : members.value_or(std::vector<base::MemberText>())) {
        if (name == argument.name) actual = text;
      }
      if (equals(argument.value, *expected, actual)) continue;
      found += (found.empty() ? "" : "\n") + argument.name + ": expected " +
               base::to_json(*expected) + ", found " + std::string(actual);
    }
    return found;
  }

  [[nodiscard]] bool equals(core::ExpressionId expression, const base::Value& expected,
                            std::string_view actual) const {
    if (base::to_json(expected) == actual) return true;
    const auto value =
        core::decode(*plan_.tables, values_.type_of(expression), actual, core::Strictness::kOpen);
    return value && value->value == expected;
  }

  void holds(const TestExpectation& wanted) {
    const auto value = values_.value(wanted.value);
    if (!value) return fail(wanted, "this can't be computed: " + value.error().message);
    const bool* is_true = value->as<bool>();
    if (is_true != nullptr && *is_true) return;
    std::vector<std::string> notes;
    if (!result_.saga.output.empty()) notes.push_back("result is " + result_.saga.output);
    if (!result_.saga.error.empty()) notes.push_back("error is " + result_.saga.error);
    fail(wanted, "this should be true; the saga " + ending(), std::move(notes));
  }

  void fail(const TestExpectation& wanted, std::string message,
            std::vector<std::string> notes = {}) {
    result_.failures.push_back({wanted.span, std::move(message), std::move(notes)});
  }

  const core::TestPlan& plan_;
  TestValues& values_;
  const TestFacts& facts_;
  TestResult& result_;
  std::size_t next_call_ = 0;
};

}  // namespace

void judge(const core::TestPlan& plan, TestValues& values, const TestFacts& facts,
           TestResult& result) {
  Judge(plan, values, facts, result).run();
}

}  // namespace saga::verify
