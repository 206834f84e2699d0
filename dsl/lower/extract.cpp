#include "dsl/lower/extract.hpp"

#include <algorithm>
#include <utility>

#include "dsl/check/size.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

using core::kNone;

namespace {

// Calls `ids` for each id inside a row, with its kind: ids.type(x), ids.expression(x) …; `x` may be
// changed. The one place that knows where ids are.
template <class Ids>
void visit_ids(core::Span& span, Ids& ids) {
  if (span.end != 0) ids.file(span.file);  // an absent part has no span
}

template <class Ids>
void visit_ids(core::Type& type, Ids& ids) {
  ids.type(type.key);
  ids.type(type.element);
  for (core::FieldType& field : type.fields) {
    ids.type(field.type);
    ids.expression(field.default_value);
  }
  for (core::TypeId& each : type.case_types) ids.type(each);
  ids.expression(type.where);
  ids.slot(type.where_slot);
}

template <class Ids>
void visit_ids(core::Expression& expression, Ids& ids) {
  ids.type(expression.type);
  for (core::ExpressionId& each : expression.arguments) ids.expression(each);
  ids.slot(expression.slot);
  ids.node(expression.node);
  ids.file(expression.file);
}

template <class Ids>
void visit_ids(core::Operation& operation, Ids& ids) {
  ids.type(operation.input);
  ids.type(operation.result);
  for (core::TypeId& each : operation.errors) ids.type(each);
  ids.operation(operation.resolve);
  visit_ids(operation.span, ids);
}

template <class Ids>
void visit_ids(core::Slot& slot, Ids& ids) {
  ids.type(slot.type);
}

template <class Ids>
void visit_ids(std::vector<core::Handler>& handlers, Ids& ids) {
  for (core::Handler& handler : handlers) {
    ids.slot(handler.slot);
    ids.node(handler.body);
  }
}

template <class Ids>
void visit_ids(std::vector<core::Retry>& retries, Ids& ids) {
  for (core::Retry& retry : retries) {
    ids.expression(retry.after);
    ids.expression(retry.within);
    ids.slot(retry.slot);
  }
}

template <class Ids>
void visit_ids(core::Call& call, Ids& ids) {
  ids.operation(call.operation);
  ids.child(call.child);
  for (core::ExpressionId& each : call.arguments) ids.expression(each);
  ids.expression(call.key);
  ids.expression(call.timeout);
  ids.expression(call.within);
  visit_ids(call.retries, ids);
  visit_ids(call.handlers, ids);
  ids.node(call.fallback);
}

template <class Ids>
void visit_ids(core::Compensation& compensation, Ids& ids) {
  visit_ids(compensation.call, ids);
  ids.node(compensation.block);
  visit_ids(compensation.span, ids);
}

// One overload for each body of a node.
template <class Ids>
struct BodyVisitor {
  Ids& ids;
  void operator()(core::BlockNode& node) const {
    for (core::NodeId& each : node.statements) ids.node(each);
  }
  void operator()(core::LetNode& node) const {
    ids.slot(node.slot);
    ids.expression(node.value);
  }
  void operator()(core::StepNode& node) const {
    visit_ids(node.action, ids);
    ids.slot(node.slot);
    visit_ids(node.compensation, ids);
    visit_ids(node.compensation_unknown, ids);
  }
  void operator()(core::ScopeNode& node) const {
    ids.node(node.block);
    visit_ids(node.handlers, ids);
    ids.node(node.fallback);
    ids.node(node.compensation);
    visit_ids(node.again, ids);
  }
  void operator()(core::ParallelNode& node) const {
    for (core::NodeId& each : node.branches) ids.node(each);
    visit_ids(node.handlers, ids);
    ids.node(node.fallback);
    ids.slot(node.result);
  }
  void operator()(core::BranchNode& node) const {
    ids.node(node.block);
    ids.slot(node.used);
  }
  void operator()(core::IfNode& node) const {
    ids.expression(node.condition);
    ids.node(node.then_block);
    ids.node(node.else_block);
  }
  void operator()(core::ForNode& node) const {
    ids.slot(node.item);
    ids.expression(node.list);
    ids.node(node.block);
    ids.slot(node.used);
    ids.slot(node.result);
  }
  void operator()(core::RepeatNode& node) const {
    ids.expression(node.every);
    ids.slot(node.round);
    ids.node(node.block);
    ids.node(node.otherwise);
    ids.slot(node.result);
  }
  void operator()(core::RequireNode& node) const {
    ids.expression(node.condition);
    ids.node(node.otherwise);
  }
  void operator()(core::FailNode& node) const { ids.expression(node.error); }
  void operator()(core::ReturnNode& node) const { ids.expression(node.value); }
  void operator()(core::UseNode& node) const {
    ids.expression(node.value);
    ids.node(node.target);
  }
  void operator()(core::SleepNode& node) const {
    ids.expression(node.duration);
    ids.expression(node.until);
  }
  void operator()(core::NoteNode& node) const { ids.expression(node.text); }
  void operator()(core::AlertNode& node) const {
    ids.expression(node.text);
    ids.expression(node.to);
  }
  void operator()(core::EscalateNode& node) const {
    ids.expression(node.text);
    ids.expression(node.to);
  }
  void operator()(core::ReplyNode& node) const { ids.expression(node.value); }
  void operator()(core::RollbackNode& node) const {
    for (core::NodeId& each : node.steps) ids.node(each);
  }
};

template <class Ids>
void visit_ids(core::Node& node, Ids& ids) {
  visit_ids(node.span, ids);
  std::visit(BodyVisitor<Ids>{ids}, node.body);
}

template <class Ids>
void visit_ids(core::Definition& header, Ids& ids) {
  ids.type(header.input);
  for (core::SlotId& each : header.parameters) ids.slot(each);
  ids.type(header.result);
  ids.expression(header.key);
  ids.expression(header.deadline);
  ids.node(header.root);
  ids.node(header.on_failed);
  ids.slot(header.on_failed_slot);
  ids.node(header.on_completed);
  ids.slot(header.on_completed_slot);
  ids.node(header.on_stuck);
  ids.slot(header.on_stuck_slot);
  visit_ids(header.span, ids);
}

}  // namespace

