#include <doctest/doctest.h>

#include <cstdlib>
#include <deque>
#include <fstream>
#include <sstream>

#include "dsl/compile.hpp"
#include "engine/journal/hash.hpp"
#include "tests/machine/sagas.hpp"

// Each outcome of an attempt at each place of a saga, as golden text: a file a place in matrix/,
// a section a form of the step and a script of answers, in it the calls in the order in which
// participants saw them. SAGA_UPDATE=1 rewrites the files.
namespace saga::test {
namespace {

using core::Outcome;
using core::Phase;

constexpr const char* kServices = R"(module test.matrix
error Declined { reason: string }
error Busy transient
service S {
  read  find(key: string) -> string?
  read  look(id: string) -> string errors Declined
  write make(id: string) -> string errors Declined, Busy idempotent by key
  write plain(id: string) -> string errors Declined idempotent
  write asks(id: string) -> string errors Declined idempotent by key resolve find(key)
  write once(id: string) -> string errors Declined resolve find(key)
  write slow(id: string) -> string errors Declined idempotent by key async
  write sure(id: string) -> string idempotent by key
  notify tell(id: string) -> string errors Declined idempotent
  write undo(key: string) idempotent
}
)";

// Where the step `x` stands; X is its text, without `step`.
struct Place {
  const char* name;
  const char* source;
};

constexpr Place kPlaces[] = {
    {"before_the_pivot", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  step X compensate S.undo(key_of(x))
  pivot step p = S.sure(id) timeout 2s retry 1s within 1h
})"},
    {"the_pivot", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  pivot step X
  step z = S.sure(id) timeout 2s retry 1s, ...
})"},
    {"after_the_pivot", R"(saga Root(id: string) {
  pivot step p = S.sure(id) timeout 2s
  step X
  step z = S.sure(id) timeout 2s retry 1s, ...
})"},
    {"in_a_scope_after_the_pivot", R"(saga Root(id: string) {
  pivot step p = S.sure(id) timeout 2s
  scope extras {
    step b = S.make(id) timeout 2s retry 1s, ... compensate S.undo(key_of(b))
    step X compensate S.undo(key_of(x))
  } else { note "without extras" }
  step z = S.sure(id) timeout 2s retry 1s, ...
})"},
    {"in_a_branch", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  parallel {
    branch left {
      step b = S.make(id) timeout 2s compensate S.undo(key_of(b))
      step X compensate S.undo(key_of(x))
      step c = S.make(id) timeout 2s compensate S.undo(key_of(c))
    }
    branch right {
      step d = S.make(id) timeout 2s compensate S.undo(key_of(d))
      step e = S.make(id) timeout 2s compensate S.undo(key_of(e))
      step f = S.make(id) timeout 2s compensate S.undo(key_of(f))
    }
  }
  pivot step p = S.sure(id) timeout 2s
})"},
    {"in_a_loop", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  for n in [1, 2] {
    step X compensate S.undo(key_of(x))
  }
  pivot step p = S.sure(id) timeout 2s
})"},
    {"in_a_handler", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s
    on Declined { step X compensate S.undo(key_of(x)) }
    compensate S.undo(key_of(a))
  pivot step p = S.sure(id) timeout 2s
})"},
    {"in_a_child", R"(saga Child(id: string) {
  step b = S.make(id) timeout 2s compensate S.undo(key_of(b))
  step X compensate S.undo(key_of(x))
}
saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  step child = Child(id)
  pivot step p = S.sure(id) timeout 2s
})"},
    {"in_a_compensation_block", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  step b = S.make(id) timeout 2s
    compensate {
      step X
      step y = S.undo(key_of(b)) timeout 2s
    }
  step c = S.make(id) timeout 2s compensate S.undo(key_of(c))
  pivot step p = S.make(id) timeout 2s
})"},
    {"in_on_failed", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  pivot step p = S.make(id) timeout 2s
} on failed { step X })"},
    {"in_a_race", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  parallel any {
    branch left {
      step b = S.make(id) timeout 2s compensate S.undo(key_of(b))
      step X compensate S.undo(key_of(x))
      step c = S.make(id) timeout 2s compensate S.undo(key_of(c))
    }
    branch right {
      sleep 3s
      step d = S.make(id) timeout 2s compensate S.undo(key_of(d))
    }
  }
  pivot step p = S.sure(id) timeout 2s
})"},
    {"in_a_scope_that_runs_again", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  scope tries {
    step b = S.make(id) timeout 2s compensate S.undo(key_of(b))
    step X compensate S.undo(key_of(x))
  } again retry 1m
  pivot step p = S.sure(id) timeout 2s
})"},
    {"in_a_scope_s_compensation", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  scope whole {
    step b = S.make(id) timeout 2s compensate S.undo(key_of(b))
    step c = S.make(id) timeout 2s compensate S.undo(key_of(c))
  } compensate { step X }
  pivot step p = S.make(id) timeout 2s
})"},
    {"in_on_completed", R"(saga Root(id: string) {
  pivot step p = S.sure(id) timeout 2s
} on completed { step X })"},
    {"in_on_stuck", R"(saga Root(id: string) {
  note "{1 / (id.size - 2)}"
} on stuck { step X })"},
    {"in_a_repeat", R"(saga Root(id: string) {
  repeat up to 2 times every 5s {
    step X compensate S.undo(key_of(x))
    rollback x
  }
  pivot step p = S.sure(id) timeout 2s
})"},
};

