#include "cli/usage.hpp"

#include <algorithm>
#include <vector>

#include "dsl/check/suggest.hpp"

namespace saga::cli {
namespace {

std::vector<std::string> verbs_of(const CLI::App& app) {
  std::vector<std::string> verbs;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    verbs.push_back(sub->get_name());
  }
  return verbs;
}

// The flag of this verb that was probably meant by one that it doesn't have; or empty.
std::string nearest_flag(const CLI::App& verb) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  for (const std::string& extra : verb.remaining()) {
    if (!extra.starts_with("-")) continue;
    std::string nearest = dsl::nearest_name(extra.substr(0, extra.find('=')), flags);
    if (!nearest.empty()) return nearest;
  }
  return {};
}

}  // namespace

bool has_verb(const CLI::App& app, const std::string& name) {
  const std::vector<std::string> verbs = verbs_of(app);
  return std::find(verbs.begin(), verbs.end(), name) != verbs.end();
}

void explain_usage(const CLI::App& app, const CLI::ParseError& error, const std::string& first,
                   const Console& console) {
  const std::vector<std::string> verbs = verbs_of(app);
  const bool is_verb = has_verb(app, first);
  const bool is_flag = first.starts_with("-");
  const std::vector<std::string> flags = {"--help", "--version"};
  if (is_verb || first.empty()) {
    console.error(error.what());
  } else {
    console.error((is_flag ? "there is no option `" : "there is no verb `") + first + "`");
  }
  const std::string nearest = is_verb   ? nearest_flag(*app.get_subcommand(first))
                              : is_flag ? dsl::nearest_name(first, flags)
                                        : dsl::nearest_name(first, verbs);
  if (!nearest.empty())
    console.err("did you mean `" + (is_verb ? nearest : "saga " + nearest) + "`?");
  console.err(is_verb ? "see `saga " + first + " --help`" : "see `saga --help`");
}

}  // namespace saga::cli
