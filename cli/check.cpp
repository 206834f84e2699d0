#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/workflow.hpp"
#include "dsl/check/codes.hpp"

namespace saga::cli {

int run_check(const CheckOptions& options, const Console& console) {
  base::Result<dsl::Compilation> compilation = compile_files(options.files);
  if (!compilation) {
    console.error(compilation.error());
    return kUsage;
  }
  if (options.format == OutputFormat::kText) {
    print_diagnostics(*compilation, console);
  } else {
    base::JsonText items;
    base::JsonWriter array(items);
    if (options.format == OutputFormat::kJson) array.begin_array();
    for (const dsl::Diagnostic& each : compilation->diagnostics) {
      const std::string json = dsl::to_json(each, compilation->files);
      if (options.format == OutputFormat::kJson) {
        array.raw(json);
      } else {
        console.out(json);
      }
    }
    if (options.format == OutputFormat::kJson) console.out(items + "]");
  }
  if (has_errors(*compilation)) return kNegative;
  if (compilation->definitions.empty())
    console.err("there is no saga in " + std::string(options.files.size() == 1
                                                         ? "`" + options.files[0] + "`"
                                                         : "these files"));
  if (options.format == OutputFormat::kText) {
    for (const auto& definition : compilation->definitions) console.out("ok " + definition->name);
  }
  return kOk;
}

int run_explain(const ExplainOptions& options, const Console& console) {
  const dsl::CodeInfo* page = dsl::find_code(options.code);
  if (page == nullptr) {
    console.error("there is no diagnostic `" + options.code + "`; they look like E0307");
    return kNotFound;
  }
  if (options.format == OutputFormat::kText) {
    console.out(std::string(page->code) + ": " + std::string(page->title));
    console.out("");
    console.out(page->explanation);
    return kOk;
  }
  base::JsonText text;
  base::JsonWriter json(text);
  json.begin_object().key("code").string(page->code).key("title").string(page->title);
  json.key("explanation").string(page->explanation).end_object();
  console.out(text);
  return kOk;
}

}  // namespace saga::cli
