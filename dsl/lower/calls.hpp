#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dsl/check/signatures.hpp"
#include "dsl/lower/builder.hpp"

namespace saga::dsl {

// An argument of a built-in before its type is known: a value, or a lambda that waits for the type
// of its parameter.
struct BuiltinArgument {
  core::ExpressionId value = core::kNone;
  // Lowers the lambda's body with its parameter of this type; gives the kLambda row, whose type is
  // the body's. Empty for a value.
  std::function<core::ExpressionId(core::TypeId parameter)> lambda;
  core::Span span;
};

// Chooses the signature of a built-in by its arguments and makes the call.
class BuiltinCalls {
 public:
  BuiltinCalls(TypeTable& types, ExpressionBuilder& build, Report& report)
      : types_(types), build_(build), report_(report) {}

  // A method's receiver is the first argument. `span` is the whole call, `name_span` the name.
  core::ExpressionId call(const std::string& name, std::vector<BuiltinArgument> arguments,
                          bool is_property, const core::Span& name_span, const core::Span& span);

  // Whether `xs.name` without parentheses reads a property of this receiver.
  [[nodiscard]] bool has_property(const std::string& name, core::TypeId receiver) const;

 private:
  [[nodiscard]] bool may_take(const Signature& signature,
                              const std::vector<BuiltinArgument>& arguments,
                              bool is_property) const;
  core::ExpressionId apply(const Signature& signature, std::vector<BuiltinArgument> arguments,
                           const core::Span& span);
  bool pass(const Pattern& pattern, BuiltinArgument& argument, Holes& holes,
            const std::string& name);
  core::ExpressionId no_such_call(const std::string& name,
                                  const std::vector<BuiltinArgument>& arguments, bool is_property,
                                  const core::Span& name_span, const core::Span& span);
  void widen_numbers(std::vector<BuiltinArgument>& arguments);

  TypeTable& types_;
  ExpressionBuilder& build_;
  Report& report_;
};

}  // namespace saga::dsl
