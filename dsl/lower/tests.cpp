#include "dsl/lower/tests.hpp"

#include <map>
#include <utility>

#include "dsl/lower/test_lowering.hpp"

namespace saga::dsl {

using core::ExpressionId;
using core::kNone;
using core::TestExpectation;
using core::TestMock;
using core::TypeId;
using core::TypeKind;

std::string written(const core::Operation& operation) {
  return short_name(operation.service) + "." + operation.name;
}

std::optional<LoweredTest> TestLowering::lower() {
  const std::size_t errors = report_.error_count();
  core::TestPlan& plan = made_.plan;
  for (const TextPart& part : view_.title().parts()) plan.name += part.text;
  plan.span = made_.tables.header.span = at(view_.span());
  made_.tables.name = at(view_.title().span());
  made_.tables.header.name = plan.name;
  made_.tables.header.input = made_.tables.header.result = types_.basic(TypeKind::kNothing);
  scopes_.open();
  for (const View& line : lines(NodeKind::kTestLet)) let(line);
  if (!run()) return std::nullopt;
  for (const View& line : lines(NodeKind::kTestMock)) mock(line);
  expectations();
  for (const Binding& each : scopes_.close()) warn_unused(each);
  core::Node root;
  root.span = plan.span;
  root.body = core::BlockNode{std::move(kept_)};
  program_.tables.nodes.push_back(std::move(root));
  made_.tables.header.root = static_cast<core::NodeId>(program_.tables.nodes.size() - 1);
  if (report_.error_count() != errors) return std::nullopt;
  return std::move(made_);
}

std::vector<View> TestLowering::lines(NodeKind kind) const {
  std::vector<View> found = view_.lines();
  std::erase_if(found, [kind](const View& each) { return each.syntax() != kind; });
  return found;
}

ExpressionId TestLowering::keep(ExpressionId expression, core::SlotId slot) {
  core::Node node;
  node.span = made_.plan.span;
  node.body = core::LetNode{slot, expression};
  program_.tables.nodes.push_back(std::move(node));
  kept_.push_back(static_cast<core::NodeId>(program_.tables.nodes.size() - 1));
  return static_cast<ExpressionId>(kept_.size() - 1);
}

core::SlotId TestLowering::bind(const std::string& name, TypeId type, const core::Span& span,
                                bool is_used) {
  if (const Binding* first = scopes_.find(name)) {
    report_.error("E0102", span, "`" + name + "` is bound already")
        .label(first->span, "bound here first");
  }
  Binding bound;
  bound.name = name;
  bound.span = span;
  bound.type = type;
  bound.slot = module_.new_slot(name, type);
  bound.is_used = is_used;
  const core::SlotId slot = bound.slot;
  scopes_.bind(std::move(bound));
  return slot;
}

void TestLowering::let(const View& line) {
  const ExpressionId value = expressions_.lower(expression_in(line));
  const NameView name = name_in(line);
  const core::SlotId slot =
      bind(name.text(), expressions_.build().type_of(value), at(name.span()), false);
  made_.plan.lets.push_back({slot, keep(value, slot)});
}

void TestLowering::warn_unused(const Binding& bound) {
  if (bound.is_used || bound.type == kUnknownType || bound.name.starts_with('_')) return;
  report_.warning("E0203", bound.span, "`" + bound.name + "` is never read");
}

bool TestLowering::run() {
  const std::vector<View> found = lines(NodeKind::kTestRun);
  if (found.empty()) {
    report_.error("E0701", made_.tables.name, "this test runs no saga")
        .help("add the call of one: `run PlaceOrder(…)`");
    return false;
  }
  if (found.size() > 1) {
    report_.error("E0701", at(found[1].span()), "a test runs one saga, this is the second")
        .label(at(found[0].span()), "the first")
        .help("write a second test");
  }
  const ExpressionView call = expression_in(found[0]);
  made_.plan.run = at(found[0].span());
  const auto saga = called_saga(call);
  if (!saga) return false;
  made_.saga = *saga;
  const core::Definition& header = program_.sagas[*saga].header;
  const std::vector<core::FieldType> fields = types_.row(header.input).fields;
  const auto values = expressions_.lower_arguments(call.arguments(), fields,
                                                   short_name(header.name), at(call.span()));
  if (!values) return true;
  for (std::size_t i = 0; i < fields.size(); ++i)
    made_.plan.input.push_back({fields[i].name, keep((*values)[i])});
  return true;
}

std::optional<std::uint32_t> TestLowering::called_saga(const ExpressionView& call) {
  const bool is_call =
      call.kind() == ExpressionKind::kCall && call.callee().kind() == ExpressionKind::kName;
  if (!is_call) {
    report_.error("E0110", at(call.span()), "`run` takes the call of a saga")
        .help("`run PlaceOrder(…)`, with the saga's parameters");
    return std::nullopt;
  }
  const NameView name = call.callee().name();
  const Declared* declared = module_.find(name.text());
  if (declared == nullptr) {
    std::vector<std::string> sagas;
    for (const SagaView& each : module_.sagas()) sagas.push_back(each.name().text());
    module_.suggest(
        report_.error("E0101", at(name.span()), "no saga is called `" + name.text() + "`"),
        name.text(), sagas);
    return std::nullopt;
  }
  if (declared->kind != Declared::Kind::kSaga) {
    module_.report_misused(*declared, at(name.span()), "no saga");
    return std::nullopt;
  }
  return indexes_[Module::saga(*declared)];
}

core::OperationId TestLowering::operation(const std::string& service_name,
                                          const core::Span& service_span, const std::string& name,
                                          const core::Span& span) {
  const Declared* declared = module_.find(service_name);
  if (declared == nullptr && service_name == "Human") {
    report_unavailable(report_, "Human", service_span);
    return kNone;
  }
  if (declared == nullptr) {
    module_.suggest(
        report_.error("E0101", service_span, "no service is called `" + service_name + "`"),
        service_name, module_.names());
    return kNone;
  }
  if (declared->kind == Declared::Kind::kCache) {
    report_unavailable(report_, service_name + "." + name, span);
    return kNone;
  }
  if (declared->kind != Declared::Kind::kService) {
    module_.report_misused(*declared, service_span, "no service");
    return kNone;
  }
  const ServiceDeclaration& service = module_.service(*declared);
  if (const auto found = service.operations.find(name); found != service.operations.end())
    return found->second;
  std::vector<std::string> known;
  for (const auto& [each, id] : service.operations) known.push_back(each);
  module_.suggest(
      report_.error("E0101", span, "`" + service_name + "` has no operation `" + name + "`")
          .label(declared->span, "declared here"),
      name, known);
  return kNone;
}

bool TestLowering::is_reached(core::OperationId id, const core::Span& span,
                              const std::string& what) {
  if (program_.sagas[made_.saga].is_partial || reach_.of(made_.saga).operations.contains(id))
    return true;
  report_
      .error("E0702", span,
             "`" + short_name(program_.sagas[made_.saga].header.name) + "` never calls `" +
                 written(program_.tables.operations[id]) + "`: " + what)
      .label(program_.sagas[made_.saga].name, "neither in a step, a compensation nor a `resolve`");
  return false;
}

std::vector<LoweredTest> lower_tests(Module& module, const FileView& file,
                                     const SagaIndexes& indexes) {
  std::vector<LoweredTest> made;
  std::map<std::string, core::Span> titles;
  ReachFinder reach(module.program());
  for (const TestView& view : file.all<TestView>()) {
    auto lowered = TestLowering(module, indexes, reach, view).lower();
    if (!lowered) continue;
    const auto [first, is_new] = titles.try_emplace(lowered->plan.name, lowered->tables.name);
    if (!is_new) {
      module.report()
          .error("E0102", lowered->tables.name, "a second test of this title")
          .label(first->second, "the first");
    }
    made.push_back(std::move(*lowered));
  }
  return made;
}

core::TestPlan finish_test(
    LoweredTest test, core::Definition tables,
    const std::vector<std::shared_ptr<const core::Definition>>& definitions) {
  core::TestPlan plan = std::move(test.plan);
  const std::vector<core::NodeId>& kept =
      std::get<core::BlockNode>(tables.nodes[tables.root].body).statements;
  const auto let_of = [&](ExpressionId place) {
    return std::get<core::LetNode>(tables.nodes[kept[place]].body);
  };
  const auto find = [&](ExpressionId& id) {
    if (id != kNone) id = let_of(id).value;
  };
  for (core::LetNode& each : plan.lets) each = let_of(each.value);
  for (core::TestArgument& each : plan.input) find(each.value);
  for (TestMock& each : plan.mocks) {
    find(each.value);
    find(each.after);
  }
  for (TestExpectation& each : plan.expectations) {
    find(each.value);
    for (core::TestArgument& argument : each.arguments) find(argument.value);
  }
  plan.result_slot = tables.on_completed_slot;
  plan.error_slot = tables.on_failed_slot;
  plan.saga = definitions[test.saga];
  plan.tables = std::make_shared<const core::Definition>(std::move(tables));
  return plan;
}

}  // namespace saga::dsl
