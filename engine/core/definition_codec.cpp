#include "engine/core/definition_codec.hpp"

#include "engine/core/definition_check.hpp"
#include "engine/core/input_records.hpp"

namespace saga::core {
namespace detail {

inline constexpr std::array<std::string_view, 21> kTypeKinds = {
    "nothing", "bool", "int",      "decimal", "string", "bytes",    "uuid",
    "time",    "date", "duration", "money",   "json",   "optional", "list",
    "set",     "map",  "record",   "enum",    "union",  "error",    "any_error"};
inline constexpr std::array<std::string_view, 44> kOperatorNames = {"literal",
                                                                    "slot",
                                                                    "field",
                                                                    "optional_field",
                                                                    "index",
                                                                    "list",
                                                                    "map",
                                                                    "record",
                                                                    "union_case",
                                                                    "error",
                                                                    "enum_case",
                                                                    "negate",
                                                                    "not",
                                                                    "add",
                                                                    "subtract",
                                                                    "multiply",
                                                                    "divide",
                                                                    "remainder",
                                                                    "equal",
                                                                    "not_equal",
                                                                    "less",
                                                                    "less_equal",
                                                                    "greater",
                                                                    "greater_equal",
                                                                    "in",
                                                                    "and",
                                                                    "or",
                                                                    "coalesce",
                                                                    "conditional",
                                                                    "lambda",
                                                                    "builtin",
                                                                    "money",
                                                                    "interpolation",
                                                                    "key_of",
                                                                    "started",
                                                                    "saga_id",
                                                                    "attempt",
                                                                    "now",
                                                                    "uuid",
                                                                    "random",
                                                                    "to_decimal",
                                                                    "refined",
                                                                    "let",
                                                                    "is_case"};
inline constexpr std::array<std::string_view, 3> kEffectNames = {"read", "write", "notify"};
inline constexpr std::array<std::string_view, 3> kIdempotenceNames = {"none", "natural", "by_key"};
inline constexpr std::array<std::string_view, 5> kScheduleNames = {"never", "list", "exponential",
                                                                   "linear", "fixed"};
inline constexpr std::array<std::string_view, 4> kCompensationNames = {"absent", "none", "call",
                                                                       "block"};
inline constexpr std::array<std::string_view, 19> kNodeKinds = {
    "block",  "let", "step",  "scope", "parallel", "branch", "if",    "for",      "require", "fail",
    "return", "use", "sleep", "note",  "repeat",   "alert",  "reply", "rollback", "escalate"};

// A literal as one member named by its kind: {"int":5}, {"decimal":"1.5"}.
struct Literal {
  base::Value value;
};

void describe(RecordWriter& archive, const Literal& literal) {
  base::JsonWriter& json = archive.json();
  const base::Value& value = literal.value;
  if (const auto* flag = value.as<bool>()) json.key("bool").boolean(*flag);
  if (const auto* number = value.as<std::int64_t>()) json.key("int").integer(*number);
  if (const auto* decimal = value.as<base::Decimal>())
    json.key("decimal").string(decimal->to_string());
  if (const auto* text = value.as<std::string>()) json.key("string").string(*text);
  if (const auto* time = value.as<base::TimePoint>())
    json.key("time").string(base::format_time(*time));
  if (const auto* duration = value.as<base::Duration>()) {
    json.key("duration").string(base::format_duration(*duration));
  }
  if (const auto* money = value.as<base::Money>()) {
    json.key("amount").string(money->amount.to_string()).key("currency").string(money->currency);
  }
}

void describe(RecordReader& archive, Literal& literal) {
  const base::Json& json = archive.json();
  if (json.find("bool") != nullptr) {
    bool flag = false;
    archive.field("bool", flag);
    literal.value = base::Value(flag);
  } else if (json.find("int") != nullptr) {
    std::int64_t number = 0;
    archive.field("int", number);
    literal.value = base::Value(number);
  } else if (json.find("string") != nullptr) {
    std::string text;
    archive.field("string", text);
    literal.value = base::Value(std::move(text));
  } else if (json.find("time") != nullptr) {
    base::TimePoint time;
    archive.field("time", time);
    literal.value = base::Value(time);
  } else if (json.find("duration") != nullptr) {
    base::Duration duration{0};
    archive.field("duration", duration);
    literal.value = base::Value(duration);
  } else if (json.find("decimal") != nullptr || json.find("amount") != nullptr) {
    const bool is_money = json.find("amount") != nullptr;
    std::string text;
    std::string currency;
    archive.field(is_money ? "amount" : "decimal", text);
    archive.field("currency", currency);
    const base::Result<base::Decimal> decimal = base::Decimal::parse(text);
    if (!decimal) return archive.fail(is_money ? "amount" : "decimal");
    literal.value = is_money ? base::Value(base::Money{*decimal, currency}) : base::Value(*decimal);
  }
}

void describe(auto& archive, Is<Span> auto& span) {
  archive.field("file", span.file);
  archive.field("begin", span.begin);
  archive.field("end", span.end);
}
void describe(auto& archive, Is<Source> auto& source) { archive.field("path", source.path); }
void describe(auto& archive, Is<FieldType> auto& field) {
  archive.field("name", field.name);
  archive.id("type", field.type);
  archive.field("private", field.is_private);
  archive.id("default", field.default_value);
}
void describe(auto& archive, Is<Type> auto& type) {
  archive.choice("kind", type.kind, kTypeKinds);
  archive.field("name", type.name);
  archive.id("key", type.key);
  archive.id("element", type.element);
  archive.list("fields", type.fields);
  archive.texts("cases", type.cases);
  archive.ids("case_types", type.case_types);
  archive.field("transient", type.is_transient);
  archive.id("where", type.where);
  archive.id("where_slot", type.where_slot);
}
void describe(RecordWriter& archive, const Expression& expression) {
  archive.choice("op", expression.op, kOperatorNames);
  archive.id("type", expression.type);
  archive.ids("arguments", expression.arguments);
  if (!expression.literal.is_null()) archive.nested("literal", Literal{expression.literal});
  archive.field("name", expression.name);
  archive.id("slot", expression.slot);
  archive.id("node", expression.node);
  archive.nested("span", Span{expression.file, expression.span_begin, expression.span_end});
}
void describe(RecordReader& archive, Expression& expression) {
  archive.choice("op", expression.op, kOperatorNames);
  archive.id("type", expression.type);
  archive.ids("arguments", expression.arguments);
  std::optional<Literal> literal;
  archive.nested("literal", literal);
  if (literal) expression.literal = literal->value;
  archive.field("name", expression.name);
  archive.id("slot", expression.slot);
  archive.id("node", expression.node);
  Span span;
  archive.nested("span", span);
  expression.file = span.file;
  expression.span_begin = span.begin;
  expression.span_end = span.end;
}
void describe(auto& archive, Is<Slot> auto& slot) {
  archive.field("name", slot.name);
  archive.id("type", slot.type);
}
void describe(auto& archive, Is<ResolveArgument> auto& argument) {
  archive.id("parameter", argument.parameter);
}
void describe(auto& archive, Is<Operation> auto& operation) {
  archive.field("service", operation.service);
  archive.field("name", operation.name);
  archive.choice("effect", operation.effect, kEffectNames);
  archive.id("input", operation.input);
  archive.id("result", operation.result);
  archive.ids("errors", operation.errors);
  archive.choice("idempotence", operation.idempotence, kIdempotenceNames);
  archive.field("idempotent_by", operation.idempotent_by);
  archive.id("resolve", operation.resolve);
  archive.list("resolve_arguments", operation.resolve_arguments);
  archive.field("async", operation.is_async);
  archive.field("http_method", operation.http_method);
  archive.field("http_path", operation.http_path);
  archive.field("secret", operation.secret);
  archive.nested("span", operation.span);
}
void describe(auto& archive, Is<ChildRef> auto& child) {
  archive.field("definition", child.definition);
  archive.field("hash", child.hash);
  archive.id("input", child.input);
  archive.field("has_pivot", child.has_pivot);
}
void describe(auto& archive, Is<Handler> auto& handler) {
  archive.texts("errors", handler.errors);
  archive.id("slot", handler.slot);
  archive.id("body", handler.body);
}
void describe(auto& archive, Is<Schedule> auto& schedule) {
  archive.choice("kind", schedule.kind, kScheduleNames);
  archive.durations("delays", schedule.delays);
  archive.field("repeats_last", schedule.repeats_last);
  archive.field("from", schedule.from);
  archive.field("step", schedule.step);
  archive.field("max", schedule.max);
  archive.field("factor_per_mille", schedule.factor_per_mille);
}
void describe(auto& archive, Is<Retry> auto& retry) {
  archive.nested("schedule", retry.schedule);
  archive.id("after", retry.after);
  archive.field("max_times", retry.max_times);
  archive.field("jitter_per_mille", retry.jitter_per_mille);
  archive.id("within", retry.within);
  archive.texts("when", retry.when);
  archive.id("slot", retry.slot);
}
void describe(auto& archive, Is<Call> auto& call) {
  archive.id("operation", call.operation);
  archive.id("child", call.child);
  archive.ids("arguments", call.arguments);
  archive.id("key", call.key);
  archive.id("timeout", call.timeout);
  archive.id("within", call.within);
  archive.list("retries", call.retries);
  archive.list("handlers", call.handlers);
  archive.id("fallback", call.fallback);
}
void describe(auto& archive, Is<Compensation> auto& compensation) {
  archive.choice("kind", compensation.kind, kCompensationNames);
  archive.field("reason", compensation.reason);
  archive.nested("call", compensation.call);
  archive.id("block", compensation.block);
  archive.nested("span", compensation.span);
}
void describe(auto& archive, Is<BlockNode> auto& node) {
  archive.ids("statements", node.statements);
}
void describe(auto& archive, Is<LetNode> auto& node) {
  archive.id("slot", node.slot);
  archive.id("value", node.value);
}
void describe(auto& archive, Is<StepNode> auto& node) {
  archive.field("pivot", node.is_pivot);
  archive.field("after_pivot", node.after_pivot);
  archive.nested("action", node.action);
  archive.id("slot", node.slot);
  archive.nested("compensation", node.compensation);
  archive.nested("compensation_unknown", node.compensation_unknown);
}
void describe(auto& archive, Is<ScopeNode> auto& node) {
  archive.id("block", node.block);
  archive.list("handlers", node.handlers);
  archive.id("fallback", node.fallback);
  archive.id("compensation", node.compensation);
  archive.list("again", node.again);
}
void describe(auto& archive, Is<ParallelNode> auto& node) {
  archive.ids("branches", node.branches);
  archive.list("handlers", node.handlers);
  archive.id("fallback", node.fallback);
  archive.field("any", node.is_any);
  archive.id("result", node.result);
}
void describe(auto& archive, Is<BranchNode> auto& node) {
  archive.id("block", node.block);
  archive.id("used", node.used);
}
void describe(auto& archive, Is<IfNode> auto& node) {
  archive.id("condition", node.condition);
  archive.id("then", node.then_block);
  archive.id("else", node.else_block);
}
void describe(auto& archive, Is<ForNode> auto& node) {
  archive.id("item", node.item);
  archive.id("list", node.list);
  archive.id("block", node.block);
  archive.field("at_once", node.at_once);
  archive.id("used", node.used);
  archive.id("result", node.result);
}
void describe(auto& archive, Is<RepeatNode> auto& node) {
  archive.field("times", node.times);
  archive.id("every", node.every);
  archive.id("round", node.round);
  archive.id("block", node.block);
  archive.id("otherwise", node.otherwise);
  archive.id("result", node.result);
}
void describe(auto& archive, Is<RequireNode> auto& node) {
  archive.id("condition", node.condition);
  archive.id("otherwise", node.otherwise);
}
void describe(auto& archive, Is<FailNode> auto& node) { archive.id("error", node.error); }
void describe(auto& archive, Is<ReturnNode> auto& node) { archive.id("value", node.value); }
void describe(auto& archive, Is<UseNode> auto& node) {
  archive.id("value", node.value);
  archive.id("target", node.target);
}
void describe(auto& archive, Is<SleepNode> auto& node) {
  archive.id("duration", node.duration);
  archive.id("until", node.until);
}
void describe(auto& archive, Is<NoteNode> auto& node) { archive.id("text", node.text); }
void describe(auto& archive, Is<AlertNode> auto& node) {
  archive.id("text", node.text);
  archive.id("to", node.to);
  archive.field("inconsistency", node.is_inconsistency);
}
void describe(auto& archive, Is<EscalateNode> auto& node) {
  archive.id("text", node.text);
  archive.id("to", node.to);
}
void describe(auto& archive, Is<ReplyNode> auto& node) { archive.id("value", node.value); }
void describe(auto& archive, Is<RollbackNode> auto& node) { archive.ids("steps", node.steps); }
void describe(auto& archive, Is<Node> auto& node) {
  archive.field("name", node.name);
  archive.field("label", node.label);
  archive.nested("span", node.span);
  describe_variant(archive, node.body, kNodeKinds);
}
void describe(auto& archive, Is<Definition> auto& definition) {
  std::int64_t format = Definition::kFormatVersion;  // decode_definition looks at it
  archive.field("format", format);
  archive.field("name", definition.name);
  archive.field("version", definition.version);
  archive.list("sources", definition.sources);
  archive.list("types", definition.types);
  archive.list("expressions", definition.expressions);
  archive.list("slots", definition.slots);
  archive.list("nodes", definition.nodes);
  archive.list("operations", definition.operations);
  archive.list("children", definition.children);
  archive.id("input", definition.input);
  archive.ids("parameters", definition.parameters);
  archive.id("result", definition.result);
  archive.id("key", definition.key);
  archive.id("deadline", definition.deadline);
  archive.id("root", definition.root);
  archive.id("on_failed", definition.on_failed);
  archive.id("on_failed_slot", definition.on_failed_slot);
  archive.id("on_completed", definition.on_completed);
  archive.id("on_completed_slot", definition.on_completed_slot);
  archive.id("on_stuck", definition.on_stuck);
  archive.id("on_stuck_slot", definition.on_stuck_slot);
  archive.field("has_pivot", definition.has_pivot);
  archive.nested("span", definition.span);
}

}  // namespace detail

std::string encode(const Definition& definition) {
  std::string out;
  detail::RecordWriter writer(out);
  writer.json().begin_object();
  describe(writer, definition);
  writer.json().end_object();
  return out;
}

base::Result<Definition> decode_definition(std::string_view text) {
  base::Result<base::Json> json = base::parse_json(text, detail::kStoredLimits);
  if (!json) return base::fail(base::ErrorCode::kCorrupt, json.error().message);
  const std::optional<std::int64_t> format = json->integer("format");
  if (!format) return base::fail(base::ErrorCode::kCorrupt, "a stored definition has no format");
  if (*format > Definition::kFormatVersion) {
    return base::fail(base::ErrorCode::kNewerVersion,
                      "a stored definition has format " + std::to_string(*format) +
                          "; this program reads up to " +
                          std::to_string(Definition::kFormatVersion));
  }
  base::Result<Definition> definition = detail::decode_record<Definition>(*json, "definition");
  if (!definition) return definition;
  if (base::Result<void> sound = check_ids(*definition); !sound) return base::fail(sound.error());
  return definition;
}

}  // namespace saga::core
