#include "dsl/check/flow.hpp"

#include "dsl/check/control.hpp"
#include "dsl/check/type_table.hpp"

namespace saga::dsl {

using core::BlockNode;
using core::Compensation;
using core::kNone;
using core::NodeId;
using core::StepNode;

namespace {

class ReachRules {
 public:
  ReachRules(const Program& program, Report& report) : program_(program), report_(report) {}

  void check(NodeId root) {
    walk(program_.tables, root, [&](NodeId id) {
      const core::NodeBody& body = program_.node(id).body;
      if (const auto* block = std::get_if<BlockNode>(&body)) check_block(*block);
      if (const auto* step = std::get_if<StepNode>(&body)) {
        check_compensation(step->compensation);
        check_compensation(step->compensation_unknown);
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

core::Span end_of(const core::Span& block) {
  return {block.file, block.end > block.begin ? block.end - 1 : block.begin, block.end};
}

}  // namespace

void check_flow(const Program& program, const SagaEntry& saga, Report& report) {
  ReachRules(program, report).check(saga.header.root);
  if (saga.header.on_failed != kNone) ReachRules(program, report).check(saga.header.on_failed);
  const core::TypeId result = saga.header.result;
  if (result == kNone || program.tables.types[result].kind == core::TypeKind::kNothing) return;
  if (!completes(program.tables, saga.header.root)) return;
  report
      .error("E0202", saga.result,
             "a path of `" + short_name(saga.header.name) + "` ends without a result")
      .label(end_of(program.node(saga.header.root).span), "this end can be reached")
      .help("end each path with `return …` or `fail …`");
}

}  // namespace saga::dsl
