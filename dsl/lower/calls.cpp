#include "dsl/lower/calls.hpp"

#include <algorithm>
#include <utility>

#include "dsl/check/suggest.hpp"

namespace saga::dsl {

using core::ExpressionId;
using core::TypeId;
using core::TypeKind;

namespace {

bool is_function(const Pattern& pattern) { return pattern.kind == Pattern::Kind::kFunction; }

// The types of a signature's text, cut at the commas between them: `list<T>`, `fn(T, bool)`.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(' || c == '<') ++depth;
    if (c == ')' || c == '>') --depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else if (c != ' ' || !parts.back().empty()) {
      parts.back() += c;
    }
  }
  return parts;
}

// A type as people write it: `T => bool` for `fn(T, bool)`.
std::string shown_type(const std::string& text) {
  if (!text.starts_with("fn(")) return text;
  const std::vector<std::string> sides = parts_of(text.substr(3, text.size() - 4));
  return sides[0] + " => " + sides[1];
}

// `list<T>.filter(T => bool) -> list<T>`
std::string shown(const Signature& signature) {
  const std::size_t colon = signature.text.find(" : ");
  const std::vector<std::string> parts = parts_of(signature.text.substr(0, colon));
  const bool is_free = signature.name == "abs" || signature.name == "min" ||
                       signature.name == "max" || signature.name == "floor" ||
                       signature.name == "ceil";
  std::string text = is_free ? std::string() : parts[0] + ".";
  text += signature.name;
  std::string arguments;
  for (std::size_t i = is_free ? 0 : 1; i < parts.size(); ++i) {
    arguments += (arguments.empty() ? "" : ", ") + shown_type(parts[i]);
  }
  if (!signature.is_property) text += "(" + arguments + ")";
  return text + " -> " + std::string(signature.text.substr(colon + 3));
}

bool wants_decimal(const Pattern& pattern) {
  return pattern.kind == Pattern::Kind::kType && pattern.type == TypeKind::kDecimal;
}

}  // namespace

bool BuiltinCalls::has_property(const std::string& name, TypeId receiver) const {
  return std::ranges::any_of(signatures_of(name), [&](const Signature& signature) {
    Holes holes(types_);
    return signature.is_property && receiver != kUnknownType &&
           holes.match(signature.parameters[0], receiver);
  });
}

// Whether shape and values fit; lambdas are looked at only for being lambdas.
bool BuiltinCalls::may_take(const Signature& signature,
                            const std::vector<BuiltinArgument>& arguments, bool is_property) const {
  if (signature.is_property != is_property && signature.name != "first" &&
      signature.name != "last" && signature.name != "size") {
    return false;
  }
  if (signature.parameters.size() != arguments.size()) return false;
  Holes holes(types_);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Pattern& pattern = signature.parameters[i];
    const bool is_lambda = static_cast<bool>(arguments[i].lambda);
    if (is_function(pattern) != is_lambda) return false;
    if (is_lambda) continue;
    const TypeId given = build_.type_of(arguments[i].value);
    const bool widens = wants_decimal(pattern) && types_.is(given, TypeKind::kInt);
    if (!widens && !holes.match(pattern, given)) return false;
  }
  return true;
}

bool BuiltinCalls::pass(const Pattern& pattern, BuiltinArgument& argument, Holes& holes,
                        const std::string& name) {
  if (!is_function(pattern)) {
    if (wants_decimal(pattern)) {
      argument.value =
          build_.convert(argument.value, types_.basic(TypeKind::kDecimal), "`" + name + "`");
    }
    return holes.match(pattern, build_.type_of(argument.value));
  }
  argument.value = argument.lambda(holes.type_of(pattern.parts[0]));
  if (build_.is_unknown(argument.value)) return true;
  if (holes.match(pattern.parts[1], build_.type_of(argument.value))) return true;
  const bool is_test = pattern.parts[1].kind == Pattern::Kind::kType;
  report_.error("E0103", argument.span,
                "`" + name + "` wants " + (is_test ? "a bool" : "something it can order or add") +
                    " from this, not `" + types_.describe(build_.type_of(argument.value)) + "`");
  return false;
}

ExpressionId BuiltinCalls::apply(const Signature& signature, std::vector<BuiltinArgument> arguments,
                                 const core::Span& span) {
  Holes holes(types_);
  ExpressionBuilder::Ids values;
  bool fits = true;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    fits = pass(signature.parameters[i], arguments[i], holes, std::string(signature.name)) && fits;
    values.push_back(arguments[i].value);
  }
  const bool faulty =
      std::ranges::any_of(values, [&](ExpressionId id) { return build_.is_unknown(id); });
  if (!fits || faulty) return build_.unknown(span);
  return build_.builtin(signature.name, holes.type_of(signature.result), std::move(values), span);
}

void BuiltinCalls::widen_numbers(std::vector<BuiltinArgument>& arguments) {
  const auto is_decimal = [&](const BuiltinArgument& each) {
    return !each.lambda && types_.is(build_.type_of(each.value), TypeKind::kDecimal);
  };
  if (std::ranges::none_of(arguments, is_decimal)) return;
  for (BuiltinArgument& each : arguments) {
    if (each.lambda || !types_.is(build_.type_of(each.value), TypeKind::kInt)) continue;
    each.value = build_.convert(each.value, types_.basic(TypeKind::kDecimal), "this");
  }
}

ExpressionId BuiltinCalls::no_such_call(const std::string& name,
                                        const std::vector<BuiltinArgument>& arguments,
                                        bool is_property, const core::Span& name_span,
                                        const core::Span& span) {
  const TypeId receiver = build_.type_of(arguments[0].value);
  const auto signatures = signatures_of(name);
  if (types_.is(receiver, TypeKind::kOptional)) {
    report_
        .error("E0105", build_.span_of(arguments[0].value),
               "this may be null, and null has no `" + name + "`")
        .help("give a value for null: `… ?? …`, or ask first: `if … != null { … }`");
  } else if (signatures.empty()) {
    Finding finding = report_.error("E0101", name_span, "nothing is called `" + name + "`");
    if (report_.wants_details()) finding.did_you_mean(nearest_name(name, names_of_builtins()));
  } else {
    Finding finding = report_.error(
        "E0103", span, "`" + name + "` can't be used so on `" + types_.describe(receiver) + "`");
    std::string forms;
    for (const Signature& each : signatures) {
      forms += (forms.empty() ? "" : "\n") + shown(each);
    }
    finding.note(forms);
    if (signatures.front().is_property && !is_property)
      finding.help("write it without parentheses");
  }
  return build_.unknown(span);
}

ExpressionId BuiltinCalls::call(const std::string& name, std::vector<BuiltinArgument> arguments,
                                bool is_property, const core::Span& name_span,
                                const core::Span& span) {
  const bool faulty = std::ranges::any_of(arguments, [&](const BuiltinArgument& each) {
    return !each.lambda && build_.is_unknown(each.value);
  });
  if (faulty) return build_.unknown(span);
  if (name == "min" || name == "max") widen_numbers(arguments);
  for (const Signature& signature : signatures_of(name)) {
    if (may_take(signature, arguments, is_property))
      return apply(signature, std::move(arguments), span);
  }
  return no_such_call(name, arguments, is_property, name_span, span);
}

}  // namespace saga::dsl
