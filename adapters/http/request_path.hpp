#pragma once

#include <string>

#include "adapters/http/config.hpp"

namespace saga::http {

// The path and query of an operation with a template `orders/{id}`, without the address's prefix.
// `with_query`: what the template doesn't name follows as query, nulls left out. Values are
// percent-encoded. Errors: kDefect for an argument that is missing, null or empty, and where the
// path would climb (`..`) or hold what no request line can.
base::Result<std::string> fill_path(const core::Operation& operation,
                                    const base::JsonText& arguments, bool with_query);

// The path of a poll URL: relative to the root, or absolute at the same place.
// Errors: kInvalidArgument.
base::Result<std::string> poll_path(const Address& address, const std::string& url);

}  // namespace saga::http
