#pragma once

#include <string>

#include "adapters/http/config.hpp"
#include "engine/ports/participant_caller.hpp"

namespace saga::http {

// The bytes of one request: `POST {prefix}/{operation}` with the arguments as body, or what the
// operation's `http METHOD "path/{arg}"` says (GET, DELETE: the rest as query), or a GET of the
// poll URL. Header values never hold control characters. `secret` is empty, or the bearer token.
// Errors: kInvalidArgument for a poll URL of another origin; kDefect for arguments that don't fit
// the path's template.
base::Result<std::string> build_request(const Address& address, const core::Operation& operation,
                                        const ports::CallRequest& call, const std::string& secret);

}  // namespace saga::http
