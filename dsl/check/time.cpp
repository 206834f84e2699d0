#include "dsl/check/time.hpp"

#include <string>

#include "dsl/check/budget.hpp"
#include "dsl/check/constants.hpp"
#include "dsl/check/control.hpp"

namespace saga::dsl {

using base::Duration;
using core::Call;
using core::kNone;
using core::Node;
using core::Retry;
using core::StepNode;

namespace {

class RetryRules {
 public:
  RetryRules(const Program& program, const Node& node, const Place& place, const Call& call,
             const CallFacts& facts, Report& report)
      : program_(program),
        node_(node),
        place_(place),
        call_(call),
        facts_(facts),
        report_(report) {}

  void check(bool is_compensation) {
    if (program_.operation(call_) != nullptr && call_.timeout == kNone && !is_compensation) {
      report_
          .warning("E0405", facts_.callee,
                   "no `timeout`: each attempt of `" + node_.name + "` may take the default of 10s")
          .help("say how long an answer may take: `timeout 2s`");
    }
    for (std::size_t i = 0; i < call_.retries.size(); ++i) {
      check_sum(call_.retries[i], facts_.retries[i]);
      if (!is_compensation) check_end(call_.retries[i], facts_.retries[i]);
    }
  }

 private:
  // E0401: delays that reach past the time that bounds them, so that the last retries never happen.
  void check_sum(const Retry& retry, const core::Span& span) {
    const auto own = constant_duration(program_.tables, retry.within);
    const auto outer = constant_duration(program_.tables, call_.within);
    const bool by_step = outer && (!own || *outer < *own);
    const auto within = by_step ? outer : own;
    const auto delays = delays_of(program_.tables, retry);
    if (!within || !delays) return;
    Budget sum;
    sum.delays = *delays;
    if (sum.delay_sum() < *within) return;
    Finding finding =
        report_.error("E0401", span,
                      "these retries take " + base::describe_duration(sum.delay_sum()) +
                          ", but `within` ends them after " + base::describe_duration(*within));
    if (by_step) finding.label(facts_.within, "the step with all its retries");
    finding.note(join_durations(*delays) + " = " + base::describe_duration(sum.delay_sum()) +
                 " of waiting alone");
    finding.help("leave out the last delays, or set `within " +
                 base::describe_duration(sum.delay_sum() + Duration(1000)) + "` or more");
  }

  // E0403: before the pivot somebody waits for the ending.
  void check_end(const Retry& retry, const core::Span& span) {
    const auto& step = std::get<StepNode>(node_.body);
    if (place_.zone != Zone::kForward || !place_.before_pivot || step.is_pivot) return;
    if (call_.within != kNone || retry.within != kNone) return;
    if (delays_of(program_.tables, retry)) return;
    report_
        .error("E0403", span,
               "`" + node_.name + "` may retry for ever, and stands before the pivot")
        .label(facts_.callee, "nothing before the pivot may wait without end")
        .help("bound it: `within 10m`, or end the list of delays");
  }

  const Program& program_;
  const Node& node_;
  const Place& place_;
  const Call& call_;
  const CallFacts& facts_;
  Report& report_;
};

// One line of the table under E0402.
struct Line {
  std::string name;
  std::string sum;
  Duration total{0};
};

struct Path {
  std::vector<Line> lines;
  Duration total{0};

  void add(Line line) {
    total += line.total;
    lines.push_back(std::move(line));
  }
  void add(const Path& rest) {
    total += rest.total;
    lines.insert(lines.end(), rest.lines.begin(), rest.lines.end());
  }
};

const Path& longer(const Path& left, const Path& right) {
  return left.total < right.total ? right : left;
}

class PathFinder {
 public:
  explicit PathFinder(const Program& program) : program_(program) {}

  Path longest(core::NodeId root) {
    const Path through = walk(root, {});
    return longer(ended_, through);
  }
  [[nodiscard]] bool reached_pivot() const { return reached_pivot_; }

 private:
  // The longest path that begins with `before` and leaves the node at its end.
  Path walk(core::NodeId id, const Path& before) {
    const Node& node = program_.node(id);
    if (!is_open(before)) return before;
    if (const auto* step = std::get_if<StepNode>(&node.body))
      return this->step(node, *step, before);
    if (const auto* block = std::get_if<core::BlockNode>(&node.body)) {
      Path path = before;
      for (const core::NodeId each : block->statements) {
        path = walk(each, path);
        if (!completes(program_.tables, each) || is_pivot(each)) return closed(path);
      }
      return path;
    }
    if (const auto* sleep = std::get_if<core::SleepNode>(&node.body)) {
      Path path = before;
      const auto length = constant_duration(program_.tables, sleep->duration);
      if (length) path.add({"sleep", "", *length});
      return path;
    }
    if (const auto* require = std::get_if<core::RequireNode>(&node.body)) {
      const Path otherwise = walk(require->otherwise, before);
      return longer(before, otherwise);
    }
    return longest_of(node, before);
  }

