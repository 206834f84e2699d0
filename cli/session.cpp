#include "cli/session.hpp"

#include <filesystem>
#include <mutex>

#include "adapters/http/callback_listener.hpp"
#include "adapters/http/http_participants.hpp"
#include "cli/addresses.hpp"
#include "cli/family.hpp"
#include "engine/journal/memory_journal.hpp"
#include "engine/journal/sqlite_journal.hpp"
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

base::Result<Definitions> stored_definitions(ports::Journal& journal,
                                             const runtime::EngineEvents& events) {
  base::Result<std::unique_ptr<ports::JournalReader>> reader = journal.open_reader();
  if (!reader) return base::fail(reader.error());
  std::vector<base::Error> damaged;
  base::Result<Definitions> found = unfinished_definitions(**reader, damaged);
  for (const base::Error& error : damaged) {
    if (events.on_problem) events.on_problem(runtime::Problem{"", error});
  }
  return found;
}

// What is wrong with the services that the configuration gives, for these definitions.
base::Result<void> check_services(const Config& config, const Session::Work& work,
                                  ports::Journal& journal) {
  base::Result<void> named = check_named_services(config, work.called, work.known, journal);
  if (!named || work.drives == Session::Drives::kNothing) return named;
  return http::validate(http_config(config, work.called), work.called);
}

// ` (the unfinished saga 0197… of shop.Buy calls it)`: whose calls lack an address, where it isn't
// the saga that was asked for.
std::string who_needs_it(const Config& config, const Definitions& stored, ports::Journal& journal) {
  base::Result<std::unique_ptr<ports::JournalReader>> reader = journal.open_reader();
  if (!reader) return {};
  for (const auto& definition : stored) {
    if (http::validate(http_config(config, {definition}), {definition})) continue;
    for (const core::Status status :
         {core::Status::kRunning, core::Status::kCompensating, core::Status::kStuck}) {
      ports::SagaFilter filter;
      filter.status = status;
      filter.definition_hash = definition->hash;
      filter.limit = 1;
      base::Result<ports::SagaPage> page = (*reader)->sagas(filter);
      if (!page || page->items.empty()) continue;
      const ports::SagaRow& row = page->items[0];
      return "\nthe journal's unfinished saga " + row.id + " of " + row.definition +
             (row.key.empty() ? "" : ", key " + row.key + ",") +
             " needs it: a run goes on with all";
    }
  }
  return {};
}

// A file that isn't there is not made for a call that is refused.
base::Result<void> check_before_making(const Config& config, const Session::Work& work) {
  std::error_code ignored;
  if (config.db.empty() || std::filesystem::exists(config.db, ignored)) return {};
  journal::MemoryJournal nothing;
  return check_services(config, work, nothing);
}

}  // namespace

// What outlives the engine, and what the listener's thread may still ask for while it opens.
class Session::Parts {
 public:
  runtime::SystemClock clock;
  std::unique_ptr<http::CallbackListener> listener;

  base::Result<std::unique_ptr<ports::Journal>> open_journal(const std::string& path) {
    if (path.empty())
      return std::unique_ptr<ports::Journal>(std::make_unique<journal::MemoryJournal>());
    base::Result<std::unique_ptr<journal::SqliteJournal>> opened =
        journal::SqliteJournal::open(path);
    if (!opened) return base::fail(opened.error());
    file_ = opened->get();
    return std::unique_ptr<ports::Journal>(std::move(*opened));
  }

  // At the wanted port, else at the one that the journal's calls were told before: what they were
  // told must hold after a restart. It is kept before any call is made.
  base::Result<void> listen(std::uint16_t wanted, const std::string& secret) {
    std::uint16_t kept = 0;
    if (file_ != nullptr) {
      base::Result<std::uint16_t> port = file_->callback_port();
      if (!port) return base::fail(port.error());
      kept = *port;
    }
    base::Result<std::unique_ptr<http::CallbackListener>> opened = http::CallbackListener::open(
        wanted != 0 ? wanted : kept, http::CallbackTokens(secret),
        [this](std::string id, core::AnswerInput answer, http::CallbackListener::Taken taken) {
          answered(std::move(id), std::move(answer), std::move(taken));
        },
        {});
    if (!opened && wanted == 0 && kept != 0) {
      return base::fail(opened.error().code,
                        opened.error().message +
                            ". Participants were told to answer there: free it, or give another "
                            "one by `--callback-port`, and what is still to come is lost");
    }
    if (!opened) return base::fail(opened.error());
    listener = std::move(*opened);
    if (file_ == nullptr || listener->port() == kept) return {};
    return file_->keep_callback_port(listener->port());
  }

