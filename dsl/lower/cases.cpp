#include <algorithm>
#include <utility>

#include "dsl/lower/expressions.hpp"

// The cases of enums and unions as values.
namespace saga::dsl {

using core::Operator;
using core::TypeId;
using core::TypeKind;
using Id = ExpressionLowering::Id;

bool ExpressionLowering::has_case(TypeId type, const std::string& name, const core::Span& span) {
  if (types_.has_case(type, name)) return true;
  module_.suggest(
      report_.error("E0104", span, "`" + types_.describe(type) + "` has no case `" + name + "`"),
      name, types_.row(type).cases);
  return false;
}

Id ExpressionLowering::enum_case(TypeId type, const std::string& name, const core::Span& name_span,
                                 const core::Span& span) {
  if (type == kUnknownType || !has_case(type, name, name_span)) return build_.unknown(span);
  const Id made = build_.make(Operator::kEnumCase, type, {}, span);
  build_.row(made).name = name;
  return made;
}

TypeId ExpressionLowering::case_type(TypeId type, const std::string& name) const {
  const core::Type& row = types_.row(type);
  const auto found = std::ranges::find(row.cases, name);
  return row.case_types[static_cast<std::size_t>(found - row.cases.begin())];
}

// Of a refinement its plain union: whoever takes the value holds it against the rule.
Id ExpressionLowering::union_case(TypeId type, const NameView& name,
                                  const std::vector<ArgumentView>& arguments,
                                  const core::Span& span) {
  type = types_.base_of(type);
  if (type == kUnknownType || !has_case(type, name.text(), module_.at(name.span()))) {
    for (const ArgumentView& argument : arguments) lower(argument.value());
    return build_.unknown(span);
  }
  const std::vector<core::FieldType> fields = module_.fields_of(case_type(type, name.text()));
  auto values = lower_arguments(arguments, fields, types_.describe(type) + "." + name.text(), span);
  if (!values) return build_.unknown(span);
  const Id made = build_.make(Operator::kUnionCase, type, std::move(*values), span);
  build_.row(made).name = name.text();
  return made;
}

Id ExpressionLowering::shorthand_case(const ExpressionView& expression, TypeId wanted) {
  const NameView name = expression.name();
  if (types_.is(wanted, TypeKind::kEnum))
    return enum_case(wanted, name.text(), module_.at(name.span()), at(expression));
  if (types_.is(wanted, TypeKind::kUnion)) return union_case(wanted, name, {}, at(expression));
  report_
      .error("E0103", at(expression),
             "`." + name.text() + "` needs a place that wants an enum or a union")
      .help("write it with its type: `Type." + name.text() + "`");
  return build_.unknown(at(expression));
}

}  // namespace saga::dsl
