#include "dsl/lower/saga.hpp"

#include <algorithm>
#include <utility>

#include "dsl/check/control.hpp"
#include "dsl/check/places.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

using core::NodeId;
using core::TypeId;
using core::TypeKind;

SagaLowering::SagaLowering(Module& module, SagaView view, SagaResolver resolve_saga)
    : module_(module),
      program_(module.program()),
      types_(module.types()),
      report_(module.report()),
      view_(std::move(view)),
      resolve_saga_(std::move(resolve_saga)),
      non_null_(program_.tables),
      expressions_(module, scopes_, non_null_, surroundings_) {}

SagaEntry SagaLowering::lower() {
  SagaEntry entry;
  const std::string name = view_.name().text();
  entry.header.name = module_.full_name(name);
  entry.header.span = at(view_.span());
  entry.name = at(view_.name().span());
  entry.has_trigger = !view_.parts(NodeKind::kTrigger).empty();
  scopes_.open();
  lower_header(entry);
  check_header();
  collect_names(view_.body());
  surroundings_.part = Surroundings::Part::kForward;
  std::vector<Binding> bound;
  entry.header.root = block(view_.body(), &bound);
  lower_endings(entry);
  for (const Binding& each : bound) warn_unused(each);
  entry.callees = std::move(callees_);
  mark_pivots(program_, entry);
  entry.escapes = escapes_of(program_, entry.header.root);
  check_limits(entry);
  return entry;
}

// E0116 for what would make the callers of this saga, and theirs, too large.
void SagaLowering::check_limits(SagaEntry& entry) {
  for (const std::uint32_t callee : entry.callees) {
    entry.chain = std::max(entry.chain, program_.sagas[callee].chain + 1);
    entry.is_cut = entry.is_cut || program_.sagas[callee].is_cut;
  }
  std::set<std::string>& errors = entry.escapes.errors;
  const bool has_many = errors.size() > base::limits::kMaxErrors;
  // Only the first that is too large: its callers are so by its fault.
  if (!entry.is_cut && entry.chain > base::limits::kMaxCallChain) {
    report_
        .error("E0116", entry.name,
               "this saga stands at the end of more than " +
                   std::to_string(base::limits::kMaxCallChain) + " that call each other")
        .help("call them side by side from one saga, and not one from the other");
  }
  if (!entry.is_cut && has_many) {
    report_
        .error("E0116", entry.name,
               "this saga can fail with " + std::to_string(errors.size()) +
                   " different errors, and at most " + std::to_string(base::limits::kMaxErrors) +
                   " are followed to its callers")
        .help("handle some of them inside: `on A, B as e { fail Other(e.message) }`");
  }
  entry.is_cut = entry.is_cut || has_many || entry.chain > base::limits::kMaxCallChain;
  if (!has_many) return;
  errors.clear();
  entry.escapes.any_error = true;
}

