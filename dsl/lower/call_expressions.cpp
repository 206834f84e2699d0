#include <algorithm>
#include <array>
#include <utility>

#include "dsl/check/suggest.hpp"
#include "dsl/lower/expressions.hpp"

namespace saga::dsl {

using core::kNone;
using core::Operator;
using core::TypeId;
using core::TypeKind;
using Id = ExpressionLowering::Id;

namespace {

bool is_currency(const std::string& name) {
  return name.size() == 3 && std::ranges::all_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
}

constexpr std::array<std::string_view, 5> kFreeFunctions = {"abs", "min", "max", "floor", "ceil"};
constexpr std::array<std::string_view, 5> kRunFunctions = {"now", "uuid", "random", "saga_id",
                                                           "attempt"};

}  // namespace

Id ExpressionLowering::call(const ExpressionView& expression, TypeId wanted) {
  const ExpressionView callee = expression.callee();
  if (callee.kind() == ExpressionKind::kName) return call_name(expression, callee.name().text());
  if (callee.kind() == ExpressionKind::kField) return call_method(expression);
  if (callee.kind() == ExpressionKind::kCase && types_.is(wanted, TypeKind::kUnion))
    return union_case(wanted, callee.name(), expression.arguments(), at(expression));
  report_.error("E0110", at(callee), "this can't be called");
  return build_.unknown(at(expression));
}

Id ExpressionLowering::call_name(const ExpressionView& expression, const std::string& name) {
  const core::Span name_span = at(expression.callee());
  if (const Declared* declared = module_.find(name)) {
    switch (declared->kind) {
      case Declared::Kind::kType:
      case Declared::Kind::kEvent:
      case Declared::Kind::kView:
      case Declared::Kind::kError: return construct(expression, module_.declared_type(*declared));
      case Declared::Kind::kFunction:
        return inline_function(expression, module_.function(*declared));
      case Declared::Kind::kUnavailable: return build_.unknown(at(expression));
      default:
        module_.report_misused(*declared, name_span, "can't be called here");
        return build_.unknown(at(expression));
    }
  }
  if (const Binding* bound = scopes_.find(name)) {
    report_.error("E0110", name_span, "`" + name + "` is a value, and can't be called")
        .label(bound->span, "bound here");
    return build_.unknown(at(expression));
  }
  if (name == "key_of") return step_function(expression, Operator::kKeyOf);
  if (name == "started") return step_function(expression, Operator::kStarted);
  if (std::ranges::find(kRunFunctions, name) != kRunFunctions.end())
    return run_function(expression, name);
  if (is_currency(name)) return money(expression, name);
  if (name == "role") return role(expression);
  if (std::ranges::find(kFreeFunctions, name) == kFreeFunctions.end()) {
    return unknown_name(name, name_span);
  }
  std::vector<BuiltinArgument> arguments;
  for (const ArgumentView& argument : expression.arguments())
    arguments.push_back(builtin_argument(argument.value()));
  if (arguments.empty()) return wrong_count(expression, name, "at least one argument");
  return builtins_.call(name, std::move(arguments), false, name_span, at(expression));
}

// A role of people, as text that no name of a person has: `role:finance`.
Id ExpressionLowering::role(const ExpressionView& expression) {
  const std::vector<ArgumentView> arguments = expression.arguments();
  if (arguments.size() != 1)
    return wrong_count(expression, "role", "one argument, the role's name");
  const TypeId string = types_.basic(TypeKind::kString);
  const Id name = lower_as(arguments[0].value(), string, "`role`");
  const Id prefix = build_.text("role:", at(expression));
  return build_.make(Operator::kInterpolation, string, {prefix, name}, at(expression));
}

Id ExpressionLowering::wrong_count(const ExpressionView& expression, const std::string& name,
                                   const std::string& wanted) {
  report_.error("E0104", at(expression), "`" + name + "` takes " + wanted);
  return build_.unknown(at(expression));
}

Id ExpressionLowering::call_method(const ExpressionView& expression) {
  const ExpressionView callee = expression.callee();
  const ExpressionView object = callee.object();
  const std::string method = callee.name().text();
  if (object.kind() == ExpressionKind::kName && scopes_.find(object.name().text()) == nullptr) {
    const Declared* declared = module_.find(object.name().text());
    if (declared != nullptr && declared->kind == Declared::Kind::kService) {
      report_
          .error("E0110", at(callee),
                 "`" + object.name().text() + "." + method +
                     "` is an operation: only a `step` calls it")
          .help("put it in a step: `step … = " + object.name().text() + "." + method + "(…)`");
      return build_.unknown(at(expression));
    }
    if (declared != nullptr && method == "sample") return sample(expression, *declared);
    if (declared != nullptr && declared->kind == Declared::Kind::kUnion) {
      return union_case(module_.declared_type(*declared), callee.name(), expression.arguments(),
                        at(expression));
    }
  }
  std::vector<BuiltinArgument> arguments(1);
  arguments[0].value = lower(object);
  arguments[0].span = at(object);
  for (const ArgumentView& argument : expression.arguments())
    arguments.push_back(builtin_argument(argument.value()));
  return builtins_.call(method, std::move(arguments), false, module_.at(callee.name().span()),
                        at(expression));
}

BuiltinArgument ExpressionLowering::builtin_argument(const ExpressionView& expression) {
  BuiltinArgument argument;
  argument.span = at(expression);
  if (expression.kind() == ExpressionKind::kLambda) {
    argument.lambda = [this, expression](TypeId parameter) {
      return lambda(expression, parameter);
    };
  } else {
    argument.value = lower(expression);
  }
  return argument;
}

Id ExpressionLowering::lambda(const ExpressionView& expression, TypeId parameter) {
  Binding bound;
  bound.kind = Binding::Kind::kLambda;
  bound.name = expression.name().text();
  bound.span = module_.at(expression.name().span());
  bound.type = parameter;
  bound.slot = module_.new_slot(bound.name, parameter);
  bound.lambda = ++lambda_depth_;
  const core::SlotId slot = bound.slot;
  scopes_.open();
  scopes_.bind(std::move(bound));
  const Id body = lower(expression.body());
  scopes_.close();
  const Id made = build_.make(Operator::kLambda, build_.type_of(body), {body}, at(expression));
  build_.row(made).slot = slot;
  // What the lambda itself binds is known inside it.
  if (build_.reads_of(made) == lambda_depth_)
    build_.set_reads(made, ExpressionFacts::kReadsNothing);
  --lambda_depth_;
  return made;
}

Id ExpressionLowering::construct(const ExpressionView& expression, TypeId type) {
  if (type == kUnknownType) {  // reported where it is declared
    for (const ArgumentView& argument : expression.arguments()) lower(argument.value());
    return build_.unknown(at(expression));
  }
  const core::Type& row = types_.row(type);
  const TypeKind kind = row.kind;
  if (kind != TypeKind::kRecord && kind != TypeKind::kError) {
    report_.error("E0110", at(expression.callee()),
                  "`" + types_.describe(type) +
                      "` is made without a call: only records and errors have fields");
    return build_.unknown(at(expression));
  }
  const std::vector<core::FieldType> fields = module_.fields_of(type);
  const auto values =
      lower_arguments(expression.arguments(), fields, types_.describe(type), at(expression));
  if (!values) return build_.unknown(at(expression));
  const bool is_error = kind == TypeKind::kError;
  const Id made =
      build_.make(is_error ? Operator::kError : Operator::kRecord, type, *values, at(expression));
  if (is_error) build_.row(made).name = types_.describe(type);
  return made;
}

std::optional<ExpressionBuilder::Ids> ExpressionLowering::lower_arguments(
    const std::vector<ArgumentView>& arguments, const std::vector<core::FieldType>& fields,
    const std::string& what, const core::Span& span) {
  ExpressionBuilder::Ids values(fields.size(), kNone);
  bool is_complete = true;
  std::size_t next = 0;
  for (const ArgumentView& argument : arguments) {
    const std::size_t place = place_of(argument, fields, what, next);
    next = place + 1;
    if (place >= fields.size() || values[place] != kNone) {
      if (place < fields.size())
        report_.error("E0102", at(argument.value()), "`" + fields[place].name + "` is given twice");
      lower(argument.value());
      is_complete = false;
      continue;
    }
    values[place] = lower_as(argument.value(), fields[place].type, "`" + fields[place].name + "`");
    is_complete = is_complete && !build_.is_unknown(values[place]);
  }
  return fill_defaults(std::move(values), fields, what, span, is_complete);
}

// The field that an argument is for, or one past the last after reporting that there is none.
std::size_t ExpressionLowering::place_of(const ArgumentView& argument,
                                         const std::vector<core::FieldType>& fields,
                                         const std::string& what, std::size_t next) {
  if (!argument.name()) {
    if (next >= fields.size()) {
      report_.error("E0104", at(argument.value()),
                    "`" + what + "` takes " + std::to_string(fields.size()) +
                        (fields.size() == 1 ? " argument" : " arguments") +
                        ", this is one too many");
    }
    return std::min(next, fields.size());
  }
  const std::string name = argument.name()->text();
  if (next < fields.size() && fields[next].name == name) return next;  // the usual order
  const auto found = std::ranges::find(fields, name, &core::FieldType::name);
  if (found != fields.end()) return static_cast<std::size_t>(found - fields.begin());
  Finding finding = report_.error("E0104", module_.at(argument.name()->span()),
                                  "`" + what + "` has no `" + name + "`");
  if (!report_.wants_details()) return fields.size();
  std::vector<std::string> known;
  for (const core::FieldType& field : fields) known.push_back(field.name);
  finding.did_you_mean(nearest_name(name, known));
  return fields.size();
}

std::optional<ExpressionBuilder::Ids> ExpressionLowering::fill_defaults(
    ExpressionBuilder::Ids values, const std::vector<core::FieldType>& fields,
    const std::string& what, const core::Span& span, bool is_complete) {
  std::string missing;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (values[i] != kNone) continue;
    if (fields[i].default_value != kNone) {
      values[i] = fields[i].default_value;
    } else if (types_.is(fields[i].type, TypeKind::kOptional)) {
      values[i] = build_.convert(build_.null(span), fields[i].type, what);
    } else {
      missing += (missing.empty() ? "`" : ", `") + fields[i].name + "`";
    }
  }
  if (missing.empty()) return is_complete ? std::optional(std::move(values)) : std::nullopt;
  if (is_complete && !module_.is_cut())
    report_.error("E0104", span, "`" + what + "` also needs " + missing);
  return std::nullopt;
}