// How the step is written, and which scripts of answers make sense for it. An answer is for each
// attempt of `x` in turn (`?` marks those of its resolve); after them all is done.
struct Form {
  const char* name;
  const char* step;
  std::vector<const char*> scripts;
};

const std::vector<Form>& forms() {
  static const std::vector<Form> all = {
      {"one attempt",
       "x = S.make(id) timeout 2s",
       {"done", "rejected", "transient", "busy", "timeout", "reset", "defect", "wrong-type",
        "done-late"}},
      {"retried",
       "x = S.make(id) timeout 2s retry 1s, 5s within 1m",
       {"transient, done", "transient, transient, transient", "timeout, done", "timeout, rejected",
        "timeout, transient, transient", "done-late, transient, transient"}},
      {"retried without end",
       "x = S.sure(id) timeout 2s retry 1s, ...",
       {"transient, timeout, done", "defect"}},
      {"idempotent, but not by key",
       "x = S.plain(id) timeout 2s retry 1s within 1m",
       {"timeout, rejected", "timeout, timeout"}},
      {"with a resolve",
       "x = S.asks(id) timeout 2s",
       {"rejected", "timeout, ?done", "timeout, ?gone", "timeout, ?unfenced",
        "timeout, ?timeout, ?done", "timeout, ?defect", "done-late, ?timeout"}},
      {"with a resolve, not idempotent",
       "x = S.once(id) timeout 2s",
       {"timeout, ?done", "timeout, ?gone", "crash, ?done"}},
      {"with a fallback value",
       "x = S.make(id) timeout 2s else use \"none\"",
       {"rejected", "transient", "timeout", "defect"}},
      {"with a handler",
       "x = S.make(id) timeout 2s on Declined { note \"declined\" }",
       {"rejected", "transient", "timeout"}},
      {"async",
       "x = S.slow(id) timeout 2s within 1m",
       {"pending, done", "pending, rejected", "pending", "polled, done", "polled, transient, done",
        "pending, defect", "polled-back, transient, done", "polled-back, reset, done", "timeout"}},
      {"a read",
       "x = S.look(id) timeout 2s",
       {"done", "rejected", "transient", "timeout", "defect", "crash, done"}},
      {"a notify", "x = S.tell(id) timeout 2s", {"done", "rejected", "timeout"}},
  };
  return all;
}

