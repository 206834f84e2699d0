#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime/saga_view.hpp"

namespace saga::cli {

std::string joined(const std::vector<std::string>& all, const std::string& separator);

// What a person should know before a parked step is tried again whose saga turns back anyhow.
std::string notice_of_undoing(const std::string& step, core::Cause cause);

// What a cancel does that was taken and has no effect yet.
inline constexpr std::string_view kCancelWaits =
    "requested; it waits for what is in doubt, and comes too late if that passes the pivot";

// `saga retry|settle 0197… --step hold`: the verbs that this parked step takes, then
// those of the whole saga.
std::string next_verbs(const runtime::SagaView& view, const runtime::SagaView::ParkedStep& parked);

}  // namespace saga::cli
