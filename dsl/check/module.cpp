#include "dsl/check/module.hpp"

#include <algorithm>
#include <utility>

#include "dsl/check/suggest.hpp"
#include "dsl/lower/expressions.hpp"

namespace saga::dsl {

using core::FieldType;
using core::kNone;
using core::TypeId;
using core::TypeKind;

std::string describe(Declared::Kind kind) {
  switch (kind) {
    case Declared::Kind::kType: return "a type";
    case Declared::Kind::kEnum: return "an enum";
    case Declared::Kind::kError: return "an error";
    case Declared::Kind::kService: return "a service";
    case Declared::Kind::kPolicy: return "a policy";
    case Declared::Kind::kFunction: return "a function";
    case Declared::Kind::kSecret: return "a secret";
    case Declared::Kind::kSaga: return "a saga";
    case Declared::Kind::kUnavailable: return "not available in this version";
  }
  return "a declaration";
}

Module::Module(Program& program, TypeTable& types, Report& report, std::uint32_t file,
               FileView view)
    : program_(program), types_(types), report_(report), file_(file), view_(std::move(view)) {}

std::string Module::full_name(const std::string& name) const {
  const auto module = view_.module_name();
  return module ? module->text() + "." + name : name;
}

const Declared* Module::find(const std::string& name) {
  const auto found = declared_.find(name);
  if (found == declared_.end()) return nullptr;
  found->second.is_used = true;
  return &found->second;
}

std::vector<std::string> Module::names() const {
  std::vector<std::string> all;
  for (const auto& [name, declared] : declared_) all.push_back(name);
  return all;
}

core::SlotId Module::new_slot(const std::string& name, TypeId type) {
  program_.tables.slots.push_back({name, type});
  return static_cast<core::SlotId>(program_.tables.slots.size() - 1);
}

void Module::declare() {
  collect();
  for (std::size_t i = 0; i < type_declarations_.size(); ++i) resolve(i);
  declare_fields();
  check_circles();
  declare_rules();
  declare_services();
  check_policies();
  declare_functions();
}

void Module::collect() {
  for (const NamedView& each : view_.declarations()) {
    switch (each.syntax()) {
      case NodeKind::kType: collect_type(TypeDeclarationView(each)); break;
      case NodeKind::kEnum: collect_enum(EnumView(each)); break;
      case NodeKind::kErrorDeclaration: collect_error(ErrorView(each)); break;
      case NodeKind::kService:
        add(Declared::Kind::kService, each.name(), services_.size());
        services_.push_back({each.name().text(), ServiceView(each), {}});
        break;
      case NodeKind::kPolicy:
        add(Declared::Kind::kPolicy, each.name(), policies_.size());
        policies_.push_back(
            {each.name().text(), at(each.name().span()), PolicyView(each).clauses()});
        break;
      case NodeKind::kFunction:
        add(Declared::Kind::kFunction, each.name(), functions_.size());
        functions_.push_back(
            {each.name().text(), at(each.name().span()), FunctionView(each), {}, kNone});
        break;
      case NodeKind::kSecret: add(Declared::Kind::kSecret, each.name(), 0); break;
      case NodeKind::kSaga:
        add(Declared::Kind::kSaga, each.name(), sagas_.size());
        sagas_.emplace_back(each);
        break;
      case NodeKind::kTest: break;  // has no name that others use
      default: add(Declared::Kind::kUnavailable, each.name(), 0); break;
    }
  }
}

void Module::collect_type(const TypeDeclarationView& view) {
  TypeDeclaration declaration;
  declaration.where = view.where();
  if (const auto record = view.record()) {
    declaration.type = declare_row(TypeKind::kRecord, view.name().text());
    declaration.fields = record->fields();
  } else {
    declaration.target = view.type();
  }
  add_type(Declared::Kind::kType, view.name(), std::move(declaration));
}

void Module::collect_enum(const EnumView& view) {
  TypeDeclaration declaration;
  declaration.type = declare_row(TypeKind::kEnum, view.name().text());
  std::vector<std::string>& cases = types_.row(declaration.type).cases;
  for (const NameView& each : view.cases()) {
    if (std::ranges::find(cases, each.text()) != cases.end()) {
      report_.error("E0102", at(each.span()), "`" + each.text() + "` stands here twice");
    } else {
      cases.push_back(each.text());
    }
  }
  add_type(Declared::Kind::kEnum, view.name(), std::move(declaration));
}

void Module::collect_error(const ErrorView& view) {
  TypeDeclaration declaration;
  declaration.type = declare_row(TypeKind::kError, view.name().text());
  types_.row(declaration.type).is_transient = view.is_transient();
  if (const auto record = view.record()) declaration.fields = record->fields();
  add_type(Declared::Kind::kError, view.name(), std::move(declaration));
}

TypeId Module::declare_row(TypeKind kind, const std::string& name) {
  core::Type row;
  row.kind = kind;
  row.name = full_name(name);
  return types_.declare(std::move(row));
}

void Module::add_type(Declared::Kind kind, const NameView& name, TypeDeclaration declaration) {
  declaration.short_name = name.text();
  declaration.name = at(name.span());
  add(kind, name, type_declarations_.size());
  type_declarations_.push_back(std::move(declaration));
}

void Module::report_unused() {
  for (const auto& [name, declared] : declared_) {
    if (declared.is_used || declared.kind == Declared::Kind::kSaga ||
        declared.kind == Declared::Kind::kUnavailable)
      continue;
    report_.warning("E0203", declared.span, "`" + name + "` is never used");
  }
}

void Module::add(Declared::Kind kind, const NameView& name, std::size_t index) {
  Declared declared;
  declared.kind = kind;
  declared.name = name.text();
  declared.span = at(name.span());
  declared.index = index;
  const auto [place, is_new] = declared_.try_emplace(declared.name, declared);
  if (is_new) return;
  report_.error("E0102", declared.span, "`" + declared.name + "` is declared already")
      .label(place->second.span, "declared here first")
      .help("choose another name: all declarations of a file share one space");
}

std::optional<TypeId> Module::error(const NameView& name) {
  const Declared* declared = find(name.text());
  if (declared != nullptr && declared->kind == Declared::Kind::kError)
    return declared_type(*declared);
  if (declared != nullptr) {
    report_
        .error("E0110", at(name.span()),
               "`" + name.text() + "` is " + describe(declared->kind) + ", and no error")
        .label(declared->span, "declared here");
    return std::nullopt;
  }
  std::vector<std::string> known;
  for (const auto& [each, other] : declared_) {
    if (other.kind == Declared::Kind::kError) known.push_back(each);
  }
  Finding finding =
      report_.error("E0101", at(name.span()), "no error is called `" + name.text() + "`");
  const std::string nearest = nearest_name(name.text(), known);
  if (!nearest.empty()) finding.help("did you mean `" + nearest + "`?");
  return std::nullopt;
}

}  // namespace saga::dsl
