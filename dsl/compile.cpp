#include "dsl/compile.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "dsl/check/checks.hpp"
#include "dsl/check/module.hpp"
#include "dsl/check/report.hpp"
#include "dsl/lower/extract.hpp"
#include "dsl/lower/saga.hpp"
#include "dsl/parse.hpp"
#include "dsl/views.hpp"
#include "engine/core/definition_codec.hpp"

namespace saga::dsl {
namespace {

// Lowers the sagas of one file, called ones first.
class SagaOrder {
 public:
  SagaOrder(Module& module, Program& program) : module_(module), program_(program) {}

  void lower_all() {
    for (std::size_t i = 0; i < module_.sagas().size(); ++i) lower(i);
  }

 private:
  struct State {
    bool is_open = false;
    std::optional<std::uint32_t> index;  // into Program::sagas
  };

  void lower(std::size_t saga) {
    State& state = states_[saga];
    if (state.index) return;
    state.is_open = true;
    SagaLowering lowering(
        module_, module_.sagas()[saga],
        [this](const std::string& name, const core::Span& span) { return resolve(name, span); });
    SagaEntry entry = lowering.lower();
    state.is_open = false;
    state.index = static_cast<std::uint32_t>(program_.sagas.size());
    program_.sagas.push_back(std::move(entry));
  }

  std::optional<std::uint32_t> resolve(const std::string& name, const core::Span& span) {
    const auto& sagas = module_.sagas();
    const auto found = std::ranges::find_if(
        sagas, [&](const SagaView& each) { return each.name().text() == name; });
    if (found == sagas.end()) return std::nullopt;
    const auto saga = static_cast<std::size_t>(found - sagas.begin());
    if (states_[saga].is_open) {
      module_.report()
          .error("E0111", span, "`" + name + "` would call itself without end")
          .label(module_.at(found->name().span()), "this saga");
      return std::nullopt;
    }
    lower(saga);
    return states_[saga].index;
  }

  Module& module_;
  Program& program_;
  std::map<std::size_t, State> states_;
};

void compile_file(Program& program, TypeTable& types, Report& report, std::uint32_t file,
                  const Tree& tree) {
  for (const Unavailable& each : unavailable_constructs(tree)) {
    if (each.construct == "test") continue;  // skipped: it says nothing about the sagas themselves
    report_unavailable(report, each.construct, {file, each.span.begin, each.span.end});
  }
  Module module(program, types, report, file, FileView(tree));
  module.declare();
  const std::size_t first = program.sagas.size();
  SagaOrder(module, program).lower_all();
  if (program.sagas.size() > first) module.report_unused();
  for (std::size_t i = first; i < program.sagas.size(); ++i)
    check_saga(program, program.sagas[i], report);
}

std::vector<std::shared_ptr<const core::Definition>> extract_all(const Program& program,
                                                                 const CompileOptions& options) {
  std::vector<std::shared_ptr<const core::Definition>> finished;
  for (const SagaEntry& saga : program.sagas) {
    auto made = std::make_shared<core::Definition>(extract(program, saga, finished));
    made->hash = options.sha256_hex(core::encode(*made));
    finished.push_back(std::move(made));
  }
  return finished;
}

}  // namespace

bool Compilation::has_errors() const {
  return std::ranges::any_of(
      diagnostics, [](const Diagnostic& each) { return each.severity == Severity::kError; });
}

Compilation compile(std::vector<SourceFile> files, const CompileOptions& options) {
  Compilation made;
  made.files = std::move(files);
  Program program;
  TypeTable types(program.tables);
  Report report;
  for (std::uint32_t file = 0; file < made.files.size(); ++file) {
    const SourceFile& source = made.files[file];
    program.tables.sources.push_back({source.path(), std::string(source.text())});
    ParsedFile parsed = parse(source, file);
    // A file that doesn't follow the grammar isn't checked further: half of it may be missing.
    if (parsed.diagnostics.empty()) {
      compile_file(program, types, report, file, *parsed.tree);
    } else {
      std::ranges::move(parsed.diagnostics, std::back_inserter(made.diagnostics));
    }
  }
  std::ranges::move(report.take(), std::back_inserter(made.diagnostics));
  if (!made.has_errors()) made.definitions = extract_all(program, options);
  return made;
}

}  // namespace saga::dsl
