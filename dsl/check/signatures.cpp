#include "dsl/check/signatures.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "engine/base/assert.hpp"

namespace saga::dsl {

using core::TypeId;
using core::TypeKind;

namespace {

struct Row {
  std::string_view name;
  std::string_view text;
};

// The language's built-ins (LANGUAGE "Types and expressions"), sorted by name; the order of a
// name's rows is the order in which they are tried. `.` marks a property.
constexpr Row kRows[] = {
    {"abs", "N : N"},
    {"all", "list<T>, fn(T, bool) : bool"},
    {"any", "list<T>, fn(T, bool) : bool"},
    {"ceil", "decimal : int"},
    {"chunk", "list<T>, int : list<list<T>>"},
    {"contains", "string, string : bool"},
    {"contains", "list<T>, T : bool"},
    {"contains", "set<T>, T : bool"},
    {"count", "list<T> : int"},
    {"count", "list<T>, fn(T, bool) : int"},
    {"distinct", "list<T> : list<T>"},
    {"drop", "list<T>, int : list<T>"},
    {"ends_with", "string, string : bool"},
    {"filter", "list<T>, fn(T, bool) : list<T>"},
    {"first", ".list<T> : T?"},
    {"flatten", "list<list<T>> : list<T>"},
    {"floor", "decimal : int"},
    {"get", "map<K, V>, K : V?"},
    {"group_by", "list<T>, fn(T, K) : map<K, list<T>>"},
    {"has", "map<K, V>, K : bool"},
    {"hash64", "string : int"},
    {"keys", "map<S, V> : list<S>"},
    {"last", ".list<T> : T?"},
    {"lower", "string : string"},
    {"map", "list<T>, fn(T, U) : list<U>"},
    {"matches", "string, string : bool"},
    {"max", "N, N : N"},
    {"max_by", "list<T>, fn(T, O) : T?"},
    {"min", "N, N : N"},
    {"min_by", "list<T>, fn(T, O) : T?"},
    {"pad", "string, int : string"},
    {"pad", "string, int, string : string"},
    {"replace", "string, string, string : string"},
    {"round", "decimal : decimal"},
    {"round", "decimal, int : decimal"},
    {"round", "money : money"},
    {"round", "money, int : money"},
    {"size", ".string : int"},
    {"size", ".list<T> : int"},
    {"size", ".set<T> : int"},
    {"size", ".map<K, V> : int"},
    {"sort_by", "list<T>, fn(T, O) : list<T>"},
    {"split", "string, string : list<string>"},
    {"split", "money, list<int> : list<money>"},
    {"split", "money, list<decimal> : list<money>"},
    {"starts_with", "string, string : bool"},
    {"sum", "list<N> : N"},
    {"sum", "list<T>, fn(T, N) : N"},
    {"take", "list<T>, int : list<T>"},
    {"to_map", "list<T>, fn(T, K), fn(T, V) : map<K, V>"},
    {"trim", "string : string"},
    {"truncate", "string, int : string"},
    {"upper", "string : string"},
    {"values", "map<K, V> : list<V>"},
    {"zip", "list<T>, list<U> : list<pair<T, U>>"},
};

// Reads the small notation of kRows. A fault in the table is a programmer's error.
class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  Signature signature(std::string_view name, std::string_view text) {
    Signature read;
    read.name = name;
    read.is_property = take('.');
    read.text = read.is_property ? text.substr(1) : text;
    do {
      read.parameters.push_back(pattern());
    } while (take(','));
    SAGA_ASSERT(take(':'));
    read.result = pattern();
    return read;
  }

 private:
  Pattern pattern() {
    const std::string_view word = this->word();
    Pattern read = word.size() == 1 ? hole(word.front()) : named(word);
    if (take('?')) {
      Pattern optional;
      optional.kind = Pattern::Kind::kOptional;
      optional.parts.push_back(std::move(read));
      return optional;
    }
    return read;
  }

  static Pattern hole(char letter) {
    Pattern read;
    read.kind = Pattern::Kind::kHole;
    read.hole = letter;
    return read;
  }

  Pattern named(std::string_view word) {
    Pattern read;
    if (take('<') || take('(')) {
      read.kind = composite(word);
      do {
        read.parts.push_back(pattern());
      } while (take(','));
      SAGA_ASSERT(take('>') || take(')'));
    } else {
      read.type = basic(word);
    }
    return read;
  }

  static Pattern::Kind composite(std::string_view word) {
    if (word == "list") return Pattern::Kind::kList;
    if (word == "set") return Pattern::Kind::kSet;
    if (word == "map") return Pattern::Kind::kMap;
    if (word == "fn") return Pattern::Kind::kFunction;
    SAGA_ASSERT(word == "pair");
    return Pattern::Kind::kPair;
  }

