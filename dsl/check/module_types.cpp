#include <algorithm>
#include <array>
#include <utility>

#include "dsl/check/constants.hpp"
#include "dsl/check/module.hpp"
#include "dsl/check/size.hpp"
#include "dsl/check/suggest.hpp"
#include "dsl/lower/expressions.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

using core::FieldType;
using core::kNone;
using core::TypeId;
using core::TypeKind;

namespace {

struct BasicType {
  const char* name;
  TypeKind kind;
};
constexpr std::array<BasicType, 11> kBasicTypes = {{{"bool", TypeKind::kBool},
                                                    {"int", TypeKind::kInt},
                                                    {"decimal", TypeKind::kDecimal},
                                                    {"string", TypeKind::kString},
                                                    {"bytes", TypeKind::kBytes},
                                                    {"uuid", TypeKind::kUuid},
                                                    {"time", TypeKind::kTime},
                                                    {"date", TypeKind::kDate},
                                                    {"duration", TypeKind::kDuration},
                                                    {"money", TypeKind::kMoney},
                                                    {"json", TypeKind::kJson}}};

const BasicType* basic_type(std::string_view name) {
  const auto found = std::ranges::find(
      kBasicTypes, name, [](const BasicType& each) { return std::string_view(each.name); });
  return found == kBasicTypes.end() ? nullptr : &*found;
}

// What other languages call a type of this one.
constexpr std::pair<std::string_view, const char*> kTypesElsewhere[] = {
    {"float", "decimal"},   {"double", "decimal"},    {"number", "decimal"},
    {"numeric", "decimal"}, {"integer", "int"},       {"long", "int"},
    {"int32", "int"},       {"int64", "int"},         {"str", "string"},
    {"text", "string"},     {"varchar", "string"},    {"char", "string"},
    {"boolean", "bool"},    {"datetime", "time"},     {"timestamp", "time"},
    {"instant", "time"},    {"interval", "duration"}, {"timespan", "duration"},
    {"array", "list"},      {"vector", "list"},       {"seq", "list"},
    {"dict", "map"},        {"hash", "map"},          {"guid", "uuid"},
    {"any", "json"},        {"object", "json"},       {"blob", "bytes"},
    {"amount", "money"},    {"currency", "money"}};

const char* type_elsewhere(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto* found = std::ranges::find(kTypesElsewhere, std::string_view(lower),
                                        &std::pair<std::string_view, const char*>::first);
  if (found != std::end(kTypesElsewhere)) return found->second;
  const bool is_other_case = lower != name && basic_type(lower) != nullptr;
  return is_other_case ? basic_type(lower)->name : nullptr;
}

}  // namespace

bool is_language_type(std::string_view name) {
  return basic_type(name) != nullptr || name == "list" || name == "set" || name == "map";
}

TypeId Module::type(const TypeView& view) {
  const TypeId bare = bare_type(view);
  return view.is_optional() ? types_.optional(bare) : bare;
}

TypeId Module::bare_type(const TypeView& view) {
  const std::string name = view.name().text();
  const std::vector<TypeView> arguments = view.arguments();
  std::vector<TypeId> parts;
  for (const TypeView& each : arguments) parts.push_back(type(each));
  const std::size_t wanted = name == "map" ? 2 : name == "list" || name == "set" ? 1 : 0;
  const bool is_known = wanted > 0 || basic_type(name) != nullptr || find(name) != nullptr;
  if (parts.size() != wanted && is_known) {
    report_.error("E0104", at(view.span()),
                  "`" + name + "` takes " + (wanted == 0 ? "no" : std::to_string(wanted)) +
                      (wanted == 1 ? " type" : " types") + " in `<…>`");
    return kUnknownType;
  }
  const auto is_deep = [&](TypeId part) { return types_.depth(part) >= TypeTable::kMaxDepth; };
  if (std::ranges::any_of(parts, is_deep)) {
    report_.error("E0114", at(view.span()), "this type is nested too deep for any JSON")
        .help("put a record in between, or a flatter list");
    return kUnknownType;
  }
  if (name == "list") return types_.list(parts[0]);
  if (name == "set") return types_.set(parts[0]);
  if (name == "map") return map_type(view, parts[0], parts[1]);
  if (const BasicType* basic = basic_type(name)) return types_.basic(basic->kind);
  return named_type(view.name());
}

