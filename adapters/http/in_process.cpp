#include "adapters/http/in_process.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "engine/base/names.hpp"

namespace saga::http {

void InProcessParticipants::call(ports::CallRequest request, Done done) {
  const core::Operation& operation = request.definition->operations[request.effect.operation];
  const auto found = functions_.find(base::bare_name(operation.service) + "." + operation.name);
  core::Outcome outcome;
  if (found != functions_.end()) {
    outcome = found->second(request);
  } else {
    outcome.kind = core::Outcome::Kind::kTransient;
    outcome.error = core::kUnavailable;
    outcome.message = "no function answers for `" + operation.name + "`";
  }
  boost::asio::post(loop_, [weak = std::weak_ptr<bool>(alive_), done = std::move(done),
                            outcome = std::move(outcome)]() mutable {
    if (!weak.expired()) done(std::move(outcome));
  });
}

}  // namespace saga::http
