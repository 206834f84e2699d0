#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "dsl/check/program.hpp"

namespace saga::dsl {

// Makes definitions of the sagas of one program, each with what it reaches of the shared tables,
// renumbered in their order. Borrows the program, which must not change meanwhile.
class Extractor {
 public:
  explicit Extractor(const Program& program);
  ~Extractor();

  // The definition of one saga, with `children` pinned to the definitions given; `hash` is left
  // empty. Nullopt once all that were made together would be larger than
  // limits::kMaxDefinitionBytes. Requires: no errors were reported; `finished[i]` is the definition
  // of program.sagas[i] for every callee.
  std::optional<core::Definition> extract(
      const SagaEntry& saga, const std::vector<std::shared_ptr<const core::Definition>>& finished);

 private:
  class Selection;
  class Marker;
  class Renumber;
  struct Selections;
  const Program& program_;
  std::unique_ptr<Selections> selected_;
  std::size_t bytes_ = 0;  // of all definitions so far
};

}  // namespace saga::dsl
