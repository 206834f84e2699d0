#include <algorithm>
#include <array>
#include <utility>

#include "dsl/check/module.hpp"
#include "dsl/check/suggest.hpp"
#include "dsl/lower/expressions.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

using core::FieldType;
using core::Operation;
using core::TypeId;
using core::TypeKind;

namespace {

constexpr std::array<std::string_view, 5> kMethods = {"GET", "POST", "PUT", "PATCH", "DELETE"};

bool is_path_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_plain || std::string_view("-._~/:@!$&'()*+,;=%").find(c) != std::string_view::npos;
  });
}

}  // namespace

void Module::declare_services() {
  for (ServiceDeclaration& service : services_) {
    std::string secret = secret_of(service.view);
    for (const OperationView& each : service.view.operations()) {
      const std::string name = each.name().text();
      const auto id = static_cast<core::OperationId>(program_.tables.operations.size());
      if (!service.operations.emplace(name, id).second) {
        report_
            .error("E0102", at(each.name().span()),
                   "`" + service.name + "` has an operation `" + name + "` already")
            .label(program_.tables.operations[service.operations.at(name)].span, "declared here");
      }
      Operation made = operation(each, service.name);
      made.secret = secret;
      program_.tables.operations.push_back(std::move(made));
    }
  }
  for (const ServiceDeclaration& service : services_) {
    for (const OperationView& each : service.view.operations()) link_resolve(service, each);
  }
}

std::string Module::secret_of(const ServiceView& service) {
  const auto name = service.auth();
  if (!name) return {};
  const Declared* declared = find(name->text());
  if (declared != nullptr && declared->kind == Declared::Kind::kSecret) return name->text();
  if (declared == nullptr) {
    report_.error("E0101", at(name->span()), "no secret is called `" + name->text() + "`")
        .help("declare it: `secret " + name->text() + "`");
  } else {
    report_misused(*declared, at(name->span()), "no secret");
  }
  return {};
}

Operation Module::operation(const OperationView& view, const std::string& service) {
  Operation made;
  made.service = full_name(service);
  made.name = view.name().text();
  const std::string effect = view.effect();
  made.effect = effect == "read"     ? core::OperationEffect::kRead
                : effect == "notify" ? core::OperationEffect::kNotify
                                     : core::OperationEffect::kWrite;
  made.span = at(view.span());
  made.input = types_.anonymous_record(fields(view.parameters().fields()));
  made.result = view.result() ? type(*view.result()) : types_.basic(TypeKind::kNothing);
  check_clauses(view);
  std::map<std::string, core::Span> known;
  for (const NameView& name : view.errors()) {
    if (!is_new(known, name.text(), at(name.span()))) continue;
    if (made.errors.size() == base::limits::kMaxErrors) {
      report_
          .error("E0116", at(name.span()),
                 "an operation declares at most " + std::to_string(base::limits::kMaxErrors) +
                     " errors")
          .help("let one error have a field that tells which");
      break;
    }
    if (const auto error_type = error(name)) made.errors.push_back(*error_type);
  }
  const auto by = view.idempotent_by();
  if (view.is_idempotent())
    made.idempotence = by ? core::Idempotence::kByKey : core::Idempotence::kNatural;
  if (by && by->text() != "key") carry_key(*by, made);
  made.is_async = view.is_async();
  if (view.http_method()) apply_http(view, made);
  return made;
}

// E0113 for a clause that stands twice, or that means nothing for this operation.
void Module::check_clauses(const OperationView& view) {
  std::map<std::string, core::Span> known;
  for (const View& clause : view.clauses()) {
    const std::vector<std::string> words = clause.tokens();
    if (words.empty()) continue;
    const auto [first, is_new] = known.try_emplace(words.front(), at(clause.span()));
    if (!is_new) {
      report_.error("E0113", at(clause.span()), "a second `" + words.front() + "` of one operation")
          .label(first->second, "the first");
    }
    if (words.front() == "resolve" && view.effect() == "read") {
      report_.error("E0113", at(clause.span()),
                    "a read changes nothing, so there is no outcome to `resolve`");
    }
  }
}

// The parameter that carries the key instead of the header.
void Module::carry_key(const NameView& by, Operation& operation) {
  const FieldType* parameter = types_.field(operation.input, by.text());
  if (parameter != nullptr) {
    operation.idempotent_by = by.text();
    const bool fits =
        parameter->type == kUnknownType || types_.is(parameter->type, TypeKind::kString) ||
        types_.is(parameter->type, TypeKind::kInt) || types_.is(parameter->type, TypeKind::kUuid);
    if (!fits) {
      report_.error("E0103", at(by.span()),
                    "a key is a string, an int or a uuid; `" + by.text() + "` is `" +
                        types_.describe(parameter->type) + "`");
    }
    return;
  }
  report_
      .error("E0101", at(by.span()),
             "`" + operation.name + "` has no parameter `" + by.text() + "`")
      .help("write `idempotent by key`, or name the parameter that carries the key");
}

void Module::apply_http(const OperationView& view, Operation& operation) {
  operation.http_method = view.http_method()->text();
  if (std::ranges::find(kMethods, operation.http_method) == kMethods.end()) {
    report_
        .error("E0113", at(view.http_method()->span()),
               "`" + operation.http_method + "` is no method that an operation can have")
        .help("there are GET, POST, PUT, PATCH and DELETE");
  }
  const auto path = view.http_path();
  if (!path) return;
  for (const TextPart& part : path->parts()) {
    if (!part.value) {
      operation.http_path += part.text;
      if (is_path_text(part.text)) continue;
      report_.error("E0113", at(part.span), "a path holds only what stands in the path of a URL")
          .note("a GET sends the arguments that the path doesn't name as its query");
      continue;
    }
    const std::string name =
        part.value->kind() == ExpressionKind::kName ? part.value->name().text() : "";
    operation.http_path += "{" + name + "}";
    if (types_.field(operation.input, name) != nullptr) continue;
    report_.error("E0101", at(part.span),
                  "a path may name the parameters of `" + operation.name + "`, and this is none");
  }
}

