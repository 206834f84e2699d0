// A demo participant: one role, one file, one port.

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>

#include "workflows/participants/application.hpp"

namespace {

struct Options {
  std::string role;
  std::string db;
  std::string listen = "127.0.0.1:0";
  std::vector<std::string> faults;
};

constexpr int kUsage = 2;
constexpr int kFailed = 1;

int complain(const std::string& text, int code) {
  std::fprintf(stderr, "saga-participant: %s\n", text.c_str());
  return code;
}

// "127.0.0.1:8080" or "[::1]:8080"; port 0 is any free one.
bool split(const std::string& listen, std::string& host, std::uint16_t& port) {
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return false;
  host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  const char* end = listen.data() + listen.size();
  const auto [at, error] = std::from_chars(listen.data() + colon + 1, end, port);
  return error == std::errc() && at == end;
}

int serve(const Options& options) {
  std::optional<saga::demo::Role> role = saga::demo::find_role(options.role);
  if (!role) return complain("--role is orders, inventory, payments or delivery", kUsage);
  std::string host;
  std::uint16_t port = 0;
  if (!split(options.listen, host, port)) return complain("--listen is HOST:PORT", kUsage);
  saga::demo::Application application(*std::move(role), options.db);
  for (const std::string& text : options.faults) {
    const std::string wrong = application.switch_on(text);
    if (!wrong.empty()) return complain("--fault: " + wrong, kUsage);
  }
  std::string problem;
  const auto server = saga::demo::HttpServer::listen(
      host, port,
      [&](saga::demo::HttpRequest request) { return application.admit(std::move(request)); },
      problem);
  if (!server) return complain(problem, kFailed);
  const bool v6 = host.find(':') != std::string::npos;
  std::printf("listening %s:%u\n", v6 ? ('[' + host + ']').c_str() : host.c_str(),
              static_cast<unsigned>(server->port()));
  std::fflush(stdout);
  server->run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A demo participant: orders, inventory, payments or delivery behind HTTP.");
  Options options;
  app.add_option("--role", options.role, "orders, inventory, payments or delivery")->required();
  app.add_option("--db", options.db, "the SQLite file; made if it isn't there")->required();
  app.add_option("--listen", options.listen, "HOST:PORT on loopback; port 0 is any free one");
  app.add_option("--fault", options.faults, "a fault switch as JSON, as for POST /faults");
  try {
    app.parse(argc, argv);
    return serve(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  } catch (const std::exception& error) {
    return complain(error.what(), kFailed);
  }
}
