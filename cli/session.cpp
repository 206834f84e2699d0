#include "cli/session.hpp"

#include <mutex>

#include "adapters/http/callback_listener.hpp"
#include "adapters/http/http_participants.hpp"
#include "cli/addresses.hpp"
#include "cli/family.hpp"
#include "engine/journal/memory_journal.hpp"
#include "engine/runtime/system_clock.hpp"

namespace saga::cli {
namespace {

bool has_async(const Definitions& definitions) {
  for (const auto& definition : definitions) {
    for (const core::Operation& operation : definition->operations) {
      if (operation.is_async) return true;
    }
  }
  return false;
}

base::Result<std::unique_ptr<ports::Journal>> open_journal(const std::string& path) {
  if (path.empty())
    return std::unique_ptr<ports::Journal>(std::make_unique<journal::MemoryJournal>());
  base::Result<std::unique_ptr<journal::SqliteJournal>> opened = journal::SqliteJournal::open(path);
  if (!opened) return base::fail(opened.error());
  return std::unique_ptr<ports::Journal>(std::move(*opened));
}

base::Result<Definitions> stored_definitions(ports::Journal& journal) {
  base::Result<std::unique_ptr<ports::JournalReader>> reader = journal.open_reader();
  if (!reader) return base::fail(reader.error());
  return unfinished_definitions(**reader);
}

}  // namespace

// What outlives the engine, and what the listener's thread may still ask for while it opens.
class Session::Parts {
 public:
  runtime::SystemClock clock;
  std::unique_ptr<http::CallbackListener> listener;

  void set_engine(runtime::Engine* engine) {
    const std::lock_guard lock(mutex_);
    engine_ = engine;
  }
  void answered(std::string saga_id, core::AnswerInput answer,
                http::CallbackListener::Taken taken) {
    const std::lock_guard lock(mutex_);
    if (engine_ == nullptr) return taken(false);
    engine_->answered(std::move(saga_id), std::move(answer),
                      [taken = std::move(taken)](const runtime::AnswerReply& reply) {
                        // No saga waits for an answer that none will ever miss.
                        taken(!reply.error || reply.error->code == base::ErrorCode::kNotFound);
                      });
  }

 private:
  std::mutex mutex_;
  runtime::Engine* engine_ = nullptr;
};

Session::Session() : parts_(std::make_unique<Parts>()) {}

Session::~Session() {
  parts_->set_engine(nullptr);
  engine_.reset();  // before the listener, which its thread asks for the URLs of callbacks
  parts_->listener.reset();
}

void Session::close(base::Duration drain) { engine_->stop(drain); }

base::Result<std::unique_ptr<Session>> Session::open(const Config& config, Work work,
                                                     runtime::EngineEvents events) {
  const Drives drives = work.drives;
  Definitions& definitions = work.called;
  std::unique_ptr<Session> session(new Session());
  Parts& parts = *session->parts_;
  base::Result<std::unique_ptr<ports::Journal>> journal = open_journal(config.db);
  if (!journal) return base::fail(journal.error());
  session->journal_ = std::move(*journal);
  if (drives == Drives::kAll) {
    base::Result<Definitions> stored = stored_definitions(*session->journal_);
    if (!stored) return base::fail(stored.error());
    definitions.insert(definitions.end(), stored->begin(), stored->end());
  }
  base::Result<void> named =
      check_named_services(config, definitions, work.known, *session->journal_);
  if (!named) return base::fail(named.error());
  const http::Config http = http_config(config, definitions);
  if (drives != Drives::kNothing) {
    if (base::Result<void> sound = http::validate(http, definitions); !sound)
      return base::fail(sound.error());
  }
  runtime::EngineOptions options;
  options.events = std::move(events);
  options.orchestrator.takes_up_all = drives == Drives::kAll;
  options.orchestrator.makes_calls = drives != Drives::kNothing;
  if (drives != Drives::kNothing && has_async(definitions)) {
    base::Result<std::unique_ptr<http::CallbackListener>> listener = http::CallbackListener::open(
        config.callback_port, http::CallbackTokens(session->journal_->store_secret()),
        [&parts](std::string id, core::AnswerInput answer, http::CallbackListener::Taken taken) {
          parts.answered(std::move(id), std::move(answer), std::move(taken));
        },
        {});
    if (!listener) return base::fail(listener.error());
    parts.listener = std::move(*listener);
    options.orchestrator.callback_url = [&parts](std::string_view id,
                                                 const core::CallEffect& call) {
      return parts.listener->url_for(id, call);
    };
  }
  const runtime::CallerFactory make_caller = [&parts, http](boost::asio::io_context& loop) {
    return std::make_unique<http::HttpParticipants>(loop, parts.clock, http);
  };
  base::Result<std::unique_ptr<runtime::Engine>> engine =
      runtime::Engine::open(*session->journal_, parts.clock, make_caller, std::move(options));
  if (!engine) return base::fail(engine.error());
  session->engine_ = std::move(*engine);
  parts.set_engine(session->engine_.get());
  return session;
}

}  // namespace saga::cli
