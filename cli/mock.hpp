#pragma once

#include <memory>

#include "adapters/mock/server.hpp"
#include "cli/config.hpp"
#include "cli/session.hpp"

namespace saga::cli {

// Mocks of the services that the definitions call, with the answers and faults of the command line.
// kInvalidArgument names the option that is wrong. Operations whose sample breaks a rule are told
// on stderr.
base::Result<mock::MockParticipants> make_mocks(const Definitions& definitions,
                                                const MockSetup& setup, const Console& console);

// Serves them, and puts their addresses into the configuration, except for the services that the
// command line names itself.
base::Result<std::unique_ptr<mock::MockServer>> serve_mocks(const Definitions& definitions,
                                                            const MockSetup& setup, Config& config,
                                                            const Console& console);

}  // namespace saga::cli
