#include "dsl/check/places.hpp"

#include <algorithm>
#include <utility>

#include "dsl/check/control.hpp"

namespace saga::dsl {

using core::BlockNode;
using core::BranchNode;
using core::Compensation;
using core::FailNode;
using core::ForNode;
using core::Handler;
using core::IfNode;
using core::kNone;
using core::NodeId;
using core::ParallelNode;
using core::ReturnNode;
using core::ScopeNode;
using core::StepNode;
using core::UseNode;

namespace {

// On which sides of a pivot the paths to a point are; both false: no path comes here.
struct Side {
  bool before = false;
  bool after = false;
  NodeId pivot = kNone;

  void join(const Side& other) {
    before = before || other.before;
    after = after || other.after;
    if (pivot == kNone) pivot = other.pivot;
  }
};

class Walker {
 public:
  explicit Walker(const Program& program) : program_(program) {}

  std::vector<Place> run(const SagaEntry& saga) {
    block(saga.header.root, Side{true, false, kNone});
    zone_ = Zone::kEnding;
    for (const NodeId ending : endings_of(saga.header)) block(ending, Side{true, false, kNone});
    return std::move(places_);
  }

 private:
  Side block(NodeId id, Side side) { return node(id, side); }

  Side node(NodeId id, Side side) {
    const core::NodeBody& body = program_.node(id).body;
    if (const auto* statements = std::get_if<BlockNode>(&body)) {
      for (const NodeId each : statements->statements) side = node(each, side);
      return side;
    }
    if (const auto* step = std::get_if<StepNode>(&body)) return this->step(id, *step, side);
    if (const auto* scope = std::get_if<ScopeNode>(&body)) return this->scope(id, *scope, side);
    if (const auto* all = std::get_if<ParallelNode>(&body)) return parallel(id, *all, side);
    if (const auto* branch = std::get_if<BranchNode>(&body)) return node(branch->block, side);
    if (const auto* choice = std::get_if<IfNode>(&body)) return this->choice(*choice, side);
    if (const auto* loop = std::get_if<ForNode>(&body)) return this->loop(id, loop->block, side);
    if (const auto* repeat = std::get_if<core::RepeatNode>(&body)) {
      Side out = this->loop(id, repeat->block, side);
      if (repeat->otherwise != kNone) out.join(node(repeat->otherwise, out));
      return out;
    }
    if (std::holds_alternative<core::RollbackNode>(body)) place(id, side);
    if (std::holds_alternative<FailNode>(body)) {
      place(id, side);
      return {};
    }
    if (std::holds_alternative<ReturnNode>(body)) return {};
    if (const auto* use = std::get_if<UseNode>(&body)) {
      // What a construct around takes counts as passing by it: no pivot stands in one.
      if (use->target == kNone && !uses_.empty()) uses_.back().join(side);
      return {};
    }
    if (const auto* require = std::get_if<core::RequireNode>(&body)) {
      Side out = side;
      out.join(node(require->otherwise, side));
      return out;
    }
    return side;
  }

  Side step(NodeId id, const StepNode& step, Side side) {
    place(id, side);
    compensation(step.compensation, side);
    compensation(step.compensation_unknown, side);
    Side out = step.is_pivot ? Side{false, side.before || side.after, id} : side;
    uses_.emplace_back();
    out.join(handlers(step.action.handlers, step.action.fallback, side));
    out.join(uses_.back());
    uses_.pop_back();
    return out;
  }

  void compensation(const Compensation& compensation, Side side) {
    const Zone outer = std::exchange(zone_, Zone::kCompensation);
    const auto catcher = std::exchange(catcher_, nullptr);
    if (compensation.kind == Compensation::Kind::kBlock) block(compensation.block, side);
    if (compensation.kind == Compensation::Kind::kCall) {
      handlers(compensation.call.handlers, compensation.call.fallback, side);
    }
    catcher_ = catcher;
    zone_ = outer;
  }

