#include "workflows/participants/arguments.hpp"

namespace saga::demo {

namespace {

const nlohmann::json kNothing;

}  // namespace

void Arguments::blame(const char* name, std::string_view expected) {
  if (fault_.empty()) fault_ = path_ + name + " must be " + std::string(expected);
}

const nlohmann::json& Arguments::member(const char* name) {
  if (!object_.is_object()) return kNothing;
  const auto found = object_.find(name);
  return found == object_.end() ? kNothing : *found;
}

std::string Arguments::text(const char* name) {
  const nlohmann::json& value = member(name);
  if (value.is_string()) return value.get<std::string>();
  blame(name, "a string");
  return {};
}

std::int64_t Arguments::whole(const char* name) {
  const nlohmann::json& value = member(name);
  constexpr std::int64_t kMost = 1'000'000;
  const bool fits = value.is_number_integer() && value >= -kMost && value <= kMost;
  if (fits) return value.get<std::int64_t>();
  blame(name, "a whole number up to 1000000");
  return 0;
}

Money Arguments::money(const char* name) {
  const nlohmann::json& value = member(name);
  if (value.is_object() && value.contains("amount") && value.contains("currency")) {
    const auto& amount = value["amount"];
    const auto& currency = value["currency"];
    if (amount.is_string() && currency.is_string()) {
      if (const auto cents = cents_of(amount.get_ref<const std::string&>())) {
        return {*cents, currency.get<std::string>()};
      }
    }
  }
  blame(name, R"(money, for example {"amount":"12.50","currency":"CNY"})");
  return {};
}

Arguments Arguments::object(const char* name) {
  const nlohmann::json& value = member(name);
  if (!value.is_object()) blame(name, "an object");
  return Arguments(value, path_ + name + '.');
}

void Arguments::adopt(const Arguments& part) {
  if (fault_.empty()) fault_ = part.fault_;
}

std::vector<Item> Arguments::items(const char* name) {
  const nlohmann::json& list = member(name);
  if (!list.is_array()) blame(name, "a list of items");
  std::vector<Item> items;
  for (const nlohmann::json& entry : list) {
    Arguments item(entry, path_ + name + '[' + std::to_string(items.size()) + "].");
    items.push_back({item.text("sku"), item.whole("qty"), item.money("price")});
    adopt(item);
  }
  return items;
}

nlohmann::json json_of(const Money& money) {
  return {{"amount", decimal_of(money.cents)}, {"currency", money.currency}};
}

}  // namespace saga::demo
