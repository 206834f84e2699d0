#include "dsl/compile.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "dsl/check/checks.hpp"
#include "dsl/check/constants.hpp"
#include "dsl/check/messaging.hpp"
#include "dsl/check/module.hpp"
#include "dsl/check/query.hpp"
#include "dsl/check/report.hpp"
#include "dsl/check/time.hpp"
#include "dsl/lower/extract.hpp"
#include "dsl/lower/order.hpp"
#include "dsl/lower/saga.hpp"
#include "dsl/lower/tests.hpp"
#include "dsl/parse.hpp"
#include "dsl/views.hpp"
#include "engine/core/definition_codec.hpp"

namespace saga::dsl {
namespace {

// Lowers the sagas of one file, called ones first.
class SagasOfFile {
 public:
  // `missing`: what this version can't run, in source order.
  SagasOfFile(Module& module, Program& program, const std::vector<Unavailable>& missing)
      : module_(module), program_(program), missing_(missing) {}

  void lower_all() {
    indexes_.resize(module_.sagas().size());
    for (const std::size_t saga : saga_order(module_)) {
      if (program_.is_full) return;
      const auto resolve = [this](std::size_t called, const core::Span& span) {
        return index_of(called, span);
      };
      SagaEntry entry = SagaLowering(module_, module_.sagas()[saga], resolve).lower();
      mark_partial(entry);
      entry.longest_path = longest_path(program_, entry);
      indexes_[saga] = static_cast<std::uint32_t>(program_.sagas.size());
      program_.sagas.push_back(std::move(entry));
    }
  }

  // Where each stands in Program::sagas.
  [[nodiscard]] const SagaIndexes& indexes() const { return indexes_; }

 private:
  // A saga that isn't lowered before its caller calls that one itself.
  std::optional<std::uint32_t> index_of(std::size_t saga, const core::Span& span) {
    if (!indexes_[saga]) {
      const NameView name = module_.sagas()[saga].name();
      module_.report()
          .error("E0111", span, "`" + name.text() + "` would call itself without end")
          .label(module_.at(name.span()), "this saga");
    }
    return indexes_[saga];
  }

  // Of a saga that holds what can't be run yet, or calls such a one, the paths aren't known: what
  // is said of them could be wrong.
  void mark_partial(SagaEntry& saga) const {
    const core::Span& whole = saga.header.span;
    const auto begin_of = [](const Unavailable& each) { return each.span.begin; };
    auto each = std::ranges::lower_bound(missing_, whole.begin, {}, begin_of);
    for (; each != missing_.end() && each->span.begin < whole.end; ++each) {
      saga.is_partial = saga.is_partial || each->hides_paths;
    }
    for (const std::uint32_t callee : saga.callees) {
      saga.is_partial = saga.is_partial || program_.sagas[callee].is_partial;
    }
    saga.escapes.any_error = saga.escapes.any_error || saga.is_partial;
  }

  Module& module_;
  Program& program_;
  const std::vector<Unavailable>& missing_;
  SagaIndexes indexes_;
};

void check_policies(Module& module) {
  const auto no_saga = [](std::size_t, const core::Span&) { return std::nullopt; };
  for (const PolicyDeclaration& policy : module.policies()) {
    SagaLowering(module, SagaView(), no_saga).check_policy(policy);
  }
}

void compile_file(Program& program, TypeTable& types, Report& report, std::uint32_t file,
                  const Tree& tree, std::vector<LoweredTest>& tests) {
  const std::vector<Unavailable> missing = unavailable_constructs(tree);
  for (const Unavailable& each : missing) {
    report_unavailable(report, each.construct, {file, each.span.begin, each.span.end});
  }
  Module module(program, types, report, file, FileView(tree), names_mentioned(tree, missing));
  module.declare();
  check_policies(module);
  check_messaging(module);
  check_queries(module, program, missing);
  const std::size_t first = program.sagas.size();
  SagasOfFile sagas(module, program, missing);
  sagas.lower_all();
  for (std::size_t i = first; i < program.sagas.size(); ++i) {
    if (!program.sagas[i].is_partial && !program.is_full)
      check_saga(program, program.sagas[i], report);
  }
  if (!program.is_full)
    std::ranges::move(lower_tests(module, FileView(tree), sagas.indexes()),
                      std::back_inserter(tests));
  if (program.sagas.size() > first) module.report_unused();
}

// E0102 for sagas of several files under one full name: they would replace each other.
void check_full_names(const Program& program, Report& report) {
  std::map<std::string, const SagaEntry*> known;
  for (const SagaEntry& saga : program.sagas) {
    const auto [first, is_new] = known.try_emplace(saga.header.name, &saga);
    if (is_new || first->second->name.file == saga.name.file) continue;
    report.error("E0102", saga.name, "`" + saga.header.name + "` is declared in another file, too")
        .label(first->second->name, "declared here first")
        .help("choose another name, or another `module` for one of the files");
  }
}

// None, after reporting it, if they are too large together.
void extract_all(const Program& program, std::vector<LoweredTest> tests,
                 const CompileOptions& options, Report& report, Compilation& made) {
  Extractor extractor(program);
  const auto too_large = [&](const core::Span& span) {
    report.error("E0116", span, "up to this one the sagas are too large together")
        .note("each keeps a copy of what it uses of the files' types, services and functions")
        .help("put sagas into several files, or let them use smaller types");
    made.definitions.clear();
    made.tests.clear();
  };
  for (const SagaEntry& saga : program.sagas) {
    std::optional<core::Definition> one = extractor.extract(saga, made.definitions);
    if (!one) return too_large(saga.name);
    auto kept = std::make_shared<core::Definition>(std::move(*one));
    kept->hash = options.sha256_hex(core::encode(*kept));
    made.definitions.push_back(std::move(kept));
  }
  for (LoweredTest& test : tests) {
    std::optional<core::Definition> tables = extractor.extract(test.tables, made.definitions);
    if (!tables) return too_large(test.tables.name);
    made.tests.push_back(finish_test(std::move(test), std::move(*tables), made.definitions));
  }
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
  std::vector<LoweredTest> tests;
  for (std::uint32_t file = 0; file < made.files.size(); ++file) {
    const SourceFile& source = made.files[file];
    program.tables.sources.push_back(
        {source.path(), std::make_shared<const std::string>(source.text())});
    ParsedFile parsed = parse(source, file);
    // A file that doesn't follow the grammar isn't checked further: half of it may be missing.
    if (parsed.diagnostics.empty()) {
      compile_file(program, types, report, file, *parsed.tree, tests);
    } else {
      std::ranges::move(parsed.diagnostics, std::back_inserter(made.diagnostics));
    }
  }
  check_full_names(program, report);
  check_constants_known(program, report);
  if (!made.has_errors() && !report.has_errors())
    extract_all(program, std::move(tests), options, report, made);
  std::ranges::move(report.take(), std::back_inserter(made.diagnostics));
  std::ranges::stable_sort(made.diagnostics, {},
                           [](const Diagnostic& each) { return each.span.file; });
  return made;
}

}  // namespace saga::dsl
