#include "dsl/check/size.hpp"

#include <string>
#include <utility>

#include "engine/base/limits.hpp"

namespace saga::dsl {

namespace {

template <class Row>
std::size_t bytes_of_all(const std::vector<Row>& rows) {
  return rows.size() * sizeof(Row);
}

std::size_t bytes_of_call(const core::Call& call) {
  std::size_t bytes = bytes_of_all(call.arguments) + bytes_of_all(call.handlers);
  for (const core::Retry& retry : call.retries) bytes += bytes_of(retry);
  return bytes;
}

}  // namespace

std::size_t bytes_of(const core::Type& type) {
  return sizeof(type) + bytes_of_all(type.fields) + bytes_of_all(type.cases) +
         bytes_of_all(type.case_types);
}

std::size_t bytes_of(const core::Expression& expression) {
  const auto* text = expression.literal.as<std::string>();
  return sizeof(expression) + bytes_of_all(expression.arguments) +
         (text == nullptr ? 0 : text->size());
}

std::size_t bytes_of(const core::Slot& slot) { return sizeof(slot) + slot.name.size(); }

std::size_t bytes_of(const core::Retry& retry) {
  return sizeof(retry) + bytes_of_all(retry.schedule.delays) + bytes_of_all(retry.when);
}

std::size_t bytes_of(const core::Node& node) {
  std::size_t bytes = sizeof(node);
  if (const auto* block = std::get_if<core::BlockNode>(&node.body))
    bytes += bytes_of_all(block->statements);
  if (const auto* step = std::get_if<core::StepNode>(&node.body)) {
    bytes += bytes_of_call(step->action) + bytes_of_call(step->compensation.call) +
             bytes_of_call(step->compensation_unknown.call);
  }
  if (const auto* scope = std::get_if<core::ScopeNode>(&node.body)) {
    for (const core::Retry& retry : scope->again) bytes += bytes_of(retry);
  }
  if (const auto* back = std::get_if<core::RollbackNode>(&node.body))
    bytes += bytes_of_all(back->steps);
  return bytes;
}

std::size_t bytes_of(const core::Operation& operation) {
  return sizeof(operation) + bytes_of_all(operation.errors) +
         bytes_of_all(operation.resolve_arguments);
}

void charge(Program& program, std::size_t bytes, const core::Span& span, Report& report) {
  program.bytes += bytes;
  if (program.is_full || program.bytes <= base::limits::kMaxTableBytes) return;
  program.is_full = true;
  report
      .error_even_if_muted("E0116", span,
                           "up to here the sagas say more than can be compiled together")
      .note("functions, policies and defaults count each time that they are used")
      .help("put sagas into several files, or bind by `let` what is used often");
  report.end();
}

}  // namespace saga::dsl