  // The longest of the alternatives inside a node. The sides of a `parallel` run together.
  Path longest_of(const Node& node, const Path& before) {
    Path path = before;
    for (const core::NodeId block : blocks_of(node)) path = longer(path, walk(block, before));
    return path;
  }

  Path step(const Node& node, const StepNode& step, const Path& before) {
    Path path = before;
    const Budget budget = budget_of(program_.tables, step.action);
    if (step.action.child != kNone) {
      path.add({node.name, "its own deadline", child_time(step.action)});
    } else if (!budget.is_endless) {
      path.add({node.name, budget.sum_text(), budget.total()});
    }
    if (step.is_pivot) reached_pivot_ = true;
    return step.is_pivot ? path : longest_of(node, path);
  }

  [[nodiscard]] Duration child_time(const Call& call) const {
    const SagaEntry* child = program_.child(call);
    return constant_duration(program_.tables, child->header.deadline).value_or(Duration(0));
  }

  [[nodiscard]] bool is_pivot(core::NodeId id) const {
    const auto* step = std::get_if<StepNode>(&program_.node(id).body);
    return step != nullptr && step->is_pivot;
  }

  // Ends a path: nothing is added to it any more.
  Path closed(const Path& path) {
    ended_ = longer(ended_, path);
    Path end;
    end.total = Duration(-1);
    return end;
  }
  static bool is_open(const Path& path) { return path.total.count() >= 0; }

  const Program& program_;
  Path ended_;
  bool reached_pivot_ = false;
};

std::size_t width_of(const std::string& text) {
  std::size_t width = 0;
  for (const char c : text) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return width;
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t own = width_of(text);
  return own < width ? text + std::string(width - own, ' ') : text;
}

std::string table_of(const Path& path) {
  std::size_t names = 0, sums = 0, totals = 0;
  const Line* largest = nullptr;
  for (const Line& line : path.lines) {
    names = std::max(names, width_of(line.name));
    sums = std::max(sums, width_of(line.sum));
    totals = std::max(totals, base::describe_duration(line.total).size());
    if (largest == nullptr || line.total > largest->total) largest = &line;
  }
  std::string table;
  for (const Line& line : path.lines) {
    const std::string total = base::describe_duration(line.total);
    table += (table.empty() ? "" : "\n") + padded(line.name, names) + "  " +
             padded(line.sum, sums) + " = " + std::string(totals - total.size(), ' ') + total;
    if (&line == largest && path.lines.size() > 1) table += "   ← largest";
  }
  return table;
}

const Line& largest_of(const Path& path) {
  const Line* largest = &path.lines.front();
  for (const Line& line : path.lines) {
    if (line.total > largest->total) largest = &line;
  }
  return *largest;
}

}  // namespace

void check_retries(const Program& program, const std::vector<Place>& places, Report& report) {
  for (const Place& place : places) {
    const Node& node = program.node(place.node);
    const auto* step = std::get_if<StepNode>(&node.body);
    if (step == nullptr) continue;
    const NodeFacts& facts = program.facts.at(place.node);
    const bool in_compensation = place.zone == Zone::kCompensation;
    RetryRules(program, node, place, step->action, facts.action, report).check(in_compensation);
    if (step->compensation.kind == core::Compensation::Kind::kCall) {
      RetryRules(program, node, place, step->compensation.call, facts.compensation, report)
          .check(true);
    }
    if (step->compensation_unknown.kind == core::Compensation::Kind::kCall) {
      RetryRules(program, node, place, step->compensation_unknown.call, facts.compensation_unknown,
                 report)
          .check(true);
    }
  }
}

void check_deadline(const Program& program, const SagaEntry& saga, Report& report) {
  const auto deadline = constant_duration(program.tables, saga.header.deadline);
  if (!deadline) return;
  PathFinder finder(program);
  const Path path = finder.longest(saga.header.root);
  if (path.total <= *deadline || path.lines.empty()) return;
  const std::string end = finder.reached_pivot() ? "to the pivot " : "";
  report
      .error("E0402", saga.deadline,
             "the worst path " + end + "takes " + base::describe_duration(path.total) +
                 ", the deadline is " + base::describe_duration(*deadline))
      .note(table_of(path))
      .help("shorten the schedule of `" + largest_of(path).name + "` or set `deadline " +
            base::describe_duration(std::chrono::ceil<std::chrono::minutes>(path.total)) + "`");
}

}  // namespace saga::dsl