bool Module::can_be_key(TypeId type) const {
  return type == kUnknownType || types_.is(type, TypeKind::kString) ||
         types_.is(type, TypeKind::kInt) || types_.is(type, TypeKind::kUuid) ||
         types_.is(type, TypeKind::kEnum) || types_.is(type, TypeKind::kDate);
}

TypeId Module::map_type(const TypeView& view, TypeId key, TypeId element) {
  if (can_be_key(key)) return types_.map(key, element);
  report_.error(
      "E0103", at(view.span()),
      "the keys of a map are texts, ints, uuids, dates or enums, not " + types_.describe(key));
  return kUnknownType;
}

TypeId Module::named_type(const NameView& name) {
  const std::string text = name.text();
  const Declared* declared = find(text);
  if (declared == nullptr && text.find('.') != std::string::npos) {
    const Declared* module = find(text.substr(0, text.find('.')));  // of an import
    if (module != nullptr && module->kind == Declared::Kind::kUnavailable) return kUnknownType;
  }
  if (declared != nullptr) {
    switch (declared->kind) {
      case Declared::Kind::kType:
      case Declared::Kind::kEnum:
      case Declared::Kind::kUnion:
      case Declared::Kind::kEvent:
      case Declared::Kind::kView:
      case Declared::Kind::kError: return resolve(declared->index);
      default: report_misused(*declared, at(name.span()), "no type"); return kUnknownType;
    }
  }
  std::vector<std::string> known = {"list", "set", "map"};
  for (const BasicType& each : kBasicTypes) known.emplace_back(each.name);
  if (report_.wants_details()) {
    for (const auto& [each, other] : declared_) {
      if (other.kind == Declared::Kind::kType || other.kind == Declared::Kind::kEnum ||
          other.kind == Declared::Kind::kUnion) {
        known.push_back(each);
      }
    }
  }
  Finding finding = report_.error("E0101", at(name.span()), "no type is called `" + text + "`");
  if (const char* here = type_elsewhere(text)) {
    finding.did_you_mean(here);
  } else {
    suggest(finding, text, known);
  }
  return kUnknownType;
}

// The row of a declared type; an alias without `where` is what it stands for.
TypeId Module::resolve(std::size_t index) {
  TypeDeclaration& declaration = type_declarations_[index];
  if (declaration.type != kNone || !declaration.target) return declaration.type;
  if (declaration.is_open) {
    report_.error("E0111", declaration.name, "this type stands for itself");
    return kUnknownType;
  }
  if (depth_ >= base::limits::kMaxCallChain) {
    report_too_deep(declaration.name);
    return kUnknownType;
  }
  declaration.is_open = true;
  ++depth_;
  const TypeView target = *declaration.target;
  const TypeId aliased = type(target);
  --depth_;
  TypeDeclaration& resolved = type_declarations_[index];
  resolved.is_open = false;
  resolved.target.reset();
  resolved.type = aliased;
  if (resolved.where && aliased != kUnknownType)
    resolved.type = types_.refine(aliased, full_name(resolved.short_name));
  return resolved.type;
}

// E0116, once: where one of them is cut off, the others are not known to be wrong.
void Module::report_too_deep(const core::Span& span) {
  if (std::exchange(is_cut_, true)) return;
  report_
      .error("E0116", span,
             "this type stands at the end of more than " +
                 std::to_string(base::limits::kMaxCallChain) + " that need each other")
      .help("let them need it at once, and not one through the other");
}

TypeId Module::declared_type(const Declared& declared) { return resolve(declared.index); }

std::vector<FieldType> Module::fields(const std::vector<FieldView>& parameters) {
  std::vector<FieldType> made = shape(parameters);
  add_defaults(parameters, made);
  return made;
}

// Names and types, without the defaults.
std::vector<FieldType> Module::shape(const std::vector<FieldView>& parameters) {
  std::vector<FieldType> made;
  std::map<std::string, core::Span> known;
  for (const FieldView& parameter : parameters) {
    FieldType field;
    field.name = parameter.name().text();
    field.type = type(parameter.type());
    field.is_private = parameter.is_private();
    is_new(known, field.name, at(parameter.name().span()));
    made.push_back(std::move(field));
  }
  return made;
}

void Module::add_defaults(const std::vector<FieldView>& parameters,
                          std::vector<FieldType>& fields) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto given = parameters[i].default_value();
    if (!given) continue;
    const core::ExpressionId value = constant(*given, fields[i].type, "`" + fields[i].name + "`");
    if (value != kNone) fields[i].default_value = value;
  }
}

