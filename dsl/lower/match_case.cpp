#include <algorithm>
#include <utility>

#include "dsl/lower/expressions.hpp"

// Patterns that name a case: of an enum, a union, or an error.
namespace saga::dsl {

using core::FieldType;
using core::Operator;
using core::TypeId;
using core::TypeKind;
using Id = ExpressionLowering::Id;

namespace {

// `Way.van` in its two parts.
struct Qualified {
  std::string whose;
  std::string which;
  core::Span whose_span;
  core::Span which_span;
};

Qualified split(const std::string& written, const core::Span& name) {
  const std::size_t dot = written.rfind('.');
  Qualified made = {written.substr(0, dot), written.substr(dot + 1), name, name};
  if (name.end - name.begin == written.size()) {  // no blanks around the dot
    made.whose_span.end = name.begin + static_cast<std::uint32_t>(dot);
    made.which_span.begin = made.whose_span.end + 1;
  }
  return made;
}

std::string listed(const std::vector<FieldType>& fields) {
  std::string text;
  for (const FieldType& field : fields) text += (text.empty() ? "" : ", ") + field.name;
  return text;
}

}  // namespace

// `Way.van`
Id ExpressionLowering::qualified_pattern(const std::string& written, const core::Span& name,
                                         const core::Span& span) {
  const Qualified parts = split(written, name);
  const Declared* declared = module_.find(parts.whose);
  if (declared == nullptr) return unknown_name(parts.whose, parts.whose_span);
  if (declared->kind != Declared::Kind::kEnum) {
    module_.report_misused(*declared, parts.whose_span, "no enum");
    return build_.unknown(span);
  }
  return enum_case(module_.declared_type(*declared), parts.which, parts.which_span, span);
}

Id ExpressionLowering::bare_pattern(const std::string& name, TypeId type, const core::Span& span) {
  Finding finding = report_.error("E0103", span, "`" + name + "` alone is no pattern");
  if (types_.is(type, TypeKind::kEnum) && types_.has_case(type, name)) {
    finding.help("write `." + name + "`");
  } else {
    finding.help("a pattern is a constant, a case as in `.name`, or `_`, which takes all the rest");
  }
  return build_.unknown(span);
}

// A case of a union or an error by its name: the subject's tag is asked for.
bool ExpressionLowering::asks_case(const PatternView& pattern, Id subject, Arm& arm,
                                   std::string& written) {
  const core::Span span = module_.at(pattern.span());
  const TypeId type = types_.without_null(build_.type_of(subject));
  std::vector<FieldType> fields;
  std::string name;
  if (types_.is(type, TypeKind::kUnion)) {
    const auto found = named_case(pattern, type);
    if (!found) return false;
    name = *found;
    fields = module_.fields_of(case_type(type, name));
    written = "." + name;
  } else {
    name = written = pattern.name().text();
    const bool is_answer = types_.is(type, TypeKind::kError) || !is_fault(name);
    if (is_answer || pattern.is_shorthand()) {
      const auto error = named_error(pattern, type);
      if (!error) return false;
      fields = module_.fields_of(*error);
      if (!fields.empty()) subject = build_.copy(subject, *error);  // its fields are read from it
    }
  }
  arm.condition = build_.make(Operator::kIsCase, types_.basic(TypeKind::kBool), {subject}, span);
  build_.row(arm.condition).name = name;
  const std::string shown =
      types_.is(type, TypeKind::kUnion) ? types_.describe(type) + "." + name : name;
  return bind_fields(pattern, shown, fields, subject, arm);
}

// `.approved`, `approved` or `Verdict.approved`.
std::optional<std::string> ExpressionLowering::named_case(const PatternView& pattern, TypeId type) {
  const std::string written = pattern.name().text();
  const core::Span span = module_.at(pattern.name().span());
  if (pattern.is_shorthand() || written.find('.') == std::string::npos)
    return has_case(type, written, span) ? std::optional(written) : std::nullopt;
  const Qualified parts = split(written, span);
  const Declared* declared = module_.find(parts.whose);
  if (declared == nullptr) {
    unknown_name(parts.whose, parts.whose_span);
    return std::nullopt;
  }
  if (declared->kind != Declared::Kind::kUnion) {
    module_.report_misused(*declared, parts.whose_span, "no union");
    return std::nullopt;
  }
  if (module_.declared_type(*declared) != types_.base_of(type)) {
    report_.error(
        "E0103", span,
        "`" + written + "` is no case of `" + types_.describe(type) + "`, which this matches");
    return std::nullopt;
  }
  return has_case(type, parts.which, parts.which_span) ? std::optional(parts.which) : std::nullopt;
}

// The error that a pattern names; of a subject that is always one error, none but that.
std::optional<TypeId> ExpressionLowering::named_error(const PatternView& pattern, TypeId type) {
  const core::Span span = module_.at(pattern.span());
  const std::string name = pattern.name().text();
  if (pattern.is_shorthand()) {
    report_.error("E0103", span, "this matches an error, and an error has no cases")
        .help("name the error without the dot: `" + name + "`");
    return std::nullopt;
  }
  const auto error = module_.error(pattern.name());
  if (!error || *error == kUnknownType) return std::nullopt;
  if (!types_.is(type, TypeKind::kError) || *error == types_.base_of(type)) return error;
  report_.error("E0201", span, "this arm is never taken")
      .note("what this matches is always `" + types_.describe(type) + "`")
      .help("remove it");
  return std::nullopt;
}

// The names in parentheses, each for the field in its place.
bool ExpressionLowering::bind_fields(const PatternView& pattern, const std::string& of,
                                     const std::vector<FieldType>& fields, Id subject, Arm& arm) {
  const std::vector<NameView> names = pattern.bindings();
  if (names.empty()) return true;
  const core::Span span = module_.at(pattern.span());
  if (fields.empty()) {
    report_.error("E0103", span, "`" + of + "` holds nothing that can be bound")
        .help("leave out the names in parentheses");
    return false;
  }
  if (names.size() != fields.size()) {
    report_
        .error("E0104", span,
               "`" + of + "` holds " + std::to_string(fields.size()) +
                   (fields.size() == 1 ? " value" : " values") + ", and this names " +
                   std::to_string(names.size()))
        .help("name them as they are declared, `(" + listed(fields) +
              ")`, with `_` for what isn't needed; or leave out the parentheses");
    return false;
  }
  std::map<std::string, core::Span> known;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string name = names[i].text();
    const core::Span at = module_.at(names[i].span());
    if (name == "_") continue;
    if (!module_.is_new(known, name, at)) return false;
    if (name != fields[i].name &&
        std::ranges::find(fields, name, &FieldType::name) != fields.end()) {
      report_
          .error("E0104", at,
                 "`" + name + "` stands in the place of `" + fields[i].name +
                     "`, and is another field")
          .help("names are bound in the order of the declaration: `(" + listed(fields) + ")`");
      return false;
    }
    if (const Binding* first = scopes_.find(name)) {
      report_.error("E0102", at, "`" + name + "` is bound already")
          .label(first->span, "bound here first")
          .help("choose another name: a name is bound once");
      return false;
    }
    Binding bound;
    bound.kind = Binding::Kind::kArgument;
    bound.name = name;
    bound.span = at;
    bound.type = fields[i].type;
    bound.value = build_.make(Operator::kField, bound.type, {subject}, at);
    build_.row(bound.value).name = fields[i].name;
    arm.bindings.push_back(std::move(bound));
  }
  return true;
}

// What the names of a faulty pattern stand for is reported already, with the pattern.
void ExpressionLowering::bind_unknown(const PatternView& pattern, Arm& arm) {
  arm.bindings.clear();
  for (const NameView& name : pattern.bindings()) {
    Binding bound;
    bound.kind = Binding::Kind::kArgument;
    bound.name = name.text();
    bound.span = module_.at(name.span());
    bound.type = kUnknownType;
    bound.value = build_.unknown(bound.span);
    bound.is_used = true;
    arm.bindings.push_back(std::move(bound));
  }
}

}  // namespace saga::dsl
