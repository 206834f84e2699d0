#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "cli/exit_code.hpp"
#include "cli/options.hpp"

namespace saga::cli {
namespace {

using base::ErrorCode;

// Behind its module line. Checks without a word, and its tests pass (tests/cli).
constexpr std::string_view kFirstWorkflow = R"(
type Item { sku: string, qty: int, price: money }

error Declined { reason: string }

// What other teams promise. Their addresses stand in saga.toml, never here.
service Stock {
  write reserve(order: string, items: list<Item>) idempotent by key
  write release(order: string) idempotent
}

service Payment {
  write charge(order: string, amount: money) -> string
    errors Declined
    idempotent by key
  write refund(order: string) idempotent
}

/// Reserves the goods and takes the money; if that fails, the goods are free again.
saga Buy(order: string, items: list<Item>) -> string
  key order                                        // a second start of this order finds the first
  deadline 10m
{
  step reserve "Reserve the goods" = Stock.reserve(order, items)
    timeout 5s
    retry 1s, 3s
    compensate Stock.release(order)

  step paid "Take the money" = Payment.charge(order, items.sum(i => i.price * i.qty))
    timeout 5s
    retry 1s, 3s
    compensate Payment.refund(order)

  return paid
}
on failed as e {
  note "order {order} was cancelled: {e.message}"
}

test "an order is paid" {
  mock Payment.charge => "C1"
  run Buy("O1", [Item(sku: "tea", qty: 2, price: CNY(20))])
  expect completed "C1"
  expect called Payment.charge(amount: CNY(40))
}

test "a declined card sets the goods free" {
  mock Payment.charge => fail Declined(reason: "no funds")
  run Buy("O1", [Item(sku: "tea", qty: 2, price: CNY(20))])
  expect failed Declined
  expect called Stock.release(order: "O1")
}
)";

constexpr std::string_view kInput =
    R"({"order":"O1","items":[{"sku":"tea","qty":2,"price":{"amount":"20","currency":"CNY"}}]})";

// A module's name from the file's: `my-shop.saga` is `my_shop`.
std::string module_of(const std::filesystem::path& path) {
  std::string name = path.stem().string();
  for (char& c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_letter && !is_digit) c = '_';
  }
  const bool begins_well = !name.empty() && (name[0] < '0' || name[0] > '9') && name[0] != '_';
  return begins_well ? name : "shop_" + name;
}

// As a shell takes it.
std::string shell_word(const std::string& path) {
  const bool is_plain = std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '.' || c == '_' || c == '-';
  });
  const std::string begin = path.starts_with("-") ? "./" : "";
  if (is_plain) return begin + path;
  std::string word = "'" + begin;
  for (const char c : path) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

base::Result<void> write_new(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wx");
  if (file == nullptr) {
    const int problem = errno;
    const ErrorCode code = problem == EEXIST   ? ErrorCode::kConflict
                           : problem == ENOENT ? ErrorCode::kNotFound
                                               : ErrorCode::kReadOnly;
    return base::fail(code,
                      problem == EEXIST ? "is there already, and stays as it is"
                                        : std::string("can't be made: ") + std::strerror(problem),
                      path);
  }
  const bool is_written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int problem = errno;
  if (std::fclose(file) == 0 && is_written) return {};
  std::remove(path.c_str());
  return base::fail(ErrorCode::kDiskFull,
                    std::string("can't be written: ") + std::strerror(problem), path);
}

}  // namespace

int run_new(const NewOptions& options, const Console& console) {
  const std::filesystem::path path(options.file);
  if (path.extension() != ".saga") {
    return report(console,
                  {ErrorCode::kInvalidArgument,
                   "a workflow file ends in `.saga`: `saga new " + path.stem().string() + ".saga`",
                   options.file});
  }
  const std::string text = "module " + module_of(path) + "\n" + std::string(kFirstWorkflow);
  const base::Result<void> written = write_new(options.file, text);
  if (!written) return report(console, written.error());
  if (options.format != OutputFormat::kText) {
    base::JsonText line;
    base::JsonWriter(line).begin_object().key("file").string(options.file).end_object();
    console.out(line);
    return kOk;
  }
  const std::string word = shell_word(options.file);
  console.out("made " + options.file);
  console.err("next:");
  console.err("  saga test " + word);
  console.err("  saga run " + word + " --mock --input '" + std::string(kInput) + "'");
  return kOk;
}

}  // namespace saga::cli
