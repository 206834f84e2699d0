#include "cli/mock.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "cli/exit_code.hpp"
#include "cli/stop_signal.hpp"
#include "cli/workflow.hpp"
#include "engine/base/names.hpp"

namespace saga::cli {
namespace {

constexpr std::chrono::milliseconds kLook{50};

std::string url_of(const mock::MockServer& server, const std::string& service) {
  return "http://127.0.0.1:" + std::to_string(server.port()) + "/" + service;
}

void print_call(const mock::Call& call, OutputFormat format, const Console& console) {
  if (format == OutputFormat::kText) {
    const std::string op = call.op == "action" ? "" : " " + call.op;
    console.out(call.operation + op + " " + printable(call.arguments) + "  " + printable(call.key) +
                " → " + printable(call.outcome));
    return;
  }
  base::JsonText line;
  base::JsonWriter out(line);
  out.begin_object().key("operation").string(call.operation).key("op").string(call.op);
  out.key("key").string(call.key).key("arguments").string(call.arguments);
  out.key("outcome").string(call.outcome).end_object();
  console.out(line);
}

// As `run` takes it.
void print_service(const std::string& name, const std::string& url, OutputFormat format,
                   const Console& console) {
  if (format == OutputFormat::kText) return console.out("--service " + name + "=" + url);
  base::JsonText line;
  base::JsonWriter(line).begin_object().key("service").string(name).key("url").string(url);
  console.out(line + "}");
}

// A service is found by its bare name.
base::Result<void> check_names(const Definitions& definitions) {
  std::map<std::string, std::string> full_names;
  for (const auto& definition : definitions) {
    for (const core::Operation& operation : definition->operations) {
      const std::string bare = base::bare_name(operation.service);
      const auto [known, is_new] = full_names.try_emplace(bare, operation.service);
      if (is_new || known->second == operation.service) continue;
      return base::fail(base::ErrorCode::kInvalidArgument,
                        "`" + bare + "` is both " + known->second + " and " + operation.service +
                            ": mock their files one at a time");
    }
  }
  return {};
}

// Those that no real service is sent.
void make_up_secrets(const Definitions& definitions, Config& config) {
  std::set<std::string> real;
  for (const auto& definition : definitions) {
    for (const core::Operation& operation : definition->operations) {
      if (operation.secret.empty()) continue;
      const bool is_real =
          std::any_of(config.services.begin(), config.services.end(), [&](const auto& each) {
            return each.second.is_from_flag &&
                   base::bare_name(each.first) == base::bare_name(operation.service);
          });
      (is_real ? real : config.made_up).insert(operation.secret);
    }
  }
  for (const std::string& each : real) config.made_up.erase(each);
}

}  // namespace

base::Result<mock::MockParticipants> make_mocks(const Definitions& definitions,
                                                const MockSetup& setup, const Console& console) {
  if (base::Result<void> apart = check_names(definitions); !apart) return base::fail(apart.error());
  mock::MockParticipants mocks(definitions);
  for (const std::string& each : setup.answers) {
    const std::size_t equals = std::min(each.find('='), each.size());
    if (equals == each.size()) {
      return base::fail(base::ErrorCode::kInvalidArgument,
                        "`" + each + "` is not of the form OPERATION=JSON", "--answer");
    }
    const base::Result<void> set =
        mocks.set_answer(each.substr(0, equals), each.substr(equals + 1));
    if (!set) return base::fail(base::ErrorCode::kInvalidArgument, set.error().message, "--answer");
  }
  for (const std::string& each : setup.faults) {
    base::Result<mock::Fault> fault = mock::parse_fault(each);
    const base::Result<void> added =
        fault ? mocks.add_fault(std::move(*fault)) : base::fail(fault.error());
    if (!added)
      return base::fail(base::ErrorCode::kInvalidArgument, added.error().message, "--fault");
  }
  for (const std::string& each : mocks.bad_samples()) {
    console.err("warning: the sample of " + each + "; give an answer by --answer " +
                each.substr(0, each.find(':')) + "=JSON");
  }
  return mocks;
}

base::Result<std::unique_ptr<mock::MockServer>> serve_mocks(const Definitions& definitions,
                                                            const MockSetup& setup, Config& config,
                                                            const Console& console) {
  base::Result<mock::MockParticipants> mocks = make_mocks(definitions, setup, console);
  if (!mocks) return base::fail(mocks.error());
  const std::vector<std::string> services = mocks->contract().services();
  base::Result<std::unique_ptr<mock::MockServer>> server =
      mock::MockServer::open(0, std::move(*mocks), {});
  if (!server) return base::fail(server.error());
  std::erase_if(config.services, [](const auto& each) { return !each.second.is_from_flag; });
  for (const std::string& service : services) {
    const bool is_named =
        std::any_of(config.services.begin(), config.services.end(), [&](const auto& each) {
          return each.second.is_from_flag && base::bare_name(each.first) == service;
        });
    if (!is_named) config.services[service].url = url_of(**server, service);
  }
  make_up_secrets(definitions, config);
  return server;
}

int run_mock(const MockOptions& options, const Console& console) {
  base::Result<dsl::Compilation> compilation = compile_files(options.paths);
  if (!compilation) return report(console, compilation.error());
  print_diagnostics(*compilation, console);
  if (has_errors(*compilation)) return kNegative;
  base::Result<mock::MockParticipants> mocks =
      make_mocks(compilation->definitions, options.setup, console);
  if (!mocks) return report(console, mocks.error());
  const std::vector<std::string> services = mocks->contract().services();
  if (services.empty()) {
    return report(console,
                  {base::ErrorCode::kNotFound,
                   "no saga of these files calls a service: there is nothing to mock", ""});
  }
  const StopSignal stop;
  base::Result<std::unique_ptr<mock::MockServer>> server = mock::MockServer::open(
      options.port, std::move(*mocks),
      [&](const mock::Call& call) { print_call(call, options.format, console); });
  if (!server) return report(console, server.error());
  for (const std::string& service : services) {
    print_service(service, url_of(**server, service), options.format, console);
  }
  while (!stop.came()) std::this_thread::sleep_for(kLook);
  return kOk;
}

}  // namespace saga::cli
