#include "dsl/lower/extract.hpp"

#include <utility>

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
void visit_ids(core::Call& call, Ids& ids) {
  ids.operation(call.operation);
  ids.child(call.child);
  for (core::ExpressionId& each : call.arguments) ids.expression(each);
  ids.expression(call.key);
  ids.expression(call.timeout);
  ids.expression(call.within);
  for (core::Retry& retry : call.retries) {
    ids.expression(retry.after);
    ids.expression(retry.within);
    ids.slot(retry.slot);
  }
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
  }
  void operator()(core::ParallelNode& node) const {
    for (core::NodeId& each : node.branches) ids.node(each);
    visit_ids(node.handlers, ids);
    ids.node(node.fallback);
  }
  void operator()(core::BranchNode& node) const { ids.node(node.block); }
  void operator()(core::IfNode& node) const {
    ids.expression(node.condition);
    ids.node(node.then_block);
    ids.node(node.else_block);
  }
  void operator()(core::ForNode& node) const {
    ids.slot(node.item);
    ids.expression(node.list);
    ids.node(node.block);
  }
  void operator()(core::RequireNode& node) const {
    ids.expression(node.condition);
    ids.node(node.otherwise);
  }
  void operator()(core::FailNode& node) const { ids.expression(node.error); }
  void operator()(core::ReturnNode& node) const { ids.expression(node.value); }
  void operator()(core::UseNode& node) const { ids.expression(node.value); }
  void operator()(core::SleepNode& node) const {
    ids.expression(node.duration);
    ids.expression(node.until);
  }
  void operator()(core::NoteNode& node) const { ids.expression(node.text); }
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
  visit_ids(header.span, ids);
}

// Which rows of one table are reached, and their new numbers.
class Selection {
 public:
  explicit Selection(std::size_t rows) : numbers_(rows, kNone) {}

  bool select(std::uint32_t id) {
    if (id == kNone || numbers_[id] != kNone) return false;
    numbers_[id] = 0;
    return true;
  }
  void number() {
    std::uint32_t next = 0;
    for (std::uint32_t& each : numbers_) {
      if (each != kNone) each = next++;
    }
  }
  [[nodiscard]] std::uint32_t of(std::uint32_t id) const {
    return id == kNone ? kNone : numbers_[id];
  }

  // The selected rows of `table`, in order.
  template <class Row>
  [[nodiscard]] std::vector<Row> rows(const std::vector<Row>& table) const {
    std::vector<Row> kept;
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (numbers_[i] != kNone) kept.push_back(table[i]);
    }
    return kept;
  }
  [[nodiscard]] const std::vector<std::uint32_t>& numbers() const { return numbers_; }

 private:
  std::vector<std::uint32_t> numbers_;
};

struct Selections {
  explicit Selections(const Program& program)
      : types(program.tables.types.size()),
        expressions(program.tables.expressions.size()),
        slots(program.tables.slots.size()),
        nodes(program.tables.nodes.size()),
        operations(program.tables.operations.size()),
        files(program.tables.sources.size()),
        children(program.sagas.size()) {}
  Selection types, expressions, slots, nodes, operations, files, children;
};

// Follows ids from row to row until nothing new is reached.
class Marker {
 public:
  Marker(const Program& program, Selections& selected)
      : program_(program), tables_(program.tables), selected_(selected) {}

  void type(std::uint32_t id) { mark(selected_.types, tables_.types, id); }
  void expression(std::uint32_t id) { mark(selected_.expressions, tables_.expressions, id); }
  void slot(std::uint32_t id) { mark(selected_.slots, tables_.slots, id); }
  void node(std::uint32_t id) { mark(selected_.nodes, tables_.nodes, id); }
  void operation(std::uint32_t id) { mark(selected_.operations, tables_.operations, id); }
  void file(std::uint32_t id) { selected_.files.select(id); }
  void child(std::uint32_t id) {
    if (selected_.children.select(id)) type(program_.sagas[id].header.input);
  }

 private:
  template <class Row>
  void mark(Selection& selection, const std::vector<Row>& table, std::uint32_t id) {
    if (!selection.select(id)) return;
    Row row = table[id];
    visit_ids(row, *this);
  }
  const Program& program_;
  const core::Definition& tables_;
  Selections& selected_;
};

class Renumber {
 public:
  explicit Renumber(const Selections& selected) : selected_(selected) {}
  void type(std::uint32_t& id) const { id = selected_.types.of(id); }
  void expression(std::uint32_t& id) const { id = selected_.expressions.of(id); }
  void slot(std::uint32_t& id) const { id = selected_.slots.of(id); }
  void node(std::uint32_t& id) const { id = selected_.nodes.of(id); }
  void operation(std::uint32_t& id) const { id = selected_.operations.of(id); }
  void file(std::uint32_t& id) const { id = selected_.files.of(id); }
  void child(std::uint32_t& id) const { id = selected_.children.of(id); }

 private:
  const Selections& selected_;
};

template <class Row>
std::vector<Row> renumbered(const Selection& selection, const std::vector<Row>& table,
                            const Renumber& ids) {
  std::vector<Row> rows = selection.rows(table);
  for (Row& row : rows) visit_ids(row, ids);
  return rows;
}

}  // namespace

core::Definition extract(const Program& program, const SagaEntry& saga,
                         const std::vector<std::shared_ptr<const core::Definition>>& finished) {
  Selections selected(program);
  core::Definition made = saga.header;
  Marker marker(program, selected);
  visit_ids(made, marker);
  for (Selection* each : {&selected.types, &selected.expressions, &selected.slots, &selected.nodes,
                          &selected.operations, &selected.files, &selected.children}) {
    each->number();
  }
  const Renumber ids(selected);
  visit_ids(made, ids);
  const core::Definition& tables = program.tables;
  made.sources = selected.files.rows(tables.sources);
  made.types = renumbered(selected.types, tables.types, ids);
  made.expressions = renumbered(selected.expressions, tables.expressions, ids);
  made.slots = renumbered(selected.slots, tables.slots, ids);
  made.nodes = renumbered(selected.nodes, tables.nodes, ids);
  made.operations = renumbered(selected.operations, tables.operations, ids);
  for (std::size_t i = 0; i < program.sagas.size(); ++i) {
    if (selected.children.of(static_cast<std::uint32_t>(i)) == kNone) continue;
    core::ChildRef child;
    child.definition = finished[i]->name;
    child.hash = finished[i]->hash;
    child.input = selected.types.of(program.sagas[i].header.input);
    child.has_pivot = finished[i]->has_pivot;
    made.children.push_back(std::move(child));
  }
  return made;
}

}  // namespace saga::dsl
