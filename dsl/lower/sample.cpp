#include <utility>

#include "dsl/lower/expressions.hpp"
#include "engine/base/limits.hpp"

// `T.sample(…)` of tests: a value of a type that only says what matters to the test.
namespace saga::dsl {

using core::kNone;
using core::Operator;
using core::TypeId;
using core::TypeKind;
using Id = ExpressionLowering::Id;

Id ExpressionLowering::sample(const ExpressionView& expression, const Declared& declared) {
  const core::Span span = at(expression);
  if (surroundings_.part != Surroundings::Part::kTest) {
    report_.error("E0113", span, "`sample` makes up values for tests, and stands only in one")
        .help("give each field: `" + declared.name + "(…)`");
    return build_.unknown(span);
  }
  using Kind = Declared::Kind;
  const bool is_type = declared.kind == Kind::kType || declared.kind == Kind::kEnum ||
                       declared.kind == Kind::kUnion || declared.kind == Kind::kError ||
                       declared.kind == Kind::kEvent || declared.kind == Kind::kView;
  if (!is_type) {
    if (declared.kind != Kind::kUnavailable)
      module_.report_misused(declared, at(expression.callee().object()), "no type");
    return build_.unknown(span);
  }
  const TypeId type = module_.declared_type(declared);
  if (type == kUnknownType) return build_.unknown(span);
  const bool has_fields = types_.is(type, TypeKind::kRecord) || types_.is(type, TypeKind::kError);
  if (!has_fields) {
    if (!expression.arguments().empty()) return wrong_count(expression, "sample", "no argument");
    return sample_of(type, span, "a sample");
  }
  // Defaults are given as they stand; what has none is made up.
  std::vector<core::FieldType> fields = module_.fields_of(type);
  ExpressionBuilder::Ids values(fields.size(), kNone);
  bool is_complete = true;
  std::size_t next = 0;
  for (const ArgumentView& argument : expression.arguments()) {
    const std::size_t place = place_of(argument, fields, types_.describe(type), next);
    next = place + 1;
    if (place >= fields.size() || values[place] != kNone) {
      if (place < fields.size())
        report_.error("E0102", at(argument.value()), "`" + fields[place].name + "` is given twice");
      lower(argument.value());
      is_complete = false;
      continue;
    }
    values[place] = lower_as(argument.value(), fields[place].type, "`" + fields[place].name + "`");
  }
  return is_complete ? sample_record(type, std::move(values), span) : build_.unknown(span);
}

Id ExpressionLowering::sample_record(TypeId type, ExpressionBuilder::Ids values,
                                     const core::Span& span) {
  const std::vector<core::FieldType> fields = module_.fields_of(type);
  values.resize(fields.size(), kNone);
  bool is_complete = true;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (values[i] == kNone && fields[i].default_value != kNone) values[i] = fields[i].default_value;
    if (values[i] == kNone)
      values[i] = sample_of(fields[i].type, span, "the sample's `" + fields[i].name + "`");
    is_complete = is_complete && !build_.is_unknown(values[i]);
  }
  if (!is_complete) return build_.unknown(span);
  const bool is_error = types_.is(type, TypeKind::kError);
  const Id made =
      build_.make(is_error ? Operator::kError : Operator::kRecord, type, std::move(values), span);
  if (is_error) build_.row(made).name = types_.describe(type);
  return made;
}

// Held against the type's rules, as any other value.
Id ExpressionLowering::sample_of(TypeId type, const core::Span& span, const std::string& what) {
  if (type == kUnknownType) return build_.unknown(span);
  if (const auto known = samples_.find(type); known != samples_.end()) return known->second;
  const TypeId base = types_.base_of(type);
  Id plain = plain_sample(base, span);
  // A rule of a list mostly asks for an item.
  if (base != type && types_.is(base, TypeKind::kList)) {
    const Id item = sample_of(types_.row(base).element, span, what);
    if (build_.is_unknown(item)) return item;
    plain = build_.make(Operator::kList, base, {item}, span);
  }
  const Id made = build_.convert(plain, type, what);
  if (!build_.is_unknown(made)) samples_.emplace(type, made);
  return made;
}

// The case that is least deep: another may hold such a union again.
Id ExpressionLowering::sample_case(TypeId type, const core::Span& span) {
  const std::size_t simplest = core::simplest_case(
      program_.tables.types, type, static_cast<std::uint32_t>(base::limits::kMaxJsonDepth));
  const core::Type& row = types_.row(type);
  if (simplest >= row.case_types.size()) return build_.unknown(span);
  const std::string name = row.cases[simplest];
  const Id record = sample_record(row.case_types[simplest], {}, span);
  if (build_.is_unknown(record)) return record;
  ExpressionBuilder::Ids values = build_.row(record).arguments;
  const Id made = build_.make(Operator::kUnionCase, type, std::move(values), span);
  build_.row(made).name = name;
  return made;
}

Id ExpressionLowering::plain_sample(TypeId type, const core::Span& span) {
  using base::Value;
  const auto literal = [&](Value value) { return build_.literal(std::move(value), type, span); };
  switch (types_.row(type).kind) {
    case TypeKind::kNothing:
    case TypeKind::kOptional: return build_.null(span);
    case TypeKind::kBool: return literal(Value(false));
    case TypeKind::kInt: return literal(Value(std::int64_t{1}));
    case TypeKind::kDecimal: return literal(Value(base::Decimal(1)));
    case TypeKind::kBytes: return literal(Value("c2FtcGxl"));
    case TypeKind::kUuid: return literal(Value("00000000-0000-4000-8000-000000000001"));
    case TypeKind::kTime:
      return literal(
          Value(base::TimePoint(std::chrono::sys_days(std::chrono::January / 1 / 2026))));
    case TypeKind::kDate: return literal(Value(base::Date{std::chrono::January / 1 / 2026}));
    case TypeKind::kDuration: return literal(Value(base::Duration(std::chrono::seconds(1))));
    case TypeKind::kMoney: {
      const Id one =
          build_.literal(Value(base::Decimal(1)), types_.basic(TypeKind::kDecimal), span);
      return build_.money(one, "CNY", span);
    }
    case TypeKind::kList:
    case TypeKind::kSet: return build_.make(Operator::kList, type, {}, span);
    case TypeKind::kMap: return build_.make(Operator::kMap, type, {}, span);
    case TypeKind::kRecord:
    case TypeKind::kError: return sample_record(type, {}, span);
    case TypeKind::kEnum: {
      if (types_.row(type).cases.empty()) return build_.unknown(span);
      const std::string first = types_.row(type).cases.front();
      return enum_case(type, first, span, span);
    }
    case TypeKind::kUnion: return sample_case(type, span);
    case TypeKind::kString:
    case TypeKind::kJson:
    case TypeKind::kAnyError: return literal(Value("sample"));
  }
  return build_.unknown(span);
}

}  // namespace saga::dsl