void Module::link_resolve(const ServiceDeclaration& service, const OperationView& view) {
  const auto resolve = view.resolve();
  if (!resolve) return;
  const core::OperationId id = service.operations.at(view.name().text());
  const auto found = service.operations.find(resolve->name().text());
  if (found == service.operations.end()) {
    std::vector<std::string> operations;
    for (const auto& [name, operation] : service.operations) operations.push_back(name);
    suggest(
        report_.error("E0101", at(resolve->name().span()),
                      "`" + service.name + "` has no operation `" + resolve->name().text() + "`"),
        resolve->name().text(), operations);
    return;
  }
  const Operation asked = program_.tables.operations[found->second];
  if (!check_resolve(*resolve, program_.tables.operations[id], asked)) return;
  program_.tables.operations[id].resolve = found->second;
  link_arguments(*resolve, id, asked);
}

// A query that can tell whether the call was executed, and what it gave.
bool Module::check_resolve(const ResolveView& resolve, const Operation& operation,
                           const Operation& asked) {
  const core::Span span = at(resolve.name().span());
  if (asked.effect != core::OperationEffect::kRead) {
    report_.error("E0103", span, "`resolve` asks by a read; `" + asked.name + "` isn't one");
    return false;
  }
  const bool has_result = !types_.is(operation.result, TypeKind::kNothing);
  const TypeId wanted =
      has_result ? types_.optional(operation.result) : types_.basic(TypeKind::kBool);
  const bool is_same = asked.result == kUnknownType || operation.result == kUnknownType ||
                       (types_.fits(asked.result, wanted) && types_.fits(wanted, asked.result));
  if (is_same) return true;
  report_
      .error("E0103", span,
             "`" + asked.name + "` answers `" + types_.describe(asked.result) +
                 "`, a `resolve` of `" + operation.name + "` must answer `" +
                 types_.describe(wanted) + "`")
      .note(has_result ? "null says that the call wasn't executed"
                       : "true says that the call was executed");
  return false;
}

void Module::link_arguments(const ResolveView& resolve, core::OperationId id,
                            const Operation& asked) {
  const std::vector<FieldType> parameters = types_.row(program_.tables.operations[id].input).fields;
  const std::vector<FieldType> wanted = types_.row(asked.input).fields;
  std::vector<ExpressionView> given;
  for (const ArgumentView& each : resolve.arguments()) given.push_back(each.value());
  if (given.size() != wanted.size()) {
    report_.error("E0104", at(resolve.span()),
                  "`" + asked.name + "` takes " + std::to_string(wanted.size()) +
                      (wanted.size() == 1 ? " argument" : " arguments"));
    return;
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string name = given[i].kind() == ExpressionKind::kName ? given[i].name().text() : "";
    const auto found = std::ranges::find(parameters, name, &FieldType::name);
    core::ResolveArgument argument;
    TypeId type = types_.basic(TypeKind::kString);
    if (found != parameters.end()) {
      argument.parameter = static_cast<std::uint32_t>(found - parameters.begin());
      type = found->type;
    } else if (name != "key") {
      report_.error("E0101", at(given[i].span()),
                    "a `resolve` may name the operation's parameters and `key`");
      continue;
    }
    if (!types_.fits(type, wanted[i].type)) {
      report_.error("E0103", at(given[i].span()),
                    "`" + wanted[i].name + "` needs `" + types_.describe(wanted[i].type) +
                        "`, this is `" + types_.describe(type) + "`");
    }
    program_.tables.operations[id].resolve_arguments.push_back(argument);
  }
}

void Module::declare_functions() {
  for (std::size_t i = 0; i < functions_.size(); ++i) {
    std::vector<FieldType> parameters = fields(functions_[i].view.parameters().fields());
    const auto result = functions_[i].view.type();
    functions_[i].parameters = std::move(parameters);
    functions_[i].result = result ? type(*result) : kUnknownType;
  }
  for (FunctionDeclaration& function : functions_) check_function(function);
}

bool Module::is_new_circle(const FunctionDeclaration& function) {
  const bool is_new = !function.is_circular;
  for (FunctionDeclaration& each : functions_) each.is_circular = each.is_circular || each.is_open;
  return is_new;
}

// The body on its own, with the parameters as bindings: the one place where its faults are
// reported.
void Module::check_function(FunctionDeclaration& function) {
  Scopes scopes;
  scopes.open();
  for (const FieldType& parameter : function.parameters) {
    Binding bound;
    bound.kind = Binding::Kind::kParameter;
    bound.name = parameter.name;
    bound.span = function.span;
    bound.type = parameter.type;
    bound.slot = new_slot(parameter.name, parameter.type);
    scopes.bind(std::move(bound));
  }
  NonNull non_null(program_.tables);
  Surroundings surroundings;
  ExpressionLowering expressions(*this, scopes, non_null, surroundings);
  function.is_open = true;
  const core::ExpressionId body =
      expressions.lower_as(function.view.body(), function.result, "`" + function.name + "`");
  function.is_faulty = expressions.build().is_unknown(body);
  function.is_open = false;
}

}  // namespace saga::dsl
