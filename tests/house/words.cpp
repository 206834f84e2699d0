#include "tests/house/words.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <memory>

namespace saga::house {
namespace {

// A letter in brackets keeps a pattern from being found in this file.
std::vector<Rule> make_rules() {
  constexpr std::string_view kCore = "engine/core/";
  return {
      {kCore, Where::kCode, R"(\b(system|steady|high_resolution|utc)_clock\b|\b(gm|local)time)",
       "the core reads no clock; time arrives inside inputs"},
      {kCore, Where::kCode, R"(\brandom_device\b|\bmt19937|\bs?rand\(|<random>)",
       "the core draws nothing; the seed arrives inside inputs"},
      {kCore, Where::kCode,
       R"(\bstd::(j?thread|mutex|shared_mutex|atomic|async|future|promise|condition_variable)\b)"
       R"(|\bthread_local\b)",
       "the core knows no threads"},
      {kCore, Where::kCode, R"(\bunordered_)", "the core has no order that depends on a hash"},
      {kCore, Where::kCode, R"(\b(map|set|multimap|multiset)<(const )?[\w:]+( const)?\*)",
       "the core has no order that depends on addresses"},
      {kCore, Where::kCode, R"(\b(double|float)\b)", "the core computes with exact decimals"},
      {kCore, Where::kCode,
       R"(\bf?printf\(|\bstd::(cout|cerr|clog|ifstream|ofstream|fstream)\b|\bfopen\(|\bgetenv\()",
       "the core does no input or output"},
      {kCore,
       Where::kCode,
       R"(^\s*static (inline )?[\w:<>, ]+ \w+( =.*|\{.*)?;)",
       "the core has no static that changes",
       {},
       R"(\bstatic (inline )?const(expr)?\b)"},
      {"engine/",
       Where::kCode,
       R"(\b(system|steady)_clock::now\b)",
       "time comes from the clock port",
       {"engine/runtime/system_clock", "engine/runtime/engine"}},
      {"tests/", Where::kCode, R"(\bsleep_(for|until)\b|\b(u|nano)?sleep\(|\bsqlite3_sleep\b)",
       "a test waits for a condition and never for a time"},
      {"tests/", Where::kCode, R"(\bsystem_clock::now\b)", "a test brings its own time"},
      {"", Where::kCode, R"(\busing namespace [\w:]+;)", "no using-directives"},
      {"", Where::kCode, R"((^|[^\w])assert\()", "SAGA_ASSERT also holds in a release"},
      {"", Where::kText,
       R"(\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b)"
       R"(|\b(not implemente[d]|unimplemente[d]|placeholde[r]|for no[w])\b)",
       "finish it, or file it where work is planned"},
      {"", Where::kText, R"((^|[^\w.])/(work|root|home|Users)/)", "a path of one machine"},
  };
}

struct Matcher {
  explicit Matcher(const Rule& its_rule)
      : rule(its_rule),
        pattern(std::string(its_rule.pattern)),
        unless(std::string(its_rule.unless)) {}
  bool finds_in(std::string_view line) const {
    const re2::StringPiece text(line.data(), line.size());
    return RE2::PartialMatch(text, pattern) &&
           (rule.unless.empty() || !RE2::PartialMatch(text, unless));
  }
  const Rule& rule;
  RE2 pattern;
  RE2 unless;
};

const std::vector<std::unique_ptr<Matcher>>& matchers() {
  static const std::vector<std::unique_ptr<Matcher>> all = [] {
    std::vector<std::unique_ptr<Matcher>> made;
    for (const Rule& rule : rules()) made.push_back(std::make_unique<Matcher>(rule));
    return made;
  }();
  return all;
}

bool applies(const Rule& rule, const Source& source) {
  if (rule.where == Where::kCode && !is_code(source.path)) return false;
  return source.path.starts_with(rule.folder) &&
         std::none_of(rule.except.begin(), rule.except.end(),
                      [&](std::string_view begin) { return source.path.starts_with(begin); });
}

}  // namespace

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = make_rules();
  return all;
}

std::vector<std::string> word_breaches(const Source& source) {
  const std::string code = is_code(source.path) ? code_of(source.text) : "";
  std::vector<std::string> breaches;
  for (const auto& matcher : matchers()) {
    const Rule& rule = matcher->rule;
    if (!applies(rule, source)) continue;
    int number = 0;
    for (const std::string_view line : lines_of(rule.where == Where::kCode ? code : source.text)) {
      ++number;
      if (!matcher->finds_in(line)) continue;
      breaches.push_back(source.path + ":" + std::to_string(number) + ": " + std::string(rule.why));
    }
  }
  return breaches;
}

}  // namespace saga::house
