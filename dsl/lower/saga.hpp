#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dsl/lower/action.hpp"
#include "dsl/lower/expressions.hpp"

namespace saga::dsl {

// Where a saga of the file, given by its index in Module::sagas(), stands in Program::sagas;
// nullopt after reporting at `span` that it can't be called.
using SagaResolver =
    std::function<std::optional<std::uint32_t>(std::size_t saga, const core::Span& span)>;

// What `use` gives to the construct whose handlers, rounds or branches are open.
struct Used {
  core::TypeId type = core::kNone;    // nothing: it takes no value, and what is around it may
  bool may_be_null = false;           // a `use` gave null, or what may be null
  std::size_t parallel_depth = 0;     // where it is ended
  core::NodeId target = core::kNone;  // the `for`, `repeat` or branch; kNone: a step
  std::string name;                   // that the value is bound to, of such a one
  core::Span span;                    // of the name
  bool is_open = false;               // no `use` has told the type yet
  bool is_given = false;              // there is a `use`
  bool is_barrier = false;            // what is around it takes no value from here: a compensation
};

// A word that stands in a diagnostic of `outer_handlers`.
inline constexpr const char* kThisParallel = "nothing in this `parallel` fails with";

// Lowers one saga into the program's tables: names, types and nodes. What can be said only of the
// whole (pivots, compensations, time) is left to the checks that read the tables.
class SagaLowering {
 public:
  SagaLowering(Module& module, SagaView view, SagaResolver resolve_saga);

  SagaEntry lower();
  // Reports what is wrong with a policy. Requires: an empty saga.
  void check_policy(const PolicyDeclaration& policy);

 private:
  using NodeId = core::NodeId;
  using ExpressionId = core::ExpressionId;

  // Of the saga itself and its tables (saga.cpp).
  void lower_header(SagaEntry& entry);
  void check_header();
  // Triggers (triggers.cpp).
  void triggers(const std::vector<core::FieldType>& parameters);
  void fed_trigger(const View& view, const std::vector<core::FieldType>& parameters);
  void schedule_trigger(const View& view, const std::vector<core::FieldType>& parameters);
  void check_given(const View& view, const std::vector<core::FieldType>& parameters,
                   core::TypeId given, const std::string& what);
  void check_limits(SagaEntry& entry);
  void lower_endings(SagaEntry& entry);
  void lower_ending(const EndingView& ending, NodeId& block, core::SlotId& slot);
  void collect_names(const BlockView& block);
  void collect_names(const StatementView& statement);
  NodeId reserve(const core::Span& span, std::string name, std::string label);
  void fill(NodeId id, core::NodeBody body);
  NodeId add(const core::Span& span, core::NodeBody body, std::string name = {});
  void bind(Binding binding);
  void close_block();
  void warn_unused(const Binding& binding);

  // Statements (statements.cpp). With `kept` the block's bindings are handed over instead of ended.
  NodeId block(const BlockView& block, std::vector<Binding>* kept = nullptr);
  std::optional<NodeId> statement(const StatementView& statement);
  void statement(const StatementView& statement, std::vector<NodeId>& into);
  void bind_unknown(const NameView& name);
  NodeId let(const StatementView& statement);
  NodeId scope(const StatementView& statement);
  void outer_handlers(const std::vector<ClauseView>& clauses, const Escapes& inside,
                      const std::string& what, std::vector<Binding> bound,
                      std::vector<core::Handler>& handlers, NodeId& fallback);
  // The clauses of a scope alone (scope_clauses.cpp).
  void scope_compensation(const ClauseView& clause, core::ScopeNode& scope,
                          std::vector<Binding>& bound);
  NodeId call_block(const ClauseView& clause);
  void again(const ClauseView& clause, const Escapes& inside, const std::string& what,
             core::ScopeNode& scope);
  void keep_from_rollback(NodeId scope, NodeId block);
  NodeId choice(const StatementView& statement);
  NodeId require(const StatementView& statement);
  NodeId fail_with(const ExpressionView& value, const core::Span& span);
  NodeId return_value(const std::optional<ExpressionView>& value, const core::Span& span);
  NodeId sleep(const StatementView& statement);

  // Loops and `parallel` with the values that they give (loops.cpp, parallel.cpp). `used` is null
  // where the value isn't bound.
  NodeId let_construct(const StatementView& statement);
  NodeId loop(const StatementView& statement, Used* used);
  std::uint32_t at_once(const StatementView& statement);
  NodeId repeat(const StatementView& statement, Used* used);
  std::uint32_t rounds(const StatementView& statement);
  NodeId parallel(const StatementView& statement, Used* used);
  NodeId branch(const StatementView& statement, Used* used);
  NodeId rival(const StatementView& statement, Used* used);
  std::optional<ExpressionId> result_given(const StatementView& statement, NodeId step, Used& used);
  void take_result(Used& used, NodeId branch, std::vector<Binding>& bound);
  static core::FieldType field_of(const Used& used, core::TypeId type);
  core::TypeId record_of(const Used& used, std::vector<core::FieldType> fields);
  core::TypeId given_type(const Used& used, const std::string& wanted);
  core::TypeId element_of(const StatementView& statement, bool is_list, bool is_record);
  core::TypeId value_type(const Used& used, bool is_list, const StatementView& statement);
  NodeId use_value(const ExpressionView& value, const core::Span& span);
  ExpressionId lower_used(const ExpressionView& value, Used& used);

