#include "dsl/check/messaging.hpp"

#include <algorithm>
#include <optional>

#include "dsl/check/constants.hpp"
#include "dsl/check/scope.hpp"
#include "dsl/lower/expressions.hpp"

namespace saga::dsl {
namespace {

using core::kNone;
using core::TypeId;
using core::TypeKind;

class MessagingChecks {
 public:
  explicit MessagingChecks(Module& module)
      : module_(module),
        program_(module.program()),
        types_(module.types()),
        report_(module.report()) {}

  void event(const EventView& view);
  void queue(QueueDeclaration& queue);
  void cache(CacheDeclaration& cache);
  void fold(const FoldDeclaration& fold);

 private:
  // A name that an expression may read beside the constants.
  struct Known {
    std::string name;
    core::Span span;
    TypeId type = kNone;
  };

  // What the values of one view or stream read: its own fields, as they were, once for all events.
  struct Folding {
    Scopes scopes;
    std::map<std::string, TypeId> types;  // of the fields
    std::string key;
  };

  void bind(Scopes& scopes, const Known& known);
  core::ExpressionId lower_in(Scopes& scopes, const ExpressionView& view, TypeId wanted,
                              const std::string& what);
  core::ExpressionId lower(const ExpressionView& view, TypeId wanted, const std::string& what,
                           const std::vector<Known>& known);
  void duration(const ExpressionView& view, const std::string& what,
                const std::vector<Known>& known, bool may_be_zero);
  void fixed_duration(const ExpressionView& view, const std::string& what);
  void once(std::map<std::string, core::Span>& known, const std::string& word,
            const core::Span& span, const std::string& of);
  void ttl(const View& view, const std::string& what);
  void queue_clause(const QueueDeclaration& queue, const View& clause, const std::string& word);
  void key_expression(const ExpressionView& view, const std::string& what, const Known& it);
  void check_key_type(TypeId type, const core::Span& span, const std::string& what);
  void view_cache(const FoldDeclaration& fold, const View& alias);
  void fold_event(const FoldDeclaration& fold, const View& on,
                  std::map<std::string, core::Span>& events, std::set<std::string>& given,
                  Folding& folding);
  const Declared* folded_event(const FoldDeclaration& fold, const NameView& name);
  void fold_value(const FoldDeclaration& fold, const View& value, Folding& folding,
                  std::map<std::string, core::Span>& set_here);
  std::vector<std::string> field_names(TypeId type) const;
  [[nodiscard]] core::Span at(const View& view) const { return module_.at(view.span()); }

