#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dsl/lower/expressions.hpp"
#include "dsl/lower/reach.hpp"
#include "dsl/lower/tests.hpp"

namespace saga::dsl {

// `Payment.charge`, as one writes it.
std::string written(const core::Operation& operation);

// Checks and lowers one `test` block: its values and the saga that it runs (tests.cpp), who answers
// instead of the participants (test_mocks.cpp), what must be true at its end
// (test_expectations.cpp).
class TestLowering {
 public:
  TestLowering(Module& module, const SagaIndexes& indexes, ReachFinder& reach, const TestView& view)
      : module_(module),
        program_(module.program()),
        types_(module.types()),
        report_(module.report()),
        indexes_(indexes),
        reach_(reach),
        view_(view),
        non_null_(program_.tables),
        expressions_(module, scopes_, non_null_, surroundings_) {
    surroundings_.part = Surroundings::Part::kTest;
  }

  std::optional<LoweredTest> lower();

 private:
  std::vector<View> lines(NodeKind kind) const;
  [[nodiscard]] core::Span at(const Span& span) const { return module_.at(span); }

  // The place of an expression among the statements.
  core::ExpressionId keep(core::ExpressionId expression, core::SlotId slot = core::kNone);
  core::SlotId bind(const std::string& name, core::TypeId type, const core::Span& span,
                    bool is_used);
  void let(const View& line);
  void warn_unused(const Binding& bound);
  // True if it is known which saga is run.
  bool run();
  std::optional<std::uint32_t> called_saga(const ExpressionView& call);
  // The operation that `Service.name` means; kNone after reporting that there is none.
  core::OperationId operation(const std::string& service_name, const core::Span& service_span,
                              const std::string& name, const core::Span& span);
  // E0702 for an operation that the saga can't come to.
  bool is_reached(core::OperationId id, const core::Span& span, const std::string& what);
  void mock(const View& line);
  void not_an_operation(const std::string& name, const core::Span& span);
  void answer(const View& line, const core::Operation& called, core::TestMock& mock);
  void failure(const std::optional<ExpressionView>& value, const core::Operation& called,
               core::TestMock& mock);
  void expectations();
  void expectation(const View& line);
  void ending(const NameView& name, core::TestExpectation& made);
  void completed(const ExpressionView& value, core::TestExpectation& made);
  void failed(const ExpressionView& value, core::TestExpectation& made);
  // Only those arguments that matter to the test.
  void given(const ExpressionView& call, const std::vector<core::FieldType>& fields,
             const std::string& what, core::TestExpectation& made);
  // What follows `called`, `never`, `compensated` and `stuck`.
  void happened(const ExpressionView& value, core::TestExpectation& made, const std::string& word);
  void needs_step(const ExpressionView& value, const std::string& word);
  void happened_saga(const ExpressionView& value, std::size_t saga, core::TestExpectation& made);
  void step(const ExpressionView& named, bool is_call, core::TestExpectation& made);

  Module& module_;
  Program& program_;
  TypeTable& types_;
  Report& report_;
  const SagaIndexes& indexes_;
  ReachFinder& reach_;
  TestView view_;
  Scopes scopes_;
  NonNull non_null_;
  Surroundings surroundings_;
  ExpressionLowering expressions_;
  LoweredTest made_;
  std::vector<core::NodeId> kept_;
};

}  // namespace saga::dsl
