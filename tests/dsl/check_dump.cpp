#include "tests/dsl/check_dump.hpp"

#include <map>

#include "engine/base/json.hpp"
#include "engine/base/time.hpp"

namespace saga::dsl {
namespace {

using core::ExpressionId;
using core::kNone;
using core::NodeId;
using core::Operator;

class Dumper {
 public:
  explicit Dumper(const core::Definition& definition) : definition_(definition) {}

  std::string run() {
    line("saga " + definition_.name + " version " + std::to_string(definition_.version) +
         (definition_.has_pivot ? " with pivot" : ""));
    line("input " + type(definition_.input) + " result " + type(definition_.result));
    line("key " + expression(definition_.key));
    line("deadline " + expression(definition_.deadline));
    for (const core::ChildRef& child : definition_.children) {
      line("child " + child.definition + (child.has_pivot ? " with pivot" : ""));
    }
    for (const core::Operation& operation : definition_.operations) this->operation(operation);
    node(definition_.root);
    if (definition_.on_failed != kNone) {
      line("on failed as " + slot(definition_.on_failed_slot));
      node(definition_.on_failed);
    }
    if (definition_.on_completed != kNone) {
      line("on completed as " + slot(definition_.on_completed_slot));
      node(definition_.on_completed);
    }
    if (definition_.on_stuck != kNone) {
      line("on stuck as " + slot(definition_.on_stuck_slot));
      node(definition_.on_stuck);
    }
    return out_;
  }

 private:
  void line(const std::string& text) { out_ += std::string(depth_ * 2, ' ') + text + "\n"; }

  std::string type(core::TypeId id) {
    if (id == kNone) return "?";
    const core::Type& row = definition_.types[id];
    static const char* const names[] = {
        "nothing", "bool", "int",      "decimal", "string", "bytes",    "uuid",
        "time",    "date", "duration", "money",   "json",   "optional", "list",
        "set",     "map",  "record",   "enum",    "union",  "error",    "any error"};
    if (!row.name.empty()) return row.name;
    std::string text = names[static_cast<int>(row.kind)];
    if (row.key != kNone) text += "<" + type(row.key) + ", " + type(row.element) + ">";
    if (row.key == kNone && row.element != kNone) text += "<" + type(row.element) + ">";
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      text += (i == 0 ? "{" : ", ") + row.fields[i].name + ": " + type(row.fields[i].type);
    }
    return row.fields.empty() ? text : text + "}";
  }

  std::string slot(core::SlotId id) {
    return id == kNone ? "none" : definition_.slots[id].name + "#" + std::to_string(id);
  }

  std::string arguments(const std::vector<ExpressionId>& ids) {
    std::string text;
    for (const ExpressionId id : ids) text += (text.empty() ? "" : ", ") + expression(id);
    return text;
  }

  std::string expression(ExpressionId id) {
    if (id == kNone) return "none";
    const core::Expression& row = definition_.expressions[id];
    static const std::map<Operator, std::string> names = {
        {Operator::kList, "list"},       {Operator::kMap, "map"},
        {Operator::kRecord, "record"},   {Operator::kError, "error"},
        {Operator::kIndex, "index"},     {Operator::kNegate, "-"},
        {Operator::kNot, "!"},           {Operator::kAdd, "+"},
        {Operator::kSubtract, "-"},      {Operator::kMultiply, "*"},
        {Operator::kDivide, "/"},        {Operator::kRemainder, "%"},
        {Operator::kEqual, "=="},        {Operator::kNotEqual, "!="},
        {Operator::kLess, "<"},          {Operator::kLessEqual, "<="},
        {Operator::kGreater, ">"},       {Operator::kGreaterEqual, ">="},
        {Operator::kIn, "in"},           {Operator::kAnd, "&&"},
        {Operator::kOr, "||"},           {Operator::kCoalesce, "??"},
        {Operator::kConditional, "if"},  {Operator::kInterpolation, "text"},
        {Operator::kSagaId, "saga_id"},  {Operator::kAttempt, "attempt"},
        {Operator::kNow, "now"},         {Operator::kUuid, "uuid"},
        {Operator::kRandom, "random"},   {Operator::kToDecimal, "decimal"},
        {Operator::kBuiltin, "builtin"}, {Operator::kMoney, "money"},
        {Operator::kUnionCase, "case"},  {Operator::kRefined, "refined"}};
    switch (row.op) {
      case Operator::kLiteral: return base::to_json(row.literal);
      case Operator::kSlot: return slot(row.slot);
      case Operator::kField: return expression(row.arguments[0]) + "." + row.name;
      case Operator::kOptionalField: return expression(row.arguments[0]) + "?." + row.name;
      case Operator::kEnumCase: return type(row.type) + "." + row.name;
      case Operator::kLambda: return slot(row.slot) + " => " + expression(row.arguments[0]);
      case Operator::kLet:
        return "let " + slot(row.slot) + " = " + expression(row.arguments[0]) + " in " +
               expression(row.arguments[1]);
      case Operator::kIsCase: return expression(row.arguments[0]) + " is " + row.name;
      case Operator::kKeyOf: return "key_of(" + definition_.nodes[row.node].name + ")";
      case Operator::kStarted: return "started(" + definition_.nodes[row.node].name + ")";
      default: break;
    }
    std::string name = names.at(row.op);
    if (!row.name.empty()) name = row.op == Operator::kError ? "error " + row.name : row.name;
    if (row.op == Operator::kRecord) name = "record " + type(row.type);
    return name + "(" + arguments(row.arguments) + ")";
  }