  Module& module_;
  Program& program_;
  TypeTable& types_;
  Report& report_;
};

void MessagingChecks::bind(Scopes& scopes, const Known& known) {
  Binding bound;
  bound.kind = Binding::Kind::kParameter;
  bound.name = known.name;
  bound.span = known.span;
  bound.type = known.type;
  bound.slot = module_.new_slot(known.name, known.type);
  scopes.bind(std::move(bound));
}

core::ExpressionId MessagingChecks::lower(const ExpressionView& view, TypeId wanted,
                                          const std::string& what,
                                          const std::vector<Known>& known) {
  Scopes scopes;
  scopes.open();
  for (const Known& each : known) bind(scopes, each);
  return lower_in(scopes, view, wanted, what);
}

core::ExpressionId MessagingChecks::lower_in(Scopes& scopes, const ExpressionView& view,
                                             TypeId wanted, const std::string& what) {
  NonNull non_null(program_.tables);
  Surroundings surroundings;
  ExpressionLowering expressions(module_, scopes, non_null, surroundings);
  const core::ExpressionId value =
      wanted == kUnknownType ? expressions.lower(view) : expressions.lower_as(view, wanted, what);
  return expressions.build().is_unknown(value) ? kNone : value;
}

void MessagingChecks::duration(const ExpressionView& view, const std::string& what,
                               const std::vector<Known>& known, bool may_be_zero) {
  const core::ExpressionId id = lower(view, types_.basic(TypeKind::kDuration), what, known);
  if (id == kNone) return;
  const auto constant = constant_duration(program_, id);
  if (constant && constant->count() < 0) {
    report_.error("E0114", at(view), what + " can't be less than nothing");
  } else if (constant && constant->count() == 0 && !may_be_zero) {
    report_.error("E0114", at(view), what + " must leave some time");
  }
}

void MessagingChecks::fixed_duration(const ExpressionView& view, const std::string& what) {
  duration(view, what, {}, false);
}

// E0113 for a clause that stands twice.
void MessagingChecks::once(std::map<std::string, core::Span>& known, const std::string& word,
                           const core::Span& span, const std::string& of) {
  const auto [first, is_new] = known.try_emplace(word, span);
  if (is_new) return;
  report_.error("E0113", span, "a second `" + word + "` of one " + of)
      .label(first->second, "the first");
}

void MessagingChecks::ttl(const View& view, const std::string& what) {
  std::map<std::string, core::Span> known;
  for (const View& each : view.parts(NodeKind::kOption)) {
    once(known, "ttl", at(each), what);
    fixed_duration(expression_in(each), "`ttl`");
  }
}

void MessagingChecks::check_key_type(TypeId type, const core::Span& span, const std::string& what) {
  if (module_.can_be_key(type)) return;
  report_.error("E0103", span,
                what + " is a text, int, uuid, date or enum, not " + types_.describe(type));
}

std::vector<std::string> MessagingChecks::field_names(TypeId type) const {
  std::vector<std::string> names;
  for (const core::FieldType& each : types_.row(type).fields) names.push_back(each.name);
  return names;
}

void MessagingChecks::event(const EventView& view) {
  if (const auto keep = view.keep()) fixed_duration(*keep, "`keep`");
  const auto key = view.key();
  const Declared* declared = module_.peek(view.name().text());
  if (!key || declared == nullptr || declared->kind != Declared::Kind::kEvent) return;
  const core::FieldType* field = module_.event_key(*declared);
  if (field != nullptr) return check_key_type(field->type, at(*key), "the key of an event");
  module_.suggest(
      report_.error("E0104", at(*key),
                    "`" + declared->name + "` has no field `" + key->text() + "` to be its key"),
      key->text(), field_names(module_.declared_type(*declared)));
}

void MessagingChecks::queue(QueueDeclaration& queue) {
  const auto type = queue.view.type();
  queue.message = type ? module_.type(*type) : kUnknownType;
  std::map<std::string, core::Span> known;
  for (const View& clause : queue.view.parts(NodeKind::kQueueClause)) {
    const std::vector<std::string> words = clause.tokens();
    if (words.empty()) continue;
    once(known, words.front(), at(clause), "queue");
    queue_clause(queue, clause, words.front());
  }
  if (known.contains("dead_letter")) return;
  report_
      .error("E0606", queue.name,
             "messages of `" + queue.view.name().text() + "` that can't be handled have no place")
      .help("add `dead_letter`: they are kept there for a person to look at");
}

void MessagingChecks::queue_clause(const QueueDeclaration& queue, const View& clause,
                                   const std::string& word) {
  const Known it{"it", queue.name, queue.message};
  if (word == "delay") {
    duration(expression_in(clause), "`delay`", {it}, true);
  } else if (word == "dead_letter") {
    if (const auto after = option_in(clause, "after"))
      fixed_duration(*after, "`dead_letter after`");
  } else {
    key_expression(expression_in(clause), "`" + word + " by`", it);
  }
}

void MessagingChecks::key_expression(const ExpressionView& view, const std::string& what,
                                     const Known& it) {
  const core::ExpressionId id = lower(view, kUnknownType, what, {it});
  if (id == kNone) return;
  const TypeId type = program_.tables.expressions[id].type;
  if (!module_.can_be_key(type)) return check_key_type(type, at(view), what);
  if (!is_constant(program_, id)) return;
  report_.error("E0504", at(view), what + " is the same for every message")
      .help("name a field of the message: `it.…`");
}

void MessagingChecks::cache(CacheDeclaration& cache) {
  const auto type = cache.view.type();
  if (!type) return;
  const std::vector<TypeView> arguments = type->arguments();
  const std::string name = type->name().text();
  cache.is_counter = name == "counter";
  ttl(cache.view, "cache");
  const bool fits = cache.is_counter ? arguments.size() == 1 : name == "map";
  if (!fits || type->is_optional()) {
    report_.error("E0103", at(*type), "a cache is a `map<K, V>` or a `counter<K>`");
    return;
  }
  if (!cache.is_counter) {
    const TypeId map = module_.type(*type);
    if (map == kUnknownType) return;
    cache.key = types_.row(map).key;
    cache.value = types_.row(map).element;
    return;
  }
  cache.key = module_.type(arguments[0]);
  check_key_type(cache.key, at(arguments[0]), "the key of a counter");
  const View ttl = cache.view.part(NodeKind::kOption);
  if (!ttl.exists()) return;
  report_.error("E0113", at(ttl), "a counter has no `ttl`")
      .help("leave it out: what was taken stays taken until it is given back");
}

void MessagingChecks::fold(const FoldDeclaration& fold) {
  const std::vector<core::FieldType> fields = types_.row(fold.type).fields;  // the key first
  if (fields.empty()) return;
  const std::vector<FieldView> views = ParametersView(fold.view).fields();
  check_key_type(fields[0].type, at(views[0].type()), "the key of a " + fold.view.tokens().front());
  std::map<std::string, core::Span> caches;
  for (const View& alias : fold.view.parts(NodeKind::kAlias)) {
    once(caches, "cache", at(alias), fold.view.tokens().front());
    view_cache(fold, alias);
  }
  std::map<std::string, core::Span> events;
  std::set<std::string> given;
  Folding folding;
  folding.key = fields[0].name;
  folding.scopes.open();
  for (const core::FieldType& each : fields) {
    if (!folding.types.emplace(each.name, each.type).second) continue;
    const bool is_key = each.name == folding.key;
    bind(folding.scopes, {each.name, fold.span, is_key ? each.type : types_.optional(each.type)});
  }
  for (const View& on : fold.view.parts(NodeKind::kFold))
    fold_event(fold, on, events, given, folding);
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const bool may_be_missing =
        fields[i].type == kUnknownType || types_.is(fields[i].type, TypeKind::kOptional);
    if (may_be_missing || given.contains(fields[i].name)) continue;
    report_
        .error("E0104", at(views[i].name()),
               "no `on …` of `" + fold.name + "` gives `" + fields[i].name + "` a value")
        .help("set it where an event tells it, or make it optional (`T?`)");
  }
}

void MessagingChecks::view_cache(const FoldDeclaration& fold, const View& alias) {
  ttl(alias, "cache");
  const NameView name = name_in(alias);
  const Declared* declared = module_.find(name.text());
  if (declared == nullptr) {
    module_.suggest(report_.error("E0101", at(name), "no cache is called `" + name.text() + "`"),
                    name.text(), module_.names());
    return;
  }
  if (declared->kind != Declared::Kind::kCache)
    return module_.report_misused(*declared, at(name), "no cache");
  const CacheDeclaration& cache = module_.cache(*declared);
  if (cache.key == kUnknownType) return;
  const TypeId key = types_.row(fold.type).fields[0].type;
  const bool fits = !cache.is_counter && types_.fits(key, cache.key) &&
                    (cache.value == kUnknownType || types_.fits(fold.type, cache.value));
  if (fits || key == kUnknownType) return;
  report_
      .error("E0103", at(name),
             "the cache of this view is a `map<" + types_.describe(key) + ", " + fold.name + ">`")
      .label(declared->span, "declared here");
}

const Declared* MessagingChecks::folded_event(const FoldDeclaration& fold, const NameView& name) {
  const Declared* event = module_.find(name.text());
  if (event == nullptr) {
    module_.suggest(report_.error("E0101", at(name), "no event is called `" + name.text() + "`"),
                    name.text(), module_.names());
    return nullptr;
  }
  if (event->kind != Declared::Kind::kEvent) {
    module_.report_misused(*event, at(name), "no event");
    return nullptr;
  }
  const TypeId wanted = types_.row(fold.type).fields[0].type;
  const core::FieldType* key = module_.event_key(*event);
  if (key == nullptr && !report_.has_error_in(event->whole)) {
    report_
        .error("E0104", at(name),
               "`" + event->name + "` has no key that tells which `" + fold.name + "` it is about")
        .label(event->span, "declared here");
  } else if (key != nullptr && key->type != kUnknownType && !types_.fits(key->type, wanted)) {
    report_
        .error("E0103", at(name),
               "the key of `" + event->name + "` is `" + types_.describe(key->type) +
                   "`, and that of `" + fold.name + "` is `" + types_.describe(wanted) + "`")
        .label(event->span, "declared here");
  }
  return event;
}

void MessagingChecks::fold_event(const FoldDeclaration& fold, const View& on,
                                 std::map<std::string, core::Span>& events,
                                 std::set<std::string>& given, Folding& folding) {
  const NameView name = name_in(on);
  module_.is_new(events, name.text(), at(name));
  const Declared* event = folded_event(fold, name);
  const TypeId type = event == nullptr ? kUnknownType : module_.declared_type(*event);
  std::map<std::string, core::Span> set_here;
  folding.scopes.open();
  if (const auto alias = alias_in(on)) {
    if (folding.types.contains(alias->text())) {
      report_
          .error("E0102", at(*alias), "`" + alias->text() + "` is a field of `" + fold.name + "`")
          .help("choose another name for the event");
    }
    bind(folding.scopes, {alias->text(), at(*alias), type});
  }
  for (const View& value : on.parts(NodeKind::kFoldValue))
    fold_value(fold, value, folding, set_here);
  folding.scopes.close();
  for (const auto& [field, span] : set_here) given.insert(field);
}

void MessagingChecks::fold_value(const FoldDeclaration& fold, const View& value, Folding& folding,
                                 std::map<std::string, core::Span>& set_here) {
  const NameView name = name_in(value);
  const std::string text = name.text();
  module_.is_new(set_here, text, at(name));
  const auto field = folding.types.find(text);
  if (field == folding.types.end()) {
    module_.suggest(
        report_.error("E0104", at(name), "`" + fold.name + "` has no field `" + text + "`"), text,
        field_names(fold.type));
    return;
  }
  if (text == folding.key) {
    report_.error("E0110", at(name), "`" + text + "` is the key, which no event changes");
    return;
  }
  lower_in(folding.scopes, expression_in(value), field->second, "`" + text + "`");
}

}  // namespace

void check_messaging(Module& module) {
  MessagingChecks checks(module);
  for (const EventView& each : module.events()) checks.event(each);
  for (QueueDeclaration& each : module.queues()) checks.queue(each);
  for (CacheDeclaration& each : module.caches()) checks.cache(each);
  for (const FoldDeclaration& each : module.folds()) checks.fold(each);
}

}  // namespace saga::dsl
