#include "cli/parked.hpp"

namespace saga::cli {

std::string joined(const std::vector<std::string>& all, const std::string& separator) {
  std::string text;
  for (const std::string& each : all) text += (text.empty() ? "" : separator) + each;
  return text;
}

std::string notice_of_undoing(const std::string& step, core::Cause cause) {
  const std::string why = cause == core::Cause::kDeadline   ? "the saga's deadline has passed"
                          : cause == core::Cause::kCanceled ? "the saga is being canceled"
                                                            : "the saga is failing";
  const std::string what = step.empty() ? "what is done of it now" : "what `" + step + "` does now";
  return why + ": " + what + " is compensated right after; `saga cancel` compensates without " +
         "doing it";
}

std::string next_verbs(const runtime::SagaView& view, const runtime::SagaView::ParkedStep& parked) {
  const bool is_one_of_several = view.parked.size() > 1 && !parked.step.empty();
  std::vector<std::string> of_step;
  std::vector<std::string> of_saga;
  for (const std::string& verb : parked.verbs) {
    const bool is_whole = verb == "cancel" || verb == "terminate";
    (is_whole ? of_saga : of_step).push_back(verb);
  }
  std::string text;
  if (!of_step.empty()) {
    text = "saga " + joined(of_step, "|") + " " + view.id +
           (is_one_of_several ? " --step " + parked.step : "");
  }
  if (of_saga.empty()) return text;
  return text + (text.empty() ? "saga " : ", or saga ") + joined(of_saga, "|") + " " + view.id;
}

}  // namespace saga::cli