  void operation(const core::Operation& operation) {
    static const char* const effects[] = {"read", "write", "notify"};
    static const char* const idempotence[] = {"", " idempotent", " idempotent by key"};
    std::string text = "operation " + std::string(effects[static_cast<int>(operation.effect)]) +
                       " " + operation.service + "." + operation.name + " " +
                       type(operation.input) + " -> " + type(operation.result);
    for (const core::TypeId error : operation.errors) text += " errors " + type(error);
    text += idempotence[static_cast<int>(operation.idempotence)];
    if (operation.resolve != kNone) {
      text += " resolve " + definition_.operations[operation.resolve].name + "(";
      for (const core::ResolveArgument& argument : operation.resolve_arguments) {
        text += argument.parameter == kNone ? "key" : "#" + std::to_string(argument.parameter);
      }
      text += ")";
    }
    if (operation.is_async) text += " async";
    if (!operation.http_path.empty())
      text += " http " + operation.http_method + " " + operation.http_path;
    if (!operation.secret.empty()) text += " auth " + operation.secret;
    line(text);
  }

  std::string schedule(const core::Retry& retry) {
    const core::Schedule& row = retry.schedule;
    std::string text;
    switch (row.kind) {
      case core::Schedule::Kind::kNever: text = "never"; break;
      case core::Schedule::Kind::kList:
        for (const base::Duration delay : row.delays)
          text += (text.empty() ? "" : ", ") + base::describe_duration(delay);
        if (row.repeats_last) text += ", ...";
        break;
      case core::Schedule::Kind::kExponential:
        text = "exponential from " + base::describe_duration(row.from) + " factor " +
               std::to_string(row.factor_per_mille) + "/1000 max " +
               base::describe_duration(row.max);
        break;
      case core::Schedule::Kind::kLinear:
        text = "linear from " + base::describe_duration(row.from) + " step " +
               base::describe_duration(row.step) + " max " + base::describe_duration(row.max);
        break;
      case core::Schedule::Kind::kFixed: text = "fixed " + base::describe_duration(row.from); break;
    }
    if (retry.after != kNone) text = "after " + expression(retry.after);
    if (retry.max_times != 0) text += " up to " + std::to_string(retry.max_times) + " times";
    if (retry.jitter_per_mille != 0)
      text += " jitter " + std::to_string(retry.jitter_per_mille) + "/1000";
    if (retry.within != kNone) text += " within " + expression(retry.within);
    for (const std::string& fault : retry.when) text += " when " + fault;
    if (retry.slot != kNone) text += " as " + slot(retry.slot);
    return text;
  }

  void call(const std::string& title, const core::Call& call) {
    const std::string callee = call.operation != kNone
                                   ? definition_.operations[call.operation].service + "." +
                                         definition_.operations[call.operation].name
                                   : "child " + definition_.children[call.child].definition;
    line(title + callee + "(" + arguments(call.arguments) + ")");
    ++depth_;
    if (call.key != kNone) line("key " + expression(call.key));
    if (call.timeout != kNone) line("timeout " + expression(call.timeout));
    if (call.within != kNone) line("within " + expression(call.within));
    for (const core::Retry& retry : call.retries) line("retry " + schedule(retry));
    handlers(call.handlers, call.fallback);
    --depth_;
  }

  void handlers(const std::vector<core::Handler>& handlers, NodeId fallback) {
    for (const core::Handler& handler : handlers) {
      std::string text = "on";
      for (const std::string& name : handler.errors) text += " " + name;
      line(handler.slot == kNone ? text : text + " as " + slot(handler.slot));
      nested(handler.body);
    }
    if (fallback == kNone) return;
    line("else");
    nested(fallback);
  }

  void nested(NodeId id) {
    ++depth_;
    node(id);
    --depth_;
  }

  void compensation(const std::string& title, const core::Compensation& compensation) {
    switch (compensation.kind) {
      case core::Compensation::Kind::kAbsent: return;
      case core::Compensation::Kind::kNone:
        return line(title + "none \"" + compensation.reason + "\"");
      case core::Compensation::Kind::kCall: return call(title, compensation.call);
      case core::Compensation::Kind::kBlock: line(title + "block"); nested(compensation.block);
    }
  }

