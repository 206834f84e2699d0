#include "engine/core/decide/environment.hpp"

#include "engine/base/ids.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/step_path.hpp"
#include "engine/core/type_codec.hpp"

namespace saga::core::decide {

base::Result<base::Value> FrameEnvironment::slot(SlotId slot) {
  for (const auto& [known, value] : read_) {
    if (known == slot) return value;
  }
  const base::JsonText* text = turn_.state.find(at_, slot);
  const Slot& declared = turn_.definition.slots[slot];
  if (text == nullptr) {
    return base::fail(base::ErrorCode::kDefect, "`" + declared.name + "` has no value here");
  }
  base::Result<Decoded> decoded = decode(turn_.definition, declared.type, *text, Strictness::kOpen);
  if (!decoded) return base::fail(decoded.error());
  read_.emplace_back(slot, decoded->value);
  return std::move(decoded->value);
}

base::Result<std::string> FrameEnvironment::key_of(NodeId step) {
  const State& state = turn_.state;
  const std::string path = path_of_step(turn_.definition, state, at_, step);
  for (auto frame = state.frames.rbegin(); frame != state.frames.rend(); ++frame) {
    if (frame->node == step && frame->step && frame->path == path) return frame->step->key;
  }
  // Not begun: the key that it would have had. Its own `key` may read what was never bound; there
  // is nothing under any key then, so the path's does.
  const Call& action = std::get<StepNode>(turn_.definition.nodes[step].body).action;
  base::Result<std::string> key = key_of_call(turn_, action, at_, path);
  return key ? std::move(key) : key_for(state, path);
}

bool FrameEnvironment::started(NodeId step) {
  for (const Frame& frame : turn_.state.frames) {
    if (frame.node == step && frame.step) return true;
  }
  return false;
}

std::int64_t FrameEnvironment::attempt() {
  for (FrameId id = at_; id != 0; id = turn_.state.frames[id].parent) {
    const Frame& frame = turn_.state.frames[id];
    if (frame.step) return frame.step->exchange.attempt;
  }
  return 1;
}

StartEnvironment::StartEnvironment(const Definition& definition, const base::Record& input,
                                   std::string saga_id, base::TimePoint now,
                                   base::SeededRandom random)
    : definition_(definition),
      input_(input),
      saga_id_(std::move(saga_id)),
      now_(now),
      random_(random) {}

base::Result<base::Value> StartEnvironment::slot(SlotId slot) {
  for (std::size_t i = 0; i < definition_.parameters.size(); ++i) {
    if (definition_.parameters[i] == slot) return (*input_.fields)[i].value;
  }
  return base::fail(base::ErrorCode::kDefect,
                    "`" + definition_.slots[slot].name + "` has no value before the saga runs");
}

base::Result<std::string> StartEnvironment::key_of(NodeId) {
  return base::fail(base::ErrorCode::kDefect, "no step has a key before the saga runs");
}

namespace {

bool is_named(const Frame& frame) {
  // A step of `parallel any` stands in a branch that has no name.
  if (frame.kind == FrameKind::kBranch) return !frame.path.empty();
  return frame.kind == FrameKind::kRoot || frame.kind == FrameKind::kScope ||
         frame.kind == FrameKind::kStep || frame.kind == FrameKind::kCompensation ||
         frame.kind == FrameKind::kUndoHandler || frame.kind == FrameKind::kOnFailed ||
         frame.kind == FrameKind::kOnCompleted || frame.kind == FrameKind::kOnStuck;
}

}  // namespace

void append_ascii(std::string& out, const std::string& name) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '%') {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
}

std::string path_in(const State& state, FrameId parent, const std::string& name) {
  std::string indexes;
  FrameId id = parent;
  while (!is_named(state.frames[id])) {
    const Frame& frame = state.frames[id];
    if (frame.kind == FrameKind::kIteration)
      indexes = "[" + std::to_string(frame.index) + "]" + indexes;
    id = frame.parent;
  }
  std::string path = state.frames[id].path;
  if (!path.empty()) path += '/';
  append_ascii(path, name);
  return path + indexes;
}

std::string key_for(const State& state, const std::string& path) {
  std::string key = state.id + "/" + path;
  if (key.size() <= base::limits::kMaxKeyBytes) return key;
  static constexpr char kHex[] = "0123456789abcdef";
  std::uint64_t hash = base::hash64(key);
  std::string tail(17, '~');
  for (std::size_t i = 16; i > 0; --i, hash >>= 4) tail[i] = kHex[hash & 15];
  key.resize(base::limits::kMaxKeyBytes - tail.size());
  return key + tail;
}

}  // namespace saga::core::decide
