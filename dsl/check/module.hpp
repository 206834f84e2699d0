#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/check/program.hpp"
#include "dsl/check/report.hpp"
#include "dsl/check/type_table.hpp"
#include "dsl/views.hpp"

namespace saga::dsl {

// A name that a file declares. All of a file's names are in one space.
struct Declared {
  enum class Kind : std::uint8_t {
    kType,
    kEnum,
    kUnion,
    kError,
    kService,
    kPolicy,
    kFunction,
    kSecret,
    kSaga,
    kEvent,
    kQueue,
    kCache,
    kStream,
    kView,
    kQuery,
    kUnavailable,  // of a construct that this version reports as E0001
  };
  Kind kind = Kind::kType;
  std::string name;
  core::Span span;        // the name
  core::Span whole;       // the declaration
  std::size_t index = 0;  // into the lists of its kind
  bool is_used = false;
};

// `a type`, `a service` …
std::string describe(Declared::Kind kind);

// `int`, `list` …: a type that no file declares.
bool is_language_type(std::string_view name);
// `Unavailable`, `Timeout`, `Reset`: what becomes of a call that gets no answer.
bool is_fault(std::string_view name);

// A type, enum, union, case of a union or error while its parts are being found.
struct TypeDeclaration {
  std::string short_name;
  core::Span name;
  core::TypeId type = core::kNone;
  std::optional<TypeView> target;  // of an alias that isn't resolved yet
  std::optional<ExpressionView> where;
  std::optional<std::vector<FieldView>> fields;  // of a record, error or case
  bool is_open = false;       // being resolved, or its defaults: a use of it now is a circle
  bool has_defaults = false;  // they are lowered
};

struct ServiceDeclaration {
  std::string name;
  ServiceView view;
  std::map<std::string, core::OperationId> operations;
};

struct PolicyDeclaration {
  std::string name;
  core::Span span;
  std::vector<ClauseView> clauses;
};

struct FunctionDeclaration {
  std::string name;
  core::Span span;
  FunctionView view;
  std::vector<core::FieldType> parameters;
  core::TypeId result = core::kNone;
  bool is_open = false;      // being inlined: a call of it now would never end
  bool is_circular = false;  // it is reported that such a call stands in it
  bool is_faulty = false;    // its body is reported as wrong
};

struct QueueDeclaration {
  core::Span name;
  NamedView view;
  core::TypeId message = core::kNone;
};

struct CacheDeclaration {
  core::Span name;
  NamedView view;
  bool is_counter = false;
  core::TypeId key = core::kNone;
  core::TypeId value = core::kNone;  // of a map
};

// A `view` or `stream`: what folds events into a record.
struct FoldDeclaration {
  std::string name;
  core::Span span;
  NamedView view;
  core::TypeId type = core::kNone;  // the record of its key and its fields
};

// The declarations of one file: collects the names, then resolves types, errors, services, policies
// and functions into the program's tables. Sagas are lowered by SagaLowering.
class Module {
 public:
  // `mentioned`: the names inside constructs that aren't looked into.
  Module(Program& program, TypeTable& types, Report& report, std::uint32_t file, FileView view,
         std::set<std::string> mentioned);

  // Reports E01 for all declarations but sagas.
  void declare();
  // E0203 for declarations that nothing uses. Requires: all sagas are lowered.
  void report_unused();

  // Whether a name stands in a construct that isn't looked into: its bearer may be used there.
  [[nodiscard]] bool is_mentioned(const std::string& name) const {
    return mentioned_.contains(name);
  }

