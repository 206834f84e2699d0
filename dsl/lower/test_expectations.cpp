#include <algorithm>
#include <array>
#include <map>

#include "dsl/check/suggest.hpp"
#include "dsl/lower/test_lowering.hpp"

namespace saga::dsl {

using core::kNone;
using core::TestExpectation;
using core::TypeId;
using core::TypeKind;

namespace {

constexpr auto kEndings =
    std::to_array<std::string_view>({"completed", "compensated", "stuck", "terminated"});

}  // namespace

void TestLowering::expectations() {
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

void TestLowering::expectation(const View& line) {
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

void TestLowering::ending(const NameView& name, TestExpectation& made) {
  made.name = name.text();
  if (std::ranges::find(kEndings, made.name) != kEndings.end()) return;
  const std::vector<std::string> known(kEndings.begin(), kEndings.end());
  report_.error("E0101", at(name.span()), "a saga never ends `" + made.name + "`")
      .note("it ends completed, compensated, stuck or terminated")
      .did_you_mean(nearest_name(made.name, known));
}

void TestLowering::completed(const ExpressionView& value, TestExpectation& made) {
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

void TestLowering::failed(const ExpressionView& value, TestExpectation& made) {
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

void TestLowering::given(const ExpressionView& call, const std::vector<core::FieldType>& fields,
                         const std::string& what, TestExpectation& made) {
  std::size_t next = 0;
  for (const ArgumentView& argument : call.arguments()) {
    const auto name = argument.name();
    auto field = fields.begin() + static_cast<std::ptrdiff_t>(std::min(next, fields.size()));
    if (name) field = std::ranges::find(fields, name->text(), &core::FieldType::name);
    if (field == fields.end()) {
      std::vector<std::string> known;
      for (const core::FieldType& each : fields) known.push_back(each.name);
      Finding finding =
          report_.error("E0104", at(name ? name->span() : argument.value().span()),
                        name ? "`" + what + "` has no `" + name->text() + "`"
                             : "`" + what + "` takes " + std::to_string(fields.size()) + " values");
      if (name) finding.did_you_mean(nearest_name(name->text(), known));
      return;
    }
    next = static_cast<std::size_t>(field - fields.begin()) + 1;
    made.arguments.push_back({field->name, keep(expressions_.lower_as(argument.value(), field->type,
                                                                      "`" + field->name + "`"))});
  }
}

void TestLowering::happened(const ExpressionView& value, TestExpectation& made,
                            const std::string& word) {
  using Kind = TestExpectation::Kind;
  const bool is_call = value.kind() == ExpressionKind::kCall;
  const ExpressionView named = is_call ? value.callee() : value;
  const bool steps_only = made.kind == Kind::kCompensated || made.kind == Kind::kStuck;
  if (named.kind() == ExpressionKind::kField && named.object().kind() == ExpressionKind::kName) {
    if (steps_only) return needs_step(value, word);
    const core::OperationId id = operation(named.object().name().text(), at(named.object().span()),
                                           named.name().text(), at(named.name().span()));
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

void TestLowering::needs_step(const ExpressionView& value, const std::string& word) {
  report_.error("E0110", at(value.span()),
                "`" + word + "` takes the name of a step" +
                    (word == "called" || word == "never" ? ", an operation or a saga" : ""));
}

void TestLowering::happened_saga(const ExpressionView& value, std::size_t saga,
                                 TestExpectation& made) {
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

void TestLowering::step(const ExpressionView& named, bool is_call, TestExpectation& made) {
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

}  // namespace saga::dsl
