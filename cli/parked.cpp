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
  return "saga " + joined(parked.verbs, "|") + " " + view.id +
         (is_one_of_several ? " --step " + parked.step : "");
}

}  // namespace saga::cli
