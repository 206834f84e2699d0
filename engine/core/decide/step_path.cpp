#include "engine/core/decide/step_path.hpp"

#include <set>
#include <vector>

#include "engine/core/decide/environment.hpp"

namespace saga::core::decide {

namespace {

// Where a node stands: what holds it, and the word that this adds to its path.
struct Place {
  NodeId parent = kNone;
  const char* word = "";
};

// The place of every node, filled from the blocks that a node holds.
class Places {
 public:
  explicit Places(const Definition& definition) : places_(definition.nodes.size()) {
    for (NodeId id = 0; id < definition.nodes.size(); ++id) {
      std::visit([&](const auto& body) { hold(id, body); }, definition.nodes[id].body);
    }
    if (definition.on_failed != kNone) places_[definition.on_failed].word = "on_failed";
    if (definition.on_completed != kNone) places_[definition.on_completed].word = "on_completed";
    if (definition.on_stuck != kNone) places_[definition.on_stuck].word = "on_stuck";
  }
  [[nodiscard]] const Place& operator[](NodeId id) const { return places_[id]; }

 private:
  void put(NodeId parent, NodeId child, const char* word = "") {
    if (child != kNone) places_[child] = {parent, word};
  }
  void put(NodeId parent, const std::vector<Handler>& handlers, NodeId fallback,
           const char* word = "") {
    for (const Handler& handler : handlers) put(parent, handler.body, word);
    put(parent, fallback, word);
  }
  void put(NodeId step, const Compensation& compensation) {
    put(step, compensation.block, "compensate");
    put(step, compensation.call.handlers, compensation.call.fallback, "compensate");
  }
  void hold(NodeId id, const BlockNode& block) {
    for (const NodeId statement : block.statements) put(id, statement);
  }
  void hold(NodeId id, const StepNode& step) {
    put(id, step.action.handlers, step.action.fallback);
    put(id, step.compensation);
    put(id, step.compensation_unknown);
  }
  void hold(NodeId id, const ScopeNode& scope) {
    put(id, scope.block);
    put(id, scope.handlers, scope.fallback);
    put(id, scope.compensation, "compensate");
  }
  void hold(NodeId id, const ParallelNode& parallel) {
    for (const NodeId branch : parallel.branches) put(id, branch);
    put(id, parallel.handlers, parallel.fallback);
  }
  void hold(NodeId id, const BranchNode& branch) { put(id, branch.block); }
  void hold(NodeId id, const IfNode& choice) {
    put(id, choice.then_block);
    put(id, choice.else_block);
  }
  void hold(NodeId id, const ForNode& loop) { put(id, loop.block); }
  void hold(NodeId id, const RepeatNode& loop) {
    put(id, loop.block);
    put(id, loop.otherwise);
  }
  void hold(NodeId id, const RequireNode& require) { put(id, require.otherwise); }
  template <class Leaf>
  void hold(NodeId, const Leaf&) {}

  std::vector<Place> places_;
};

// The round of a loop that stands around the frame; the first of another loop.
std::uint32_t round_of(const State& state, FrameId at, NodeId loop, std::uint32_t first) {
  for (FrameId id = at; id != 0; id = state.frames[id].parent) {
    const Frame& frame = state.frames[id];
    if (frame.kind == FrameKind::kIteration && state.frames[frame.parent].node == loop) {
      return frame.index;
    }
  }
  return first;
}

// The run of a scope that is run anew, as `#2`: the one around the frame, else the last one.
std::string run_of(const State& state, FrameId at, NodeId scope) {
  const auto is_run = [&](FrameId id) {
    return state.frames[id].kind == FrameKind::kScope && state.frames[id].node == scope;
  };
  FrameId run = at;
  while (run != 0 && !is_run(run)) run = state.frames[run].parent;
  for (FrameId id = static_cast<FrameId>(state.frames.size()); run == 0 && id-- > 1;) {
    if (is_run(id)) run = id;
  }
  const std::uint32_t index = state.frames[run].index;
  return run == 0 || index == 0 ? "" : "#" + std::to_string(index);
}

void append(std::string& path, const std::string& name) {
  if (!path.empty()) path += '/';
  append_ascii(path, name);
}

}  // namespace

std::string path_of_step(const Definition& definition, const State& state, FrameId at,
                         NodeId step) {
  const Places places(definition);
  std::vector<NodeId> chain;  // from the step outwards
  for (NodeId id = step; id != kNone; id = places[id].parent) chain.push_back(id);
  std::string path;
  std::string indexes;  // of the loops since the last name: they stand after the next one
  for (auto id = chain.rbegin(); id != chain.rend(); ++id) {
    const Node& node = definition.nodes[*id];
    if (places[*id].word[0] != '\0') append(path, places[*id].word);
    const bool is_named = std::holds_alternative<StepNode>(node.body) ||
                          std::holds_alternative<ScopeNode>(node.body) ||
                          std::holds_alternative<BranchNode>(node.body);
    if (is_named && !node.name.empty()) {
      append(path, node.name);
      path += indexes;
      indexes.clear();
      const auto* scope = std::get_if<ScopeNode>(&node.body);
      if (scope != nullptr && !scope->again.empty()) path += run_of(state, at, *id);
    } else if (std::holds_alternative<ForNode>(node.body)) {
      indexes += "[" + std::to_string(round_of(state, at, *id, 0)) + "]";
    } else if (const auto* repeat = std::get_if<RepeatNode>(&node.body)) {
      const bool is_else = id + 1 != chain.rend() && *(id + 1) == repeat->otherwise;
      if (!is_else) indexes += "[" + std::to_string(round_of(state, at, *id, 1)) + "]";
    }
  }
  return path;
}

FrameId frame_around(const Definition& definition, const State& state, FrameId at, NodeId step) {
  const Places places(definition);
  std::set<NodeId> chain;
  for (NodeId id = step; id != kNone; id = places[id].parent) chain.insert(id);
  FrameId id = at;
  while (id != 0 && !chain.contains(state.frames[id].node)) id = state.frames[id].parent;
  return id;
}

}  // namespace saga::core::decide