  // The declaration of a name, marked as used; null if there is none.
  const Declared* find(const std::string& name);
  // The same without being marked.
  [[nodiscard]] const Declared* peek(const std::string& name) const {
    const auto found = declared_.find(name);
    return found == declared_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::vector<std::string> names() const;
  // Adds "did you mean" with the candidate that is nearest, which then counts as used.
  void suggest(Finding finding, const std::string& name,
               const std::vector<std::string>& candidates);
  // E0110: the name is declared, but not as what this place needs: "no service". Nothing for what
  // E0001 has told of already.
  void report_misused(const Declared& declared, const core::Span& span, const std::string& wanted);

  // Whether declarations are left out because too many need each other; it is reported.
  [[nodiscard]] bool is_cut() const { return is_cut_; }
  core::TypeId type(const TypeView& type);
  core::TypeId declared_type(const Declared& declared);
  // The fields of a record or error, whose defaults may be needed before their turn has come.
  const std::vector<core::FieldType>& fields_of(core::TypeId type);
  const ServiceDeclaration& service(const Declared& declared) const {
    return services_[declared.index];
  }
  const PolicyDeclaration& policy(const Declared& declared) const {
    return policies_[declared.index];
  }
  [[nodiscard]] const std::vector<PolicyDeclaration>& policies() const { return policies_; }
  // Whether the circle that a call of this open function closes isn't reported yet; marks all that
  // are open as parts of it.
  bool is_new_circle(const FunctionDeclaration& function);
  FunctionDeclaration& function(const Declared& declared) { return functions_[declared.index]; }
  // The index of a saga in sagas().
  [[nodiscard]] static std::size_t saga(const Declared& declared) { return declared.index; }
  // The error that a name means; an unknown one is reported. `others` may have been meant, too.
  std::optional<core::TypeId> error(const NameView& name, std::vector<std::string> others = {});
  std::vector<core::FieldType> fields(const std::vector<FieldView>& parameters);
  core::SlotId new_slot(const std::string& name, core::TypeId type);

  [[nodiscard]] const std::vector<SagaView>& sagas() const { return sagas_; }
  // `query` declarations: what a saga has, without a header.
  [[nodiscard]] const std::vector<SagaView>& queries() const { return queries_; }
  [[nodiscard]] std::vector<EventView> events() const { return view_.all<EventView>(); }
  std::vector<QueueDeclaration>& queues() { return queues_; }
  QueueDeclaration& queue(const Declared& declared) { return queues_[declared.index]; }
  std::vector<CacheDeclaration>& caches() { return caches_; }
  CacheDeclaration& cache(const Declared& declared) { return caches_[declared.index]; }
  // `view` and `stream` declarations.
  [[nodiscard]] const std::vector<FoldDeclaration>& folds() const { return folds_; }
  // The declared key of an event; null if it has none. Requires: kEvent.
  [[nodiscard]] const core::FieldType* event_key(const Declared& event);
  // E0102 for a name that stands in `known` already.
  bool is_new(std::map<std::string, core::Span>& known, const std::string& name,
              const core::Span& span);
  // What may be the key of a map, an event or a view.
  [[nodiscard]] bool can_be_key(core::TypeId type) const;
  [[nodiscard]] std::string full_name(const std::string& name) const;
  [[nodiscard]] core::Span at(const Span& span) const { return {file_, span.begin, span.end}; }

  Program& program() { return program_; }
  TypeTable& types() { return types_; }
  Report& report() { return report_; }

 private:
  void collect();
  void collect_import(const ImportView& view);
  void collect_type(const TypeDeclarationView& view);
  void collect_enum(const EnumView& view);
  void collect_union(const UnionView& view);
  core::TypeId collect_case(const std::string& union_name, const NamedView& view);
  void collect_error(const ErrorView& view);
  void collect_event(const EventView& view);
  void collect_fold(Declared::Kind kind, const NamedView& view);
  void add(Declared::Kind kind, const NamedView& view, std::size_t index);
  bool is_of_language(Declared::Kind kind, const NameView& name);
  void add_type(Declared::Kind kind, const NamedView& view, TypeDeclaration declaration);
  void add_unavailable(const NameView& name, const std::string& known_as);
  core::TypeId declare_row(core::TypeKind kind, const std::string& name);

  // Types (module_types.cpp).
  core::TypeId bare_type(const TypeView& view);
  core::TypeId map_type(const TypeView& view, core::TypeId key, core::TypeId element);
  core::TypeId named_type(const NameView& name);
  core::TypeId resolve(std::size_t index);
  std::vector<core::FieldType> shape(const std::vector<FieldView>& parameters);
  void declare_fields();
  void declare_rules();
  void declare_rule(const TypeDeclaration& declaration);
  void declare_defaults(std::size_t index);
  void report_too_deep(const core::Span& span);
  void refresh_refinements();
  void check_circles();  // module_circles.cpp
  void add_defaults(const std::vector<FieldView>& parameters, std::vector<core::FieldType>& fields);
  core::ExpressionId constant(const ExpressionView& view, core::TypeId wanted,
                              const std::string& what);

  // Services, policies, functions (module_services.cpp).
  void declare_services();
  std::string secret_of(const ServiceView& service);
  core::Operation operation(const OperationView& view, const std::string& service);
  void check_clauses(const OperationView& view);
  void carry_key(const NameView& by, core::Operation& operation);
  void apply_http(const OperationView& view, core::Operation& operation);
  void link_resolve(const ServiceDeclaration& service, const OperationView& view);
  bool check_resolve(const ResolveView& resolve, const core::Operation& operation,
                     const core::Operation& asked);
  void link_arguments(const ResolveView& resolve, core::OperationId id,
                      const core::Operation& asked);
  void declare_functions();
  void check_function(FunctionDeclaration& function);

  Program& program_;
  TypeTable& types_;
  Report& report_;
  std::uint32_t file_;
  FileView view_;
  std::string prefix_;  // of full names: `shop.orders.`
  std::set<std::string> mentioned_;
  std::map<std::string, Declared> declared_;
  std::vector<TypeDeclaration> type_declarations_;
  std::map<core::TypeId, std::size_t> declared_rows_;  // of records, errors, unions and their cases
  bool is_cut_ = false;    // some declarations are left out, for too many need each other
  std::size_t depth_ = 0;  // of declarations that are open because another needs them
  std::vector<ServiceDeclaration> services_;
  std::vector<PolicyDeclaration> policies_;
  std::vector<FunctionDeclaration> functions_;
  std::vector<SagaView> sagas_;
  std::vector<SagaView> queries_;
  std::vector<QueueDeclaration> queues_;
  std::vector<CacheDeclaration> caches_;
  std::vector<FoldDeclaration> folds_;
  std::map<std::size_t, EventView> events_;  // by the index of their TypeDeclaration
};

}  // namespace saga::dsl
