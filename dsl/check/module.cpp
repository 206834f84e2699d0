#include "dsl/check/module.hpp"

#include <algorithm>
#include <utility>

#include "dsl/check/suggest.hpp"
#include "dsl/lower/expressions.hpp"

namespace saga::dsl {

using core::kNone;
using core::TypeId;
using core::TypeKind;

std::string describe(Declared::Kind kind) {
  switch (kind) {
    case Declared::Kind::kType: return "a type";
    case Declared::Kind::kEnum: return "an enum";
    case Declared::Kind::kUnion: return "a union";
    case Declared::Kind::kError: return "an error";
    case Declared::Kind::kService: return "a service";
    case Declared::Kind::kPolicy: return "a policy";
    case Declared::Kind::kFunction: return "a function";
    case Declared::Kind::kSecret: return "a secret";
    case Declared::Kind::kSaga: return "a saga";
    case Declared::Kind::kEvent: return "an event";
    case Declared::Kind::kQueue: return "a queue";
    case Declared::Kind::kCache: return "a cache";
    case Declared::Kind::kStream: return "a stream";
    case Declared::Kind::kView: return "a view";
    case Declared::Kind::kQuery: return "a query";
    case Declared::Kind::kUnavailable: return "not available in this version";
  }
  return "a declaration";
}

bool is_fault(std::string_view name) {
  return name == "Unavailable" || name == "Timeout" || name == "Reset";
}

Module::Module(Program& program, TypeTable& types, Report& report, std::uint32_t file,
               FileView view, std::set<std::string> mentioned)
    : program_(program),
      types_(types),
      report_(report),
      file_(file),
      view_(std::move(view)),
      mentioned_(std::move(mentioned)) {
  if (const auto module = view_.module_name()) prefix_ = module->text() + ".";
}

std::string Module::full_name(const std::string& name) const { return prefix_ + name; }

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
  for (std::size_t i = 0; i < type_declarations_.size(); ++i) declare_defaults(i);
  refresh_refinements();
  declare_services();
  declare_functions();
}

void Module::suggest(Finding finding, const std::string& name,
                     const std::vector<std::string>& candidates) {
  if (!report_.wants_details()) return;
  const std::string nearest = nearest_name(name, candidates);
  find(nearest);
  finding.did_you_mean(nearest);
}

void Module::report_misused(const Declared& declared, const core::Span& span,
                            const std::string& wanted) {
  if (declared.kind == Declared::Kind::kUnavailable) return;
  Finding finding = report_.error(
      "E0110", span, "`" + declared.name + "` is " + describe(declared.kind) + ", and " + wanted);
  finding.label(declared.span, "declared here");
  if (declared.kind == Declared::Kind::kError && wanted == "no value")
    finding.help("make one: `" + declared.name + "(…)`");
}

void Module::collect() {
  for (const View& each : view_.parts(NodeKind::kImport)) collect_import(ImportView(each));
  for (const NamedView& each : view_.declarations()) {
    switch (each.syntax()) {
      case NodeKind::kType: collect_type(TypeDeclarationView(each)); break;
      case NodeKind::kEnum: collect_enum(EnumView(each)); break;
      case NodeKind::kUnion: collect_union(UnionView(each)); break;
      case NodeKind::kErrorDeclaration: collect_error(ErrorView(each)); break;
      case NodeKind::kService:
        add(Declared::Kind::kService, each, services_.size());
        services_.push_back({each.name().text(), ServiceView(each), {}});
        break;
      case NodeKind::kPolicy:
        add(Declared::Kind::kPolicy, each, policies_.size());
        policies_.push_back(
            {each.name().text(), at(each.name().span()), PolicyView(each).clauses()});
        break;
      case NodeKind::kFunction:
        add(Declared::Kind::kFunction, each, functions_.size());
        functions_.push_back(
            {each.name().text(), at(each.name().span()), FunctionView(each), {}, kNone});
        break;
      case NodeKind::kSecret: add(Declared::Kind::kSecret, each, 0); break;
      case NodeKind::kSaga:
        add(Declared::Kind::kSaga, each, sagas_.size());
        sagas_.emplace_back(each);
        break;
      case NodeKind::kEvent: collect_event(EventView(each)); break;
      case NodeKind::kView: collect_fold(Declared::Kind::kView, each); break;
      case NodeKind::kStream: collect_fold(Declared::Kind::kStream, each); break;
      case NodeKind::kQueue:
        add(Declared::Kind::kQueue, each, queues_.size());
        queues_.push_back({at(each.name().span()), each});
        break;
      case NodeKind::kCacheDeclaration:
        add(Declared::Kind::kCache, each, caches_.size());
        caches_.push_back({at(each.name().span()), each});
        break;
      case NodeKind::kQuery:
        add(Declared::Kind::kQuery, each, queries_.size());
        queries_.emplace_back(each);
        break;
      case NodeKind::kTest: break;  // has no name that others use
      default: add(Declared::Kind::kUnavailable, each, 0); break;
    }
  }
}

