#include <algorithm>

#include "dsl/lower/test_lowering.hpp"

namespace saga::dsl {

using core::ExpressionId;
using core::kNone;
using core::TestMock;
using core::TypeId;
using core::TypeKind;

void TestLowering::mock(const View& line) {
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
    mock.after = keep(expressions_.lower_as(*after, types_.basic(TypeKind::kDuration), "`after`"));
  }
  made_.plan.mocks.push_back(std::move(mock));
}

void TestLowering::not_an_operation(const std::string& name, const core::Span& span) {
  const Declared* declared = module_.find(name);
  if (declared != nullptr && declared->kind == Declared::Kind::kEvent)
    return report_unavailable(report_, "mock of an event", span);
  if (declared != nullptr && declared->kind == Declared::Kind::kUnavailable) return;
  report_.error("E0110", span, "a mock answers for an operation, as in `Payment.charge`")
      .help(declared != nullptr && declared->kind == Declared::Kind::kSaga
                ? "a saga that is called runs as it is: mock the operations that it calls"
                : "");
}

void TestLowering::answer(const View& line, const core::Operation& called, TestMock& mock) {
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

void TestLowering::failure(const std::optional<ExpressionView>& value,
                           const core::Operation& called, TestMock& mock) {
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

}  // namespace saga::dsl
