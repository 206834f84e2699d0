#include "dsl/check/flow.hpp"

#include "dsl/check/control.hpp"
#include "dsl/check/reply.hpp"
#include "dsl/check/type_table.hpp"

namespace saga::dsl {

using core::BlockNode;
using core::Compensation;
using core::kNone;
using core::NodeId;
using core::StepNode;

namespace {

core::Span end_of(const core::Span& block) {
  return {block.file, block.end > block.begin ? block.end - 1 : block.begin, block.end};
}

class ReachRules {
 public:
  ReachRules(const Program& program, Report& report) : program_(program), report_(report) {}

  void check(NodeId root) {
    walk(program_.tables, root, [&](NodeId id) {
      const core::NodeBody& body = program_.node(id).body;
      if (const auto* block = std::get_if<BlockNode>(&body)) check_block(*block);
      check_value(id);
      if (const auto* step = std::get_if<StepNode>(&body)) {
        check_compensation(step->compensation);
        check_compensation(step->compensation_unknown);
      } else if (const auto* scope = std::get_if<core::ScopeNode>(&body)) {
        if (scope->compensation != kNone) check(scope->compensation);
      }
    });
  }

 private:
  void check_compensation(const Compensation& compensation) {
    if (compensation.kind == Compensation::Kind::kBlock) check(compensation.block);
    if (compensation.kind != Compensation::Kind::kCall) return;
    for (const core::Handler& handler : compensation.call.handlers) check(handler.body);
    if (compensation.call.fallback != kNone) check(compensation.call.fallback);
  }

  // E0202: a part of a construct whose value is bound, and that ends without giving one.
  void check_value(NodeId id) {
    const core::NodeBody& body = program_.node(id).body;
    if (const auto* loop = std::get_if<core::ForNode>(&body)) {
      if (loop->result != kNone) check_part(id, loop->block, "a round");
    } else if (const auto* repeat = std::get_if<core::RepeatNode>(&body)) {
      const bool takes = repeat->result != kNone && repeat->otherwise != kNone;
      if (takes) check_part(id, repeat->otherwise, "the `else`");
    } else if (const auto* parallel = std::get_if<core::ParallelNode>(&body)) {
      if (parallel->result != kNone) check_handlers(id, parallel->handlers, parallel->fallback);
      for (const NodeId each : parallel->branches) {
        const auto* branch = std::get_if<core::BranchNode>(&program_.node(each).body);
        const bool takes = parallel->result != kNone && branch != nullptr;
        if (takes && (parallel->is_any || branch->used != kNone)) check_branch(id, each, *branch);
      }
    }
  }

  void check_part(NodeId construct, NodeId part, const std::string& what) {
    if (!completes(program_.tables, part) || !gives_value(program_.tables, construct)) return;
    const core::SlotId result = result_of(construct);
    report_
        .error("E0202", program_.facts.at(construct).name,
               what + " can end without a value for `" + program_.tables.slots[result].name + "`")
        .label(end_of(program_.node(part).span), "this end can be reached")
        .help("end each path with `use …`, `fail …` or `return …`");
  }

  void check_branch(NodeId construct, NodeId id, const core::BranchNode& branch) {
    // A step of `parallel any` without a value is reported where it stands.
    if (!completes(program_.tables, branch.block) || program_.node(id).name.empty()) return;
    const std::string result = program_.tables.slots[result_of(construct)].name;
    report_
        .error("E0202", program_.facts.at(id).name,
               "`" + program_.node(id).name + "` can end without a value for `" + result + "`")
        .label(end_of(program_.node(branch.block).span), "this end can be reached")
        .help("end each path with `use …`, `fail …` or `return …`");
  }

  // A handler goes on behind the `parallel`, where its value would be read.
  void check_handlers(NodeId construct, const std::vector<core::Handler>& handlers,
                      NodeId fallback) {
    std::vector<NodeId> bodies;
    for (const core::Handler& handler : handlers) bodies.push_back(handler.body);
    if (fallback != kNone) bodies.push_back(fallback);
    for (const NodeId body : bodies) {
      if (!completes(program_.tables, body)) continue;
      report_
          .error("E0204", program_.facts.at(construct).name,
                 "`" + program_.tables.slots[result_of(construct)].name +
                     "` has no value where a handler goes on")
          .label(program_.node(body).span, "goes on without one")
          .help("end the handler with `fail …` or `return …`");
      return;
    }
  }

  [[nodiscard]] core::SlotId result_of(NodeId construct) const {
    const core::NodeBody& body = program_.node(construct).body;
    if (const auto* loop = std::get_if<core::ForNode>(&body)) return loop->result;
    if (const auto* repeat = std::get_if<core::RepeatNode>(&body)) return repeat->result;
    return std::get<core::ParallelNode>(body).result;
  }

  // One diagnostic a block: what follows is unreachable for the same reason.
  void check_block(const BlockNode& block) {
    for (std::size_t i = 0; i + 1 < block.statements.size(); ++i) {
      if (completes(program_.tables, block.statements[i])) continue;
      report_.error("E0201", program_.node(block.statements[i + 1]).span, "nothing ever comes here")
          .label(program_.node(block.statements[i]).span, "every path ends here")
          .help("remove it, or move it up");
      return;
    }
  }

  const Program& program_;
  Report& report_;
};

}  // namespace

void check_flow(const Program& program, const SagaEntry& saga, Report& report) {
  ReachRules(program, report).check(saga.header.root);
  for (const NodeId ending : endings_of(saga.header)) ReachRules(program, report).check(ending);
  const bool replied = check_replies(program, saga, report);
  const core::TypeId result = saga.header.result;
  if (result == kNone || program.tables.types[result].kind == core::TypeKind::kNothing) return;
  if (!completes(program.tables, saga.header.root) || replied) return;
  report
      .error("E0202", saga.result,
             "a path of `" + short_name(saga.header.name) + "` ends without a result")
      .label(end_of(program.node(saga.header.root).span), "this end can be reached")
      .help("end each path with `return …` or `fail …`");
}

}  // namespace saga::dsl