// The import itself is reported as E0001; what it would bring goes with everything.
void Module::collect_import(const ImportView& view) {
  for (const NameView& name : view.names()) add_unavailable(name, name.text());
  if (const auto alias = view.alias()) {
    add_unavailable(*alias, alias->text());
  } else if (view.names().empty()) {
    add_unavailable(view.path(), short_name(view.path().text()));
  }
}

void Module::add_unavailable(const NameView& name, const std::string& known_as) {
  Declared declared;
  declared.kind = Declared::Kind::kUnavailable;
  declared.name = known_as;
  declared.span = at(name.span());
  declared_.try_emplace(known_as, std::move(declared));
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
  add_type(Declared::Kind::kType, view, std::move(declaration));
}

void Module::collect_enum(const EnumView& view) {
  TypeDeclaration declaration;
  declaration.type = declare_row(TypeKind::kEnum, view.name().text());
  std::vector<std::string>& cases = types_.row(declaration.type).cases;
  std::map<std::string, core::Span> known;
  for (const NameView& each : view.cases()) {
    const std::string name = each.text();
    if (is_new(known, name, at(each.span()))) cases.push_back(name);
  }
  add_type(Declared::Kind::kEnum, view, std::move(declaration));
}

void Module::collect_union(const UnionView& view) {
  const std::string name = view.name().text();
  TypeDeclaration declaration;
  const TypeId type = declaration.type = declare_row(TypeKind::kUnion, name);
  add_type(Declared::Kind::kUnion, view, std::move(declaration));
  std::map<std::string, core::Span> known;
  for (const NamedView& each : view.cases()) {
    const TypeId record = collect_case(name, each);
    if (!is_new(known, each.name().text(), at(each.name().span()))) continue;
    types_.row(type).cases.push_back(each.name().text());
    types_.row(type).case_types.push_back(record);
  }
  if (view.cases().empty()) {
    report_.error("E0111", at(view.name().span()), "`" + name + "` has no case, and so no value")
        .help("give it cases: `union " + name + " { done(at: time), refused }`");
  }
}

// A case is a record of its own, which nobody names.
TypeId Module::collect_case(const std::string& union_name, const NamedView& view) {
  TypeDeclaration declaration;
  declaration.short_name = union_name + "." + view.name().text();
  declaration.name = at(view.name().span());
  declaration.type = declare_row(TypeKind::kRecord, declaration.short_name);
  declaration.fields = view.parameters().fields();
  for (const FieldView& field : *declaration.fields) {
    if (field.name().text() != "case") continue;
    report_.error("E0102", at(field.name().span()), "`case` tells in JSON which case it is")
        .help("choose another name");
  }
  const TypeId type = declaration.type;
  type_declarations_.push_back(std::move(declaration));
  return type;
}

void Module::collect_error(const ErrorView& view) {
  TypeDeclaration declaration;
  declaration.type = declare_row(TypeKind::kError, view.name().text());
  types_.row(declaration.type).is_transient = view.is_transient();
  if (const auto record = view.record()) declaration.fields = record->fields();
  add_type(Declared::Kind::kError, view, std::move(declaration));
}

void Module::collect_event(const EventView& view) {
  TypeDeclaration declaration;
  declaration.type = declare_row(TypeKind::kRecord, view.name().text());
  if (const auto record = view.record()) declaration.fields = record->fields();
  events_.emplace(type_declarations_.size(), view);
  add_type(Declared::Kind::kEvent, view, std::move(declaration));
}

