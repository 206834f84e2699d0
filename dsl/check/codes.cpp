#include "dsl/check/codes.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

namespace saga::dsl {
namespace {

constexpr CodeInfo kNames[] = {
    {"E0002", "not written as the language wants it",
     "The words stand in an order that the grammar doesn't know. While there is such a fault in\n"
     "a file, names and types in it aren't checked: half of it may be missing."},
    {"E0003", "the file isn't plain text",
     "A workflow file is UTF-8 without a byte order mark, of at most 1 MB, and holds nothing\n"
     "that hides what it says: no NUL, no bidirectional controls, no lone carriage returns."},
    {"E0001", "not available in this version",
     "This construct belongs to the language, but this version can't run it yet. Nothing is\n"
     "left out in silence: a file that uses it doesn't compile."},
    {"E0101", "unknown name",
     "A name must be bound before it is read: by a parameter, `let`, a step or `for`, or\n"
     "declared in the file. What an `if`, a loop or a branch binds stays inside it."},
    {"E0102", "a name bound twice",
     "Names are bound once, so that a name means one thing in a file, a diagram and the\n"
     "journal. Choose another name for the second."},
    {"E0103", "types don't fit",
     "A value of one type stands where another is wanted. An int becomes a decimal by\n"
     "itself; nothing else is converted in silence."},
    {"E0104", "unknown or missing field or argument",
     "Records, errors, operations and sagas take exactly the fields that they declare; one\n"
     "without a default must be given."},
    {"E0105", "null where none may be",
     "A `T?` may be null. Ask first (`if x != null { … }`), give a value for null\n"
     "(`x ?? 0`), or read on with `x?.field`."},
    {"E0106", "currencies mixed",
     "Amounts of two currencies have no sum and no order. Convert one with a rate that your\n"
     "workflow knows."},
    {"E0107", "a constant breaks a `where`",
     "A refined type (`type Qty = int where it > 0`) is checked wherever data comes in; this\n"
     "value is known already, and breaks the rule."},
    {"E0108", "a secret used as a value",
     "A secret only names what the configuration holds: `service Payment auth PAY_TOKEN`.\n"
     "It can't be read, passed or printed by a workflow."},
    {"E0109", "a match that leaves values out",
     "A `match` has an arm for every value that may come: each case of an enum or union,\n"
     "`true` and `false`, `null` where the value may be null. `_ => …` takes all that is left.\n"
     "An arm with a condition, `.case if … => …`, takes only what fulfills it."},
    {"E0110", "this name is something else",
     "The name is known, but not as what this place needs: a type isn't a value, and an\n"
     "operation is called only by a `step`."},
    {"E0111", "something contains or calls itself",
     "Types, functions and sagas can't go round in a circle: a run would never end."},
    {"E0112", "a word of the language as a name",
     "After `step`, `let`, `branch`, `scope`, `as` and `fn`, and where a value is read, most\n"
     "words of the language may be names; this one can't be one at this place."},
    {"E0113", "a clause or statement that doesn't belong here",
     "The clause stands twice, or this statement has no meaning at this place."},
    {"E0114", "this can't be computed",
     "A number is too large, a unit is unknown, or a constant expression divides by zero or\n"
     "overflows. While a saga runs, that would be a defect and park it."},
    {"E0115", "a constant is needed here",
     "Retry schedules are fixed when the file is compiled, so that time budgets can be\n"
     "proved; they can't depend on a saga's data."},
    {"E0116", "more than is compiled at once",
     "The compiler has limits, so that no file can keep it busy: for chains of sagas or types\n"
     "that need each other, for the errors of a saga, for constants that take long to compute,\n"
     "and for what all sagas say together. Each is far above what people write by hand."},
};

constexpr CodeInfo kFlow[] = {
    {"E0201", "unreachable",
     "Each path that leads here has ended already by `return`, `fail` or `use`, or an earlier\n"
     "arm of a `match` takes what this one is for."},
    {"E0202", "a path without a result",
     "The saga declares a result, and a path reaches the end without `return` or `reply`; or\n"
     "`let … = for`, `repeat` or `parallel` takes values, and a round, a branch or the `else`\n"
     "ends without `use`."},
    {"E0203", "unused (warning)",
     "A value, step result, error name or declaration that nobody reads. Remove it, or the\n"
     "mistake that keeps it unread."},
    {"E0204", "not bound on every path",
     "A handler goes on without a value (`use …`), so on that path the name has none. End\n"
     "the handler with `use`, `fail` or `return`."},
    {"E0205", "a `$` before a value (warning)",
     "In other languages `${order}` inserts a value; here `{order}` does, and the `$` stays in\n"
     "the text. Take it away, or write `{\"$\"}{order}` where the character is meant."},
};

constexpr CodeInfo kCompensation[] = {
    {"E0301", "a write that nothing takes back",
     "Before the pivot the saga may still fail, and then each write must be taken back. Add\n"
     "`compensate …`, or say why nothing is needed: `compensate none \"why\"`. In a branch of\n"
     "`parallel any` it must be taken back when another branch wins."},
    {"E0302", "refused after the pivot",
     "Past its pivot a saga only goes forward. A step there that can be answered with a\n"
     "business error needs a handler, or belongs above the pivot. A scope that holds the pivot\n"
     "catches nothing behind it."},
    {"E0303", "gives up after the pivot",
     "Past its pivot a saga only goes forward, so a step there retries without end, or goes\n"
     "on without the answer (`else …`)."},
    {"E0304", "a compensation that can be refused",
     "When a compensation is told no, the saga is stuck and waits for a person. Handle the\n"
     "error beside it. `NotFound` needs no handler: nothing is left to take back."},
    {"E0305", "a pivot in a loop, branch or compensation",
     "The pivot is the one point after which nothing is taken back. In a loop or beside\n"
     "siblings there would be several such points."},
    {"E0306", "two pivots on a path",
     "After the first pivot the saga only goes forward; a second decision can't be taken."},
    {"E0307", "a compensation needs an answer that may be missing",
     "A call that times out may have taken effect, and is compensated. Its result is then\n"
     "not known. Compensate by its key (`compensate unknown …(key_of(step))`), or give the\n"
     "operation a `resolve`."},
    {"E0308", "a compensation uses a later value",
     "A compensation may run as soon as its step was sent, so it reads only what was bound\n"
     "before the step."},
    {"E0309", "a pivot whose outcome can't be found out",
     "When the answer to the pivot is lost, the engine asks again with the same key, or\n"
     "asks a `resolve` query. The operation offers neither."},
    {"E0310", "a called saga with a pivot, too early",
     "Once its pivot has passed, a called saga can't be taken back. Call it as the pivot of\n"
     "the caller or behind it, or give the call a `compensate` of its own."},
    {"E0311", "going on after a write that may have happened",
     "`else` goes on when the outcome is unknown: the write may have taken effect. Give it a\n"
     "`compensate`, or say why none is needed."},
    {"E0312", "an ending uses what may be unbound",
     "A saga may fail or be canceled at any point, so `on failed` reads only the saga's\n"
     "parameters, `started(step)`, `key_of(step)` and what it binds itself. So do `on stuck`,\n"
     "and `on completed`, which may name the result, too: `on completed as result`."},
    {"E0313", "an amount given back after an unknown outcome (warning)",
     "When a call gets no answer it may have taken nothing, and giving back the amount would\n"
     "make money. Pass `key_of(step)` so that the participant knows what to take back."},
    {"E0314", "a compensation that never runs (warning)",
     "A pivot isn't compensated: before it is done there is nothing to take back, and after\n"
     "it nothing is taken back. Nor is what `on failed`, `on completed` or `on stuck` does."},
    {"E0315", "a saga that fails past its pivot",
     "Past its pivot a saga only goes forward; `fail` has no way back."},
    {"E0316", "nothing to roll back",
     "`rollback` compensates a step while the saga goes on. A pivot is never compensated, a step\n"
     "without `compensate` neither, and past the pivot what was done before it stays. What a\n"
     "scope with a `compensate` of its own did is taken back as a whole."},
    {"E0317", "a compensation that takes nothing back",
     "It only reads, so what the step did stays done. Call the operation that undoes it, or\n"
     "say why nothing is needed: `compensate none \"why\"`."},
};

constexpr CodeInfo kTimeAndKeys[] = {
    {"E0401", "retries longer than `within`",
     "`within` ends the retries before the last of them could happen."},
    {"E0402", "the longest path is longer than the deadline",
     "With every retry used up, the way to the pivot takes longer than `deadline`: the saga\n"
     "would be compensated in the middle of its own retries. A `for` counts as one round, a\n"
     "`repeat` with all of them, a scope with `again` with all its runs."},
    {"E0403", "an endless retry before the pivot",
     "Somebody waits for the ending, and holds stock or money meanwhile. Bound the retries, and\n"
     "the runs of a scope with `again`, with `within`."},
    {"E0404", "a filter for an error that can't occur",
     "`on` and `when` name errors that the operation declares; `when` also Unavailable,\n"
     "Timeout and Reset."},
    {"E0405", "no time-out (warning)",
     "Without `timeout` an attempt may take 10 seconds. Say what the participant promises."},
    {"E0406", "a schedule that isn't one",
     "A schedule is `minute hour day month weekday` as cron has it (`5 * * * *`: five past each\n"
     "hour), in a time zone by its name in the IANA database (`Asia/Shanghai`)."},
    {"E0407", "a schedule that nothing runs (warning)",
     "This version starts no saga by itself: `on schedule` is checked, and kept for a later one.\n"
     "Until then start the saga from outside, from cron for one: `saga run FILE SAGA --input\n"
     "'{\"due\":\"2026-11-22T08:00:00.000Z\"}'`."},
    {"E0501", "a retried write that isn't idempotent",
     "After a time-out nobody knows whether the first attempt was executed; a second may do\n"
     "the work twice."},
    {"E0502", "a key that changes",
     "A key must be the same over attempts, crashes and restarts. A saga's own key is made\n"
     "before the saga, from its parameters alone."},
    {"E0503", "two steps with one key",
     "A participant answers a known key as it did first; the second call would do nothing."},
    {"E0504", "a key that lacks the loop variable",
     "Every round of the loop, or run of a scope with `again`, would have the same key, and all\n"
     "but the first do nothing."},
    {"E0505", "a saga without a key (warning)",
     "Whoever gets no answer to a start sends it again. By its `key` the engine knows that it\n"
     "is the same start; without one it is another saga, which charges and ships again."},
    {"E0506", "a key that is the same for all (warning)",
     "Of all starts with one key the first makes a saga, and of all calls with one key the\n"
     "first does something. A key needs what tells one request from another."},
};

constexpr CodeInfo kShared[] = {
    {"E0606", "a queue without a dead letter",
     "A message that can't start a saga, or whose saga is compensated, must not be lost, nor\n"
     "come back for ever. `dead_letter` keeps it for a person."},
    {"E0701", "a test that runs nothing, or expects nothing",
     "A `test` runs one saga, once, and says what it expects of it. Without a `run` nothing\n"
     "happens, and without an `expect` nothing can fail."},
    {"E0702", "a test of what can't happen",
     "A mock of an operation that the saga never calls answers nobody, and an error that an\n"
     "operation doesn't declare never comes: such a test would pass or fail by mistake."},
};

const std::vector<CodeInfo>& table() {
  static const std::vector<CodeInfo> rows = [] {
    std::vector<CodeInfo> all;
    all.insert(all.end(), std::begin(kNames), std::end(kNames));
    all.insert(all.end(), std::begin(kFlow), std::end(kFlow));
    all.insert(all.end(), std::begin(kCompensation), std::end(kCompensation));
    all.insert(all.end(), std::begin(kTimeAndKeys), std::end(kTimeAndKeys));
    all.insert(all.end(), std::begin(kShared), std::end(kShared));
    std::ranges::sort(all, {}, &CodeInfo::code);
    return all;
  }();
  return rows;
}

}  // namespace

std::span<const CodeInfo> all_codes() { return table(); }

const CodeInfo* find_code(std::string_view code) {
  std::string upper(code);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto found =
      std::ranges::lower_bound(table(), std::string_view(upper), {}, &CodeInfo::code);
  return found == table().end() || found->code != upper ? nullptr : &*found;
}

}  // namespace saga::dsl