  // `match` as a statement (match_statement.cpp).
  struct StatementArm {
    ExpressionId condition = core::kNone;  // kNone: it takes all the rest
    NodeId block = core::kNone;
    core::Span span;
  };
  void match(const StatementView& statement, std::vector<NodeId>& into);
  ExpressionId match_subject(const StatementView& statement, std::vector<NodeId>& into);
  StatementArm match_arm(const MatchArmView& arm, ExpressionId subject, Taken& taken);
  ExpressionId guarded(const ExpressionView& guard, ExpressionId condition);
  NodeId arm_block(const MatchArmView& arm);

  // What tells somebody, and `rollback` (tell.cpp).
  NodeId note(const StatementView& statement);
  NodeId alert(const StatementView& statement);
  NodeId escalate(const StatementView& statement);
  NodeId reply(const ExpressionView& value, const core::Span& span);
  NodeId rollback(const StatementView& statement);
  void unknown_step(const std::string& name, const core::Span& span);
  void open_steps() { steps_before_.emplace_back(); }
  void close_steps();

  // Steps (steps.cpp).
  NodeId step(const StatementView& statement);
  void remember(const std::string& name, NodeId id, const core::Span& span);
  Action action(const ExpressionView& value);
  void operation_call(const ExpressionView& value, Action& action);
  void unknown_service(const NameView& name);
  void child_call(const ExpressionView& value, Action& action);
  void compensation(const ClauseView& clause, core::StepNode& step, NodeFacts& facts);

  // Clauses and handlers (clauses.cpp).
  core::Span clauses(const std::vector<ClauseView>& clauses, Action& action, bool is_compensation);
  void plain_clause(const ClauseView& clause, Action& action);
  void once(ExpressionId given, const ClauseView& clause);
  void apply_policy(const ClauseView& clause, Action& action);
  void check_child_clause(const ClauseView& clause, const Action& action);
  void check_handled_once(const ClauseView& clause, std::map<std::string, core::Span>& handled);
  void check_ladders(const Action& action);
  void check_final_filters(const Action& policy, const Action& action, const ClauseView& clause);
  Used used(core::TypeId type) const {
    Used made;
    made.type = type;
    made.parallel_depth = parallel_depth_;
    return made;
  }
  core::Handler handler(const ClauseView& clause, const Action& action, Used& used);
  core::Handler handler(const ClauseView& clause, const Escapes& possible, bool is_open, Used& used,
                        const std::string& what);
  core::TypeId handled_error(const NameView& name, const Escapes& possible, bool is_open,
                             const std::string& what);
  core::SlotId bind_error(const NameView& name, core::TypeId type);
  NodeId body(const BodyView& body, Used& used);

  // Times and keys (retry.cpp).
  enum class Least : std::uint8_t { kNothing, kMoreThanNothing };
  ExpressionId duration(const ExpressionView& expression, const std::string& what,
                        Least least = Least::kNothing);
  enum class KeyOf : std::uint8_t { kSaga, kStep };
  ExpressionId key(const ExpressionView& expression, KeyOf of);
  void check_key_text(ExpressionId key, KeyOf of, const core::Span& span);
  std::optional<base::Duration> fixed_duration(const ExpressionView& expression,
                                               const std::string& what);
  core::Retry retry(const RetryView& view, const Action& action);
  void filters(const RetryView& view, core::Retry& retry, const Action& action);
  core::Schedule schedule(const RetryView& view);
  core::Schedule listed_schedule(const RetryView& view);
  void check_pauses(const core::Schedule& schedule, const core::Span& span);
  core::Schedule named_schedule(const ExpressionView& expression);
  bool set_schedule(core::Schedule& schedule, const std::string& field,
                    const ExpressionView& value);
  std::int64_t whole_number(const ExpressionView& expression, const std::string& what,
                            std::int64_t least, std::int64_t most);
  std::int32_t per_mille(const ExpressionView& expression, const std::string& what,
                         std::int32_t most);

  std::string label_of(const StatementView& statement);
  std::string plain_text(const ExpressionView& text, const std::string& what);
  [[nodiscard]] core::Span at(const dsl::Span& span) const { return module_.at(span); }

  Module& module_;
  Program& program_;
  TypeTable& types_;
  Report& report_;
  SagaView view_;
  SagaResolver resolve_saga_;
  Scopes scopes_;
  NonNull non_null_;
  Surroundings surroundings_;
  ExpressionLowering expressions_;
  core::TypeId result_ = core::kNone;
  std::vector<std::uint32_t> callees_;
  std::vector<Used*> uses_;  // of the constructs that are open, inner last
  // The steps so far of each block that is open, inner last, with those of the blocks inside.
  std::vector<std::vector<std::pair<std::string, NodeId>>> steps_before_;
  [[nodiscard]] NodeId kept_by(NodeId step) const;
  std::vector<NodeId>
      whole_scopes_;  // around the statement, those with a `compensate` of their own
  std::map<NodeId, NodeId> kept_by_;  // steps of a scope that is compensated as a whole, by step
  std::size_t parallel_depth_ = 0;    // of `parallel` and `for … parallel n` that are open
  std::size_t loop_depth_ = 0;        // of `for` that are open
  std::size_t else_depth_ = 0;        // of arms before those that are open: each is an `else`
};

// The word with which a clause begins.
const char* word_of(ClauseKind kind);

}  // namespace saga::dsl
