#include "tests/http/contract.hpp"

namespace saga::http::test {
namespace {

using core::Type;
using core::TypeKind;

constexpr core::TypeId kNothing = 0;
constexpr core::TypeId kText = 1;
constexpr core::TypeId kOptionalText = 2;
constexpr core::TypeId kDeclined = 3;
constexpr core::TypeId kNotFound = 4;
constexpr core::TypeId kBusy = 5;

Type type(TypeKind kind, std::string name = "") {
  Type made;
  made.kind = kind;
  made.name = std::move(name);
  return made;
}

core::Operation operation(std::string name, core::TypeId result) {
  core::Operation made;
  made.service = "shop.Payment";
  made.name = std::move(name);
  made.result = result;
  return made;
}

core::Operation with_http(core::Operation made, std::string method, std::string path) {
  made.http_method = std::move(method);
  made.http_path = std::move(path);
  return made;
}

}  // namespace

std::shared_ptr<core::Definition> contract() {
  auto made = std::make_shared<core::Definition>();
  made->name = "shop.Order";
  made->types = {type(TypeKind::kNothing),
                 type(TypeKind::kString),
                 type(TypeKind::kOptional),
                 type(TypeKind::kError, "shop.Declined"),
                 type(TypeKind::kError, "shop.NotFound"),
                 type(TypeKind::kError, "shop.Busy")};
  made->types[kOptionalText].element = kText;
  made->types[kBusy].is_transient = true;
  core::Operation capture = operation("capture", kText);
  capture.errors = {kDeclined, kNotFound, kBusy};
  core::Operation book = operation("book", kText);
  book.is_async = true;
  core::Operation secured = operation("secured", kText);
  secured.secret = "token";
  core::Operation other = operation("other", kText);
  other.service = "shop.Other";
  made->operations = {capture,
                      operation("find", kOptionalText),
                      operation("tell", kNothing),
                      book,
                      with_http(operation("show", kText), "GET", "orders/{order}/lines/{line}"),
                      with_http(operation("change", kText), "PUT", "orders/{order}"),
                      with_http(operation("remove", kNothing), "DELETE", "orders/{order}"),
                      secured,
                      other};
  return made;
}

base::TimePoint test_now() {
  return base::TimePoint(std::chrono::sys_days(std::chrono::year{2026} / 11 / 22)) +
         std::chrono::hours(8);
}

ports::CallRequest request(Operation operation, std::string arguments) {
  ports::CallRequest made;
  made.saga_id = "01990c1e-7d5a-7000-8000-5f1c2a9be001";
  made.definition = contract();
  made.effect.operation = operation;
  made.effect.step = "charge";
  made.effect.key = made.saga_id + "/charge";
  made.effect.arguments = std::move(arguments);
  made.effect.until = test_now() + std::chrono::minutes(1);
  return made;
}

}  // namespace saga::http::test
