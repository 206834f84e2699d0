#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/ports/journal.hpp"
#include "engine/runtime/requests.hpp"

namespace saga::runtime {

// Makes one read. Blocking. What is thrown on the way, of memory too, is that read's error.
Loaded load(ports::JournalReader& reader, DefinitionCache& definitions, const Load& load);

// The reading thread: makes loads in order, all that came in at once.
// Thread-safety: submit and stop from one thread; `on_loaded` runs on the loader's own thread.
class Loader {
 public:
  using OnLoaded = std::function<void(std::vector<Loaded> loaded)>;

  Loader(std::unique_ptr<ports::JournalReader> reader, OnLoaded on_loaded);
  ~Loader();  // as stop()
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  void submit(std::vector<Load> loads);
  // Ends the thread after the read under way; the others are dropped.
  void stop();

 private:
  void run();

  std::unique_ptr<ports::JournalReader> reader_;
  const OnLoaded on_loaded_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Load> queue_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace saga::runtime