// The compensation itself is the place: answers are for the attempts of `x`'s compensation.
constexpr Place kCompensations[] = {
    {"in_a_compensation", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  step x = S.make(id) timeout 3s compensate S.undo(key_of(x))
  step c = S.make(id) timeout 2s compensate S.undo(key_of(c))
  pivot step p = S.make(id) timeout 2s
})"},
    {"in_a_compensation_with_its_own_retry", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  step x = S.make(id) timeout 3s compensate S.make(id) { retry 2s on Declined { note "refused" } }
  pivot step p = S.make(id) timeout 2s
})"},
    {"in_a_compensation_with_a_fallback", R"(saga Root(id: string) {
  step a = S.make(id) timeout 2s compensate S.undo(key_of(a))
  step x = S.make(id) timeout 3s
    compensate S.make(id) { retry 2s else { step y = S.undo(key_of(x)) timeout 1s } }
  pivot step p = S.make(id) timeout 2s
})"},
};

constexpr const char* kUndoScripts[] = {"done",
                                        "rejected",
                                        "not-found",
                                        "transient, done",
                                        "timeout, done",
                                        "reset, done",
                                        "defect",
                                        "wrong-type",
                                        "timeout, timeout, timeout, done",
                                        "crash, done",
                                        "pending"};

Outcome outcome_of(const std::string& word) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kDone;
  outcome.body = "\"R\"";
  if (word == "rejected" || word == "not-found") {
    outcome.kind = Outcome::Kind::kRejected;
    outcome.error = word == "rejected" ? "Declined" : "NotFound";
    outcome.body =
        "{ \"error\": \"" + outcome.error + "\", \"message\": \"no\", \"reason\": \"r\" }";
  } else if (word == "transient" || word == "busy") {
    outcome.kind = Outcome::Kind::kTransient;
    outcome.error = word == "busy" ? "Busy" : "Unavailable";
    outcome.body.clear();
  } else if (word == "timeout" || word == "reset") {
    outcome.kind = Outcome::Kind::kUnknown;
    outcome.error = word == "reset" ? "Reset" : "Timeout";
    outcome.body.clear();
  } else if (word == "defect") {
    outcome.kind = Outcome::Kind::kDefect;
    outcome.body.clear();
    outcome.message = "no JSON";
  } else if (word == "wrong-type") {
    outcome.body = "{ \"not\": \"a string\" }";
  } else if (word == "pending" || word.starts_with("polled")) {
    outcome.kind = Outcome::Kind::kPending;
    outcome.body.clear();
    if (word.starts_with("polled")) outcome.poll_url = "/jobs/1";
  } else if (word == "?gone" || word == "?unfenced") {
    outcome.body = "null";
    outcome.fenced = word == "?gone";
  }
  return outcome;
}

// Plays one workflow: answers calls in the order in which they were made, those of `x` by script.
class Player {
 public:
  Player(Sagas::Definitions definitions, const std::string& script, Phase phase, bool rejects_pivot)
      : phase_(phase),
        rejects_pivot_(rejects_pivot),
        sagas_(std::move(definitions),
               [this](const Sagas::Saga& saga, const State& before,
                      const core::Transition& transition) { see(saga, before, transition); }) {
    std::istringstream words(script);
    for (std::string word; words >> word;) {
      if (word.back() == ',') word.pop_back();
      script_.push_back(word);
    }
  }

  std::string play() {
    REQUIRE(sagas_.start(R"({"id":"O1"})"));
    for (int i = 0; i < 200 && !over(); ++i) {
      if (!calls_.empty()) {
        answer_next();
      } else if (const auto due = sagas_.next_due()) {
        out_ << "  at +" << base::describe_duration(*due - began_) << "\n";
        sagas_.fire_timers();
      } else {
        break;
      }
    }
    deliver_late();
    const State& state = sagas_.root().state;
    out_ << "= " << core::name_of(state.status());
    if (state.cause != core::Cause::kNone) out_ << " (" << core::name_of(state.cause) << ")";
    if (!state.error.empty()) out_ << " " << state.error;
    out_ << "\n";
    for (const std::string& problem : sagas_.problems()) FAIL_CHECK(problem);
    return out_.str();
  }

