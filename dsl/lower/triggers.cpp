#include <algorithm>

#include "dsl/check/suggest.hpp"
#include "dsl/check/time_zones.hpp"
#include "dsl/lower/saga.hpp"
#include "engine/core/schedule_cron.hpp"

namespace saga::dsl {

using core::TypeId;
using core::TypeKind;

// What starts the saga by itself.
void SagaLowering::triggers(const std::vector<core::FieldType>& parameters) {
  for (const View& each : view_.parts(NodeKind::kTrigger)) {
    if (each.has("schedule")) {
      schedule_trigger(each, parameters);
    } else {
      fed_trigger(each, parameters);
    }
  }
}

// `on queue Q`, `on event E`: what comes is the one argument of the saga.
void SagaLowering::fed_trigger(const View& view, const std::vector<core::FieldType>& parameters) {
  const bool is_queue = view.has("queue");
  const std::string wanted = is_queue ? "queue" : "event";
  const NameView name = name_in(view);
  const Declared* declared = module_.find(name.text());
  if (declared == nullptr) {
    return module_.suggest(report_.error("E0101", at(name.span()),
                                         "no " + wanted + " is called `" + name.text() + "`"),
                           name.text(), module_.names());
  }
  if (declared->kind != (is_queue ? Declared::Kind::kQueue : Declared::Kind::kEvent))
    return module_.report_misused(*declared, at(name.span()), "no " + wanted);
  const TypeId given =
      is_queue ? module_.queue(*declared).message : module_.declared_type(*declared);
  if (given == kUnknownType) return;
  check_given(view, parameters, given, "`" + types_.describe(given) + "`");
}

void SagaLowering::check_given(const View& view, const std::vector<core::FieldType>& parameters,
                               TypeId given, const std::string& what) {
  const auto needed = [](const core::FieldType& each) { return !each.default_value; };
  const bool is_one =
      !parameters.empty() && std::count_if(parameters.begin() + 1, parameters.end(), needed) == 0;
  if (is_one && (parameters[0].type == kUnknownType || types_.fits(given, parameters[0].type)))
    return;
  report_.error("E0103", at(view.span()), "this starts the saga with " + what + " alone")
      .label(at(view_.name().span()), "its parameters don't take that");
}

// `on schedule "5 * * * *" tz "Asia/Shanghai" overlap skip catch_up 2h`.
void SagaLowering::schedule_trigger(const View& view,
                                    const std::vector<core::FieldType>& parameters) {
  const bool is_due = !parameters.empty() && parameters[0].name == "due";
  if (is_due) {
    check_given(view, parameters, types_.basic(TypeKind::kTime), "`due: time`");
  } else {
    report_.error("E0103", at(view.span()), "a schedule starts its saga with `due: time`")
        .label(at(view_.name().span()), "its first parameter isn't that")
        .help("write `saga " + view_.name().text() + "(due: time)`");
  }
  const std::vector<View> texts = view.parts(NodeKind::kTextLiteral);
  if (!texts.empty()) {
    const std::string text = plain_text(ExpressionView(texts[0]), "a schedule");
    if (const auto cron = core::parse_cron(text); !cron) {
      report_.error("E0406", at(texts[0].span()), cron.error().message);
    }
  }
  if (texts.size() > 1) {
    const std::string zone = plain_text(ExpressionView(texts[1]), "a time zone");
    if (!is_time_zone(zone)) {
      const bool is_shown = report_.wants_details();
      const std::string nearest = is_shown ? nearest_name(zone, time_zones()) : "";
      report_.error("E0406", at(texts[1].span()), "no time zone is called `" + zone + "`")
          .help(nearest.empty() ? "zones are named as in `Asia/Shanghai` or `UTC`"
                                : "did you mean `" + nearest + "`?");
    }
  }
  if (const auto catch_up = option_in(view, "catch_up")) duration(*catch_up, "`catch_up`");
  if (report_.has_error_in(at(view.span()))) return;
  report_
      .warning(
          "E0407", at(view.span()),
          "this version runs no schedule: nothing starts `" + view_.name().text() + "` by itself")
      .help("start it from outside, by `saga run` with `due` in its input");
}

}  // namespace saga::dsl
