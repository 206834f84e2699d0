#include "dsl/check/query.hpp"

#include <algorithm>
#include <variant>

#include "dsl/check/flow.hpp"
#include "dsl/check/places.hpp"
#include "dsl/lower/saga.hpp"

namespace saga::dsl {
namespace {

// E0113 for a step that changes something.
void check_reads(const Program& program, const SagaEntry& query, Report& report) {
  for (const Place& place : places_of(program, query)) {
    const core::Node& node = program.node(place.node);
    const auto* step = std::get_if<core::StepNode>(&node.body);
    if (step == nullptr) continue;
    if (step->is_pivot) {
      report.error("E0113", program.facts.at(place.node).name,
                   "a query has no pivot: it changes nothing");
    }
    const core::Operation* called = program.operation(step->action);
    if (called == nullptr || called->effect == core::OperationEffect::kRead) continue;
    report
        .error("E0113", program.facts.at(place.node).action.callee,
               "a query only reads, and `" + program.callee_name(step->action) + "` does more")
        .help("call a `read` operation, or write a saga instead");
  }
}

}  // namespace

void check_queries(Module& module, Program& program, const std::vector<Unavailable>& missing) {
  for (const SagaView& view : module.queries()) {
    if (program.is_full) return;
    const auto no_saga = [&](std::size_t, const core::Span& span) -> std::optional<std::uint32_t> {
      module.report().error("E0113", span, "a query only reads, and calls no saga");
      return std::nullopt;
    };
    const SagaEntry query = SagaLowering(module, view, no_saga).lower();
    check_reads(program, query, module.report());
    const bool hides_paths = std::ranges::any_of(missing, [&](const Unavailable& each) {
      return each.hides_paths && each.span.begin >= query.header.span.begin &&
             each.span.begin < query.header.span.end;
    });
    if (!hides_paths) check_flow(program, query, module.report());
  }
}

}  // namespace saga::dsl