  void node(NodeId id) {
    const core::Node& row = definition_.nodes[id];
    std::visit([&](const auto& body) { this->body(row, body); }, row.body);
  }

  static std::string label(const core::Node& node) {
    return node.label.empty() ? node.name : node.name + " \"" + node.label + "\"";
  }

  void body(const core::Node&, const core::BlockNode& block) {
    for (const NodeId each : block.statements) node(each);
  }
  void body(const core::Node&, const core::LetNode& let) {
    line("let " + slot(let.slot) + ": " + type(definition_.slots[let.slot].type) + " = " +
         expression(let.value));
  }
  void body(const core::Node& node, const core::StepNode& step) {
    std::string title = step.is_pivot      ? "pivot step "
                        : step.after_pivot ? "step after pivot "
                                           : "step ";
    title += label(node);
    if (step.slot != kNone)
      title += " -> " + slot(step.slot) + ": " + type(definition_.slots[step.slot].type);
    call(title + " = ", step.action);
    ++depth_;
    compensation("compensate ", step.compensation);
    compensation("compensate unknown ", step.compensation_unknown);
    --depth_;
  }
  void body(const core::Node& node, const core::ScopeNode& scope) {
    line("scope " + label(node));
    nested(scope.block);
    ++depth_;
    handlers(scope.handlers, scope.fallback);
    if (scope.compensation != kNone) {
      line("compensate block");
      nested(scope.compensation);
    }
    for (const core::Retry& retry : scope.again) line("again retry " + schedule(retry));
    --depth_;
  }
  void body(const core::Node&, const core::ParallelNode& parallel) {
    line((parallel.is_any ? "parallel any" : "parallel") + values(kNone, parallel.result));
    for (const NodeId branch : parallel.branches) nested(branch);
    ++depth_;
    handlers(parallel.handlers, parallel.fallback);
    --depth_;
  }
  void body(const core::Node& node, const core::BranchNode& branch) {
    line("branch " + label(node) + (branch.used == kNone ? "" : " using " + slot(branch.used)));
    nested(branch.block);
  }
  void body(const core::Node&, const core::IfNode& choice) {
    line("if " + expression(choice.condition));
    nested(choice.then_block);
    if (choice.else_block == kNone) return;
    line("else");
    nested(choice.else_block);
  }
  void body(const core::Node&, const core::ForNode& loop) {
    line("for " + slot(loop.item) + " in " + expression(loop.list) + " parallel " +
         std::to_string(loop.at_once) + values(loop.used, loop.result));
    nested(loop.block);
  }
  void body(const core::Node&, const core::RequireNode& require) {
    line("require " + expression(require.condition) + " else");
    nested(require.otherwise);
  }
  void body(const core::Node&, const core::FailNode& fail) {
    line("fail " + expression(fail.error));
  }
  void body(const core::Node&, const core::ReturnNode& node) {
    line("return " + expression(node.value));
  }
  void body(const core::Node&, const core::UseNode& use) {
    line("use " + expression(use.value) + (use.target == kNone ? "" : " of what is bound"));
  }
  void body(const core::Node&, const core::RepeatNode& loop) {
    line("repeat up to " + std::to_string(loop.times) + " every " + expression(loop.every) +
         " as " + slot(loop.round) + values(kNone, loop.result));
    nested(loop.block);
    if (loop.otherwise == kNone) return;
    line("else");
    nested(loop.otherwise);
  }
  void body(const core::Node&, const core::AlertNode& alert) {
    line("alert " + expression(alert.text) + " to " + expression(alert.to) +
         (alert.is_inconsistency ? " inconsistency" : ""));
  }
  void body(const core::Node&, const core::EscalateNode& node) {
    line("escalate " + expression(node.text) + " to " + expression(node.to));
  }
  void body(const core::Node&, const core::ReplyNode& reply) {
    line("reply " + expression(reply.value));
  }
  void body(const core::Node&, const core::RollbackNode& back) {
    std::string text = "rollback";
    for (const NodeId step : back.steps) text += " " + definition_.nodes[step].name;
    line(text);
  }
  std::string values(core::SlotId used, core::SlotId result) {
    if (result == kNone) return "";
    return (used == kNone ? "" : " using " + slot(used)) + " -> " + slot(result) + ": " +
           type(definition_.slots[result].type);
  }
  void body(const core::Node&, const core::SleepNode& sleep) {
    line(sleep.duration != kNone ? "sleep " + expression(sleep.duration)
                                 : "sleep until " + expression(sleep.until));
  }
  void body(const core::Node&, const core::NoteNode& note) {
    line("note " + expression(note.text));
  }

  const core::Definition& definition_;
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string dump(const core::Definition& definition) { return Dumper(definition).run(); }

}  // namespace saga::dsl
