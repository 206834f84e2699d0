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
#include "dsl/lower/taken.hpp"
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

  // `match` (match.cpp).
  // One arm's pattern. What it binds are parts of the subject, put in place of its names.
  struct Arm {
    Id condition = core::kNone;  // kNone of `_`
    Id value = core::kNone;
    std::vector<Binding> bindings;
    bool is_faulty = false;
  };
  // Whether a match reads its subject where it stands, again and again, or must bind it first.
  [[nodiscard]] bool is_bound_first(Id subject) const;
  // E01 and E0201 for a pattern. `is_guarded`: it takes only what a condition lets pass.
  Arm match_pattern(const PatternView& pattern, Id subject, Taken& taken, bool is_guarded);
  // E0109 for what no arm takes.
  bool covers_all(const Taken& taken, Id subject);
  // The names of an arm, visible until close_arm(), which warns of those that nobody reads.
  void open_arm(const Arm& arm);
  void close_arm();

  ExpressionBuilder& build() { return build_; }

 private:
  Id lower_kind(const ExpressionView& expression, core::TypeId wanted);
  Id number(const ExpressionView& expression);
  Id string(const ExpressionView& expression);
  Id name(const std::string& name, const core::Span& span);
  Id binding(Binding& binding, const core::Span& span);
  Id argument(const Binding& bound, const core::Span& span);
  Id unknown_name(const std::string& name, const core::Span& span);
  Id declared_as_value(const std::string& name, const core::Span& span);
  void suggest(Finding finding, const std::string& name);
  // Cases of enums and unions (cases.cpp).
  Id shorthand_case(const ExpressionView& expression, core::TypeId wanted);
  bool has_case(core::TypeId type, const std::string& name, const core::Span& span);
  Id enum_case(core::TypeId type, const std::string& name, const core::Span& name_span,
               const core::Span& span);
  [[nodiscard]] core::TypeId case_type(core::TypeId type, const std::string& name) const;
  Id union_case(core::TypeId type, const NameView& name, const std::vector<ArgumentView>& arguments,
                const core::Span& span);
  Id unary(const ExpressionView& expression, core::TypeId wanted);
  Id binary(const ExpressionView& expression, core::TypeId wanted);
  Id index(const ExpressionView& expression);
  Id stray_lambda(const ExpressionView& expression);
  Id unavailable(const ExpressionView& expression, const std::string& word);
  Id conditional(const ExpressionView& expression, core::TypeId wanted);

  Id match(const ExpressionView& expression, core::TypeId wanted);
  Id chain(const std::vector<Arm>& arms, const core::Span& span);
  bool asks(const PatternView& pattern, Id subject, Arm& arm, std::string& written);
  Id pattern_value(const PatternView& pattern, core::TypeId type, const core::Span& span);
  Id qualified_pattern(const std::string& written, const core::Span& name, const core::Span& span);
  Id bare_pattern(const std::string& name, core::TypeId type, const core::Span& span);
  bool fit_together(const std::vector<Arm>& arms);
  // Of unions and errors (match_case.cpp).
  bool asks_case(const PatternView& pattern, Id subject, Arm& arm, std::string& written);
  std::optional<std::string> named_case(const PatternView& pattern, core::TypeId type);
  std::optional<core::TypeId> named_error(const PatternView& pattern, core::TypeId type);
  bool bind_fields(const PatternView& pattern, const std::string& of,
                   const std::vector<core::FieldType>& fields, Id subject, Arm& arm);
  void bind_unknown(const PatternView& pattern, Arm& arm);

  Id list(const ExpressionView& expression, core::TypeId wanted);
  Id map(const ExpressionView& expression, core::TypeId wanted);
  Id field(const ExpressionView& expression);
  Id call(const ExpressionView& expression, core::TypeId wanted);
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
  Id sample_case(core::TypeId type, const core::Span& span);
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