// As a type, a view or stream is the record of its key and its fields.
void Module::collect_fold(Declared::Kind kind, const NamedView& view) {
  TypeDeclaration declaration;
  declaration.type = declare_row(TypeKind::kRecord, view.name().text());
  declaration.fields = ParametersView(view).fields();
  folds_.push_back({view.name().text(), at(view.name().span()), view, declaration.type});
  add_type(kind, view, std::move(declaration));
}

const core::FieldType* Module::event_key(const Declared& event) {
  const auto key = events_.at(event.index).key();
  return key ? types_.field(type_declarations_[event.index].type, key->text()) : nullptr;
}

bool Module::is_new(std::map<std::string, core::Span>& known, const std::string& name,
                    const core::Span& span) {
  const auto [place, is_new] = known.try_emplace(name, span);
  if (!is_new) {
    report_.error("E0102", span, "`" + name + "` stands here twice")
        .label(place->second, "here first");
  }
  return is_new;
}

TypeId Module::declare_row(TypeKind kind, const std::string& name) {
  core::Type row;
  row.kind = kind;
  row.name = full_name(name);
  return types_.declare(std::move(row));
}

void Module::add_type(Declared::Kind kind, const NamedView& view, TypeDeclaration declaration) {
  declaration.short_name = view.name().text();
  declaration.name = at(view.name().span());
  add(kind, view, type_declarations_.size());
  type_declarations_.push_back(std::move(declaration));
}

namespace {

// What is there for people and services outside, and not only for the file.
bool is_an_end_in_itself(Declared::Kind kind) {
  switch (kind) {
    case Declared::Kind::kSaga:
    case Declared::Kind::kQueue:
    case Declared::Kind::kCache:
    case Declared::Kind::kStream:
    case Declared::Kind::kView:
    case Declared::Kind::kQuery:
    case Declared::Kind::kUnavailable: return true;
    default: return false;
  }
}

}  // namespace

void Module::report_unused() {
  for (const auto& [name, declared] : declared_) {
    if (declared.is_used || is_an_end_in_itself(declared.kind) || mentioned_.contains(name) ||
        report_.has_error_in(declared.whole)) {
      continue;
    }
    report_.warning("E0203", declared.span, "`" + name + "` is never used");
  }
}

// A declaration that the language's own meaning of the word would hide.
bool Module::is_of_language(Declared::Kind kind, const NameView& name) {
  const bool is_type = kind == Declared::Kind::kType || kind == Declared::Kind::kEnum ||
                       kind == Declared::Kind::kUnion || kind == Declared::Kind::kError ||
                       kind == Declared::Kind::kEvent || kind == Declared::Kind::kView ||
                       kind == Declared::Kind::kStream;
  if (is_type && is_language_type(name.text())) {
    report_.error("E0102", at(name.span()), "`" + name.text() + "` is a type of the language")
        .help("choose another name");
    return true;
  }
  if (kind != Declared::Kind::kError || !is_fault(name.text())) return false;
  report_.error("E0102", at(name.span()), "`" + name.text() + "` is a fault of the language")
      .note("`retry … when " + name.text() + "` names what became of a call, and no answer to it")
      .help("choose another name");
  return true;
}

void Module::add(Declared::Kind kind, const NamedView& view, std::size_t index) {
  const NameView name = view.name();
  if (is_of_language(kind, name)) return;
  Declared declared;
  declared.kind = kind;
  declared.name = name.text();
  declared.span = at(name.span());
  declared.whole = at(view.span());
  declared.index = index;
  const auto [place, is_new] = declared_.try_emplace(declared.name, declared);
  if (is_new) return;
  report_.error("E0102", declared.span, "`" + declared.name + "` is declared already")
      .label(place->second.span, "declared here first")
      .help("choose another name: all declarations of a file share one space");
}

std::optional<TypeId> Module::error(const NameView& name, std::vector<std::string> others) {
  const Declared* declared = find(name.text());
  if (declared != nullptr && declared->kind == Declared::Kind::kError)
    return declared_type(*declared);
  if (declared != nullptr) {
    report_misused(*declared, at(name.span()), "no error");
    return std::nullopt;
  }
  for (const auto& [each, other] : declared_) {
    if (other.kind == Declared::Kind::kError) others.push_back(each);
  }
  suggest(report_.error("E0101", at(name.span()), "no error is called `" + name.text() + "`"),
          name.text(), others);
  return std::nullopt;
}

}  // namespace saga::dsl
