#include <algorithm>
#include <deque>
#include <map>
#include <string>

#include "dsl/check/budget.hpp"
#include "dsl/check/constants.hpp"
#include "dsl/check/control.hpp"
#include "dsl/check/time.hpp"

namespace saga::dsl {

using base::Duration;
using core::Handler;
using core::kNone;
using core::Node;
using core::NodeId;
using core::StepNode;

namespace {

// A way through a saga: what takes time on it, as a chain back to its beginning. Ways share their
// beginnings, so that a step more costs the same on a long way as on a short one.
struct Link {
  NodeId node;
  Duration takes;
  const Link* before;  // null at the beginning
};
struct Path {
  const Link* last = nullptr;
  Duration total{0};
  bool is_open = true;  // false: it ended by `return`, `fail`, `use` or the pivot
};

constexpr std::uint32_t kMostReruns = 1'000;  // of a scope, that are added up

const Path& longer(const Path& left, const Path& right) {
  if (left.is_open != right.is_open) return left.is_open ? left : right;
  return left.total < right.total ? right : left;
}

// Handlers of a scope that is being walked, and how late each may begin.
struct Catcher {
  const std::vector<Handler>& handlers;
  NodeId fallback;
  std::vector<Path> begins;  // beside the handlers, then the fallback; closed: it never runs

  Catcher(const std::vector<Handler>& of, NodeId otherwise)
      : handlers(of), fallback(otherwise), begins(of.size() + 1) {
    for (Path& each : begins) each.is_open = false;
  }
  void note(std::size_t handler, const Path& path) {
    begins[handler] = longer(begins[handler], path);
  }
};

class PathFinder {
 public:
  explicit PathFinder(const Program& program) : program_(program) {}

  Path longest(NodeId root) {
    const Path through = walk(root, {});
    return through.is_open && ended_.total < through.total ? through : ended_;
  }
  [[nodiscard]] bool reached_pivot() const { return reached_pivot_; }

 private:
  // The longest path that begins with `before` and leaves the node at its end.
  Path walk(NodeId id, const Path& before) {
    if (!before.is_open) return before;
    const Node& node = program_.node(id);
    if (const auto* step = std::get_if<StepNode>(&node.body)) return this->step(id, *step, before);
    if (const auto* block = std::get_if<core::BlockNode>(&node.body))
      return this->block(*block, before);
    if (const auto* sleep = std::get_if<core::SleepNode>(&node.body)) {
      const auto length = constant_duration(program_, sleep->duration);
      return length ? extended(before, id, *length) : before;
    }
    if (const auto* require = std::get_if<core::RequireNode>(&node.body)) {
      return longer(before, walk(require->otherwise, before));
    }
    if (const auto* scope = std::get_if<core::ScopeNode>(&node.body)) {
      return this->scope(id, *scope, before);
    }
    if (const auto* branch = std::get_if<core::BranchNode>(&node.body)) {
      const Path end = walk(branch->block, before);
      return longer(end, given_to(id, before));
    }
    if (const auto* parallel = std::get_if<core::ParallelNode>(&node.body)) {
      return caught(parallel->branches, parallel->is_any, parallel->handlers, parallel->fallback,
                    before);
    }
    if (const auto* choice = std::get_if<core::IfNode>(&node.body)) {
      const Path then = walk(choice->then_block, before);
      return longer(then, choice->else_block == kNone ? before : walk(choice->else_block, before));
    }
    if (std::holds_alternative<core::FailNode>(node.body)) {
      fails(escapes_of(program_, id), before);
      return ended(before);
    }
    if (std::holds_alternative<core::ReturnNode>(node.body)) return ended(before);
    if (const auto* use = std::get_if<core::UseNode>(&node.body)) {
      if (use->target != kNone) {
        const auto [known, is_new] = given_.try_emplace(use->target, before);
        if (!is_new) known->second = longer(known->second, before);
      } else if (!uses_.empty()) {
        uses_.back() = longer(uses_.back(), before);
      }
      return closed(before);
    }
    if (const auto* repeat = std::get_if<core::RepeatNode>(&node.body))
      return this->repeat(id, *repeat, before);
    const auto* loop = std::get_if<core::ForNode>(&node.body);
    if (loop == nullptr) return before;
    const Path round = walk(loop->block, before);
    return longer(longer(before, round), given_to(id, before));
  }

  // All rounds, each as long as the longest; what gives a value in the last of them is no longer.
  Path repeat(NodeId id, const core::RepeatNode& repeat, const Path& before) {
    Path round = walk(repeat.block, before);
    const Path given = given_to(id, before);
    const bool is_open = round.is_open || given.is_open;
    if (round.total < given.total) round = given;
    round.is_open = is_open;
    const auto every = constant_duration(program_, repeat.every);
    const Duration one = std::max(round.total - before.total, every.value_or(Duration(0)));
    Duration rest{0};
    for (std::uint32_t i = 1; i < repeat.times; ++i) rest = add(rest, one);
    if (!is_open) return round;
    const Path all = extended(round, id, rest);
    if (repeat.otherwise == kNone) return all;
    const Path otherwise = walk(repeat.otherwise, all);
    return longer(longer(otherwise, given_to(id, before)), given.is_open ? all : closed(all));
  }

