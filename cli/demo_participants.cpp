#include "cli/demo_participants.hpp"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <csignal>

#include "engine/base/decimal.hpp"
#include "engine/base/limits.hpp"

namespace saga::cli {
namespace {

namespace http = boost::beast::http;
using base::ErrorCode;
using tcp = boost::asio::ip::tcp;

constexpr std::string_view kListening = "listening 127.0.0.1:";
constexpr base::JsonLimits kLimits{base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth};

base::Result<std::string> send(std::uint16_t port, http::verb method, const std::string& target,
                               const std::string& body) {
  try {
    boost::asio::io_context loop;
    tcp::socket socket(loop);
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
    http::request<http::string_body> request(method, target, 11);
    request.set(http::field::host, "127.0.0.1");
    request.body() = body;
    request.prepare_payload();
    http::write(socket, request);
    boost::beast::flat_buffer buffer;
    http::response<http::string_body> response;
    http::read(socket, buffer, response);
    if (response.result_int() / 100 == 2) return response.body();
    return base::fail(
        ErrorCode::kUnavailable,
        target + " answered " + std::to_string(response.result_int()) + ": " + response.body());
  } catch (const std::exception& exception) {
    return base::fail(ErrorCode::kUnavailable, target + ": " + exception.what());
  }
}

std::vector<std::string> texts(const base::Json& json, std::string_view name) {
  std::vector<std::string> found;
  const base::Json* list = json.find(name);
  if (list == nullptr) return found;
  for (const base::Json& item : list->items) found.push_back(item.text);
  std::sort(found.begin(), found.end());
  return found;
}

std::string joined(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& each : all) text += (text.empty() ? "" : " ") + each;
  return text.empty() ? "-" : text;
}

void check_effects(const std::string& role, const base::Json& effects, Balance& balance) {
  const base::Json* list =
      effects.kind == base::Json::Kind::kArray ? &effects : effects.find("effects");
  if (list == nullptr) return balance.faults.push_back(role + " shows no effects");
  for (const base::Json& effect : list->items) {
    if (effect.integer("count") == 1) continue;
    balance.faults.push_back(role + " did " + effect.string("key").value_or("") +
                             " more than once");
  }
}

// `12.50 CNY` of a money object.
std::string money_text(const base::Json* money) {
  if (money == nullptr) return "?";
  return money->string("amount").value_or("?") + " " + money->string("currency").value_or("");
}

// What the orders that stand cost together.
std::string ordered(const base::Json& entries) {
  base::Decimal sum;
  std::string currency;
  for (const base::Json& entry : entries.items) {
    const base::Json* total = entry.find("total");
    if (total == nullptr || entry.string("state") == "cancelled") continue;
    const auto amount = base::Decimal::parse(total->string("amount").value_or(""));
    const auto more = amount ? sum.plus(*amount) : amount;
    if (!more) return "?";
    sum = *more;
    currency = total->string("currency").value_or("");
  }
  return sum.to_string() + " " + currency;
}

// A participant's own sums, in its own words.
std::vector<std::string> sums_of(const base::Json& ledger) {
  std::vector<std::string> sums;
  if (const base::Json* accounts = ledger.find("accounts")) {
    std::string all;
    for (const base::Json& each : accounts->items)
      all += (all.empty() ? "" : ", ") + each.string("account").value_or("") + " " +
             money_text(each.find("balance"));
    sums.push_back(all);
  }
  if (const base::Json* stock = ledger.find("stock")) {
    const auto number = [](const base::Json& level, std::string_view name) {
      return std::to_string(level.integer(name).value_or(0)) + " " + std::string(name);
    };
    for (const base::Json& each : stock->items) {
      if (each.integer("available") == each.integer("delivered")) continue;
      sums.push_back(each.string("sku").value_or("") + " " + number(each, "delivered") + " = " +
                     number(each, "available") + " + " + number(each, "reserved"));
    }
  }
  const base::Json* entries = ledger.find("entries");
  if (entries != nullptr && !entries->items.empty() && entries->items[0].find("total") != nullptr)
    sums.push_back("goods for " + ordered(*entries) + "; their delivery is paid on top");
  return sums;
}

void check_ledger(const std::string& role, const base::Json& ledger,
                  const std::vector<std::string>& orders, Balance& balance) {
  const std::vector<std::string> live = texts(ledger, "live");
  const std::vector<std::string> pending = texts(ledger, "pending");
  const bool is_balanced = ledger.flag("balanced").value_or(false);
  if (live != orders) balance.faults.push_back(role + " has " + joined(live));
  if (!pending.empty()) balance.faults.push_back(role + " still holds " + joined(pending));
  if (!is_balanced) balance.faults.push_back(role + "'s own sums don't agree");
  balance.lines.push_back(role + std::string(11 - role.size(), ' ') + joined(live) +
                          "   half done: " + joined(pending) +
                          (is_balanced ? "   sums agree" : "   SUMS DISAGREE"));
  for (const std::string& sum : sums_of(ledger))
    balance.lines.push_back(std::string(11, ' ') + sum);
}

}  // namespace

base::Result<DemoParticipant> DemoParticipant::start(const std::string& program,
                                                     const std::string& role,
                                                     const std::string& folder) {
  DemoParticipant participant(program, role, folder + "/" + role + ".db");
  base::Result<void> launched = participant.launch();
  if (!launched) return base::fail(launched.error());
  return participant;
}

base::Result<void> DemoParticipant::launch() {
  base::Result<ChildProcess> process = ChildProcess::start(
      {program_, "--role", role_, "--db", db_, "--listen", "127.0.0.1:" + std::to_string(port_)});
  if (!process) return base::fail(process.error());
  const std::optional<std::string> line = process->read_line();
  if (!line || !line->starts_with(kListening)) {
    return base::fail(ErrorCode::kUnavailable, "the participant `" + role_ + "` didn't start");
  }
  port_ = static_cast<std::uint16_t>(std::stoi(line->substr(kListening.size())));
  process_.clear();
  process_.push_back(std::move(*process));
  return {};
}

void DemoParticipant::kill() {
  process_.front().end(SIGKILL);
  process_.clear();
}

base::Result<void> DemoParticipant::start_again() { return launch(); }

base::Result<void> DemoParticipant::set_fault(const std::string& json) const {
  base::Result<std::string> answer = send(port_, http::verb::post, "/faults", json);
  if (!answer) return base::fail(answer.error());
  return {};
}

base::Result<base::Json> DemoParticipant::get(const std::string& target) const {
  base::Result<std::string> answer = send(port_, http::verb::get, target, "");
  if (!answer) return base::fail(answer.error());
  return base::parse_json(*answer, kLimits);
}

base::Result<Balance> read_balance(const std::vector<DemoParticipant>& participants,
                                   const std::vector<std::string>& orders) {
  Balance balance;
  for (const DemoParticipant& participant : participants) {
    base::Result<base::Json> ledger = participant.get("/ledger");
    if (!ledger) return base::fail(ledger.error());
    check_ledger(participant.role(), *ledger, orders, balance);
    base::Result<base::Json> effects = participant.get("/effects");
    if (!effects) return base::fail(effects.error());
    check_effects(participant.role(), *effects, balance);
  }
  return balance;
}

}  // namespace saga::cli