  // Mocks never answer for real sagas, and no saga that began on mocks goes on at real services.
  base::Result<void> check_mocks(const std::string& path, const Work& work) {
    if (file_ == nullptr || work.drives == Drives::kNothing) return {};
    base::Result<bool> marked = file_->is_on_mocks();
    if (!marked) return base::fail(marked.error());
    if (*marked == work.on_mocks) return {};
    if (*marked) {
      return base::fail(base::ErrorCode::kConflict,
                        "its sagas began on mocks: they go on by `saga run --mock` only", path);
    }
    base::Result<std::unique_ptr<ports::JournalReader>> reader = file_->open_reader();
    if (!reader) return base::fail(reader.error());
    base::Result<ports::SagaPage> sagas = (*reader)->sagas({});
    if (!sagas) return base::fail(sagas.error());
    if (sagas->items.empty()) return {};
    return base::fail(base::ErrorCode::kConflict,
                      "it holds sagas of real services, for which `--mock` would answer: give "
                      "another file, or none",
                      path);
  }

  // Once nothing refuses the work any more.
  base::Result<void> mark_mocks(const Work& work) {
    return file_ != nullptr && work.on_mocks ? file_->mark_on_mocks() : base::Result<void>();
  }

  [[nodiscard]] bool has_kept_port() {
    if (file_ == nullptr) return false;
    const base::Result<std::uint16_t> port = file_->callback_port();
    return port && *port != 0;
  }

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

  journal::SqliteJournal* file_ = nullptr;  // the journal, where it is a file
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

base::Result<void> Session::prepare(const Config& config, Work& work,
                                    const runtime::EngineEvents& events) {
  if (base::Result<void> sound = check_before_making(config, work); !sound) return sound;
  base::Result<std::unique_ptr<ports::Journal>> journal = parts_->open_journal(config.db);
  if (!journal) return base::fail(journal.error());
  journal_ = std::move(*journal);
  if (base::Result<void> fits = parts_->check_mocks(config.db, work); !fits) return fits;
  if (base::Result<void> sound = check_services(config, work, *journal_); !sound) return sound;
  if (work.drives == Drives::kAll) {
    base::Result<Definitions> stored = stored_definitions(*journal_, events);
    if (!stored) return base::fail(stored.error());
    work.called.insert(work.called.end(), stored->begin(), stored->end());
    if (base::Result<void> sound = check_services(config, work, *journal_); !sound) {
      return base::fail(sound.error().code,
                        sound.error().message + who_needs_it(config, *stored, *journal_));
    }
  }
  if (work.drives == Drives::kNothing) return {};
  if (has_async(work.called)) {
    return parts_->listen(config.callback_port, journal_->store_secret());
  }
  if (work.drives == Drives::kAll && parts_->has_kept_port()) {
    // A late callback of an ended saga is confirmed; nothing depends on it.
    static_cast<void>(parts_->listen(config.callback_port, journal_->store_secret()));
  }
  return {};
}

base::Result<std::unique_ptr<Session>> Session::open(const Config& config, Work work,
                                                     runtime::EngineEvents events) {
  std::unique_ptr<Session> session(new Session());
  Parts& parts = *session->parts_;
  if (base::Result<void> ready = session->prepare(config, work, events); !ready)
    return base::fail(ready.error());
  if (base::Result<void> marked = parts.mark_mocks(work); !marked)
    return base::fail(marked.error());
  http::Config http = http_config(config, work.called);
  http.on_misconfigured = [tell = events.on_alert](const std::string& service,
                                                   const std::string& url, const std::string& why) {
    if (tell) tell(runtime::Alert{"", "", service + " at " + url + ": " + why});
  };
  const runtime::CallerFactory make_caller = [&parts, http](boost::asio::io_context& loop) {
    return std::make_unique<http::HttpParticipants>(loop, parts.clock, http);
  };
  runtime::EngineOptions options;
  options.events = std::move(events);
  options.orchestrator.takes_up_all = work.drives == Drives::kAll;
  options.orchestrator.makes_calls = work.drives != Drives::kNothing;
  if (parts.listener) {
    options.orchestrator.callback_url = [&parts](std::string_view id,
                                                 const core::CallEffect& call) {
      return parts.listener->url_for(id, call);
    };
  }
  base::Result<std::unique_ptr<runtime::Engine>> engine =
      runtime::Engine::open(*session->journal_, parts.clock, make_caller, std::move(options));
  if (!engine) return base::fail(engine.error());
  session->engine_ = std::move(*engine);
  parts.set_engine(session->engine_.get());
  return session;
}

}  // namespace saga::cli
