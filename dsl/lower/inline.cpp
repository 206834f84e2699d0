#include <utility>

#include "dsl/lower/expressions.hpp"
#include "engine/base/limits.hpp"

// Calls of functions: each is put in the place of its call.
namespace saga::dsl {

using core::Operator;
using Id = ExpressionLowering::Id;

Id ExpressionLowering::inline_function(const ExpressionView& expression,
                                       FunctionDeclaration& function) {
  const auto values =
      lower_arguments(expression.arguments(), function.parameters, function.name, at(expression));
  if (!values || function.result == kUnknownType) return build_.unknown(at(expression));
  if (function.is_open) {
    if (module_.is_new_circle(function)) {
      report_.error_even_if_muted("E0111", at(expression), "`" + function.name + "` calls itself")
          .label(function.span, "a function must come to an end");
    }
    return build_.unknown(at(expression));
  }
  if (inline_depth_ == 0) inline_begin_ = program_.tables.expressions.size();
  const std::size_t rows = program_.tables.expressions.size() - inline_begin_;
  if (inline_depth_ >= base::limits::kMaxInlineDepth || rows > base::limits::kMaxInlinedRows) {
    report_too_large(function);
    return build_.unknown(at(expression));
  }
  if (inline_depth_ > 0) return inlined_body(function, *values);
  const std::size_t errors = report_.error_count();
  const std::size_t cuts = program_.cuts;
  report_.take_hidden();
  build_.blame(at(expression));
  const Id made = inlined_body(function, *values);
  build_.blame(std::nullopt);
  const auto hidden = report_.take_hidden();
  const bool is_reported = errors != report_.error_count() || cuts != program_.cuts ||
                           function.is_faulty || program_.is_full;
  if (build_.is_unknown(made) && !is_reported) {
    Finding finding = report_.error_even_if_muted(
        "E0114", at(expression), "`" + function.name + "` can't be computed with these arguments");
    if (hidden) finding.label(hidden->span, hidden->text);
  }
  return made;
}

// E0114, once: those that call such a function are too large by its fault.
void ExpressionLowering::report_too_large(const FunctionDeclaration& function) {
  if (program_.cuts++ > 0) return;
  report_
      .error_even_if_muted("E0114", build_.to_blame(function.span),
                           "the functions that this stands for are too large")
      .label(function.span, "put in its place like each function that is called")
      .help("call fewer functions from functions, or bind parts by `let`");
}

Id ExpressionLowering::inlined_body(FunctionDeclaration& function,
                                    const ExpressionBuilder::Ids& values) {
  function.is_open = true;
  ++inline_depth_;
  Scopes outer = std::exchange(scopes_, Scopes());
  const NonNull::Mark mark = non_null_.mark();
  const NonNull::Mark hidden = non_null_.hide();  // the body types as it did where it is declared
  report_.mute();                                 // reported once, where the function is declared
  scopes_.open();
  std::vector<std::pair<core::SlotId, Id>> drawn;
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    Binding bound = argument_binding(function.parameters[i], values[i]);
    if (build_.draws(bound.value)) {
      bound.slot = module_.new_slot(bound.name, bound.type);
      drawn.emplace_back(bound.slot, bound.value);
      bound.value = build_.slot(bound.slot, bound.type, build_.span_of(bound.value));
    }
    scopes_.bind(std::move(bound));
  }
  Id made = lower_as(function.view.body(), function.result, function.name);
  for (const auto& [slot, value] : drawn) {
    if (build_.is_unknown(made)) break;
    made = build_.make(Operator::kLet, build_.type_of(made), {value, made}, build_.span_of(made));
    build_.row(made).slot = slot;
  }
  report_.unmute();
  non_null_.restore(mark);
  non_null_.show(hidden);
  scopes_ = std::move(outer);
  --inline_depth_;
  function.is_open = false;
  return made;
}

// An argument with exactly the parameter's type, so that the body types as it did where it is
// declared.
Binding ExpressionLowering::argument_binding(const core::FieldType& parameter, Id value) {
  if (build_.type_of(value) != parameter.type) value = build_.copy(value, parameter.type);
  Binding bound;
  bound.kind = Binding::Kind::kArgument;
  bound.name = parameter.name;
  bound.type = parameter.type;
  bound.value = value;
  return bound;
}

}  // namespace saga::dsl