// Which rows of one table a saga reaches, and their new numbers. Taken up again for each saga, so
// that a saga costs what it reaches, and not what the whole file holds.
class Extractor::Selection {
 public:
  explicit Selection(std::size_t rows) : chosen_in_(rows, 0), numbers_(rows, kNone) {}

  void begin() {
    ++round_;
    ids_.clear();
  }
  bool select(std::uint32_t id) {
    if (id == kNone || chosen_in_[id] == round_) return false;
    chosen_in_[id] = round_;
    ids_.push_back(id);
    return true;
  }
  void number() {
    std::ranges::sort(ids_);
    for (std::size_t i = 0; i < ids_.size(); ++i) numbers_[ids_[i]] = static_cast<std::uint32_t>(i);
  }
  // Requires: selected, or kNone.
  [[nodiscard]] std::uint32_t of(std::uint32_t id) const {
    return id == kNone ? kNone : numbers_[id];
  }
  [[nodiscard]] const std::vector<std::uint32_t>& ids() const { return ids_; }

  template <class Row>
  [[nodiscard]] std::size_t bytes(const std::vector<Row>& table) const {
    std::size_t sum = 0;
    for (const std::uint32_t id : ids_) sum += bytes_of(table[id]);
    return sum;
  }

  // The selected rows of `table`, in order.
  template <class Row>
  [[nodiscard]] std::vector<Row> rows(const std::vector<Row>& table) const {
    std::vector<Row> kept;
    kept.reserve(ids_.size());
    for (const std::uint32_t id : ids_) kept.push_back(table[id]);
    return kept;
  }

 private:
  std::uint32_t round_ = 0;
  std::vector<std::uint32_t> chosen_in_;  // the round in which a row was selected last
  std::vector<std::uint32_t> numbers_;
  std::vector<std::uint32_t> ids_;
};

struct Extractor::Selections {
  explicit Selections(const Program& program)
      : types(program.tables.types.size()),
        expressions(program.tables.expressions.size()),
        slots(program.tables.slots.size()),
        nodes(program.tables.nodes.size()),
        operations(program.tables.operations.size()),
        files(program.tables.sources.size()),
        children(program.sagas.size()) {}
  Selection types, expressions, slots, nodes, operations, files, children;

  [[nodiscard]] std::size_t bytes(const core::Definition& tables) const {
    return types.bytes(tables.types) + expressions.bytes(tables.expressions) +
           slots.bytes(tables.slots) + nodes.bytes(tables.nodes) +
           operations.bytes(tables.operations);
  }