// A value that doesn't depend on a saga; kNone after reporting what is wrong.
core::ExpressionId Module::constant(const ExpressionView& view, TypeId wanted,
                                    const std::string& what) {
  Scopes scopes;
  scopes.open();
  NonNull non_null(program_.tables);
  Surroundings surroundings;
  ExpressionLowering expressions(*this, scopes, non_null, surroundings);
  const core::ExpressionId value = expressions.lower_as(view, wanted, what);
  return expressions.build().is_unknown(value) ? kNone : value;
}

void Module::declare_fields() {
  for (std::size_t i = 0; i < type_declarations_.size(); ++i) {
    const auto parameters = type_declarations_[i].fields;
    if (!parameters) continue;
    std::vector<FieldType> made = shape(*parameters);
    types_.row(type_declarations_[i].type).fields = std::move(made);
  }
  for (std::size_t i = 0; i < type_declarations_.size(); ++i) {
    const TypeDeclaration& each = type_declarations_[i];
    const bool is_union = types_.is(each.type, TypeKind::kUnion) && !each.where;
    if (each.fields || is_union) declared_rows_.emplace(each.type, i);
  }
  refresh_refinements();
}

void Module::refresh_refinements() {
  for (const TypeDeclaration& declaration : type_declarations_) {
    if (!declaration.where || declaration.type == kUnknownType || program_.is_full) continue;
    types_.refresh(declaration.type);
    charge(program_, bytes_of(types_.row(declaration.type)), declaration.name, report_);
  }
}

void Module::declare_defaults(std::size_t index) {
  if (type_declarations_[index].has_defaults || !type_declarations_[index].fields) return;
  if (depth_ >= base::limits::kMaxCallChain) return report_too_deep(type_declarations_[index].name);
  if (type_declarations_[index].is_open) {
    report_.error("E0111", type_declarations_[index].name,
                  "a default of `" + type_declarations_[index].short_name + "` needs itself");
    return;
  }
  type_declarations_[index].is_open = true;
  ++depth_;
  const std::vector<FieldView> parameters = *type_declarations_[index].fields;
  const TypeId type = type_declarations_[index].type;
  std::vector<FieldType> made = types_.row(type).fields;
  add_defaults(parameters, made);
  types_.row(type).fields = std::move(made);
  --depth_;
  type_declarations_[index].is_open = false;
  type_declarations_[index].has_defaults = true;
}

const std::vector<FieldType>& Module::fields_of(TypeId type) {
  const auto found = declared_rows_.find(types_.base_of(type));
  if (found != declared_rows_.end() && !type_declarations_[found->second].has_defaults) {
    declare_defaults(found->second);
    types_.refresh(type);
  }
  return types_.row(type).fields;
}

// What refines a refinement keeps that one's rule, too: it must be there first.
void Module::declare_rules() {
  std::vector<const TypeDeclaration*> refinements;
  for (const TypeDeclaration& declaration : type_declarations_) {
    if (declaration.where && declaration.type != kUnknownType) refinements.push_back(&declaration);
  }
  std::ranges::stable_sort(
      refinements, {}, [&](const TypeDeclaration* each) { return types_.refinements(each->type); });
  for (const TypeDeclaration* each : refinements) declare_rule(*each);
}

void Module::declare_rule(const TypeDeclaration& declaration) {
  const TypeId base = types_.base_of(declaration.type);
  const core::Type& refined = types_.row(*types_.refined_from(declaration.type));
  const core::ExpressionId inherited = refined.where;
  const core::SlotId slot = inherited == core::kNone ? new_slot("it", base) : refined.where_slot;
  Scopes scopes;
  scopes.open();
  Binding it;
  it.kind = Binding::Kind::kLambda;
  it.name = "it";
  it.span = declaration.name;
  it.type = base;
  it.slot = slot;
  scopes.bind(std::move(it));
  NonNull non_null(program_.tables);
  Surroundings surroundings;
  ExpressionLowering expressions(*this, scopes, non_null, surroundings);
  core::ExpressionId where = expressions.lower_condition(*declaration.where);
  ExpressionBuilder& build = expressions.build();
  if (build.is_unknown(where)) return;
  if (inherited != core::kNone) {
    where = build.make(core::Operator::kAnd, types_.basic(TypeKind::kBool), {inherited, where},
                       build.span_of(where));
  }
  types_.row(declaration.type).where = where;
  types_.row(declaration.type).where_slot = slot;
}

}  // namespace saga::dsl
