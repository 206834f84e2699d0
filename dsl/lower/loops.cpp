#include <algorithm>
#include <utility>

#include "dsl/check/constants.hpp"
#include "dsl/lower/saga.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

using core::kNone;
using core::NodeId;
using core::TypeId;
using core::TypeKind;

namespace {

ExpressionView list_of(const StatementView& statement) {
  return statement.value().value_or(ExpressionView());
}

}  // namespace

// `let x = for …`, `repeat …` or `parallel …`: bound to what their `use` gives.
NodeId SagaLowering::let_construct(const StatementView& statement) {
  const StatementView construct = statement.construct();
  const bool is_list = construct.kind() == StatementKind::kFor;
  const bool is_record = construct.kind() == StatementKind::kParallel && !construct.is_any();
  Used used;
  used.name = statement.name().text();
  used.span = at(statement.name().span());
  used.type = element_of(statement, is_list, is_record);
  used.is_open = used.type == kUnknownType;
  NodeId made = kNone;
  switch (construct.kind()) {
    case StatementKind::kFor: made = loop(construct, &used); break;
    case StatementKind::kRepeat: made = repeat(construct, &used); break;
    case StatementKind::kParallel: made = parallel(construct, &used); break;
    default: {
      bind_unknown(statement.name());  // not in this version: reported for the whole file
      return add(at(statement.span()), core::BlockNode());
    }
  }
  const TypeId type = is_record ? used.type : value_type(used, is_list, statement);
  Binding bound;
  bound.kind = Binding::Kind::kLet;
  bound.name = used.name;
  bound.span = used.span;
  bound.type = type;
  bound.slot = module_.new_slot(used.name, type);
  program_.facts[made].name = bound.span;
  core::NodeBody& body = program_.tables.nodes[made].body;
  if (auto* each = std::get_if<core::ForNode>(&body)) {
    each->result = bound.slot;
    each->used = module_.new_slot(used.name, used.type);
  } else if (auto* repeat = std::get_if<core::RepeatNode>(&body)) {
    repeat->result = bound.slot;
  } else if (auto* all = std::get_if<core::ParallelNode>(&body)) {
    all->result = bound.slot;
  }
  bind(std::move(bound));
  return made;
}

// The type that each `use` must give, by what the `let` says; kUnknownType where it says nothing.
TypeId SagaLowering::element_of(const StatementView& statement, bool is_list, bool is_record) {
  const auto written = statement.type();
  if (!written) return kUnknownType;
  const TypeId type = module_.type(*written);
  if (is_record) {
    report_
        .error("E0103", at(written->span()),
               "`parallel` gives a record with a field for each branch, and its type has no name")
        .help("leave out `: " + written->source() + "`");
    return kUnknownType;
  }
  if (type == kUnknownType || !is_list) return type;
  if (types_.is(type, TypeKind::kList)) return types_.row(type).element;
  report_.error("E0103", at(written->span()),
                "`for` gives a list, this is `" + types_.describe(type) + "`");
  return kUnknownType;
}

// The type of the whole value, once all `use` are known.
TypeId SagaLowering::value_type(const Used& used, bool is_list, const StatementView& statement) {
  const TypeId given = given_type(used, is_list ? "list<T>" : "T?");
  if (given == kUnknownType) return kUnknownType;
  if (is_list) return types_.list(given);
  const StatementView construct = statement.construct();
  const bool is_repeat = construct.kind() == StatementKind::kRepeat;
  if (!is_repeat || construct.else_body()) return given;
  const bool may_be_null = types_.is(given, TypeKind::kOptional);
  if (!may_be_null && statement.type()) {
    report_.error("E0105", used.span, "`" + used.name + "` is null when no round gives it a value")
        .help("say what happens then (`else use …`, `else fail …`), or make it `" +
              types_.describe(given) + "?`");
  }
  return types_.optional(given);
}

// What all `use` of one taker gave.
TypeId SagaLowering::given_type(const Used& used, const std::string& wanted) {
  if (!used.is_given) {
    // In what isn't available there may be one.
    if (module_.is_mentioned("use") || program_.is_full) return kUnknownType;
    report_.error("E0202", used.span, "nothing gives `" + used.name + "` a value")
        .help("end a round or branch with `use …`, or leave out `let " + used.name + " =`");
    return kUnknownType;
  }
  if (used.type == kUnknownType) return kUnknownType;
  const TypeId plain = types_.without_null(used.type);
  const bool is_empty = types_.is(plain, TypeKind::kNothing) ||
                        (types_.is(plain, TypeKind::kList) &&
                         types_.is(types_.row(plain).element, TypeKind::kNothing));
  if (!is_empty) return used.type;
  Finding finding = report_.error("E0103", used.span,
                                  "the type of `" + used.name + "` can't be told from its `use`");
  if (!wanted.empty()) finding.help("write it: `let " + used.name + ": " + wanted + " = …`");
  return kUnknownType;
}

