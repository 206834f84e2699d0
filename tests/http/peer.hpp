#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace saga::http::test {

// A server's side of one connection, in blocking steps: what a test's script says goes over the
// wire, and nothing else. Once the other side or the server is gone, reads are empty and writes
// are lost.
class Peer {
 public:
  // Owns the descriptor; `ssl` is null for plain connections.
  Peer(int descriptor, SSL* ssl);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // One request up to its end, by Content-Length; empty if the connection ended before.
  std::string read_request();
  // Exactly so many bytes, or fewer if the connection ended before.
  std::string read(std::size_t bytes);
  // All that comes until the other side closes.
  std::string read_to_end();
  // False if the other side is gone.
  bool send(std::string_view bytes);
  void close();      // with a farewell where it is TLS
  void cut();        // a FIN without a farewell
  void reset();      // an RST
  void interrupt();  // from another thread: ends what blocks

 private:
  std::string receive(std::size_t most);

  std::mutex mutex_;  // of closing against interrupt: the descriptor may be another's by then
  int descriptor_;
  SSL* ssl_;
  std::string input_;
};

// An answer with a Content-Length. `headers` are whole lines, each with its CRLF.
std::string answer(int status, std::string_view body, std::string_view headers = "");

// A participant on a port of its own on loopback, whose connections follow a script, each on a
// thread of its own. The connection is closed at the script's end. `context` is null for plain
// HTTP. Destroyed, it ends what still blocks.
class Server {
 public:
  using Script = std::function<void(Peer& peer, int connection)>;  // connection counts from 0

  explicit Server(Script script, SSL_CTX* context = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int connections() const { return connections_; }
  // Scripts that ran to their end.
  [[nodiscard]] int ended() const { return ended_; }
  [[nodiscard]] int failed_handshakes() const { return failed_handshakes_; }

 private:
  void accept();
  void serve(int descriptor, int number);

  Script script_;
  SSL_CTX* context_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<int> ended_ = 0;
  std::atomic<int> failed_handshakes_ = 0;
  std::mutex mutex_;
  bool is_stopping_ = false;
  std::vector<Peer*> peers_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// Answers every request alike, on connections that are kept.
Server::Script always(std::string bytes);

// A signal from the script to the test or back.
class Flag {
 public:
  void raise();
  void wait();
  [[nodiscard]] bool is_raised();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool raised_ = false;
};

}  // namespace saga::http::test
