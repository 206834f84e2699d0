#include "dsl/check/key_paths.hpp"

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "dsl/check/control.hpp"
#include "engine/base/json.hpp"

namespace saga::dsl {

using core::Call;
using core::Compensation;
using core::Expression;
using core::ExpressionId;
using core::ForNode;
using core::Handler;
using core::kNone;
using core::Node;
using core::NodeId;
using core::Operator;
using core::SlotId;
using core::StepNode;

namespace {

core::Span span_of(const Program& program, ExpressionId id) {
  const Expression& row = program.tables.expressions[id];
  return {row.file, row.span_begin, row.span_end};
}

// What may have run before a point, by something that must not come twice. Alternatives are walked
// one after the other, each without what the others added.
class Seen {
 public:
  // The node that was added under this name, or kNone, and then `node` is added.
  NodeId add(const std::string& name, NodeId node) {
    const auto [place, is_new] = nodes_.try_emplace(name, node);
    if (!is_new) return place->second;
    added_.push_back(name);
    return kNone;
  }

  using Names = std::vector<std::pair<std::string, NodeId>>;
  [[nodiscard]] std::size_t mark() const { return added_.size(); }
  // Takes out what was added after the mark.
  Names take_back(std::size_t mark) {
    Names taken;
    for (; added_.size() > mark; added_.pop_back()) {
      const auto place = nodes_.find(added_.back());
      taken.emplace_back(place->first, place->second);
      nodes_.erase(place);
    }
    return taken;
  }
  void put(const Names& names) {
    for (const auto& [name, node] : names) add(name, node);
  }

 private:
  std::unordered_map<std::string, NodeId> nodes_;
  std::vector<std::string> added_;
};

// An expression as text: equal for equal expressions.
class KeyText {
 public:
  explicit KeyText(const Program& program) : tables_(program.tables) {}

  std::string of(ExpressionId id) {
    add(id);
    return std::move(text_);
  }

 private:
  void add(ExpressionId id) {
    constexpr std::size_t kLongest = 4'096;  // of keys that are compared; nobody writes longer ones
    if (text_.size() > kLongest) return;
    const Expression& row = tables_.expressions[id];
    text_ += std::to_string(static_cast<int>(row.op)) + ":" + row.name + ":" +
             std::to_string(row.slot) + ":" + std::to_string(row.node) + ":";
    if (row.op == Operator::kLiteral) text_ += base::to_json(row.literal);
    text_ += "(";
    for (const ExpressionId each : row.arguments) add(each);
    text_ += ")";
  }

  const core::Definition& tables_;
  std::string text_;
};

// The slots inside a loop whose values may differ from round to round.
class RoundValues {
 public:
  RoundValues(const Program& program, SlotId item, NodeId block) : program_(program) {
    if (item != kNone) slots_.insert(item);
    walk(program.tables, block, [&](NodeId id) { note(program.node(id)); });
  }

  bool decide(ExpressionId expression) const {
    bool differs = false;
    walk_expression(program_.tables, expression, [&](const Expression& part) {
      differs = differs || (part.op == Operator::kSlot && slots_.contains(part.slot)) ||
                part.op == Operator::kKeyOf || part.op == Operator::kUuid ||
                part.op == Operator::kRandom;
    });
    return differs;
  }

 private:
  // In program order, so what a value is made of is known before it.
  void note(const Node& node) {
    if (const auto* let = std::get_if<core::LetNode>(&node.body)) {
      if (decide(let->value)) slots_.insert(let->slot);
    } else if (const auto* step = std::get_if<StepNode>(&node.body)) {
      slots_.insert(step->slot);
      for (const Handler& handler : step->action.handlers) slots_.insert(handler.slot);
    } else if (const auto* loop = std::get_if<ForNode>(&node.body)) {
      if (decide(loop->list)) slots_.insert(loop->item);
      slots_.insert(loop->result);
    } else if (const auto* repeat = std::get_if<core::RepeatNode>(&node.body)) {
      slots_.insert(repeat->result);
    } else if (const auto* parallel = std::get_if<core::ParallelNode>(&node.body)) {
      slots_.insert(parallel->result);
    }
  }