 private:
  struct Call {
    std::string saga;
    core::CallEffect effect;
  };

  [[nodiscard]] bool over() const {
    const State& state = sagas_.root().state;
    return state.ended.has_value() || (state.status() == core::Status::kStuck && calls_.empty());
  }

  void see(const Sagas::Saga& saga, const State&, const core::Transition& transition) {
    for (const core::Event& event : transition.events) {
      if (const auto* parked = std::get_if<core::event::Parked>(&event.body)) {
        out_ << "  stuck " << saga.state.path_of(parked->frame) << ": " << parked->reason << "\n";
      }
      if (const auto* noted = std::get_if<core::event::Noted>(&event.body)) {
        out_ << "  note: " << noted->text << "\n";
      }
    }
    for (const core::Effect& effect : transition.effects) {
      const auto* call = std::get_if<core::CallEffect>(&effect);
      if (call != nullptr) calls_.push_back({saga.id, *call});
      const auto* alert = std::get_if<core::AlertEffect>(&effect);
      if (alert != nullptr && alert->text.find("needs a person") == std::string::npos) {
        out_ << "  alert: " << alert->text << "\n";
      }
    }
  }

  [[nodiscard]] bool is_x(const core::CallEffect& call) const {
    const std::string& step = call.step;
    const std::size_t slash = step.rfind('/');
    const std::string name = step.substr(slash == std::string::npos ? 0 : slash + 1);
    return name == "x" || name == "x[1]";  // in a loop, the second round
  }

  // The word that the script has for this call, or what all other calls are answered.
  std::string word_for(const core::CallEffect& call) {
    const bool scripted =
        is_x(call) && !script_.empty() &&
        (call.phase == phase_ || (call.phase == Phase::kResolve && phase_ == Phase::kAction)) &&
        (call.phase == Phase::kResolve) == script_.front().starts_with('?');
    if (!scripted) {
      if (call.phase != Phase::kAction || !call.compensates.empty()) return "done";
      if (call.step == "p" && rejects_pivot_) return "rejected";
      return call.step == "a" && handles_ ? "rejected" : "done";
    }
    std::string word = script_.front();
    script_.pop_front();
    return word;
  }

  void answer_next() {
    const Call call = calls_.front();
    calls_.pop_front();
    const std::string word = word_for(call.effect);
    const core::Operation& operation =
        sagas_.all().at(call.saga).definition->operations[call.effect.operation];
    out_ << core::name_of(call.effect.phase) << " " << operation.name << " #" << call.effect.attempt
         << " " << key_of(call) << (call.effect.poll_url.empty() ? "" : " asks") << " -> " << word
         << "\n";
    if (word == "crash") return crash(call);
    if (word == "done-late") {
      late_.push_back(call);
      return answer(call, outcome_of("timeout"));
    }
    answer(call, outcome_of(word.starts_with("?done") ? "done"
                            : word == "?timeout"      ? "timeout"
                            : word == "?defect"       ? "defect"
                                                      : word));
    const bool calls_back = word == "pending" || word == "polled-back";
    if (!calls_back || script_.empty()) return;
    const std::string back = script_.front();
    script_.pop_front();
    out_ << "  callback -> " << back << "\n";
    answer(call, outcome_of(back), true);
  }

  void crash(const Call& call) {
    calls_.push_front(call);
    std::deque<Call> cut;
    cut.swap(calls_);
    for (const auto& [id, saga] : sagas_.all()) sagas_.feed(id, core::RecoveredInput{});
  }

  void deliver_late() {
    for (const Call& call : late_) {
      out_ << "  late answer " << key_of(call) << " -> done\n";
      answer(call, outcome_of("done"));
    }
  }