  static TypeKind basic(std::string_view word) {
    if (word == "bool") return TypeKind::kBool;
    if (word == "int") return TypeKind::kInt;
    if (word == "decimal") return TypeKind::kDecimal;
    if (word == "string") return TypeKind::kString;
    SAGA_ASSERT(word == "money");
    return TypeKind::kMoney;
  }

  bool take(char wanted) {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  std::string_view word() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    const std::size_t begin = at_;
    while (at_ < text_.size() && std::isalpha(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

const std::vector<Signature>& all_signatures() {
  static const std::vector<Signature> read = [] {
    std::vector<Signature> signatures;
    for (const Row& row : kRows) {
      signatures.push_back(PatternReader(row.text).signature(row.name, row.text));
    }
    return signatures;
  }();
  return read;
}

}  // namespace

std::span<const Signature> signatures_of(std::string_view name) {
  const std::vector<Signature>& all = all_signatures();
  const auto begin = std::ranges::lower_bound(all, name, {}, &Signature::name);
  const auto end = std::ranges::upper_bound(all, name, {}, &Signature::name);
  return {begin, end};
}

std::vector<std::string> names_of_builtins() {
  std::vector<std::string> names;
  for (const Row& row : kRows) {
    if (names.empty() || names.back() != row.name) names.emplace_back(row.name);
  }
  return names;
}

bool is_summable(const TypeTable& types, TypeId type) {
  return types.is(type, TypeKind::kInt) || types.is(type, TypeKind::kDecimal) ||
         types.is(type, TypeKind::kMoney) || types.is(type, TypeKind::kDuration);
}

bool is_ordered(const TypeTable& types, TypeId type) {
  return is_summable(types, type) || types.is(type, TypeKind::kString) ||
         types.is(type, TypeKind::kTime) || types.is(type, TypeKind::kDate);
}

namespace {

bool is_text(const TypeTable& types, TypeId type) {
  return types.is(type, TypeKind::kString) || types.is(type, TypeKind::kUuid) ||
         types.is(type, TypeKind::kEnum);
}

}  // namespace

bool Holes::match_hole(char hole, TypeId type) {
  if (hole == 'N' && !is_summable(types_, type)) return false;
  if (hole == 'O' && !is_ordered(types_, type)) return false;
  if (hole == 'S' && !is_text(types_, type)) return false;
  const auto [place, is_new] = filled_.try_emplace(hole, types_.base_of(type));
  if (is_new) return true;
  const auto joined = types_.join(place->second, type);
  if (joined) place->second = *joined;
  return joined.has_value();
}

bool Holes::match(const Pattern& pattern, TypeId type) {
  if (type == kUnknownType) return true;
  const core::Type row = types_.row(type);
  switch (pattern.kind) {
    case Pattern::Kind::kHole: return match_hole(pattern.hole, type);
    case Pattern::Kind::kType: return row.kind == pattern.type;
    case Pattern::Kind::kOptional: return match(pattern.parts[0], types_.without_null(type));
    case Pattern::Kind::kList:
      if (row.kind != TypeKind::kList) return false;
      return types_.is(row.element, TypeKind::kNothing) || match(pattern.parts[0], row.element);
    case Pattern::Kind::kSet:
      return row.kind == TypeKind::kSet && match(pattern.parts[0], row.element);
    case Pattern::Kind::kMap:
      return row.kind == TypeKind::kMap && match(pattern.parts[0], row.key) &&
             match(pattern.parts[1], row.element);
    case Pattern::Kind::kFunction:
    case Pattern::Kind::kPair: return false;  // no value has such a type
  }
  return false;
}

TypeId Holes::type_of(const Pattern& pattern) {
  switch (pattern.kind) {
    case Pattern::Kind::kHole: {
      const auto found = filled_.find(pattern.hole);
      return found == filled_.end() ? kUnknownType : found->second;
    }
    case Pattern::Kind::kType: return types_.basic(pattern.type);
    case Pattern::Kind::kOptional: return types_.optional(type_of(pattern.parts[0]));
    case Pattern::Kind::kList: return types_.list(type_of(pattern.parts[0]));
    case Pattern::Kind::kSet: return types_.set(type_of(pattern.parts[0]));
    case Pattern::Kind::kMap:
      return types_.map(type_of(pattern.parts[0]), type_of(pattern.parts[1]));
    case Pattern::Kind::kFunction: return type_of(pattern.parts[1]);
    case Pattern::Kind::kPair: {
      core::FieldType first, second;
      first.name = "first";
      first.type = type_of(pattern.parts[0]);
      second.name = "second";
      second.type = type_of(pattern.parts[1]);
      if (first.type == kUnknownType || second.type == kUnknownType) return kUnknownType;
      return types_.anonymous_record({first, second});
    }
  }
  return kUnknownType;
}

}  // namespace saga::dsl
