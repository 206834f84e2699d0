#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/core/decide/turn.hpp"

namespace saga::core::decide {

// What an expression sees from a frame of a saga.
class FrameEnvironment final : public Environment {
 public:
  FrameEnvironment(Turn& turn, FrameId at) : turn_(turn), at_(at) {}
  base::Result<base::Value> slot(SlotId slot) override;
  base::Result<std::string> key_of(NodeId step) override;
  bool started(NodeId step) override;
  std::string saga_id() override { return turn_.state.id; }
  std::int64_t attempt() override;
  base::TimePoint now() override { return turn_.now; }
  std::uint64_t draw() override { return turn_.draw(); }

 private:
  Turn& turn_;
  FrameId at_;
  // What was read, decoded once: a lambda reads its slots for every item.
  std::vector<std::pair<SlotId, base::Value>> read_;
};

// What `key` and `deadline` see before the saga runs: its parameters.
class StartEnvironment final : public Environment {
 public:
  StartEnvironment(const Definition& definition, const base::Record& input, std::string saga_id,
                   base::TimePoint now, base::SeededRandom random);
  base::Result<base::Value> slot(SlotId slot) override;
  base::Result<std::string> key_of(NodeId step) override;
  bool started(NodeId) override { return false; }
  std::string saga_id() override { return saga_id_; }
  std::int64_t attempt() override { return 1; }
  base::TimePoint now() override { return now_; }
  std::uint64_t draw() override { return random_.next(); }

 private:
  const Definition& definition_;
  const base::Record& input_;
  std::string saga_id_;
  base::TimePoint now_;
  base::SeededRandom random_;
};

// Appends a name as it stands in a path: ASCII, with other bytes, spaces and `%` percent-encoded.
void append_ascii(std::string& out, const std::string& name);

// The path of something named `name` that begins in `parent`: names of the frames around it,
// indexes of loops after the name they belong to (LANGUAGE #14).
std::string path_in(const State& state, FrameId parent, const std::string& name);

// `<saga id>/<path>`, at most limits::kMaxKeyBytes: a longer one keeps its head and ends in `~` and
// its hash.
std::string key_for(const State& state, const std::string& path);

}  // namespace saga::core::decide
