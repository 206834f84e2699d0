#include "engine/runtime/orchestrator.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ids.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/definition_codec.hpp"
#include "engine/core/state_codec.hpp"
#include "engine/runtime/resident.hpp"

namespace saga::runtime {
namespace {

constexpr std::uint64_t kSnapshotEvents = 256;  // a shorter history has none
constexpr std::uint64_t kSnapshotShare = 8;

// A saga that has ended, or that nothing but a person carries on.
bool is_at_rest(const core::State& state) {
  if (state.ended) return true;
  return state.status() == core::Status::kStuck && !core::goes_on_alone(state);
}

// W3C trace context: a trace a saga, a span an attempt. The history alone tells both again.
std::string traceparent_of(std::string_view saga_id, const core::CallEffect& call) {
  std::string trace;
  std::ranges::copy_if(saga_id, std::back_inserter(trace), [](char c) { return c != '-'; });
  if (trace.size() != 32) return {};  // no uuid
  base::SeededRandom random(std::uint64_t{call.frame} << 32 | std::uint64_t{call.attempt} << 2 |
                            static_cast<std::uint64_t>(call.phase));
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string span;
  for (std::uint64_t bits = random.next() | 1; span.size() < 16; bits >>= 4) {
    span += kDigits[bits & 15];
  }
  return "00-" + trace + "-" + span + "-01";
}

template <class Item>
void append(std::vector<Item>& to, std::vector<Item>& from) {
  if (to.empty()) {
    to.swap(from);
  } else {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  }
}

}  // namespace

Orchestrator::Orchestrator(OrchestratorOptions options)
    : options_(std::move(options)), random_(options_.seed) {}
Orchestrator::~Orchestrator() = default;

void Orchestrator::register_definition(const std::shared_ptr<const core::Definition>& definition) {
  if (!definitions_.emplace(definition->hash, definition).second) return;
  ports::DefinitionRow row;
  row.name = definition->name;
  row.version = definition->version;
  row.hash = definition->hash;
  row.text = core::encode(*definition);
  for (const core::Source& source : definition->sources) {
    row.sources.push_back({source.path, source.text ? *source.text : std::string()});
  }
  batch_.definitions.push_back(std::move(row));
}

bool Orchestrator::feed(Saga& saga, const core::Input& input) {
  const core::Context context{now_, random_.next()};
  core::Transition transition = core::advance(*saga.definition, saga.state, input, context);
  if (!transition.events.empty()) keep(saga, input, context, transition);
  keep_effects(saga, transition);
  if (transition.events.empty()) return false;
  reply_rest(saga);
  return true;
}

void Orchestrator::keep(Saga& saga, const core::Input& input, const core::Context& context,
                        const core::Transition& transition) {
  ports::HistoryRow row;
  row.machine_id = saga.id;
  row.first_seq = transition.events.front().seq;
  row.last_seq = transition.events.back().seq;
  row.at = context.now;
  row.seed = context.seed;
  row.input = core::encode_row_input(input);
  row.events = core::encode_row_events(transition.events, {saga.id, row.first_seq, row.at});
  batch_.history.push_back(std::move(row));
  ++held_.transitions;
  ++uncommitted_;
  saga.updated_at = context.now;
  if (saga.last_batch != open_number()) {
    saga.last_batch = open_number();
    held_.sagas.push_back(saga.id);
  }
  const std::pair listing{saga.state.status(), saga.state.cause};
  if (saga.listed != listing) {
    saga.listed = listing;
    keep_list_row(saga);
  }
  const std::optional<base::TimePoint> due = due_in_journal(saga.state);
  if (due != saga.stored_due) {
    saga.stored_due = due;
    batch_.timers.push_back({saga.id, due});
  }
  set_due(saga);
  keep_snapshot(saga);
}

// So far apart that all of them together take a few times the bytes of the last one, and that a
// restored saga folds an eighth of its history at most.
void Orchestrator::keep_snapshot(Saga& saga) {
  const std::uint64_t seq = saga.state.last_seq;
  const std::uint64_t distance = std::max(kSnapshotEvents, seq / kSnapshotShare);
  if (seq < saga.snapshot_seq + distance || saga.state.ended) return;
  base::JsonText state = core::encode(saga.state);
  saga.snapshot_seq = seq;
  if (state.size() > base::limits::kMaxRowBytes) return;
  batch_.snapshots.push_back({saga.id, seq, saga.updated_at, std::move(state)});
}

void Orchestrator::keep_list_row(const Saga& saga) {
  ports::SagaRow row;
  row.id = saga.id;
  row.definition = saga.state.definition;
  row.version = saga.definition->version;
  row.definition_hash = saga.state.definition_hash;
  row.key = saga.state.key;
  if (saga.state.parent) row.parent_id = saga.state.parent->saga_id;
  row.status = saga.listed->first;
  row.cause = saga.listed->second;
  row.started_at = saga.state.started_at;
  row.updated_at = saga.updated_at;
  if (saga.state.ended) row.ended_at = saga.updated_at;
  batch_.sagas.push_back(std::move(row));
}

void Orchestrator::keep_effects(Saga& saga, core::Transition& transition) {
  for (core::Effect& effect : transition.effects) {
    if (auto* call = std::get_if<core::CallEffect>(&effect)) {
      keep_call(saga, std::move(*call));
    } else if (auto* message = std::get_if<core::MessageEffect>(&effect)) {
      batch_.sent.push_back({saga.id, message->number, message->to, core::encode(message->body)});
      mail_.push_back({message->to, {saga.id, message->number, std::move(message->body)}});
    } else if (auto* alert = std::get_if<core::AlertEffect>(&effect)) {
      const std::string kind = alert->is_inconsistency ? "inconsistency: " : "";
      const std::string whom = alert->to.empty() ? "" : " (for " + alert->to + ")";
      held_outputs().alerts.push_back({saga.id, std::move(alert->step), kind + alert->text + whom});
    }
  }
}

void Orchestrator::keep_call(Saga& saga, core::CallEffect call) {
  if (!options_.makes_calls) return;
  ports::CallRequest request;
  request.saga_id = saga.id;
  request.definition = saga.definition;
  const bool is_async = saga.definition->operations[call.operation].is_async;
  if (is_async && options_.callback_url) {
    request.callback_url = options_.callback_url(saga.id, call);
  }
  request.traceparent = traceparent_of(saga.id, call);
  request.effect = std::move(call);
  held_outputs().calls.push_back(std::move(request));
}

void Orchestrator::keep_consumed(const std::string& to, const core::MessageInput& message) {
  // Sent and consumed in one batch: neither needs a row.
  const auto sent =
      std::find_if(batch_.sent.rbegin(), batch_.sent.rend(), [&](const ports::MessageRow& row) {
        return row.number == message.number && row.from == message.from && row.to == to;
      });
  if (sent != batch_.sent.rend()) {
    batch_.sent.erase(std::next(sent).base());
  } else {
    batch_.consumed.push_back({message.from, message.number, to, ""});
  }
}

void Orchestrator::reply_rest(const Saga& saga) {
  if (rest_waiters_.empty() || !is_at_rest(saga.state)) return;
  const auto waiters = rest_waiters_.find(saga.id);
  if (waiters == rest_waiters_.end()) return;
  for (const RequestId request : waiters->second) {
    reply(request, RestReply{make_view(*saga.definition, saga.state, saga.updated_at), {}});
  }
  rest_waiters_.erase(waiters);
}

void Orchestrator::answer(const std::string& saga_id, core::AnswerInput answer, base::TimePoint now,
                          std::optional<RequestId> request) {
  now_ = now;
  answer.holds_calls = is_stopping_;
  const auto known = sagas_.find(saga_id);
  if (known != sagas_.end() && !known->second->is_loading) {
    feed(*known->second, std::move(answer));
    if (request) reply(*request, AnswerReply{});
    return run_mail();
  }
  with_saga(
      saga_id, "",
      [this, saga_id, request, answer = std::move(answer)](Saga* saga, const base::Error& why) {
        if (saga == nullptr) {
          ready_.problems.push_back({saga_id, why});
          if (request) reply(*request, AnswerReply{why});
        } else {
          feed(*saga, answer);
          if (request) reply(*request, AnswerReply{});
        }
      });
  run_mail();
}

void Orchestrator::operate(RequestId request, OperateRequest operate, base::TimePoint now) {
  now_ = now;
  if (is_stopping_) {
    return reply(request, OperateReply{base::Error{base::ErrorCode::kUnavailable,
                                                   "the engine is stopping", ""}});
  }
  operate.input.holds_calls = !options_.makes_calls;
  with_saga(operate.saga_id, "",
            [this, request, input = std::move(operate.input)](Saga* saga, const base::Error& why) {
              if (saga == nullptr) return reply(request, OperateReply{why});
              if (base::Result<void> allowed =
                      core::check_operator(*saga->definition, saga->state, input);
                  !allowed) {
                return reply(request, OperateReply{allowed.error()});
              }
              feed(*saga, input);
              reply(request, OperateReply{});
            });
  run_mail();
}

void Orchestrator::wait_rest(RequestId request, const std::string& saga_id, base::TimePoint now) {
  now_ = now;
  with_saga(saga_id, "", [this, request, saga_id](Saga* saga, const base::Error& why) {
    if (saga == nullptr) return reply(request, RestReply{std::nullopt, why});
    if (!is_at_rest(saga->state)) {
      rest_waiters_[saga_id].push_back(request);
    } else {
      reply(request, RestReply{make_view(*saga->definition, saga->state, saga->updated_at), {}});
    }
  });
}

bool Orchestrator::has_rows() const {
  return !batch_.history.empty() || !batch_.definitions.empty() || !batch_.consumed.empty();
}

Outputs& Orchestrator::held_outputs() {
  if (has_rows()) return held_.outputs;
  return committing_.empty() ? ready_ : committing_.back().outputs;
}

void Orchestrator::reply(RequestId request, decltype(Reply::body) body) {
  held_outputs().replies.push_back({request, std::move(body)});
}

std::optional<Submission> Orchestrator::take_batch() {
  if (!has_rows()) return std::nullopt;
  Submission submission{open_number(), std::exchange(batch_, {})};
  committing_.push_back(std::exchange(held_, {}));
  return submission;
}

void Orchestrator::committed(std::uint64_t number, base::TimePoint now) {
  now_ = now;
  while (!committing_.empty() && first_committing_ <= number) {
    Held held = std::move(committing_.front());
    committing_.pop_front();
    ++first_committing_;
    uncommitted_ -= held.transitions;
    append(ready_.replies, held.outputs.replies);
    append(ready_.calls, held.outputs.calls);
    append(ready_.loads, held.outputs.loads);
    append(ready_.alerts, held.outputs.alerts);
    for (const std::string& id : held.sagas) let_go(id);
    for (const std::string& id : held.keys) {
      const auto key = keys_.find(id);
      if (key != keys_.end() && key->second->last_batch < first_committing_) keys_.erase(key);
    }
  }
}

Outputs Orchestrator::take_outputs() { return std::exchange(ready_, {}); }

void Orchestrator::hold(std::optional<base::Error> why) { holding_ = std::move(why); }

}  // namespace saga::runtime
