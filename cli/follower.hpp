#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cli/console.hpp"
#include "cli/history.hpp"
#include "engine/ports/journal.hpp"

namespace saga::cli {

// Shows one saga's history on standard output while it is committed. It prints on a thread of its
// own and from the journal, so that an output that is slow or stopped neither keeps the engine nor
// grows a queue, and nothing is left out.
// Thread-safety: on_committed from any thread and without blocking, all else from one.
class Follower {
 public:
  // Nothing is shown with kJson.
  Follower(OutputFormat format, const Console& console) : format_(format), console_(console) {}
  ~Follower() { finish(); }
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  void on_committed(const std::vector<ports::HistoryRow>& rows);
  // Begins with what is stored of the saga now, and marks for people where what was there before
  // `since` ends. Once.
  void follow(const std::string& saga_id, std::shared_ptr<const core::Definition> definition,
              std::unique_ptr<ports::JournalReader> reader, base::TimePoint since);
  // Prints all that was committed before this call, however long that takes, and ends.
  void finish();

 private:
  void run(const std::string& saga_id, const std::shared_ptr<const core::Definition>& definition,
           ports::JournalReader& reader, base::TimePoint since);
  void print(const HistoryRecord& record, const core::Definition& definition,
             base::TimePoint began) const;
  bool wait_for_more();  // false: there is no more

  const OutputFormat format_;
  const Console& console_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string saga_id_;
  bool has_more_ = false;
  bool is_over_ = false;
};

}  // namespace saga::cli
