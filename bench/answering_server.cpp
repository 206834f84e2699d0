#include "bench/answering_server.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace saga::bench {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr std::string_view kDone =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n\"R-10293847\"";
constexpr std::string_view kUndone =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nnull";
constexpr std::string_view kDeclined =
    "HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\nContent-Length: 55\r\n\r\n"
    R"({"error":"Declined","message":"no","reason":"no funds"})";

// A compensation declares no result.
std::string_view answer_to(std::string_view request) {
  if (request.find("\r\nSaga-Op: compensate\r\n") != std::string_view::npos) return kUndone;
  return request.find("\"declined\"") == std::string_view::npos ? kDone : kDeclined;
}

// Reads requests and answers each; knows just enough of HTTP for its own client.
class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket socket) : socket_(std::move(socket)) {}

  void read() {
    socket_.async_read_some(asio::buffer(bytes_),
                            [self = shared_from_this()](error_code error, std::size_t count) {
                              if (error) return;
                              self->input_.append(self->bytes_.data(), count);
                              self->answer_all();
                            });
  }

 private:
  void answer_all() {
    output_.clear();
    for (;;) {
      const std::size_t end = input_.find("\r\n\r\n");
      if (end == std::string::npos) break;
      const std::size_t total = end + 4 + length(std::string_view(input_).substr(0, end));
      if (input_.size() < total) break;
      const std::string_view request = std::string_view(input_).substr(0, total);
      output_ += answer_to(request);
      input_.erase(0, total);
    }
    if (output_.empty()) return read();
    asio::async_write(socket_, asio::buffer(output_),
                      [self = shared_from_this()](error_code error, std::size_t) {
                        if (!error) self->read();
                      });
  }

  static std::size_t length(std::string_view head) {
    constexpr std::string_view kName = "Content-Length: ";
    const std::size_t at = head.find(kName);
    if (at == std::string_view::npos) return 0;
    return std::stoul(std::string(head.substr(at + kName.size(), 10)));
  }

  tcp::socket socket_;
  std::array<char, 16'384> bytes_{};
  std::string input_;
  std::string output_;
};

void accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](error_code error, tcp::socket socket) {
    if (!error) {
      socket.set_option(tcp::no_delay(true));
      std::make_shared<Session>(std::move(socket))->read();
    }
    accept(acceptor);
  });
}

}  // namespace

AnsweringServer::AnsweringServer() {
  asio::io_context loop{1};
  tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  port_ = acceptor.local_endpoint().port();
  loop.notify_fork(asio::io_context::fork_prepare);
  pid_ = fork();
  if (pid_ != 0) return;
  loop.notify_fork(asio::io_context::fork_child);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  accept(acceptor);
  loop.run();
  _exit(0);
}

AnsweringServer::~AnsweringServer() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

}  // namespace saga::bench
