#pragma once

#include <memory>
#include <string>

#include "tests/cli/command.hpp"
#include "tests/support/participant.hpp"

namespace saga::cli::test {

// Stock and Payment as processes, a folder, and a journal file in it: what sells.saga runs on.
class Shop {
 public:
  Shop();
  [[nodiscard]] std::string db() const { return folder_.file("saga.db"); }
  [[nodiscard]] const Folder& folder() const { return folder_; }
  [[nodiscard]] saga::test::Participant& stock() { return stock_; }
  [[nodiscard]] saga::test::Participant& payment() { return payment_; }

  // `--service` for both.
  [[nodiscard]] Words services() const;
  // `arguments`, the journal and both services.
  [[nodiscard]] Words with_services(Words arguments) const;
  // `arguments` and the journal.
  [[nodiscard]] Words with_db(Words arguments) const;
  // `run sells.saga SAGA` with an order's input, the journal and both services.
  [[nodiscard]] Words run(const std::string& saga, const std::string& order,
                          const Words& more = {}) const;
  // The saga with this key, as `show -o json` has it.
  [[nodiscard]] nlohmann::json show(const std::string& key) const;

  // All books agree, nothing is half done, each effect happened once, and these orders stand in
  // both.
  void check_books(const nlohmann::json& orders) const;

 private:
  Folder folder_;
  saga::test::Participant stock_;
  saga::test::Participant payment_;
};

}  // namespace saga::cli::test
