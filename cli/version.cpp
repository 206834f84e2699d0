#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "engine/base/json.hpp"

namespace saga::cli {

int run_version(const CommonOptions& options, const Console& console) {
  if (options.format == OutputFormat::kText) {
    console.out("saga " SAGA_VERSION);
    return kOk;
  }
  base::JsonText text;
  base::JsonWriter(text).begin_object().key("version").string(SAGA_VERSION).end_object();
  console.out(text);
  return kOk;
}

}  // namespace saga::cli
