#pragma once

#include "adapters/http/config.hpp"
#include "cli/config.hpp"
#include "cli/session.hpp"

// Which of the configuration's addresses a command uses: one configuration serves many workflow
// files and sagas, so what isn't called is left out.
namespace saga::cli {

// The addresses of the services that the definitions call, as far as they are configured.
http::Config http_config(const Config& config, const Definitions& definitions);

// Whether there is one at all.
bool has_address(const Config& config, const Definitions& definitions);

// kInvalidArgument for a service named on the command line that no definition at all calls,
// neither of these nor of the journal: a misspelt name.
base::Result<void> check_named_services(const Config& config, const Definitions& called,
                                        const Definitions& known, ports::Journal& journal);

}  // namespace saga::cli
