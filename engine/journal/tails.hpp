#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/journal/hash.hpp"

namespace saga::journal {

// What the writer must know of a machine to append to it.
struct Tail {
  std::int64_t number = 0;  // the machine's row
  std::uint64_t last_seq = 0;
  Digest chain{};
  std::optional<std::int64_t> due;  // milliseconds
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

// The tails of the machines used last, bounded: two generations, of which the older is dropped when
// the younger is full. So at most 2 * `generation` are held, and what is used stays.
class Tails {
 public:
  explicit Tails(std::size_t generation) : generation_(generation) {}

  // Null if unknown. Valid until the next put() or find().
  Tail* find(std::string_view machine) {
    if (const auto found = young_.find(machine); found != young_.end()) return &found->second;
    const auto found = old_.find(machine);
    if (found == old_.end()) return nullptr;
    auto node = old_.extract(found);
    make_room();
    return &young_.insert(std::move(node)).position->second;
  }

  Tail* put(std::string_view machine, const Tail& tail) {
    make_room();
    return &young_.insert_or_assign(std::string(machine), tail).first->second;
  }

  void clear() {
    young_.clear();
    old_.clear();
  }

 private:
  using Map = std::unordered_map<std::string, Tail, TextHash, std::equal_to<>>;

  void make_room() {
    if (young_.size() < generation_) return;
    old_ = std::move(young_);
    young_.clear();
  }

  std::size_t generation_;
  Map young_;
  Map old_;
};

}  // namespace saga::journal
