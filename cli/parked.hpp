#pragma once

#include <string>
#include <vector>

#include "engine/runtime/saga_view.hpp"

namespace saga::cli {

std::string joined(const std::vector<std::string>& all, const std::string& separator);

// What a person should know before a parked step is tried again whose saga turns back anyhow.
std::string notice_of_undoing(const std::string& step, core::Cause cause);

// `saga retry|settle 0197… --step hold`: the verbs that this parked step takes.
std::string next_verbs(const runtime::SagaView& view, const runtime::SagaView::ParkedStep& parked);

}  // namespace saga::cli