NodeId SagaLowering::loop(const StatementView& statement, Used* used) {
  const NodeId id = reserve(at(statement.span()), {}, {});
  core::ForNode made;
  made.list = expressions_.lower(list_of(statement));
  const TypeId list = expressions_.build().type_of(made.list);
  TypeId element = kUnknownType;
  if (types_.is(list, TypeKind::kList) || types_.is(list, TypeKind::kSet)) {
    element = types_.row(list).element;
  } else if (list != kUnknownType) {
    report_.error("E0103", expressions_.build().span_of(made.list),
                  "`for` goes through a list, this is `" + types_.describe(list) + "`");
  }
  made.at_once = at_once(statement);
  Binding item;
  item.kind = Binding::Kind::kItem;
  item.name = statement.name().text();
  item.span = at(statement.name().span());
  item.type = element;
  item.slot = made.item = module_.new_slot(item.name, element);
  const std::size_t together = made.at_once > 1 ? 1 : 0;
  scopes_.open();
  bind(std::move(item));
  ++loop_depth_;
  parallel_depth_ += together;
  if (used != nullptr) {
    used->target = id;
    used->parallel_depth = parallel_depth_;
    uses_.push_back(used);
  }
  made.block = block(statement.block());
  if (used != nullptr) uses_.pop_back();
  parallel_depth_ -= together;
  --loop_depth_;
  close_block();
  fill(id, made);
  return id;
}

std::uint32_t SagaLowering::at_once(const StatementView& statement) {
  const auto wanted = statement.at_once();
  if (!wanted) return 1;
  const core::ExpressionId number =
      expressions_.lower_as(*wanted, types_.basic(TypeKind::kInt), "`parallel`");
  if (expressions_.build().is_unknown(number)) return 1;
  const auto value = constant_value(program_, number);
  const std::int64_t* count = value ? value->as<std::int64_t>() : nullptr;
  const auto most = static_cast<std::int64_t>(base::limits::kMaxParallel);
  if (count != nullptr && *count >= 1 && *count <= most) return static_cast<std::uint32_t>(*count);
  report_.error("E0115", at(wanted->span()),
                "`parallel` takes a number from 1 to " + std::to_string(most));
  return 1;
}

NodeId SagaLowering::repeat(const StatementView& statement, Used* used) {
  const NodeId id = reserve(at(statement.span()), {}, {});
  core::RepeatNode made;
  made.times = rounds(statement);
  if (const auto every = statement.option("every"))
    made.every = duration(*every, "`every`", Least::kMoreThanNothing);
  if (used != nullptr) {
    used->target = id;
    used->parallel_depth = parallel_depth_;
    uses_.push_back(used);
  }
  scopes_.open();
  if (const auto as = statement.alias()) {
    Binding round;
    round.kind = Binding::Kind::kItem;
    round.name = as->text();
    round.span = at(as->span());
    round.type = types_.basic(TypeKind::kInt);
    round.slot = made.round = module_.new_slot(round.name, round.type);
    bind(std::move(round));
  }
  ++loop_depth_;
  made.block = block(statement.block());
  --loop_depth_;
  close_block();
  if (const auto otherwise = statement.else_body()) {
    Used nothing = this->used(types_.basic(TypeKind::kNothing));
    made.otherwise = body(*otherwise, used != nullptr ? *used : nothing);
  }
  if (used != nullptr) uses_.pop_back();
  fill(id, made);
  return id;
}

std::uint32_t SagaLowering::rounds(const StatementView& statement) {
  const auto wanted = statement.up_to();
  if (!wanted) return 1;  // it is reported by the grammar
  return static_cast<std::uint32_t>(
      whole_number(*wanted, "`up to`", 1, static_cast<std::int64_t>(base::limits::kMaxLoopItems)));
}

NodeId SagaLowering::use_value(const ExpressionView& value, const core::Span& span) {
  Used* taker = nullptr;
  for (auto each = uses_.rbegin(); each != uses_.rend() && taker == nullptr; ++each) {
    if ((*each)->is_barrier) break;
    const bool takes = (*each)->target != kNone || !types_.is((*each)->type, TypeKind::kNothing);
    if (takes) taker = *each;
  }
  if (taker == nullptr) {
    report_
        .error("E0113", span,
               "`use` gives a step its value in a handler, or a `let … = for`, `repeat` or "
               "`parallel`; nothing here takes one")
        .help("bind what it ends: `let found = repeat … { … use … }`");
    expressions_.lower(value);
    return add(span, core::BlockNode());  // ends nothing, so that what follows isn't unreachable
  }
  if (taker->parallel_depth < parallel_depth_) {
    const bool is_step = taker->target == kNone;
    report_
        .error("E0113", span,
               "`use` can't end " + (is_step ? "the handler" : "what gives `" + taker->name + "`") +
                   " here: what runs beside it is still open")
        .help("`use` behind the `parallel`");
  }
  core::UseNode made;
  made.target = taker->target;
  made.value = lower_used(value, *taker);
  return add(span, made);
}

// The value in the type of what takes it; the first of a construct tells the type.
core::ExpressionId SagaLowering::lower_used(const ExpressionView& value, Used& used) {
  if (used.target == kNone) {
    const TypeId wanted = types_.optional(used.type);
    const core::ExpressionId given = expressions_.lower(value, wanted);
    used.may_be_null =
        used.may_be_null || types_.is(expressions_.build().type_of(given), TypeKind::kOptional);
    return expressions_.build().convert(given, wanted, "the step's value");
  }
  const bool is_first = !std::exchange(used.is_given, true);
  if (!used.is_open) return expressions_.lower_as(value, used.type, "`" + used.name + "`");
  const core::ExpressionId given = expressions_.lower(value, used.type);
  const TypeId type = expressions_.build().type_of(given);
  if (is_first || used.type == kUnknownType || type == kUnknownType) {
    if (type != kUnknownType) used.type = type;
    return given;
  }
  if (const auto joined = types_.join(used.type, type)) {
    used.type = *joined;
    return given;
  }
  report_.error("E0103", expressions_.build().span_of(given),
                "this gives `" + used.name + "` `" + types_.describe(type) +
                    "`, and another `use` gives it `" + types_.describe(used.type) + "`");
  return given;
}

}  // namespace saga::dsl
