#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saga::demo {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;

  // Any case; the first of that name.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

struct HttpReply {
  int status = 200;
  std::string body;
  Headers headers;
  std::chrono::milliseconds wait{0};  // before it leaves
  bool drop = false;                  // close the connection instead of answering
};

// What a request comes to: `run` on the worker, `wait` after it came in.
struct Work {
  std::chrono::milliseconds wait{0};
  std::function<HttpReply()> run;
};

// Called on the network thread: must not block.
using Admit = std::function<Work(HttpRequest)>;

// Purpose: HTTP/1.1 for one participant: keep-alive, many connections on one network thread, the
// work one at a time on another. SIGTERM and SIGINT end it: no new connection, the work that runs
// is finished, the rest is dropped.
// Limits: 1 MiB of body, 16 KiB of header, 1024 connections, 1024 requests waiting (503 beyond),
// 60 s of silence.
// Ownership: borrows nothing; `admit` is called until run() returns.
class HttpServer {
 public:
  // Listens on a numeric loopback address, port 0 for a free one. Nothing if it can't: `problem`
  // says why.
  static std::unique_ptr<HttpServer> listen(const std::string& host, std::uint16_t port,
                                            Admit admit, std::string& problem);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // Blocks until a signal ends it.
  void run();

 private:
  struct Inside;
  explicit HttpServer(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace saga::demo
