#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/check/program.hpp"
#include "dsl/check/report.hpp"
#include "dsl/check/type_table.hpp"

namespace saga::dsl {

// Makes typed rows of the expression table and reports E01 for what doesn't fit together. A faulty
// expression is a row of kUnknownType, which every other function takes in silence.
class ExpressionBuilder {
 public:
  using Id = core::ExpressionId;
  using Ids = std::vector<core::ExpressionId>;

  ExpressionBuilder(Program& program, TypeTable& types, Report& report)
      : program_(program), tables_(program.tables), types_(types), report_(report) {}

  // A row of kUnknownType, after reporting it, if it would be too large to be evaluated.
  Id make(core::Operator op, core::TypeId type, Ids arguments, const core::Span& span);
  // The same row once more, as another type.
  Id copy(Id id, core::TypeId type);
  Id literal(base::Value value, core::TypeId type, const core::Span& span);
  Id text(std::string value, const core::Span& span);
  Id null(const core::Span& span);
  Id unknown(const core::Span& span);
  Id slot(core::SlotId slot, core::TypeId type, const core::Span& span);

  [[nodiscard]] core::TypeId type_of(Id id) const { return tables_.expressions[id].type; }
  [[nodiscard]] bool is_unknown(Id id) const { return type_of(id) == kUnknownType; }
  [[nodiscard]] core::Span span_of(Id id) const;
  core::Expression& row(Id id) { return tables_.expressions[id]; }

  // The expression as a value of `wanted`: an int becomes a decimal, `null` and `[]` take their
  // type, what isn't known to keep the rules (`where`) of `wanted` is held
  // against them: a constant now, else while the saga runs. `what` says who wants it: "`amount`",
  // "this step".
  Id convert(Id id, core::TypeId wanted, const std::string& what);

  Id binary(core::Operator op, std::string_view symbol, Id left, Id right, const core::Span& span);
  Id money(Id amount, const std::string& currency, const core::Span& span);
  Id builtin(std::string_view name, core::TypeId type, Ids arguments, const core::Span& span);
  Id negate(Id operand, const core::Span& span);
  Id invert(Id operand, const core::Span& span);
  Id conditional(Id condition, Id yes, Id no, const core::Span& span);
  Id list(Ids items, const core::Span& span);
  Id map(Ids keys_and_values, const core::Span& span);
  Id index(Id whole, Id at, const core::Span& span);
  Id field(Id whole, const std::string& name, bool is_optional, const core::Span& name_span,
           const core::Span& span);
  Id condition(Id id);  // must be a bool

  // The currency that an amount is known to have before the saga runs.
  [[nodiscard]] Currency currency_of(Id id) const { return program_.expression_facts[id].currency; }
  void set_currency(Id id, Currency currency) { program_.expression_facts[id].currency = currency; }
  // Which of the lambdas around it an expression reads, as ExpressionFacts says.
  [[nodiscard]] std::uint32_t reads_of(Id id) const { return program_.expression_facts[id].reads; }
  [[nodiscard]] bool draws(Id id) const { return program_.expression_facts[id].draws; }
  void set_reads(Id id, std::uint32_t reads) { program_.expression_facts[id].reads = reads; }
  // Where what is too large is reported while a function or policy is put in its place.
  void blame(std::optional<core::Span> place) { blame_ = place; }
  [[nodiscard]] core::Span to_blame(const core::Span& span) const { return blame_.value_or(span); }
  // Whether two amounts are known to have different currencies; reports it.
  bool mixes_currencies(std::string_view symbol, Id left, Id right, const core::Span& span);
  // The same expression, or an unknown one after reporting that it can't be computed whatever the
  // saga's data are.
  Id checked(Id id);

 private:
  using Kind = core::TypeKind;
  [[nodiscard]] bool is(Id id, Kind kind) const { return types_.is(type_of(id), kind); }
  [[nodiscard]] bool is_number(Id id) const { return is(id, Kind::kInt) || is(id, Kind::kDecimal); }
  [[nodiscard]] std::string describe(Id id) const { return types_.describe(type_of(id)); }
  [[nodiscard]] ExpressionFacts facts_of(core::Operator op, core::TypeId type,
                                         const Ids& arguments) const;
  // The row as it is.
  Id add(core::Operator op, core::TypeId type, Ids arguments, const core::Span& span);
  Id to_decimal(Id id);
  [[nodiscard]] std::string amount_help(Id id) const;
  void same_numbers(Id& left, Id& right);
  bool refuse_null(Id id);
  // The value, held against the rules of `wanted` that it may break.
  Id refined(Id id, core::TypeId wanted);
  // Reports a constant that breaks them; true if nothing is left to look at while the saga runs.
  bool check_where(Id id, core::TypeId wanted);
  Id mismatch(std::string_view symbol, Id left, Id right, const core::Span& span);

  core::TypeId sum_type(core::Operator op, Id left, Id right);
  core::TypeId product_type(core::Operator op, Id left, Id right);
  Id arithmetic(core::Operator op, std::string_view symbol, Id left, Id right,
                const core::Span& span);
  Id comparison(core::Operator op, std::string_view symbol, Id left, Id right,
                const core::Span& span);
  Id membership(Id item, Id whole, const core::Span& span);
  Id coalesce(Id left, Id right, const core::Span& span);
  Id unknown_field(Id whole, const std::string& name, const core::Span& name_span);

  Program& program_;
  core::Definition& tables_;
  TypeTable& types_;
  Report& report_;
  std::optional<core::Span> blame_;
  Id rest_ = core::kNone;  // once the tables are full: stands for all that follows
};

}  // namespace saga::dsl