  const Program& program_;
  std::set<SlotId> slots_;
};

class PathWalker {
 public:
  PathWalker(const Program& program, Report& report) : program_(program), report_(report) {}

  void run(const SagaEntry& saga) {
    const core::Definition& header = saga.header;
    if (header.on_failed != kNone) taken_.insert("on_failed");
    if (header.on_completed != kNone) taken_.insert("on_completed");
    if (header.on_stuck != kNone) taken_.insert("on_stuck");
    walk(header.root);
    // Their paths begin with these words.
    for (const NodeId ending : endings_of(header)) inside({}, [&] { walk(ending); });
  }

 private:
  struct Loop {
    SlotId item;   // or the number of the round; kNone of a `repeat` without one
    NodeId scope;  // that runs anew; kNone of a loop
    RoundValues values;
  };

  void walk(NodeId id) {
    const Node& node = program_.node(id);
    if (const auto* step = std::get_if<StepNode>(&node.body)) return this->step(id, *step);
    if (const auto* scope = std::get_if<core::ScopeNode>(&node.body))
      return this->scope(id, *scope);
    if (const auto* branch = std::get_if<core::BranchNode>(&node.body)) {
      if (node.name.empty()) return walk(branch->block);  // a step of `parallel any`
      check_name(id);
      return inside({}, [&] { walk(branch->block); });
    }
    if (const auto* choice = std::get_if<core::IfNode>(&node.body)) {
      return alternatives({choice->then_block, choice->else_block});
    }
    if (const auto* require = std::get_if<core::RequireNode>(&node.body)) {
      return alternatives({require->otherwise});
    }
    if (const auto* parallel = std::get_if<core::ParallelNode>(&node.body)) {
      for (const NodeId each : parallel->branches) walk(each);
      return alternatives(bodies(parallel->handlers, parallel->fallback));
    }
    if (const auto* loop = std::get_if<ForNode>(&node.body))
      return this->loop(loop->item, loop->block);
    if (const auto* repeat = std::get_if<core::RepeatNode>(&node.body)) {
      this->loop(repeat->round, repeat->block);
      return alternatives({repeat->otherwise});
    }
    for (const NodeId block : blocks_of(node)) walk(block);
  }

  void step(NodeId id, const StepNode& step) {
    check_name(id);
    check_key(id, step.action);
    // Steps of its handlers and compensations stand below the step's own path.
    inside({"compensate", "resolve"}, [&] {
      alternatives(bodies(step.action.handlers, step.action.fallback));
      for (const Compensation* each : {&step.compensation, &step.compensation_unknown}) {
        if (each->kind != Compensation::Kind::kCall) continue;
        check_key(id, each->call);
        alternatives(bodies(each->call.handlers, each->call.fallback));
      }
    });
    for (const Compensation* each : {&step.compensation, &step.compensation_unknown}) {
      if (each->kind == Compensation::Kind::kBlock) inside({}, [&] { walk(each->block); });
    }
  }

  void scope(NodeId id, const core::ScopeNode& scope) {
    check_name(id);
    const bool has_own = scope.compensation != kNone;
    if (has_own) inside({}, [&] { walk(scope.compensation); });
    const bool is_rerun = !scope.again.empty();
    if (is_rerun) loops_.push_back({kNone, id, RoundValues(program_, kNone, scope.block)});
    inside(has_own ? std::set<std::string>{"compensate"} : std::set<std::string>{}, [&] {
      walk(scope.block);
      if (is_rerun) loops_.pop_back();
      alternatives(bodies(scope.handlers, scope.fallback));
    });
  }

  void loop(SlotId item, NodeId block) {
    loops_.push_back({item, kNone, RoundValues(program_, item, block)});
    ++depth_;
    walk(block);
    --depth_;
    loops_.pop_back();
  }

  static std::vector<NodeId> bodies(const std::vector<Handler>& handlers, NodeId fallback) {
    std::vector<NodeId> all;
    for (const Handler& handler : handlers) all.push_back(handler.body);
    all.push_back(fallback);
    return all;
  }

