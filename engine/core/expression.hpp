#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "engine/base/value.hpp"
#include "engine/core/type.hpp"

namespace saga::core {

struct Definition;

enum class Operator : std::uint8_t {
  kLiteral,        // literal
  kSlot,           // slot: a binding, a parameter, a lambda's parameter
  kField,          // arguments[0].name; on an error: `message`, `error` and its fields
  kOptionalField,  // arguments[0]?.name
  kIndex,          // arguments[0][arguments[1]]: null where there is none
  kList,           // arguments
  kMap,            // arguments: key, value, key, value …
  kRecord,     // type, arguments in the order of its fields (defaults filled in by the lowering)
  kUnionCase,  // type, name, arguments in the order of the case's fields
  kError,      // type, name, arguments in the order of its fields; message is made from them
  kEnumCase,   // name
  kNegate,
  kNot,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,  // arguments[0] in arguments[1]: list, set, map key or substring
  kAnd,
  kOr,
  kCoalesce,       // the right side is evaluated only where it decides
  kConditional,    // if arguments[0] then arguments[1] else arguments[2]
  kLambda,         // slot, arguments[0]: only as an argument of kBuiltin
  kBuiltin,        // name, arguments; a method's receiver is arguments[0]
  kMoney,          // name = currency, arguments[0] = amount: CNY(12.50)
  kInterpolation,  // arguments joined as text for people
  kKeyOf,          // node: the key of that step, as seen from here
  kStarted,        // node: whether that step's first attempt was journaled
  kSagaId,
  kAttempt,
  kNow,
  kUuid,
  kRandom,     // arguments[0] to arguments[1], both included
  kToDecimal,  // arguments[0], an int where a decimal is wanted
  kRefined,    // arguments[0], held against the `where` of `type` and of what is in it
  kLet,        // arguments[1], with `slot` bound to arguments[0], which is evaluated once
  kIsCase,     // arguments[0] is the case `name` of a union, or the error of that name
};

// One expression of a Definition's table: children by id, always smaller than its own.
struct Expression {
  Operator op = Operator::kLiteral;
  TypeId type = kNone;  // of the result
  std::vector<ExpressionId> arguments;
  base::Value literal;
  std::string name;
  SlotId slot = kNone;
  NodeId node = kNone;
  std::uint32_t span_begin = 0;  // byte range in sources[file]
  std::uint32_t span_end = 0;
  std::uint32_t file = 0;
};

// What an expression reads from outside. Implemented by the core over a saga's frames, by the
// checker over constants, by tests over a map. Calls are made in evaluation order, each at most
// once a read.
class Environment {
 public:
  virtual ~Environment() = default;
  // The value of a binding; kDefect if it isn't bound.
  virtual base::Result<base::Value> slot(SlotId slot) = 0;
  virtual base::Result<std::string> key_of(NodeId step) = 0;
  virtual bool started(NodeId step) = 0;
  virtual std::string saga_id() = 0;
  virtual std::int64_t attempt() = 0;
  virtual base::TimePoint now() = 0;
  virtual std::uint64_t draw() = 0;  // the next journaled random number
};

// Evaluates one expression. Pure but for the environment; bounded by `max_steps`.
// Errors: kDefect for overflow, division by zero, mixed currencies, an unbound slot, and for
// limits::kMaxEvaluationSteps; kOverloaded for a smaller `max_steps` of the caller's. Adds the
// steps that it took to `steps`, if given.
base::Result<base::Value> evaluate(const Definition& definition, ExpressionId expression,
                                   Environment& environment,
                                   std::size_t max_steps = base::limits::kMaxEvaluationSteps,
                                   std::size_t* steps = nullptr);

// A function or method of the language. `min_arguments` and `max_arguments` count the receiver.
struct Builtin {
  std::string_view name;
  std::uint8_t min_arguments;
  std::uint8_t max_arguments;
};
// All built-ins, sorted by name; a method and a function of one name share a row.
const std::vector<Builtin>& builtins();

}  // namespace saga::core
