#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/machine/random_run.hpp"

// Seeded runs of all workflows of the transcripts, and of some larger ones, against a model of
// their participants. SAGA_SEED=n runs one seed and prints what happened, SAGA_SEEDS=n that many.
namespace saga::test {
namespace {

namespace fs = std::filesystem;

struct Workflow {
  std::string name;
  Sagas::Definitions definitions;
  std::vector<std::string> inputs;
};

constexpr const char* kServices = R"(module test.random
error Declined { reason: string }
error Gone
error Busy transient { retry_after: duration }
service S {
  read  find(key: string) -> string?
  read  look(id: string) -> string errors Gone
  write make(id: string) -> string errors Declined, Busy idempotent by key
  write plain(id: string) -> string errors Declined idempotent
  write asks(id: string) -> string errors Declined idempotent by key resolve find(key)
  write once(id: string) -> string errors Declined resolve find(key)
  write slow(id: string) -> string errors Declined idempotent by key async
  write sure(id: string) -> string idempotent by key
  write undo(key: string) idempotent
  write drop(key: string) errors Gone idempotent
  write undo_slow(key: string) idempotent async
  notify tell(id: string) idempotent
}
)";

struct Source {
  const char* name;
  const char* text;
};

constexpr Source kSources[] = {
    {"nested", R"(
saga Root(ids: list<string>) -> string deadline 1h {
  step a = S.make("a") timeout 2s retry 1s within 20s compensate S.undo(key_of(a))
  for id in ids parallel 2 {
    scope one {
      step b = S.asks(id) timeout 2s compensate S.undo(key_of(b))
      parallel {
        step c = S.plain(id) timeout 2s retry 1s within 9s compensate S.undo(key_of(c))
        branch other {
          step d = S.once(id) timeout 2s compensate {
            step undo_d = S.undo(key_of(d)) timeout 1s
            step tell_d = S.tell(id) timeout 1s
          }
          step e = S.slow(id) timeout 2s within 40s compensate S.undo_slow(key_of(e))
        }
      } on Declined {
        step f = S.make(id) timeout 2s compensate S.drop(key_of(f)) { on Gone { note "gone" } }
      }
    } on Busy { note "busy" }
      else { step g = S.look(id) timeout 1s else use "none"
             note g }
  }
  pivot step p = S.asks(a) timeout 5s retry 1s, 2s within 30s
  step z = S.sure(p) timeout 2s retry 1s, 10s, ...
  return z
}
on failed as e { step sorry = S.tell(e.message) timeout 1s retry 1s, 1s, 1s }
)"},
    {"children", R"(
saga Deep(id: string) -> string {
  step d = S.make(id) timeout 2s compensate S.undo(key_of(d))
  step e = S.once(id) timeout 2s compensate S.undo(key_of(e))
  return e
}
saga Part(id: string) -> string {
  step a = S.plain(id) timeout 2s retry 2s within 9s compensate S.undo(key_of(a))
  step deep = Deep(id)
  step b = S.make(deep) timeout 2s compensate S.undo(key_of(b)) else use "b"
  return b
}
saga Root(ids: list<string>) -> string {
  step x = S.make("x") timeout 2s compensate S.undo(key_of(x))
  for id in ids {
    parallel {
      step left = Part(id) within 5m
      step right = Deep(id)
    } on Declined { note "declined" }
  }
  step last = Part("last") else use "none"
  pivot step p = S.sure(last) timeout 5s retry 1s, 2s within 1h
  scope extras {
    step more = Part("more")
    step y = S.make(more) timeout 2s compensate S.undo(key_of(y))
  } else { note "without" }
  return p
}
)"},
    {"fallbacks", R"(
saga Root(ids: list<string>) -> string {
  step a = S.make("a") timeout 2s compensate S.undo(key_of(a)) else {
    step b = S.plain("b") timeout 2s compensate S.undo(key_of(b)) else use "b"
    use b
  }
  step c = S.slow(a) timeout 2s within 1m compensate S.undo(key_of(c))
    on Declined as e { note e.reason use "c" } else { use "d" }
  scope tries {
    step d = S.once(c) timeout 2s compensate S.undo(key_of(d))
    require ids.size > 1 else { fail Declined("few") }
    step e = S.asks(c) timeout 2s compensate S.undo(key_of(e))
  } on Declined { step f = S.make(c) timeout 1s compensate S.undo(key_of(f)) }
  pivot step p = S.make(c) timeout 2s retry 1s, 2s within 1h
  step q = S.sure(p) timeout 1s retry 1s, 2s, ...
  return q
}
)"},
    {"loops", R"(
saga Root(ids: list<string>) -> string deadline 2h {
  let found = repeat up to 3 times every 10s as round {
    let tries = for id in ids parallel 2 {
      step a = S.make("{id}{round}") timeout 2s retry 1s within 9s compensate S.undo(key_of(a))
        else use "none"
      if a == "none" { use 0 }
      use a.size
    }
    let both = parallel {
      step b = S.asks("b{round}") timeout 2s compensate S.undo(key_of(b))
      branch other {
        step c = S.once("c{round}") timeout 2s compensate S.undo(key_of(c)) else use "c"
        use c
      }
    } on Declined { fail Gone() }
    if both.b == both.other || tries.size > 1 { use both.b }
    rollback a
    rollback b
    rollback c
  } else {
    step d = S.slow("d") timeout 2s within 40s compensate S.undo_slow(key_of(d))
    use d
  }
  step e = S.plain(found) timeout 2s compensate S.drop(key_of(e)) { on Gone { note "gone" } }
  if ids.size > 1 { rollback e }
  reply e
  alert "half way" to "someone" inconsistency
  pivot step p = S.asks(e) timeout 5s retry 1s, 2s within 30s
  let last = for id in ids { step z = S.sure(id) timeout 2s retry 1s, ...  use z }
  note "{last.size}"
}
on completed as result { step told = S.make(result) timeout 1s retry 1s, 1s  note told }
on failed as e { step sorry = S.tell(e.message) timeout 1s retry 1s, 1s, 1s }
on stuck as e { step help = S.plain(e.message) timeout 1s retry 1s  note help }
)"},
    {"races", R"(
saga Root(ids: list<string>) -> string deadline 10h {
  let first = parallel any {
    step a = S.make("a") timeout 2s retry 1s within 9s compensate S.undo(key_of(a))
    branch two {
      step b = S.asks("b") timeout 2s compensate S.undo(key_of(b))
      step c = S.once(b) timeout 2s compensate S.undo(key_of(c))
      use c
    }
    branch three {
      step d = S.slow("d") timeout 2s within 40s compensate S.undo_slow(key_of(d))
      use d
    }
  } on Declined { return "declined" }
  scope tries {
    for id in ids {
      step e = S.make(id) timeout 2s compensate S.undo(key_of(e))
      parallel any {
        step f = S.plain(id) timeout 2s compensate S.drop(key_of(f)) { on Gone { note "gone" } }
        branch pause { sleep 1s }
      }
    }
    step g = S.once(first) timeout 2s compensate S.undo(key_of(g))
    if g == "bad" { escalate "{g}?" to "someone" }
  } again retry 1s, 10s when Declined, Timeout, Unavailable, Reset
    on Declined { fail Gone() }
  scope whole {
    step h = S.make(first) timeout 2s compensate S.undo(key_of(h))
    step i = S.asks(h) timeout 2s compensate S.undo(key_of(i))
  } compensate {
    step undo_i = S.undo(key_of(i)) timeout 1s
    step drop_h = S.drop(key_of(h)) timeout 1s on Gone { note "gone" }
  }
  escalate "go on?"
  pivot step p = S.asks(i) timeout 5s retry 1s, 2s within 30s
  step z = S.sure(p) timeout 2s retry 1s, 10s, ...
  return z
}
on failed as e { step sorry = S.tell(e.message) timeout 1s retry 1s, 1s, 1s }
)"},
};

std::vector<Workflow> workflows() {
  std::vector<Workflow> all;
  for (const auto& entry : fs::directory_iterator("tests/machine/transcripts")) {
    std::ifstream file(entry.path());
    std::string source;
    std::string line;
    while (std::getline(file, line) && line != "---") source += line + "\n";
    Workflow workflow{entry.path().filename().string(), {}, {}};
    while (std::getline(file, line)) {
      if (line.starts_with("> start ")) workflow.inputs.push_back(line.substr(8));
    }
    workflow.definitions = compiled(workflow.name, source);
    all.push_back(std::move(workflow));
  }
  std::sort(all.begin(), all.end(),
            [](const Workflow& a, const Workflow& b) { return a.name < b.name; });
  for (const Source& source : kSources) {
    const Workflow workflow{source.name,
                            compiled(source.name, std::string(kServices) + source.text),
                            {R"({"ids":[]})", R"({"ids":["1"]})", R"({"ids":["1","2","3"]})"}};
    for (int weight = 0; weight < 15; ++weight) all.push_back(workflow);
  }
  return all;
}

std::vector<std::string> run(const std::vector<Workflow>& all, std::uint64_t seed,
                             std::string* log) {
  base::SeededRandom random(seed);
  const auto pick = [&](std::size_t size) {
    return static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(size) - 1));
  };
  const Workflow& workflow = all[pick(all.size())];
  if (log != nullptr) *log += workflow.name + "\n";
  RandomRun play(workflow.definitions, random.next());
  std::vector<std::string> problems = play.play(workflow.inputs[pick(workflow.inputs.size())], log);
  for (std::string& problem : problems) problem = workflow.name + ": " + problem;
  return problems;
}

std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("random runs keep their promises: what stands is what the saga says") {
  const std::vector<Workflow> all = workflows();
  if (const std::uint64_t seed = number("SAGA_SEED", 0); seed > 0) {
    std::string log;
    for (const std::string& problem : run(all, seed, &log)) FAIL_CHECK(problem);
    MESSAGE(log);
    return;
  }
  const std::uint64_t seeds = number("SAGA_SEEDS", 1'000);
  int failed = 0;
  for (std::uint64_t seed = 1; seed <= seeds && failed < 5; ++seed) {
    const std::vector<std::string> problems = run(all, seed, nullptr);
    if (problems.empty()) continue;
    ++failed;
    FAIL_CHECK("SAGA_SEED=", seed, ": ", problems.front());
  }
}

}  // namespace saga::test