  void answer(const Call& call, Outcome outcome, bool is_callback = false) {
    sagas_.feed(call.saga, core::AnswerInput{call.effect.frame, call.effect.phase,
                                             call.effect.attempt, std::move(outcome), is_callback});
  }

  [[nodiscard]] std::string key_of(const Call& call) const {
    const std::string& name = sagas_.all().at(call.saga).name;
    const std::string& key = call.effect.key;
    const bool own = key.starts_with(call.saga);
    return (name.empty() ? "" : name + ":") + (own ? key.substr(call.saga.size()) : key);
  }

 public:
  void reject_first_step() { handles_ = true; }

 private:
  std::deque<std::string> script_;
  Phase phase_;
  bool rejects_pivot_;
  bool handles_ = false;
  std::deque<Call> calls_;
  std::deque<Call> late_;
  std::ostringstream out_;
  Sagas sagas_;
  const base::TimePoint began_ = sagas_.now();
};

dsl::Compilation compile(const std::string& source) {
  return dsl::compile({dsl::SourceFile("matrix.saga", source)}, {journal::sha256_hex});
}

std::string refusals(const dsl::Compilation& compilation) {
  std::string codes;
  for (const dsl::Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.severity == dsl::Severity::kError) {
      codes += " " + std::string(diagnostic.code) + " (" + diagnostic.message + ")";
    }
  }
  return codes;
}

void section(std::ostringstream& out, const std::string& form, const std::string& script,
             const std::string& played) {
  out << "\n## " << form << ": " << script << "\n" << played;
}

std::string play_place(const Place& place) {
  std::ostringstream out;
  out << place.source << "\n";
  for (const Form& form : forms()) {
    std::string source = place.source;
    source.replace(source.find("X"), 1, form.step);
    const dsl::Compilation compilation = compile(kServices + source);
    if (compilation.has_errors()) {
      out << "\n## " << form.name << "\nrefused:" << refusals(compilation) << "\n";
      continue;
    }
    const bool fails = source.find("compensate {") != std::string::npos ||
                       source.find("on failed") != std::string::npos;
    for (const char* script : form.scripts) {
      Player player(compilation.definitions, script, Phase::kAction, fails);
      if (source.find("on Declined { step") != std::string::npos) player.reject_first_step();
      section(out, form.name, script, player.play());
    }
  }
  return out.str();
}

std::string play_compensation(const Place& place) {
  std::ostringstream out;
  out << place.source << "\n";
  const dsl::Compilation compilation = compile(kServices + std::string(place.source));
  REQUIRE_MESSAGE(!compilation.has_errors(), refusals(compilation));
  for (const char* script : kUndoScripts) {
    section(out, "compensation", script,
            Player(compilation.definitions, script, Phase::kCompensate, true).play());
  }
  return out.str();
}

void compare(const std::string& name, const std::string& actual) {
  const std::string path = "tests/machine/matrix/" + name + ".txt";
  if (std::getenv("SAGA_UPDATE") != nullptr) {
    std::ofstream(path) << actual;
    return;
  }
  std::ifstream file(path);
  std::ostringstream expected;
  expected << file.rdbuf();
  std::istringstream is(actual);
  std::istringstream was(expected.str());
  std::string section;
  for (std::string got, wanted; std::getline(is, got);) {
    if (got.starts_with("##")) section = got;
    if (!std::getline(was, wanted)) wanted = "(the end)";
    if (got == wanted) continue;
    FAIL_CHECK(name, ", ", section, "\n  is:  ", got, "\n  was: ", wanted);
    return;
  }
  CHECK(actual == expected.str());
}

}  // namespace

TEST_CASE("each outcome of an attempt at each place gives its calls in order and its ending") {
  for (const Place& place : kPlaces) compare(place.name, play_place(place));
}

TEST_CASE("each outcome of a compensation's attempt gives its calls in order and its ending") {
  for (const Place& place : kCompensations) compare(place.name, play_compensation(place));
}

}  // namespace saga::test
