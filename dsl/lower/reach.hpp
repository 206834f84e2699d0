#pragma once

#include <map>
#include <set>
#include <string>

#include "dsl/check/program.hpp"

namespace saga::dsl {

// What can happen while a saga runs, with all that it calls.
struct Reach {
  std::set<core::OperationId> operations;
  std::map<std::string, std::string> steps;  // with their operations, as people write them
  std::set<std::uint32_t> sagas;
};

// Finds it once a saga, by its place in Program::sagas. Borrows the program, whose sagas must not
// change meanwhile.
class ReachFinder {
 public:
  explicit ReachFinder(const Program& program) : program_(program) {}
  const Reach& of(std::uint32_t saga);

 private:
  void add(std::uint32_t saga, Reach& to);
  void add(const core::Call& call, Reach& to) const;

  const Program& program_;
  std::map<std::uint32_t, Reach> found_;
};

}  // namespace saga::dsl