void SagaLowering::lower_header(SagaEntry& entry) {
  core::Definition& header = entry.header;
  const std::vector<FieldView> views = view_.parameters().fields();
  const std::vector<core::FieldType> parameters = module_.fields(views);
  header.input = types_.anonymous_record(parameters);
  std::size_t index = 0;
  for (const FieldView& parameter : views) {
    Binding bound;
    bound.kind = Binding::Kind::kParameter;
    bound.name = parameter.name().text();
    bound.span = at(parameter.name().span());
    bound.type = parameters[index++].type;
    bound.slot = module_.new_slot(bound.name, bound.type);
    header.parameters.push_back(bound.slot);
    bind(std::move(bound));
  }
  const auto result = view_.result();
  entry.result = result ? at(result->span()) : entry.name;
  result_ = header.result = result ? module_.type(*result) : types_.basic(TypeKind::kNothing);
  surroundings_.part = Surroundings::Part::kForward;
  triggers(parameters);
  if (const auto key = view_.key()) header.key = this->key(*key, KeyOf::kSaga);
  if (const auto deadline = view_.deadline()) {
    header.deadline = duration(*deadline, "`deadline`", Least::kMoreThanNothing);
    entry.deadline = at(deadline->span());
  }
  if (const auto version = view_.version())
    header.version = whole_number(*version, "`version`", 1, 1'000'000'000);
}

void SagaLowering::lower_endings(SagaEntry& entry) {
  core::Definition& header = entry.header;
  const std::vector<EndingView> endings = view_.endings();
  const auto lower = [&](const char* ending, NodeId& block, core::SlotId& slot) {
    const auto found = std::ranges::find(endings, ending, &EndingView::ending);
    if (found != endings.end()) lower_ending(*found, block, slot);
  };
  lower("failed", header.on_failed, header.on_failed_slot);
  lower("completed", header.on_completed, header.on_completed_slot);
  lower("stuck", header.on_stuck, header.on_stuck_slot);
}

void SagaLowering::lower_ending(const EndingView& ending, NodeId& block, core::SlotId& slot) {
  surroundings_.part = Surroundings::Part::kEnding;
  surroundings_.ending = "on " + ending.ending();
  non_null_.restore(0);
  scopes_.open();
  if (const auto as = ending.alias()) {
    TypeId type = types_.basic(TypeKind::kAnyError);
    if (ending.ending() == "completed") type = result_;
    if (types_.is(type, TypeKind::kNothing)) {
      report_.error("E0103", at(as->span()), "the saga declares no result to name here")
          .help("leave out `as " + as->text() + "`");
      type = kUnknownType;
    }
    slot = bind_error(*as, type);
  }
  block = this->block(ending.block());
  close_block();
}

// E0113 for a part of the header, or an ending, that stands twice.
void SagaLowering::check_header() {
  std::map<std::string, core::Span> known;
  for (const View& part : view_.parts()) {
    std::vector<std::string> words = part.tokens();
    const bool is_ending = part.syntax() == NodeKind::kEnding;
    const bool counts =
        is_ending || part.syntax() == NodeKind::kOption || part.syntax() == NodeKind::kVersion;
    if (!counts || words.empty()) continue;
    const std::string word = is_ending ? "on " + EndingView(part).ending() : words.front();
    const auto [first, is_new] = known.try_emplace(word, at(part.span()));
    if (is_new) continue;
    report_.error("E0113", at(part.span()), "a second `" + word + "` of one saga")
        .label(first->second, "the first");
  }
}

// The names that the saga binds anywhere, to tell "later" from "never".
void SagaLowering::collect_names(const BlockView& block) {
  for (const StatementView& each : block.statements()) collect_names(each);
}

void SagaLowering::collect_names(const StatementView& statement) {
  const bool binds =
      statement.kind() == StatementKind::kLet || statement.kind() == StatementKind::kStep;
  if (binds)
    surroundings_.bound_elsewhere.emplace(statement.name().text(), at(statement.name().span()));
  for (const BlockView& block : {statement.block(), statement.else_block().value_or(BlockView())})
    collect_names(block);
  if (const StatementView other = statement.else_if(); other.exists()) collect_names(other);
  for (const StatementView& each : statement.branches()) collect_names(each);
  for (const MatchArmView& arm : statement.arms()) {
    for (const NameView& name : arm.pattern().bindings())
      surroundings_.bound_elsewhere.emplace(name.text(), at(name.span()));
    collect_names(arm.block().value_or(BlockView()));
    if (arm.statement().exists()) collect_names(arm.statement());
  }
  if (const StatementView construct = statement.construct(); construct.exists())
    collect_names(construct);
}

NodeId SagaLowering::reserve(const core::Span& span, std::string name, std::string label) {
  core::Node node;
  node.name = std::move(name);
  node.label = std::move(label);
  node.span = span;
  program_.tables.nodes.push_back(std::move(node));
  return static_cast<NodeId>(program_.tables.nodes.size() - 1);
}

void SagaLowering::fill(NodeId id, core::NodeBody body) {
  program_.tables.nodes[id].body = std::move(body);
}

NodeId SagaLowering::add(const core::Span& span, core::NodeBody body, std::string name) {
  const NodeId id = reserve(span, std::move(name), {});
  fill(id, std::move(body));
  return id;
}

void SagaLowering::bind(Binding binding) {
  if (const Binding* first = scopes_.find(binding.name)) {
    report_.error("E0102", binding.span, "`" + binding.name + "` is bound already")
        .label(first->span, "bound here first")
        .help("choose another name: a name is bound once");
  }
  scopes_.bind(std::move(binding));
}

void SagaLowering::close_block() {
  for (const Binding& each : scopes_.close()) warn_unused(each);
}

void SagaLowering::warn_unused(const Binding& binding) {
  const bool is_faulty = binding.has_value && binding.type == kUnknownType;
  if (binding.is_used || is_faulty || surroundings_.missed.contains(binding.name) ||
      module_.is_mentioned(binding.name)) {
    return;
  }
  if (binding.name.starts_with('_')) return;
  switch (binding.kind) {
    case Binding::Kind::kLet:
      report_.warning("E0203", binding.span, "`" + binding.name + "` is never read");
      break;
    case Binding::Kind::kError:
      report_.warning("E0203", binding.span, "`" + binding.name + "` is never read")
          .help("leave out `as " + binding.name + "`");
      break;
    case Binding::Kind::kStep:
      if (binding.reads_only) {
        report_.warning("E0203", binding.span, "the result of `" + binding.name + "` is never read")
            .help("leave out the step: reading alone changes nothing");
      }
      break;
    default: break;
  }
}

}  // namespace saga::dsl
