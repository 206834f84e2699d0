#pragma once

#include <string>

#include "adapters/http/config.hpp"
#include "engine/ports/participant_caller.hpp"

namespace saga::http {

// The bytes of one request: `POST {prefix}/{operation}` with the arguments as body, or what the
// operation's `http METHOD "path/{arg}"` says (GET, DELETE: without a body, the arguments that the
// path doesn't name as query), or a GET of the poll URL. No value can bring in a line end, another
// path or another header. `secret` is empty, or the bearer token.
// Errors: kInvalidArgument for a poll URL of another origin; kNotFound for a secret that no header
// can carry; kDefect for a key that none can carry, or arguments that don't fit the path's
// template.
base::Result<std::string> build_request(const Address& address, const core::Operation& operation,
                                        const ports::CallRequest& call, const std::string& secret);

}  // namespace saga::http