Id ExpressionLowering::money(const ExpressionView& expression, const std::string& currency) {
  const std::vector<ArgumentView> arguments = expression.arguments();
  if (arguments.size() != 1)
    return wrong_count(expression, currency, "one amount, as in `" + currency + "(12.50)`");
  const Id amount =
      lower_as(arguments[0].value(), types_.basic(TypeKind::kDecimal), "an amount of money");
  if (build_.is_unknown(amount)) return build_.unknown(at(expression));
  return build_.money(amount, currency, at(expression));
}

Id ExpressionLowering::run_function(const ExpressionView& expression, const std::string& name) {
  const std::vector<ArgumentView> arguments = expression.arguments();
  const bool is_random = name == "random";
  if (arguments.size() != (is_random ? 2U : 0U)) {
    return wrong_count(expression, name,
                       is_random ? "two ints, the smallest and the largest" : "no argument");
  }
  if (surroundings_.part == Surroundings::Part::kConstant) {
    report_.error("E0113", at(expression), "`" + name + "()` is only known while a saga runs");
    return build_.unknown(at(expression));
  }
  if (name == "now")
    return build_.make(Operator::kNow, types_.basic(TypeKind::kTime), {}, at(expression));
  if (name == "uuid")
    return build_.make(Operator::kUuid, types_.basic(TypeKind::kUuid), {}, at(expression));
  if (name == "saga_id")
    return build_.make(Operator::kSagaId, types_.basic(TypeKind::kString), {}, at(expression));
  if (name == "attempt")
    return build_.make(Operator::kAttempt, types_.basic(TypeKind::kInt), {}, at(expression));
  ExpressionBuilder::Ids bounds;
  for (const ArgumentView& argument : arguments) {
    bounds.push_back(lower_as(argument.value(), types_.basic(TypeKind::kInt), "`random`"));
  }
  return build_.make(Operator::kRandom, types_.basic(TypeKind::kInt), std::move(bounds),
                     at(expression));
}

