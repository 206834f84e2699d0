#include "cli/saga_json.hpp"

namespace saga::cli {

base::JsonText to_json(const ports::SagaRow& row) {
  base::JsonText text;
  base::JsonWriter json(text);
  json.begin_object().key("id").string(row.id).key("definition").string(row.definition);
  json.key("version").integer(row.version).key("key").string(row.key);
  json.key("status")
      .string(core::name_of(row.status))
      .key("cause")
      .string(core::name_of(row.cause));
  json.key("started_at").string(base::format_time(row.started_at));
  json.key("updated_at").string(base::format_time(row.updated_at));
  json.key("ended_at");
  if (row.ended_at) {
    json.string(base::format_time(*row.ended_at));
  } else {
    json.null();
  }
  json.key("parent_id").string(row.parent_id).end_object();
  return text;
}

base::JsonText to_json(const ports::SagaPage& page) {
  base::JsonText text;
  base::JsonWriter json(text);
  json.begin_object().key("items").begin_array();
  for (const ports::SagaRow& row : page.items) json.raw(to_json(row));
  json.end_array().key("next_cursor");
  if (page.next_cursor.empty()) {
    json.null();
  } else {
    json.string(page.next_cursor);
  }
  json.end_object();
  return text;
}

}  // namespace saga::cli
