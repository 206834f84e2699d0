#include "tests/http/peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace saga::http::test {

Peer::Peer(int descriptor, SSL* ssl) : descriptor_(descriptor), ssl_(ssl) {}

Peer::~Peer() {
  close();
  SSL_free(ssl_);
}

std::string Peer::receive(std::size_t most) {
  std::array<char, 65'536> buffer;
  most = std::min(most, buffer.size());
  const auto got = ssl_ != nullptr ? SSL_read(ssl_, buffer.data(), static_cast<int>(most))
                                   : ::recv(descriptor_, buffer.data(), most, 0);
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : "";
}

std::string Peer::read(std::size_t bytes) {
  while (input_.size() < bytes) {
    const std::string more = receive(bytes - input_.size());
    if (more.empty()) break;
    input_ += more;
  }
  std::string taken = input_.substr(0, bytes);
  input_.erase(0, taken.size());
  return taken;
}

std::string Peer::read_request() {
  std::size_t end = std::string::npos;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    const std::string more = receive(65'536);
    if (more.empty()) return "";
    input_ += more;
  }
  const std::size_t at = input_.find("Content-Length: ");
  const std::size_t body = at < end ? std::stoul(input_.substr(at + 16)) : 0;
  const std::string request = read(end + 4 + body);
  return request.size() == end + 4 + body ? request : "";
}

std::string Peer::read_to_end() {
  std::string all = std::move(input_);
  input_.clear();
  for (std::string more = receive(65'536); !more.empty(); more = receive(65'536)) all += more;
  return all;
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto put = ssl_ != nullptr
                         ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                         : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void Peer::close() {
  if (descriptor_ < 0) return;
  if (ssl_ != nullptr) SSL_shutdown(ssl_);
  cut();
}

void Peer::cut() {
  const std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void Peer::reset() {
  const linger hard{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  cut();
}

void Peer::interrupt() {
  const std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

std::string answer(int status, std::string_view body, std::string_view headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Answer\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

Server::Script always(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer, int) {
    while (!peer.read_request().empty() && peer.send(bytes)) {
    }
  };
}

Server::Server(Script script, SSL_CTX* context) : script_(std::move(script)), context_(context) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size);
  ::listen(listener_, 512);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept(); });
}

Server::~Server() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    for (Peer* peer : peers_) peer->interrupt();
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (std::thread& thread : threads_) thread.join();
}

void Server::accept() {
  for (;;) {
    const int descriptor = ::accept(listener_, nullptr, nullptr);
    if (descriptor < 0) return;
    const int number = connections_++;
    threads_.emplace_back([this, descriptor, number] { serve(descriptor, number); });
  }
}

void Server::serve(int descriptor, int number) {
  SSL* ssl = context_ != nullptr ? SSL_new(context_) : nullptr;
  if (ssl != nullptr) SSL_set_fd(ssl, descriptor);
  Peer peer(descriptor, ssl);
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return;
    peers_.push_back(&peer);
  }
  if (ssl == nullptr || SSL_accept(ssl) == 1) {
    script_(peer, number);
    ++ended_;
  } else {
    ++failed_handshakes_;
  }
  const std::lock_guard lock(mutex_);
  std::erase(peers_, &peer);
}

void Flag::raise() {
  const std::lock_guard lock(mutex_);
  raised_ = true;
  changed_.notify_all();
}

void Flag::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return raised_; });
}

bool Flag::is_raised() {
  const std::lock_guard lock(mutex_);
  return raised_;
}

}  // namespace saga::http::test
