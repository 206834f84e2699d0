#include <algorithm>
#include <array>
#include <utility>

#include "dsl/check/constants.hpp"
#include "dsl/check/module.hpp"
#include "dsl/check/suggest.hpp"
#include "dsl/lower/expressions.hpp"

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

const BasicType* basic_type(const std::string& name) {
  const auto found = std::ranges::find(
      kBasicTypes, name, [](const BasicType& each) { return std::string(each.name); });
  return found == kBasicTypes.end() ? nullptr : &*found;
}

}  // namespace

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
  if (parts.size() != wanted) {
    report_.error("E0104", at(view.span()),
                  "`" + name + "` takes " + std::to_string(wanted) +
                      (wanted == 1 ? " type" : " types") + " in `<…>`");
    return kUnknownType;
  }
  if (name == "list") return types_.list(parts[0]);
  if (name == "set") return types_.set(parts[0]);
  if (name == "map") return map_type(view, parts[0], parts[1]);
  if (const BasicType* basic = basic_type(name)) return types_.basic(basic->kind);
  return named_type(view.name());
}

TypeId Module::map_type(const TypeView& view, TypeId key, TypeId element) {
  const bool fits = key == kUnknownType || types_.is(key, TypeKind::kString) ||
                    types_.is(key, TypeKind::kInt) || types_.is(key, TypeKind::kUuid) ||
                    types_.is(key, TypeKind::kEnum) || types_.is(key, TypeKind::kDate);
  if (fits) return types_.map(key, element);
  report_.error(
      "E0103", at(view.span()),
      "the keys of a map are texts, ints, uuids, dates or enums, not " + types_.describe(key));
  return kUnknownType;
}

TypeId Module::named_type(const NameView& name) {
  const Declared* declared = find(name.text());
  if (declared != nullptr) {
    switch (declared->kind) {
      case Declared::Kind::kType:
      case Declared::Kind::kEnum:
      case Declared::Kind::kError: return resolve(declared->index);
      case Declared::Kind::kUnavailable: return kUnknownType;
      default:
        report_
            .error("E0110", at(name.span()),
                   "`" + name.text() + "` is " + describe(declared->kind) + ", and no type")
            .label(declared->span, "declared here");
        return kUnknownType;
    }
  }
  std::vector<std::string> known = {"list", "set", "map"};
  for (const BasicType& each : kBasicTypes) known.emplace_back(each.name);
  for (const auto& [each, other] : declared_) {
    if (other.kind == Declared::Kind::kType || other.kind == Declared::Kind::kEnum)
      known.push_back(each);
  }
  Finding finding =
      report_.error("E0101", at(name.span()), "no type is called `" + name.text() + "`");
  const std::string nearest = nearest_name(name.text(), known);
  if (!nearest.empty()) finding.help("did you mean `" + nearest + "`?");
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
  declaration.is_open = true;
  const TypeView target = *declaration.target;
  const TypeId aliased = type(target);
  TypeDeclaration& resolved = type_declarations_[index];
  resolved.is_open = false;
  resolved.target.reset();
  resolved.type = aliased;
  if (resolved.where && aliased != kUnknownType)
    resolved.type = types_.refine(aliased, full_name(resolved.short_name));
  return resolved.type;
}

TypeId Module::declared_type(const Declared& declared) { return resolve(declared.index); }

std::vector<FieldType> Module::fields(const std::vector<FieldView>& parameters) {
  std::vector<FieldType> made;
  for (const FieldView& parameter : parameters) {
    FieldType field;
    field.name = parameter.name().text();
    field.type = type(parameter.type());
    field.is_private = parameter.is_private();
    const auto same = std::ranges::find(made, field.name, &FieldType::name);
    if (same != made.end())
      report_.error("E0102", at(parameter.name().span()), "`" + field.name + "` stands here twice");
    made.push_back(std::move(field));
  }
  add_defaults(parameters, made);
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
    std::vector<FieldType> made;
    made = fields(*parameters);
    types_.row(type_declarations_[i].type).fields = std::move(made);
  }
}

void Module::declare_rules() {
  for (const TypeDeclaration& declaration : type_declarations_) {
    if (!declaration.where || declaration.type == kUnknownType) continue;
    types_.refresh(declaration.type);
    const TypeId base = types_.base_of(declaration.type);
    Scopes scopes;
    scopes.open();
    Binding it;
    it.kind = Binding::Kind::kLambda;
    it.name = "it";
    it.span = declaration.name;
    it.type = base;
    it.slot = new_slot("it", base);
    const core::SlotId slot = it.slot;
    scopes.bind(std::move(it));
    NonNull non_null(program_.tables);
    Surroundings surroundings;
    ExpressionLowering expressions(*this, scopes, non_null, surroundings);
    const core::ExpressionId where = expressions.lower_condition(*declaration.where);
    if (expressions.build().is_unknown(where)) continue;
    types_.row(declaration.type).where = where;
    types_.row(declaration.type).where_slot = slot;
  }
}

// A record that needs another of itself has no value.
void Module::check_circles() {
  for (const TypeDeclaration& declaration : type_declarations_) {
    if (declaration.type == kUnknownType || !declaration.fields) continue;
    std::vector<TypeId> open = {declaration.type};
    std::vector<TypeId> seen;
    bool is_circle = false;
    while (!open.empty() && !is_circle) {
      const TypeId next = types_.base_of(open.back());
      open.pop_back();
      for (const FieldType& field : types_.row(next).fields) {
        if (field.type == kUnknownType || !types_.is(field.type, TypeKind::kRecord)) continue;
        is_circle = is_circle || types_.base_of(field.type) == declaration.type;
        if (std::ranges::find(seen, field.type) == seen.end()) {
          seen.push_back(field.type);
          open.push_back(field.type);
        }
      }
    }
    if (is_circle) {
      report_
          .error("E0111", declaration.name,
                 "a `" + declaration.short_name + "` would always need another inside it")
          .help("make the field optional (`T?`) or a list");
    }
  }
}

}  // namespace saga::dsl