  Side handlers(const std::vector<Handler>& handlers, NodeId fallback, const Side& side) {
    Side out;
    for (const Handler& handler : handlers) out.join(block(handler.body, side));
    if (fallback != kNone) out.join(block(fallback, side));
    return out;
  }

  Side scope(NodeId id, const ScopeNode& scope, const Side& side) {
    if (!scope.again.empty()) place(id, side);
    push_catcher(id, scope.handlers, scope.fallback, side);
    Side out = block(scope.block, side);
    catcher_ = catcher_->outer;
    if (scope.compensation != kNone) {
      Compensation compensation;
      compensation.kind = Compensation::Kind::kBlock;
      compensation.block = scope.compensation;
      this->compensation(compensation, side);
    }
    out.join(handlers(scope.handlers, scope.fallback, side));
    return out;
  }

  Side parallel(NodeId id, const ParallelNode& parallel, const Side& side) {
    push_catcher(id, parallel.handlers, parallel.fallback, side);
    const NodeId outer = std::exchange(repeated_by_, id);
    const bool outer_rival = std::exchange(is_rival_, is_rival_ || parallel.is_any);
    Side out = side;
    for (const NodeId branch : parallel.branches) out.join(node(branch, side));
    repeated_by_ = outer;
    is_rival_ = outer_rival;
    catcher_ = catcher_->outer;
    out.join(handlers(parallel.handlers, parallel.fallback, side));
    return out;
  }

  Side choice(const IfNode& choice, const Side& side) {
    Side out = block(choice.then_block, side);
    out.join(choice.else_block == kNone ? side : block(choice.else_block, side));
    return out;
  }

  Side loop(NodeId id, NodeId round, const Side& side) {
    const NodeId outer = std::exchange(repeated_by_, id);
    Side out = side;
    out.join(block(round, side));
    repeated_by_ = outer;
    return out;
  }

  void push_catcher(NodeId id, const std::vector<Handler>& handlers, NodeId fallback,
                    const Side& side) {
    Catcher catcher;
    catcher.is_behind_pivot = side.after;
    catcher.node = id;
    catcher.catches_all = fallback != kNone;
    catcher.fallback = fallback;
    for (const Handler& handler : handlers) {
      catcher.errors.insert(handler.errors.begin(), handler.errors.end());
    }
    catcher.outer = catcher_;
    catcher_ = std::make_shared<const Catcher>(std::move(catcher));
  }

  void place(NodeId id, const Side& side) {
    Place place;
    place.node = id;
    place.zone = zone_;
    place.before_pivot = side.before;
    place.after_pivot = side.after;
    place.pivot = side.pivot;
    place.repeated_by = repeated_by_;
    place.is_rival = is_rival_;
    place.catcher = catcher_;
    places_.push_back(std::move(place));
  }

  const Program& program_;
  std::vector<Place> places_;
  Zone zone_ = Zone::kForward;
  NodeId repeated_by_ = kNone;
  bool is_rival_ = false;
  std::shared_ptr<const Catcher> catcher_;
  std::vector<Side> uses_;  // of the steps whose handlers are open
};

}  // namespace

bool Place::is_caught(const std::string& error) const {
  for (const Catcher* each = open(catcher); each != nullptr; each = open(each->outer)) {
    if (each->catches_all || each->errors.contains(error)) return true;
  }
  return false;
}

const Catcher* Place::catcher_of_all() const {
  const Catcher* each = open(catcher);
  while (each != nullptr && !each->catches_all) each = open(each->outer);
  return each;
}

std::vector<Place> places_of(const Program& program, const SagaEntry& saga) {
  return Walker(program).run(saga);
}

void mark_pivots(Program& program, SagaEntry& saga) {
  for (const Place& place : places_of(program, saga)) {
    auto* step = std::get_if<StepNode>(&program.tables.nodes[place.node].body);
    if (step == nullptr) continue;
    step->after_pivot = place.zone == Zone::kForward && place.after_pivot && !place.before_pivot;
    saga.header.has_pivot = saga.header.has_pivot || step->is_pivot;
  }
}

}  // namespace saga::dsl