  template <class Do>
  void each(Do apply) {
    for (Selection* one : {&types, &expressions, &slots, &nodes, &operations, &files, &children})
      apply(*one);
  }
};

// Follows ids from row to row until nothing new is reached. Rows wait in a list, for a chain of
// them may be as long as a file.
class Extractor::Marker {
 public:
  Marker(const Program& program, Selections& selected) : program_(program), selected_(selected) {}

  void type(std::uint32_t id) { note(selected_.types, types_, id); }
  void expression(std::uint32_t id) { note(selected_.expressions, expressions_, id); }
  void slot(std::uint32_t id) { note(selected_.slots, slots_, id); }
  void node(std::uint32_t id) { note(selected_.nodes, nodes_, id); }
  void operation(std::uint32_t id) { note(selected_.operations, operations_, id); }
  void file(std::uint32_t id) { selected_.files.select(id); }
  void child(std::uint32_t id) {
    if (selected_.children.select(id)) type(program_.sagas[id].header.input);
  }

  void run() {
    const core::Definition& tables = program_.tables;
    while (take(nodes_, tables.nodes) || take(operations_, tables.operations) ||
           take(slots_, tables.slots) || take(expressions_, tables.expressions) ||
           take(types_, tables.types)) {
    }
  }

 private:
  using Waiting = std::vector<std::uint32_t>;

  static void note(Selection& selection, Waiting& waiting, std::uint32_t id) {
    if (selection.select(id)) waiting.push_back(id);
  }
  template <class Row>
  bool take(Waiting& waiting, const std::vector<Row>& table) {
    if (waiting.empty()) return false;
    Row row = table[waiting.back()];
    waiting.pop_back();
    visit_ids(row, *this);
    return true;
  }

  const Program& program_;
  Selections& selected_;
  Waiting types_, expressions_, slots_, nodes_, operations_;
};

class Extractor::Renumber {
 public:
  explicit Renumber(const Selections& selected) : selected_(selected) {}
  void type(std::uint32_t& id) const { id = selected_.types.of(id); }
  void expression(std::uint32_t& id) const { id = selected_.expressions.of(id); }
  void slot(std::uint32_t& id) const { id = selected_.slots.of(id); }
  void node(std::uint32_t& id) const { id = selected_.nodes.of(id); }
  void operation(std::uint32_t& id) const { id = selected_.operations.of(id); }
  void file(std::uint32_t& id) const { id = selected_.files.of(id); }
  void child(std::uint32_t& id) const { id = selected_.children.of(id); }

  template <class Row>
  std::vector<Row> rows(const Selection& selection, const std::vector<Row>& table) const {
    std::vector<Row> kept = selection.rows(table);
    for (Row& row : kept) visit_ids(row, *this);
    return kept;
  }

 private:
  const Selections& selected_;
};

Extractor::Extractor(const Program& program)
    : program_(program), selected_(std::make_unique<Selections>(program)) {}

Extractor::~Extractor() = default;

std::optional<core::Definition> Extractor::extract(
    const SagaEntry& saga, const std::vector<std::shared_ptr<const core::Definition>>& finished) {
  selected_->each([](Selection& one) { one.begin(); });
  core::Definition made = saga.header;
  Marker marker(program_, *selected_);
  visit_ids(made, marker);
  marker.run();
  bytes_ += sizeof(made) + selected_->bytes(program_.tables);
  if (bytes_ > base::limits::kMaxDefinitionBytes) return std::nullopt;
  selected_->each([](Selection& one) { one.number(); });
  const Renumber ids(*selected_);
  visit_ids(made, ids);
  const core::Definition& tables = program_.tables;
  made.sources = selected_->files.rows(tables.sources);
  made.types = ids.rows(selected_->types, tables.types);
  made.expressions = ids.rows(selected_->expressions, tables.expressions);
  made.slots = ids.rows(selected_->slots, tables.slots);
  made.nodes = ids.rows(selected_->nodes, tables.nodes);
  made.operations = ids.rows(selected_->operations, tables.operations);
  for (const std::uint32_t i : selected_->children.ids()) {
    core::ChildRef child;
    child.definition = finished[i]->name;
    child.hash = finished[i]->hash;
    child.input = selected_->types.of(program_.sagas[i].header.input);
    child.has_pivot = finished[i]->has_pivot;
    made.children.push_back(std::move(child));
  }
  return made;
}

}  // namespace saga::dsl
