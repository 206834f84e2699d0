#include "dsl/check/type_table.hpp"

#include <algorithm>
#include <utility>

namespace saga::dsl {

using core::FieldType;
using core::kNone;
using core::Type;
using core::TypeId;
using core::TypeKind;

namespace {

const char* basic_name(TypeKind kind) {
  switch (kind) {
    case TypeKind::kNothing: return "nothing";
    case TypeKind::kBool: return "bool";
    case TypeKind::kInt: return "int";
    case TypeKind::kDecimal: return "decimal";
    case TypeKind::kString: return "string";
    case TypeKind::kBytes: return "bytes";
    case TypeKind::kUuid: return "uuid";
    case TypeKind::kTime: return "time";
    case TypeKind::kDate: return "date";
    case TypeKind::kDuration: return "duration";
    case TypeKind::kMoney: return "money";
    case TypeKind::kJson: return "json";
    case TypeKind::kAnyError: return "error";
    default: return "value";
  }
}

bool same_fields(const std::vector<FieldType>& left, const std::vector<FieldType>& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].name != right[i].name || left[i].type != right[i].type ||
        left[i].is_private != right[i].is_private ||
        left[i].default_value != right[i].default_value) {
      return false;
    }
  }
  return true;
}

// Equal for equal fields, and only for these: names hold no blank.
std::string signature_of(const std::vector<FieldType>& fields) {
  std::string text;
  for (const FieldType& field : fields) {
    text += field.name + (field.is_private ? " p" : " ") + std::to_string(field.type) + " " +
            std::to_string(field.default_value) + " ";
  }
  return text;
}

}  // namespace

TypeId TypeTable::composite(TypeKind kind, TypeId key, TypeId element) {
  const auto [place, is_new] = composites_.try_emplace({kind, key, element}, kNone);
  if (is_new) {
    Type type;
    type.kind = kind;
    type.key = key;
    type.element = element;
    place->second = declare(std::move(type));
    depths_[place->second] = 1 + std::max(depth(key), depth(element));
  }
  return place->second;
}

TypeId TypeTable::basic(TypeKind kind) { return composite(kind, kNone, kNone); }

TypeId TypeTable::optional(TypeId element) {
  if (element == kUnknownType || is(element, TypeKind::kOptional)) return element;
  return composite(TypeKind::kOptional, kNone, element);
}

TypeId TypeTable::list(TypeId element) {
  return is_usable(element) ? composite(TypeKind::kList, kNone, element) : kUnknownType;
}

TypeId TypeTable::set(TypeId element) {
  return is_usable(element) ? composite(TypeKind::kSet, kNone, element) : kUnknownType;
}

TypeId TypeTable::map(TypeId key, TypeId element) {
  return is_usable(key) && is_usable(element) ? composite(TypeKind::kMap, key, element)
                                              : kUnknownType;
}

TypeId TypeTable::anonymous_record(std::vector<FieldType> fields) {
  const auto [place, is_new] = anonymous_.try_emplace(signature_of(fields), kNone);
  if (is_new) {
    std::size_t deepest = 0;
    for (const FieldType& field : fields) deepest = std::max(deepest, depth(field.type));
    Type type;
    type.kind = TypeKind::kRecord;
    type.fields = std::move(fields);
    place->second = declare(std::move(type));
    depths_[place->second] = 1 + deepest;
  }
  return place->second;
}

TypeId TypeTable::declare(Type type) {
  tables_.types.push_back(std::move(type));
  depths_.resize(tables_.types.size(), 0);
  return static_cast<TypeId>(tables_.types.size() - 1);
}

TypeId TypeTable::refine(TypeId base, std::string name) {
  Type type = row(base);
  type.name = std::move(name);
  const TypeId refined = declare(std::move(type));
  refined_.emplace(refined, base);
  return refined;
}

void TypeTable::refresh(TypeId refined) {
  const Type base = row(base_of(refined));
  row(refined).fields = base.fields;
}

bool TypeTable::is(TypeId type, TypeKind kind) const {
  return type != kUnknownType && row(type).kind == kind;
}

bool TypeTable::is_null(TypeId type) const {
  return is(type, TypeKind::kOptional) && is(row(type).element, TypeKind::kNothing);
}

TypeId TypeTable::without_null(TypeId type) const {
  return is(type, TypeKind::kOptional) ? row(type).element : type;
}

TypeId TypeTable::base_of(TypeId type) const {
  for (auto found = refined_.find(type); found != refined_.end(); found = refined_.find(type)) {
    type = found->second;
  }
  return type;
}