  // The longest path that gave this construct its value, closed if there is none.
  Path given_to(NodeId id, const Path& before) {
    const auto found = given_.find(id);
    if (found == given_.end()) return closed(before);
    const Path path = found->second;
    given_.erase(found);
    return path;
  }

  Path block(const core::BlockNode& block, Path path) {
    for (const NodeId each : block.statements) path = walk(each, path);
    return path;
  }

  Path step(NodeId id, const StepNode& step, const Path& before) {
    Path path = extended(before, id, time_of(step.action));
    Escapes escapes = escapes_of_call(program_, step.action);
    uses_.push_back(closed(path));
    Path handled = closed(path);
    for (const Handler& handler : step.action.handlers) {
      handled = longer(handled, walk(handler.body, path));
      for (const std::string& name : handler.errors) escapes.errors.erase(name);
    }
    if (step.action.fallback != kNone) {
      handled = longer(handled, walk(step.action.fallback, path));
    } else {
      fails(escapes, path);
    }
    handled = longer(handled, uses_.back());
    uses_.pop_back();
    if (!step.is_pivot) return longer(path, handled);
    reached_pivot_ = true;
    ended(path);
    return handled;
  }

  // All runs of a scope, each as long as the longest, with the pauses between them.
  Path scope(NodeId id, const core::ScopeNode& scope, const Path& before) {
    if (scope.again.empty())
      return caught({scope.block}, false, scope.handlers, scope.fallback, before);
    const core::Retry& again = scope.again.front();
    const Duration run = longest_of(scope.block, before) - before.total;
    Duration reruns{0};
    const std::uint32_t most = again.max_times == 0 ? kMostReruns : again.max_times;
    for (std::uint32_t i = 0; i < std::min(most, kMostReruns); ++i) {
      const auto delay = core::delay_before(again.schedule, i);
      if (!delay) break;
      reruns = add(reruns, add(run, *delay));
    }
    const auto within = constant_duration(program_, again.within);
    if (within) reruns = std::min(reruns, add(*within, run));
    const bool is_endless =
        core::is_endless(again.schedule) && again.max_times == 0 && again.within == kNone;
    if (is_endless) reruns = Duration(0);  // that is a fault of its own
    return caught({scope.block}, false, scope.handlers, scope.fallback,
                  extended(before, id, reruns));
  }

  // How long the longest way inside is, whether it goes on or fails.
  Duration longest_of(NodeId block, const Path& before) {
    PathFinder inner(program_);
    Path out = inner.walk(block, before);
    if (out.total < inner.ended_.total) out = inner.ended_;
    if (out.total < inner.failed_.total) out = inner.failed_;
    return out.total;
  }

  // The blocks side by side, then what catches their failures.
  Path caught(const std::vector<NodeId>& blocks, bool is_any, const std::vector<Handler>& handlers,
              NodeId fallback, const Path& before) {
    catchers_.emplace_back(handlers, fallback);
    Path out = blocks.empty() ? before : closed(before);
    bool all_go_on = true;
    bool one_goes_on = false;
    for (const NodeId each : blocks) {
      const Path through = walk(each, before);
      all_go_on = all_go_on && through.is_open;
      one_goes_on = one_goes_on || through.is_open;
      out = longer(out, through);
    }
    out.is_open = blocks.empty() ? out.is_open : (is_any ? one_goes_on : all_go_on);
    const Catcher catcher = std::move(catchers_.back());
    catchers_.pop_back();
    for (std::size_t i = 0; i < handlers.size(); ++i) {
      out = longer(out, walk(handlers[i].body, catcher.begins[i]));
    }
    if (fallback != kNone) out = longer(out, walk(fallback, catcher.begins.back()));
    return out;
  }

  // A failure goes outward to the first scope that takes it.
  void fails(Escapes escapes, const Path& at) {
    if (failed_.total < at.total) failed_ = at;
    for (auto catcher = catchers_.rbegin(); catcher != catchers_.rend(); ++catcher) {
      for (std::size_t i = 0; i < catcher->handlers.size(); ++i) {
        bool takes = escapes.any_error;
        for (const std::string& name : catcher->handlers[i].errors) {
          takes = escapes.errors.erase(name) > 0 || takes;
        }
        if (takes) catcher->note(i, at);
      }
      const bool is_left = !escapes.errors.empty() || escapes.any_error || escapes.gives_up;
      if (is_left && catcher->fallback != kNone) catcher->note(catcher->handlers.size(), at);
      if (!is_left || catcher->fallback != kNone) return;
    }
  }