  // Blocks of which one runs at most. What goes on behind them may have run before what follows.
  void alternatives(const std::vector<NodeId>& blocks) {
    Seen::Names names, keys;
    for (const NodeId block : blocks) {
      if (block == kNone) continue;
      const std::size_t name_mark = names_.mark(), key_mark = keys_.mark();
      walk(block);
      const bool goes_on = completes(program_.tables, block);
      const Seen::Names own_names = names_.take_back(name_mark);
      const Seen::Names own_keys = keys_.take_back(key_mark);
      if (!goes_on) continue;
      names.insert(names.end(), own_names.begin(), own_names.end());
      keys.insert(keys.end(), own_keys.begin(), own_keys.end());
    }
    names_.put(names);
    keys_.put(keys);
  }

  // Walks what has a path of its own; some words are taken there.
  template <class Walk>
  void inside(const std::set<std::string>& taken, Walk walk_it) {
    Seen outer = std::exchange(names_, Seen());
    const std::size_t depth = std::exchange(depth_, 0);
    const auto words = std::exchange(taken_, taken);
    walk_it();
    taken_ = words;
    names_ = std::move(outer);
    depth_ = depth;
  }

  // Below one named thing the path is a name and an index for each loop.
  [[nodiscard]] std::string path_of(const std::string& name) const {
    return name + std::string(depth_, '[');
  }

  void check_name(NodeId id) {
    const std::string& name = program_.node(id).name;
    if (name.empty()) return;
    const core::Span span = program_.facts.at(id).name;
    if (depth_ == 0 && taken_.contains(name)) {
      report_.error("E0503", span, "`" + name + "` is a part of the engine's own keys here")
          .help("choose another name");
      return;
    }
    const NodeId same = names_.add(path_of(name), id);
    if (same == kNone) return;
    report_.error("E0503", span, "two `" + name + "` on one path have one key")
        .label(program_.facts.at(same).name, "this one may have run before")
        .help("choose another name: it is part of the key that participants see");
  }

  void check_key(NodeId id, const Call& call) {
    if (call.key == kNone) return;
    const std::string target =
        std::to_string(call.operation) + "/" + std::to_string(call.child) + "/";
    const NodeId same = keys_.add(target + KeyText(program_).of(call.key), id);
    if (same != kNone && same != id) {
      report_.error("E0503", span_of(program_, call.key), "two steps have one key")
          .label(program_.facts.at(same).name, "this one has it too")
          .help("the second call would be taken for a repeat of the first: leave out one `key`");
    }
    for (auto loop = loops_.rbegin(); loop != loops_.rend(); ++loop) {
      if (loop->values.decide(call.key)) continue;
      if (loop->scope != kNone) {
        report_
            .error("E0504", span_of(program_, call.key),
                   "each run of `" + program_.node(loop->scope).name + "` gives `" +
                       program_.node(id).name + "` the same key")
            .help("leave out `key`: the path of a run that begins anew has its number");
        return;
      }
      const bool has_name = loop->item != kNone;
      const std::string item = has_name ? program_.tables.slots[loop->item].name : "round";
      report_
          .error("E0504", span_of(program_, call.key),
                 "every round of the loop gives `" + program_.node(id).name + "` the same key")
          .help((has_name ? "make `" : "number the rounds (`repeat … as round`), and make `") +
                item + "` a part of it, as in \"{…}/{" + item + "}\"");
      return;
    }
  }

  const Program& program_;
  Report& report_;
  Seen names_;                   // below the named thing that is being walked
  std::set<std::string> taken_;  // words that the engine puts there itself
  Seen keys_;                    // of the whole saga: a `key` doesn't care where it stands
  std::size_t depth_ = 0;        // of loops below that named thing
  std::vector<Loop> loops_;
};

}  // namespace

void check_key_paths(const Program& program, const SagaEntry& saga, Report& report) {
  PathWalker(program, report).run(saga);
}

}  // namespace saga::dsl
