#pragma once

#include "engine/base/json.hpp"
#include "engine/ports/journal.hpp"

namespace saga::cli {

// An item of a list: {"id","definition","version","key","status","cause","started_at","updated_at",
// "ended_at","parent_id"}.
base::JsonText to_json(const ports::SagaRow& row);

// Prints `items` as {"items":[…],"next_cursor":…} (json) or one a line (jsonl).
base::JsonText to_json(const ports::SagaPage& page);

}  // namespace saga::cli