bool TypeTable::fits(TypeId from, TypeId to) const {
  if (from == kUnknownType || to == kUnknownType) return true;
  from = base_of(from);
  to = base_of(to);
  if (from == to) return true;
  if (is(to, TypeKind::kOptional)) {
    return is_null(from) || fits(without_null(from), row(to).element);
  }
  if (row(to).kind == TypeKind::kAnyError) return row(from).kind == TypeKind::kError;
  return row(from).kind == row(to).kind && same_parts(from, to);
}

bool TypeTable::same_parts(TypeId from, TypeId to) const {
  const Type& left = row(from);
  const Type& right = row(to);
  switch (left.kind) {
    case TypeKind::kList:
    case TypeKind::kSet:
      return is(left.element, TypeKind::kNothing) || fits(left.element, right.element);
    case TypeKind::kMap:
      return is(left.element, TypeKind::kNothing) ||
             (fits(left.key, right.key) && fits(left.element, right.element));
    case TypeKind::kRecord:
      return left.name.empty() && right.name.empty() && same_fields(left.fields, right.fields);
    default: return false;  // basic types are one row, nominal types equal only themselves
  }
}

std::optional<TypeId> TypeTable::refined_from(TypeId type) const {
  const auto found = refined_.find(type);
  return found == refined_.end() ? std::nullopt : std::optional(found->second);
}

std::size_t TypeTable::refinements(TypeId type) const {
  std::size_t count = 0;
  for (auto of = refined_from(type); of; of = refined_from(*of)) ++count;
  return count;
}

bool TypeTable::narrows(TypeId from, TypeId to) const {
  if (from == kUnknownType || to == kUnknownType || is_null(from)) return false;
  from = without_null(from);
  to = without_null(to);
  for (std::optional<TypeId> rule = to; rule && refined_.contains(*rule);
       rule = refined_from(*rule)) {
    bool is_held = false;
    for (std::optional<TypeId> known = from; known; known = refined_from(*known)) {
      is_held = is_held || *known == *rule;
    }
    if (!is_held) return true;
  }
  const Type& given = row(base_of(from));
  const Type& wanted = row(base_of(to));
  switch (wanted.kind) {
    case TypeKind::kMap:
      return narrows(given.key, wanted.key) || narrows(given.element, wanted.element);
    case TypeKind::kList:
    case TypeKind::kSet:
      return !is(given.element, TypeKind::kNothing) && narrows(given.element, wanted.element);
    default: return false;
  }
}

std::optional<TypeId> TypeTable::join(TypeId left, TypeId right) {
  if (left == kUnknownType || right == kUnknownType) return kUnknownType;
  if (fits(left, right)) return right == base_of(right) ? right : base_of(right);
  if (fits(right, left)) return base_of(left);
  if (is_null(left)) return optional(right);
  if (is_null(right)) return optional(left);
  if (is(left, TypeKind::kOptional) || is(right, TypeKind::kOptional)) {
    const auto inner = join(without_null(left), without_null(right));
    return inner ? std::optional(optional(*inner)) : std::nullopt;
  }
  if (is(left, TypeKind::kError) && is(right, TypeKind::kError)) return basic(TypeKind::kAnyError);
  return std::nullopt;
}

const FieldType* TypeTable::field(TypeId type, std::string_view name) const {
  for (const FieldType& field : row(type).fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

bool TypeTable::has_case(TypeId type, const std::string& name) {
  const auto [known, is_new] = cases_.try_emplace(type);
  if (is_new) known->second.insert(row(type).cases.begin(), row(type).cases.end());
  return known->second.contains(name);
}

std::string TypeTable::describe(TypeId type) const {
  if (type == kUnknownType) return "unknown";
  const Type& described = row(type);
  if (is_null(type)) return "null";
  if (!described.name.empty()) return short_name(described.name);
  switch (described.kind) {
    case TypeKind::kOptional: return describe(described.element) + "?";
    case TypeKind::kList:
      return is(described.element, TypeKind::kNothing)
                 ? "list"
                 : "list<" + describe(described.element) + ">";
    case TypeKind::kSet: return "set<" + describe(described.element) + ">";
    case TypeKind::kMap:
      return "map<" + describe(described.key) + ", " + describe(described.element) + ">";
    case TypeKind::kRecord: return "record";
    default: return basic_name(described.kind);
  }
}

std::string short_name(const std::string& full_name) {
  const auto dot = full_name.rfind('.');
  return dot == std::string::npos ? full_name : full_name.substr(dot + 1);
}

}  // namespace saga::dsl
