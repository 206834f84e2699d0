#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/support/folder.hpp"
#include "tests/support/participant.hpp"
#include "tests/support/program.hpp"

namespace saga::kill {

// Draws that a printed seed gives again.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  bool one_in(std::uint64_t times) { return below(times) == 0; }

 private:
  std::mt19937_64 engine_;
};

// What the driver has acknowledged, over all its lives: the promises that must hold.
struct Promises {
  std::map<std::string, std::string> started;  // saga id by order
  std::map<std::string, std::string> rested;   // status by saga id
  std::string failure;                         // the driver's own complaint, or empty
  // The lowest number of an order with a key whose start has no answer yet.
  std::uint64_t next_key = 1;

  void take(const std::string& line);
};

// Four participants, a journal's file and the engine that is killed.
class Stage {
 public:
  explicit Stage(Dice& dice);

  // Turns a few faults on at random participants.
  void add_faults();
  void clear_faults();
  // A life of the driver, with 64 sagas in flight, that ends by kill -9; now and then a participant
  // is killed meanwhile.
  void live_and_die(int life);
  // The last life: starts again what had no answer, and nothing else. True if it ended by itself.
  bool finish();

  [[nodiscard]] const Promises& promises() const { return promises_; }
  [[nodiscard]] std::string db() const { return folder_.file("saga.db"); }
  [[nodiscard]] std::array<const saga::test::Participant*, 4> participants() const;

 private:
  [[nodiscard]] saga::test::Launch driver(std::uint64_t last_key, const std::string& unkeyed) const;
  void listen(saga::test::Program& program, int milliseconds);

  Dice& dice_;
  saga::test::Folder folder_;
  std::array<std::unique_ptr<saga::test::Participant>, 4> participants_;
  Promises promises_;
};

}  // namespace saga::kill
