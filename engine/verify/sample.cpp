#include "engine/verify/sample.hpp"

#include "engine/base/limits.hpp"

namespace saga::verify {
namespace {

using core::TypeKind;

void write(const core::Definition& definition, core::TypeId id, base::JsonWriter& out);

void write_fields(const core::Definition& definition, const core::Type& type,
                  base::JsonWriter& out) {
  for (const core::FieldType& field : type.fields) {
    if (field.default_value != core::kNone) continue;  // filled in where it is read
    out.key(field.name);
    write(definition, field.type, out);
  }
}

// The case that is least deep: another may hold such a union again.
void write_case(const core::Definition& definition, core::TypeId id, base::JsonWriter& out) {
  const core::Type& type = definition.types[id];
  const std::size_t simplest = core::simplest_case(
      definition.types, id, static_cast<std::uint32_t>(base::limits::kMaxJsonDepth));
  const bool is_known = simplest < type.case_types.size();
  out.begin_object().key("case").string(is_known ? type.cases[simplest] : "");
  if (is_known) write_fields(definition, definition.types[type.case_types[simplest]], out);
  out.end_object();
}

void write(const core::Definition& definition, core::TypeId id, base::JsonWriter& out) {
  if (id == core::kNone) {
    out.null();
    return;
  }
  const core::Type& type = definition.types[id];
  switch (type.kind) {
    case TypeKind::kNothing:
    case TypeKind::kOptional: out.null(); break;
    case TypeKind::kBool: out.boolean(false); break;
    case TypeKind::kInt: out.integer(1); break;
    case TypeKind::kDecimal: out.string("1"); break;
    case TypeKind::kBytes: out.string("c2FtcGxl"); break;
    case TypeKind::kUuid: out.string("00000000-0000-4000-8000-000000000001"); break;
    case TypeKind::kTime: out.string("2026-01-01T00:00:00.000Z"); break;
    case TypeKind::kDate: out.string("2026-01-01"); break;
    case TypeKind::kDuration: out.string("PT1S"); break;
    case TypeKind::kMoney: out.raw(R"({"amount":"1","currency":"CNY"})"); break;
    case TypeKind::kList:
      out.begin_array();
      // A rule of a list mostly asks for an item.
      if (type.where != core::kNone) write(definition, type.element, out);
      out.end_array();
      break;
    case TypeKind::kSet: out.raw("[]"); break;
    case TypeKind::kMap: out.raw("{}"); break;
    case TypeKind::kEnum: out.string(type.cases.empty() ? "" : type.cases.front()); break;
    case TypeKind::kUnion: write_case(definition, id, out); break;
    case TypeKind::kRecord:
      out.begin_object();
      write_fields(definition, type, out);
      out.end_object();
      break;
    case TypeKind::kError:
    case TypeKind::kAnyError:
      out.begin_object().key("error").string(type.name).key("message").string("sample");
      write_fields(definition, type, out);
      out.end_object();
      break;
    case TypeKind::kString:
    case TypeKind::kJson: out.string("sample"); break;
  }
}

}  // namespace

base::JsonText sample(const core::Definition& definition, core::TypeId type) {
  base::JsonText text;
  base::JsonWriter out(text);
  write(definition, type, out);
  return text;
}

}  // namespace saga::verify
