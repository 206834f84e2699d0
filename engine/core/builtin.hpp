#pragma once

#include <array>
#include <string>
#include <string_view>

#include "engine/core/expression.hpp"

// The functions and methods of the language, by family. Arguments are evaluated, but for lambdas,
// which are called through `Lambda`.
namespace saga::core::detail {

using base::Result;
using base::Value;

// What a running evaluation offers to a built-in.
class Caller {
 public:
  virtual ~Caller() = default;
  // Calls the lambda that is argument `index` with one value.
  virtual Result<Value> call(std::size_t index, const Value& item) = 0;
  // Counts one step of work; kDefect once the evaluation has done too much.
  virtual Result<void> step() = 0;
};

using Arguments = const std::vector<Value>&;  // a lambda's place holds null
using Function = Result<Value> (*)(Caller&, Arguments);

struct Row {
  std::string_view name;
  std::uint8_t min_arguments;
  std::uint8_t max_arguments;
  Function function;
};

// Each family's rows, in any order.
const std::vector<Row>& number_functions();
const std::vector<Row>& text_functions();
const std::vector<Row>& list_functions();
const std::vector<Row>& list_lambdas();
const std::vector<Row>& map_functions();

// The row of a name, or null.
const Row* find_function(std::string_view name);

base::Unexpected defect(std::string message);
base::Unexpected wrong_argument(std::string_view function);

// -1, 0, 1; kDefect for values of kinds that have no order, or money of two currencies.
Result<int> compare(const Value& left, const Value& right);
// A number as a decimal, if it is one.
bool as_decimal(const Value& value, base::Decimal& out);
// For people: `12.50 CNY`, `1h30m`, text as it is.
std::string describe(const Value& value);

Result<Value> add(const Value& left, const Value& right);
Result<Value> subtract(const Value& left, const Value& right);
Result<Value> multiply(const Value& left, const Value& right);
// int / int is an exact decimal, money / money a ratio.
Result<Value> divide(const Value& left, const Value& right);
Result<Value> remainder(const Value& left, const Value& right);
Result<Value> negate(const Value& value);

// Digits after the point of a currency's smallest unit (ISO 4217).
int minor_digits(std::string_view currency);

}  // namespace saga::core::detail