// `key_of(step)` and `started(step)`: a name of a step, not a value.
Id ExpressionLowering::step_function(const ExpressionView& expression, Operator op) {
  const std::string name = op == Operator::kKeyOf ? "key_of" : "started";
  const std::vector<ArgumentView> arguments = expression.arguments();
  if (arguments.size() != 1 || arguments[0].value().kind() != ExpressionKind::kName) {
    return wrong_count(expression, name, "the name of a step");
  }
  const ExpressionView step = arguments[0].value();
  const core::NodeId node = step_named(step.name().text(), at(step), op);
  if (node == kNone) return build_.unknown(at(expression));
  const TypeKind kind = op == Operator::kKeyOf ? TypeKind::kString : TypeKind::kBool;
  const Id made = build_.make(op, types_.basic(kind), {}, at(expression));
  build_.row(made).node = node;
  return made;
}

// A step that is visible here; for `started`, and in `on failed`, any step before. kNone after
// reporting that there is none.
core::NodeId ExpressionLowering::step_named(const std::string& name, const core::Span& span,
                                            Operator op) {
  if (const Binding* bound = scopes_.find(name)) {
    if (bound->kind == Binding::Kind::kStep) return bound->node;
    report_.error("E0110", span, "`" + name + "` isn't a step")
        .label(bound->span, "bound here")
        .help("name a step: the key is that of its call");
    return kNone;
  }
  const auto found = surroundings_.steps.find(name);
  const bool is_open =
      op == Operator::kStarted || surroundings_.part == Surroundings::Part::kEnding;
  if (!is_open || found == surroundings_.steps.end()) {
    unknown_name(name, span);
    return kNone;
  }
  const Surroundings::Step& step = found->second;
  if (!step.is_ambiguous && (op == Operator::kStarted || !step.is_repeated)) return step.node;
  report_
      .error("E0110", span,
             step.is_ambiguous ? "several steps are called `" + name + "`"
                               : "`" + name + "` has a key for each round of its loop")
      .label(step.span, step.is_ambiguous ? "one of them" : "in a loop")
      .help(step.is_ambiguous ? "give each a name of its own"
                              : "`started(" + name + ")` tells whether any round came to it");
  return kNone;
}

}  // namespace saga::dsl