  // A called saga as long as its own longest path: its deadline only says how long it may be.
  [[nodiscard]] Duration time_of(const core::Call& call) const {
    if (const SagaEntry* child = program_.child(call)) return child->longest_path;
    const Budget budget = budget_of(program_, call);
    return budget.is_endless ? Duration(0) : budget.total;
  }

  Path extended(const Path& before, NodeId node, Duration takes) {
    if (takes.count() == 0) return before;
    links_.push_back({node, takes, before.last});
    return {&links_.back(), add(before.total, takes), true};
  }
  static Path closed(Path path) {
    path.is_open = false;
    return path;
  }
  // Ends a path: nothing is added to it any more.
  Path ended(const Path& path) {
    if (ended_.total < path.total) ended_ = path;
    return closed(path);
  }

  const Program& program_;
  std::deque<Link> links_;
  std::vector<Catcher> catchers_;
  std::map<NodeId, Path> given_;  // by `use` to a construct that is open
  std::vector<Path> uses_;  // of the steps whose handlers are open: the longest that gives a value
  Path ended_;
  Path failed_;  // the longest that fails
  bool reached_pivot_ = false;
};

// One line of the table under E0402.
struct Line {
  std::string name;
  std::string sum;
  Duration total{0};
};

std::vector<Line> lines_of(const Program& program, const Path& path) {
  std::vector<Line> lines;
  for (const Link* link = path.last; link != nullptr; link = link->before) {
    const Node& node = program.node(link->node);
    Line line{node.name, "", link->takes};
    if (const auto* step = std::get_if<StepNode>(&node.body)) {
      const SagaEntry* child = program.child(step->action);
      line.sum = child != nullptr ? "the longest path of " + program.callee_name(step->action)
                                  : budget_of(program, step->action).sum_text();
    } else if (const auto* repeat = std::get_if<core::RepeatNode>(&node.body)) {
      line.name = "repeat";
      line.sum = std::to_string(repeat->times - 1) + " rounds more";
    } else if (std::holds_alternative<core::ScopeNode>(node.body)) {
      line.name = node.name;
      line.sum = "its runs by `again`";
    } else {
      line.name = "sleep";
    }
    lines.push_back(std::move(line));
  }
  std::ranges::reverse(lines);
  return lines;
}

std::size_t width_of(const std::string& text) {
  std::size_t width = 0;
  for (const char c : text) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return width;
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t own = width_of(text);
  return own < width ? text + std::string(width - own, ' ') : text;
}

const Line& largest_of(const std::vector<Line>& lines) {
  return *std::ranges::max_element(lines, {}, &Line::total);
}

std::string table_of(const std::vector<Line>& lines) {
  constexpr std::size_t kMostShown = 40;
  std::size_t names = 0, sums = 0, totals = 0;
  for (const Line& line : lines) {
    names = std::max(names, width_of(line.name));
    sums = std::max(sums, width_of(line.sum));
    totals = std::max(totals, base::describe_duration(line.total).size());
  }
  const Line& largest = largest_of(lines);
  std::string table;
  std::size_t shown = 0;
  for (const Line& line : lines) {
    if (++shown > kMostShown && &line != &largest) continue;
    const std::string total = base::describe_duration(line.total);
    table += (table.empty() ? "" : "\n") + padded(line.name, names) + "  " +
             padded(line.sum, sums) + " = " + std::string(totals - total.size(), ' ') + total;
    if (&line == &largest && lines.size() > 1) table += "   ← largest";
  }
  if (lines.size() > kMostShown) table += "\n…";
  return table;
}

std::string least_deadline(Duration total) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(total);
  return base::describe_duration(minutes == total ? total : add(minutes, std::chrono::minutes(1)));
}

}  // namespace

Duration longest_path(const Program& program, const SagaEntry& saga) {
  return PathFinder(program).longest(saga.header.root).total;
}

void check_deadline(const Program& program, const SagaEntry& saga, Report& report) {
  const auto deadline = constant_duration(program, saga.header.deadline);
  if (!deadline || saga.longest_path <= *deadline) return;
  PathFinder finder(program);
  const Path path = finder.longest(saga.header.root);
  const std::vector<Line> lines = lines_of(program, path);
  if (lines.empty()) return;
  const std::string end = finder.reached_pivot() ? "to the pivot " : "";
  report
      .error("E0402", saga.deadline,
             "the worst path " + end + "takes " + base::describe_duration(path.total) +
                 ", the deadline is " + base::describe_duration(*deadline))
      .note(table_of(lines))
      .help("shorten the schedule of `" + largest_of(lines).name + "` or set `deadline " +
            least_deadline(path.total) + "`");
}

}  // namespace saga::dsl
