#include "dsl/lower/tests.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "dsl/check/suggest.hpp"
#include "dsl/lower/expressions.hpp"
#include "dsl/lower/reach.hpp"

namespace saga::dsl {

using core::ExpressionId;
using core::kNone;
using core::TestExpectation;
using core::TestMock;
using core::TypeId;
using core::TypeKind;

namespace {

constexpr auto kEndings =
    std::to_array<std::string_view>({"completed", "compensated", "stuck", "terminated"});

std::string written(const core::Operation& operation) {
  return short_name(operation.service) + "." + operation.name;
}

class TestLowering {
 public:
  TestLowering(Module& module, const SagaIndexes& indexes, ReachFinder& reach, const TestView& view)
      : module_(module),
        program_(module.program()),
        types_(module.types()),
        report_(module.report()),
        indexes_(indexes),
        reach_(reach),
        view_(view),
        non_null_(program_.tables),
        expressions_(module, scopes_, non_null_, surroundings_) {
    surroundings_.part = Surroundings::Part::kTest;
  }

  std::optional<LoweredTest> lower() {
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

 private:
  std::vector<View> lines(NodeKind kind) const {
    std::vector<View> found = view_.lines();
    std::erase_if(found, [kind](const View& each) { return each.syntax() != kind; });
    return found;
  }
  [[nodiscard]] core::Span at(const Span& span) const { return module_.at(span); }

  // The place of an expression among the statements.
  ExpressionId keep(ExpressionId expression, core::SlotId slot = kNone) {
    core::Node node;
    node.span = made_.plan.span;
    node.body = core::LetNode{slot, expression};
    program_.tables.nodes.push_back(std::move(node));
    kept_.push_back(static_cast<core::NodeId>(program_.tables.nodes.size() - 1));
    return static_cast<ExpressionId>(kept_.size() - 1);
  }

  core::SlotId bind(const std::string& name, TypeId type, const core::Span& span, bool is_used) {
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

  void let(const View& line) {
    const ExpressionId value = expressions_.lower(expression_in(line));
    const NameView name = name_in(line);
    const core::SlotId slot =
        bind(name.text(), expressions_.build().type_of(value), at(name.span()), false);
    made_.plan.lets.push_back({slot, keep(value, slot)});
  }

  void warn_unused(const Binding& bound) {
    if (bound.is_used || bound.type == kUnknownType || bound.name.starts_with('_')) return;
    report_.warning("E0203", bound.span, "`" + bound.name + "` is never read");
  }

  // True if it is known which saga is run.
  bool run() {
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

  std::optional<std::uint32_t> called_saga(const ExpressionView& call) {
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

  // The operation that `Service.name` means; kNone after reporting that there is none.
  core::OperationId operation(const std::string& service_name, const core::Span& service_span,
                              const std::string& name, const core::Span& span) {
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

  // E0702 for an operation that the saga can't come to.
  bool is_reached(core::OperationId id, const core::Span& span, const std::string& what) {
    if (program_.sagas[made_.saga].is_partial || reach_.of(made_.saga).operations.contains(id))
      return true;
    report_
        .error("E0702", span,
               "`" + short_name(program_.sagas[made_.saga].header.name) + "` never calls `" +
                   written(program_.tables.operations[id]) + "`: " + what)
        .label(program_.sagas[made_.saga].name,
               "neither in a step, a compensation nor a `resolve`");
    return false;
  }

  void mock(const View& line) {
    const View path = line.part(NodeKind::kPath);
    if (!path.exists() || path.tokens().empty()) return;
    const std::string owner = path.tokens().front();
    const std::vector<View> members = path.parts(NodeKind::kName);
    TestMock mock;
    mock.span = at(line.span());
    if (members.size() != 1) return not_an_operation(owner, at(path.span()));
    const std::uint32_t begin = path.span().begin;
    const Span owner_span{begin, begin + static_cast<std::uint32_t>(owner.size())};
    const core::OperationId id =
        operation(owner, at(owner_span), NameView(members[0]).text(), at(members[0].span()));
    if (id == kNone || !is_reached(id, at(path.span()), "this answers nobody")) return;
    const core::Operation called = program_.tables.operations[id];
    mock.service = called.service;
    mock.operation = called.name;
    answer(line, called, mock);
    if (const auto after = option_in(line, "after")) {
      mock.after =
          keep(expressions_.lower_as(*after, types_.basic(TypeKind::kDuration), "`after`"));
    }
    made_.plan.mocks.push_back(std::move(mock));
  }

  void not_an_operation(const std::string& name, const core::Span& span) {
    const Declared* declared = module_.find(name);
    if (declared != nullptr && declared->kind == Declared::Kind::kEvent)
      return report_unavailable(report_, "mock of an event", span);
    if (declared != nullptr && declared->kind == Declared::Kind::kUnavailable) return;
    report_.error("E0110", span, "a mock answers for an operation, as in `Payment.charge`")
        .help(declared != nullptr && declared->kind == Declared::Kind::kSaga
                  ? "a saga that is called runs as it is: mock the operations that it calls"
                  : "");
  }

  void answer(const View& line, const core::Operation& called, TestMock& mock) {
    const ExpressionView value = expression_in(line);
    const bool has_value = !expressions_in(line).empty();
    if (line.has("timeout")) {
      mock.kind = TestMock::Kind::kTimeout;
    } else if (line.has("fail")) {
      mock.kind = TestMock::Kind::kFails;
      failure(has_value ? std::optional(value) : std::nullopt, called, mock);
    } else {
      mock.kind = line.has("lost") ? TestMock::Kind::kLost : TestMock::Kind::kReturns;
      if (!types_.is(called.result, TypeKind::kNothing)) {
        mock.value = keep(expressions_.lower_as(value, called.result, "`" + written(called) + "`"));
      } else if (value.kind() != ExpressionKind::kNull) {
        report_.error("E0103", at(value.span()), "`" + written(called) + "` declares no result")
            .label(called.span, "declared here")
            .help("`null` stands for an answer without one");
      }
    }
  }

  void failure(const std::optional<ExpressionView>& value, const core::Operation& called,
               TestMock& mock) {
    const bool is_name = value && value->kind() == ExpressionKind::kName;
    if (!value || (is_name && is_fault(value->name().text()))) {
      mock.fault = value ? value->name().text() : "Unavailable";
      return;
    }
    if (is_name) {
      const Declared* declared = module_.find(value->name().text());
      if (declared != nullptr && declared->kind == Declared::Kind::kError) {
        report_.error("E0103", at(value->span()), "`fail` needs an error, this only names one")
            .help("make one: `fail " + value->name().text() + "()`, with its fields if it has any");
        return;
      }
    }
    const ExpressionId error = expressions_.lower(*value);
    const TypeId type = expressions_.build().type_of(error);
    if (type == kUnknownType) return;
    if (!types_.is(type, TypeKind::kError)) {
      report_.error("E0103", at(value->span()),
                    "`fail` needs an error, this is `" + types_.describe(type) + "`");
      return;
    }
    if (std::ranges::find(called.errors, type) == called.errors.end()) {
      report_
          .error("E0702", at(value->span()),
                 "`" + written(called) + "` never answers `" + types_.describe(type) + "`")
          .label(called.span, "its `errors` don't name it");
      return;
    }
    mock.is_transient = types_.row(type).is_transient;
    mock.value = keep(error);
  }

  void expectations() {
    const std::vector<View> found = lines(NodeKind::kTestExpect);
    if (found.empty()) {
      report_.error("E0701", made_.tables.name, "this test expects nothing")
          .help("add what must be true: `expect completed`, `expect failed …`, `expect called …`");
    }
    const core::Definition& header = program_.sagas[made_.saga].header;
    core::Definition& tables = made_.tables.header;
    const core::Span span = made_.plan.run;
    if (!types_.is(header.result, TypeKind::kNothing)) {
      const TypeId result = types_.optional(header.result);
      tables.on_completed_slot = bind("result", result, span, true);
    }
    const TypeId error = types_.basic(TypeKind::kAnyError);
    tables.on_failed_slot = bind("error", error, span, true);
    for (const View& line : found) expectation(line);
  }

  void expectation(const View& line) {
    using Kind = TestExpectation::Kind;
    static const std::map<std::string, Kind> kWords = {
        {"completed", Kind::kCompleted},     {"failed", Kind::kFailed}, {"stuck", Kind::kStuck},
        {"compensated", Kind::kCompensated}, {"never", Kind::kNever},   {"called", Kind::kCalled},
        {"ending", Kind::kEnding},           {"emitted", Kind::kHolds}};
    TestExpectation made;
    made.span = at(line.span());
    const std::vector<std::string> words = line.tokens();
    const auto word = words.size() > 1 ? kWords.find(words[1]) : kWords.end();
    const ExpressionView value = expression_in(line);
    const bool has_value = !expressions_in(line).empty();
    if (word == kWords.end()) {
      made.value = keep(expressions_.lower_condition(value));
    } else if (word->first == "emitted") {
      return report_unavailable(report_, "expect emitted", made.span);
    } else {
      made.kind = word->second;
      if (made.kind == Kind::kEnding) {
        ending(name_in(line), made);
      } else if (made.kind == Kind::kCompleted) {
        if (has_value) completed(value, made);
      } else if (made.kind == Kind::kFailed) {
        if (has_value) failed(value, made);
      } else if (has_value) {
        happened(value, made, word->first);
      } else if (made.kind == Kind::kCompensated) {
        made.kind = Kind::kEnding;
        made.name = "compensated";
      } else if (made.kind != Kind::kStuck) {
        report_.error("E0104", made.span, "`" + word->first + "` needs a name after it")
            .help("a step's, or an operation's as in `Payment.charge`");
      }
    }
    made_.plan.expectations.push_back(std::move(made));
  }

  void ending(const NameView& name, TestExpectation& made) {
    made.name = name.text();
    if (std::ranges::find(kEndings, made.name) != kEndings.end()) return;
    const std::vector<std::string> known(kEndings.begin(), kEndings.end());
    report_.error("E0101", at(name.span()), "a saga never ends `" + made.name + "`")
        .note("it ends completed, compensated, stuck or terminated")
        .did_you_mean(nearest_name(made.name, known));
  }

  void completed(const ExpressionView& value, TestExpectation& made) {
    const SagaEntry& saga = program_.sagas[made_.saga];
    if (types_.is(saga.header.result, TypeKind::kNothing)) {
      report_
          .error("E0103", at(value.span()),
                 "`" + short_name(saga.header.name) + "` declares no result")
          .label(saga.name, "declared here")
          .help("leave the value out: `expect completed`");
      return;
    }
    made.value = keep(expressions_.lower_as(value, saga.header.result, "the saga's result"));
  }

  void failed(const ExpressionView& value, TestExpectation& made) {
    const bool is_call = value.kind() == ExpressionKind::kCall;
    const ExpressionView named = is_call ? value.callee() : value;
    if (named.kind() != ExpressionKind::kName) {
      report_.error("E0110", at(value.span()), "`failed` takes an error")
          .help("`expect failed Declined`, or with what matters: `Declined(reason: \"…\")`");
      return;
    }
    made.name = named.name().text();
    const SagaEntry& saga = program_.sagas[made_.saga];
    if (!is_call && (is_fault(made.name) || made.name == "DeadlineExceeded")) return;
    const auto type = module_.error(named.name());
    if (!type || *type == kUnknownType) return;
    if (!saga.escapes.any_error && !saga.escapes.errors.contains(made.name)) {
      report_
          .error("E0702", at(named.span()),
                 "`" + short_name(saga.header.name) + "` never fails with `" + made.name + "`")
          .label(saga.name, "no path of it ends so");
      return;
    }
    if (is_call) {
      const std::vector<core::FieldType> fields = module_.fields_of(*type);
      given(value, fields, made.name, made);
    }
  }

  // Only those arguments that matter to the test.
  void given(const ExpressionView& call, const std::vector<core::FieldType>& fields,
             const std::string& what, TestExpectation& made) {
    std::size_t next = 0;
    for (const ArgumentView& argument : call.arguments()) {
      const auto name = argument.name();
      auto field = fields.begin() + static_cast<std::ptrdiff_t>(std::min(next, fields.size()));
      if (name) field = std::ranges::find(fields, name->text(), &core::FieldType::name);
      if (field == fields.end()) {
        std::vector<std::string> known;
        for (const core::FieldType& each : fields) known.push_back(each.name);
        Finding finding = report_.error(
            "E0104", at(name ? name->span() : argument.value().span()),
            name ? "`" + what + "` has no `" + name->text() + "`"
                 : "`" + what + "` takes " + std::to_string(fields.size()) + " values");
        if (name) finding.did_you_mean(nearest_name(name->text(), known));
        return;
      }
      next = static_cast<std::size_t>(field - fields.begin()) + 1;
      made.arguments.push_back(
          {field->name,
           keep(expressions_.lower_as(argument.value(), field->type, "`" + field->name + "`"))});
    }
  }

  // What follows `called`, `never`, `compensated` and `stuck`.
  void happened(const ExpressionView& value, TestExpectation& made, const std::string& word) {
    using Kind = TestExpectation::Kind;
    const bool is_call = value.kind() == ExpressionKind::kCall;
    const ExpressionView named = is_call ? value.callee() : value;
    const bool steps_only = made.kind == Kind::kCompensated || made.kind == Kind::kStuck;
    if (named.kind() == ExpressionKind::kField && named.object().kind() == ExpressionKind::kName) {
      if (steps_only) return needs_step(value, word);
      const core::OperationId id =
          operation(named.object().name().text(), at(named.object().span()), named.name().text(),
                    at(named.name().span()));
      if (id == kNone) return;
      const std::string what =
          made.kind == Kind::kNever ? "this is always true" : "this is never true";
      if (!is_reached(id, at(named.span()), what)) return;
      const core::Operation called = program_.tables.operations[id];
      made.of = TestExpectation::Of::kOperation;
      made.name = called.service + "." + called.name;
      const std::vector<core::FieldType> fields = types_.row(called.input).fields;
      if (is_call) given(value, fields, written(called), made);
      return;
    }
    if (named.kind() != ExpressionKind::kName) return needs_step(value, word);
    const std::string name = named.name().text();
    const Declared* declared = module_.peek(name);
    if (!steps_only && declared != nullptr && declared->kind == Declared::Kind::kSaga) {
      module_.find(name);
      return happened_saga(value, Module::saga(*declared), made);
    }
    step(named, is_call, made);
  }

  void needs_step(const ExpressionView& value, const std::string& word) {
    report_.error("E0110", at(value.span()),
                  "`" + word + "` takes the name of a step" +
                      (word == "called" || word == "never" ? ", an operation or a saga" : ""));
  }

  void happened_saga(const ExpressionView& value, std::size_t saga, TestExpectation& made) {
    const auto index = indexes_[saga];
    if (!index) return;
    const SagaEntry& runs = program_.sagas[made_.saga];
    const core::Definition& header = program_.sagas[*index].header;
    if (!runs.is_partial && !module_.is_mentioned(short_name(header.name)) &&
        !reach_.of(made_.saga).sagas.contains(*index)) {
      report_.error(
          "E0702", at(value.span()),
          "`" + short_name(runs.header.name) + "` never calls `" + short_name(header.name) + "`");
      return;
    }
    made.of = TestExpectation::Of::kSaga;
    made.name = header.name;
    const std::vector<core::FieldType> fields = types_.row(header.input).fields;
    if (value.kind() == ExpressionKind::kCall) given(value, fields, short_name(header.name), made);
  }

  void step(const ExpressionView& named, bool is_call, TestExpectation& made) {
    made.name = named.name().text();
    const SagaEntry& saga = program_.sagas[made_.saga];
    const std::map<std::string, std::string>& steps = reach_.of(made_.saga).steps;
    const auto found = steps.find(made.name);
    if (found == steps.end()) {
      if (saga.is_partial) return;
      std::vector<std::string> known;
      for (const auto& [each, callee] : steps) known.push_back(each);
      module_.suggest(
          report_.error("E0101", at(named.span()),
                        "`" + short_name(saga.header.name) + "` has no step `" + made.name + "`"),
          made.name, known);
    } else if (is_call) {
      report_.error("E0113", at(named.span()), "a step's name takes no arguments here")
          .help("name what it calls: `" + found->second + "(…)`");
    }
  }

  Module& module_;
  Program& program_;
  TypeTable& types_;
  Report& report_;
  const SagaIndexes& indexes_;
  ReachFinder& reach_;
  TestView view_;
  Scopes scopes_;
  NonNull non_null_;
  Surroundings surroundings_;
  ExpressionLowering expressions_;
  LoweredTest made_;
  std::vector<core::NodeId> kept_;
};

}  // namespace

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
