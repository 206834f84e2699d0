#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dsl/check/module.hpp"
#include "dsl/check/scope.hpp"
#include "dsl/lower/builder.hpp"
#include "dsl/lower/calls.hpp"
#include "dsl/views.hpp"

namespace saga::dsl {

// What the names mean at the place that is being lowered.
struct Surroundings {
  enum class Part : std::uint8_t {
    kConstant,  // a `where`, a default, a policy: no saga's values
    kForward,
    kCompensation,  // reads what was bound before its step
    kEnding,        // `on failed`, `on completed`, `on stuck`
    kTest,          // a `test` block
  };
  Part part = Part::kConstant;
  std::string ending;  // of kEnding: `on failed`
  // Names that the saga binds somewhere, for what is said of a name that isn't visible here.
  std::map<std::string, core::Span> bound_elsewhere;
  std::set<std::string> missed;  // those that were read where they aren't visible
  // The steps of the forward path so far, which `on failed` may name in `started` and `key_of`.
  struct Step {
    core::NodeId node = core::kNone;
    core::Span span;
    bool is_repeated = false;   // it stands in a loop: each round has a key of its own
    bool is_ambiguous = false;  // several steps have this name
  };
  std::map<std::string, Step> steps;
};

// Lowers expressions: names, types and rows in one pass.
class ExpressionLowering {
 public:
  using Id = core::ExpressionId;

  ExpressionLowering(Module& module, Scopes& scopes, NonNull& non_null, Surroundings& surroundings);

  // `wanted` gives `.case`, `null` and `[]` their type; kUnknownType where any type will do.
  Id lower(const ExpressionView& expression, core::TypeId wanted = kUnknownType);
  // The same, converted to `wanted`; `what` as in ExpressionBuilder::convert.
  Id lower_as(const ExpressionView& expression, core::TypeId wanted, const std::string& what);
  Id lower_condition(const ExpressionView& expression);

  // The arguments of an operation, saga, record or error in the order of `fields`, defaults filled
  // in. Reports what is missing or unknown; `what` names the callee.
  std::optional<ExpressionBuilder::Ids> lower_arguments(const std::vector<ArgumentView>& arguments,
                                                        const std::vector<core::FieldType>& fields,
                                                        const std::string& what,
                                                        const core::Span& span);

  ExpressionBuilder& build() { return build_; }

 private:
  Id lower_kind(const ExpressionView& expression, core::TypeId wanted);
  Id number(const ExpressionView& expression);
  Id string(const ExpressionView& expression);
  Id name(const std::string& name, const core::Span& span);
  Id binding(Binding& binding, const core::Span& span);
  Id unknown_name(const std::string& name, const core::Span& span);
  Id declared_as_value(const std::string& name, const core::Span& span);
  Id shorthand_case(const ExpressionView& expression, core::TypeId wanted);
  void suggest(Finding finding, const std::string& name);
  Id enum_case(core::TypeId type, const std::string& name, const core::Span& name_span,
               const core::Span& span);
  Id unary(const ExpressionView& expression, core::TypeId wanted);
  Id binary(const ExpressionView& expression, core::TypeId wanted);
  Id index(const ExpressionView& expression);
  Id stray_lambda(const ExpressionView& expression);
  Id unavailable(const ExpressionView& expression, const std::string& word);
  Id conditional(const ExpressionView& expression, core::TypeId wanted);

  // `match` as a value (match.cpp).
  class Taken;
  struct Arm {
    Id condition = core::kNone;  // kNone of `_`
    Id value = core::kNone;
    bool is_faulty = false;
  };
  Id match(const ExpressionView& expression, core::TypeId wanted);
  bool is_matchable(Id subject);
  Id arm_value(const MatchValueView& arm, core::TypeId wanted);
  Arm match_pattern(const PatternView& pattern, Id subject, Taken& taken);
  Id pattern_value(const PatternView& pattern, core::TypeId type, const core::Span& span);
  Id qualified_pattern(const std::string& written, const core::Span& name, const core::Span& span);
  Id bare_pattern(const std::string& name, core::TypeId type, const core::Span& span);
  bool covers_all(const Taken& taken, Id subject);
  bool fit_together(const std::vector<Arm>& arms);

  Id list(const ExpressionView& expression, core::TypeId wanted);
  Id map(const ExpressionView& expression, core::TypeId wanted);
  Id field(const ExpressionView& expression);
  Id call(const ExpressionView& expression);
  Id call_name(const ExpressionView& expression, const std::string& name);
  Id call_method(const ExpressionView& expression);
  Id construct(const ExpressionView& expression, core::TypeId type);
  Id inline_function(const ExpressionView& expression, FunctionDeclaration& function);
  void report_too_large(const FunctionDeclaration& function);
  Id inlined_body(FunctionDeclaration& function, const ExpressionBuilder::Ids& values);
  Binding argument_binding(const core::FieldType& parameter, Id value);
  Id role(const ExpressionView& expression);

  // `T.sample(…)` (sample.cpp).
  Id sample(const ExpressionView& expression, const Declared& declared);
  Id sample_of(core::TypeId type, const core::Span& span, const std::string& what);
  Id plain_sample(core::TypeId type, const core::Span& span);
  Id sample_record(core::TypeId type, ExpressionBuilder::Ids values, const core::Span& span);

  Id wrong_count(const ExpressionView& expression, const std::string& name,
                 const std::string& wanted);
  std::size_t place_of(const ArgumentView& argument, const std::vector<core::FieldType>& fields,
                       const std::string& what, std::size_t next);
  std::optional<ExpressionBuilder::Ids> fill_defaults(ExpressionBuilder::Ids values,
                                                      const std::vector<core::FieldType>& fields,
                                                      const std::string& what,
                                                      const core::Span& span, bool is_complete);
  Id money(const ExpressionView& expression, const std::string& currency);
  Id run_function(const ExpressionView& expression, const std::string& name);
  Id step_function(const ExpressionView& expression, core::Operator op);
  core::NodeId step_named(const std::string& name, const core::Span& span, core::Operator op);
  BuiltinArgument builtin_argument(const ExpressionView& expression);
  Id lambda(const ExpressionView& expression, core::TypeId parameter);
  Id narrowed(Id id);
  [[nodiscard]] core::Span at(const ExpressionView& expression) const;

  Module& module_;
  Program& program_;
  TypeTable& types_;
  Report& report_;
  Scopes& scopes_;
  NonNull& non_null_;
  Surroundings& surroundings_;
  ExpressionBuilder build_;
  BuiltinCalls builtins_;
  std::size_t inline_depth_ = 0;
  std::uint32_t lambda_depth_ = 0;
  std::size_t depth_ = 0;  // of lower()
  std::map<core::TypeId, Id> samples_;
  std::size_t inline_begin_ = 0;  // the first row that the outermost open function made
};

}  // namespace saga::dsl
