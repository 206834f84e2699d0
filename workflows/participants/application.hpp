#pragma once

#include <memory>
#include <optional>
#include <string>

#include "participant/barrier.hpp"
#include "workflows/participants/database.hpp"
#include "workflows/participants/faults.hpp"
#include "workflows/participants/http_server.hpp"
#include "workflows/participants/role.hpp"

namespace saga::demo {

// Purpose: one participant behind HTTP: its operations with the barrier around every write, its
// fault switches, its books. README.md lists the calls.
// Thread-safety: admit() and switch_on() from any thread; the Work that admit() gives runs on one
// thread at a time, which owns the connection. Must outlive that work.
class Application {
 public:
  // Opens the file and makes the tables. Throws DatabaseError.
  Application(Role role, std::string path);

  Work admit(HttpRequest request);
  // Turns on the fault switch that `json` describes. What is wrong with it, or "".
  std::string switch_on(std::string_view json);

 private:
  HttpReply call(const HttpRequest& request, const std::optional<Fault>& fault);
  HttpReply serve(const HttpRequest& request);
  HttpReply change_faults(const HttpRequest& request);
  participant::Answer answer_to(const Operation& operation, const HttpRequest& request,
                                const std::optional<Fault>& fault);
  participant::Answer behind_barrier(const Operation& operation, const HttpRequest& request,
                                     Arguments& arguments, const std::optional<Fault>& fault);
  std::string effects() const;

  Role role_;
  std::string path_;
  Database db_;
  participant::Barrier barrier_{{.lock_wait = std::chrono::milliseconds(1000)}};
  Faults faults_;
};

}  // namespace saga::demo
