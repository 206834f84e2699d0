#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include "cli/demo_participants.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"

namespace saga::cli {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

// Which service of workflows/order.saga which participant is.
struct RoleName {
  const char* role;
  const char* service;
};
constexpr RoleName kRoles[] = {{"orders", "Orders"},
                               {"inventory", "Stock"},
                               {"payments", "Payment"},
                               {"delivery", "Delivery"}};

std::string order_json(const std::string& id, const std::string& card) {
  return R"({"order":{"id":")" + id +
         R"(","items":[{"sku":"tea","qty":2,"price":{"amount":"12.50","currency":"CNY"}}],)"
         R"("address":{"name":"Li Wei","street":"1 Lake Road","city":"Hangzhou"},"card":")" +
         card + R"("}})";
}

// The demo's stage: participants, journal, and `saga run` as a process of its own for each order.
class Demo {
 public:
  Demo(const DemoOptions& options, const Console& console) : console_(console) {
    const fs::path beside = fs::path(own_program()).parent_path();
    program_ = options.participant.empty()
                   ? (beside.parent_path() / "workflows/participants/saga-participant").string()
                   : options.participant;
    workflow_ = options.workflow.empty() ? "workflows/order.saga" : options.workflow;
  }

  base::Result<void> set_up() {
    for (const std::string& file : {program_, workflow_}) {
      if (!fs::exists(file)) {
        return base::fail(ErrorCode::kNotFound, "there is no `" + file +
                                                    "`: give --participant and --workflow, or "
                                                    "run the demo from the project's folder");
      }
    }
    std::string pattern = (fs::temp_directory_path() / "saga-demo.XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      return base::fail(ErrorCode::kUnavailable, "can't make a folder for the demo", pattern);
    }
    folder_ = pattern;
    for (const RoleName& name : kRoles) {
      base::Result<DemoParticipant> started = DemoParticipant::start(program_, name.role, folder_);
      if (!started) return base::fail(started.error());
      participants_.push_back(std::move(*started));
      console_.out(std::string(name.role) + std::string(11 - std::string(name.role).size(), ' ') +
                   "listens on " + participants_.back().url());
    }
    console_.out("journal    " + db());
    return {};
  }

  DemoParticipant& participant(const std::string& role) {
    for (DemoParticipant& each : participants_) {
      if (each.role() == role) return each;
    }
    std::abort();
  }
  void fault(const std::string& role, const std::string& json) {
    if (base::Result<void> set = participant(role).set_fault(json); !set)
      console_.error(set.error());
  }
  [[nodiscard]] std::string db() const { return folder_ + "/saga.db"; }
  [[nodiscard]] const std::vector<DemoParticipant>& participants() const { return participants_; }

  void say(const std::string& text) const { console_.out("  -- " + text); }

  // Runs `saga run` for an order and shows what it prints. `on_line` sees each line and may say
  // "kill it now". The process's exit code.
  using OnLine = std::function<bool(const std::string& line)>;
  int run(const std::string& order, const std::string& card, const OnLine& on_line = {}) {
    std::vector<std::string> words = {own_program(), "run",     workflow_,
                                      "PlaceOrder",  "--input", order_json(order, card),
                                      "--db",        db()};
    for (std::size_t i = 0; i < participants_.size(); ++i) {
      words.push_back("--service");
      words.push_back(std::string(kRoles[i].service) + "=" + participants_[i].url());
    }
    base::Result<ChildProcess> process = ChildProcess::start(std::move(words));
    if (!process) return report(console_, process.error());
    while (const std::optional<std::string> line = process->read_line()) {
      console_.out("  " + *line);
      if (on_line && on_line(*line)) return process->end(SIGKILL);
    }
    return process->end(0);
  }

 private:
  const Console& console_;
  std::string program_;
  std::string workflow_;
  std::string folder_;
  std::vector<DemoParticipant> participants_;
};

// One thing that the demo shows; true if it went as it should.
struct Scene {
  const char* title;
  const char* order;
  bool is_kept;  // whether the order stands in the end
  std::function<bool(Demo& demo, const char* order)> play;
};

bool declined(Demo& demo, const char* order) { return demo.run(order, "declined") == kCompensated; }

bool answer_lost(Demo& demo, const char* order) {
  demo.fault("payments", R"({"operation":"capture","fault":"drop_answer"})");
  return demo.run(order, "tok_1") == kOk;
}

bool service_down(Demo& demo, const char* order) {
  DemoParticipant& inventory = demo.participant("inventory");
  inventory.kill();
  demo.say("the stock service is killed");
  bool is_back = false;
  const int code = demo.run(order, "tok_1", [&](const std::string& line) {
    if (is_back || line.find("reserve") == std::string::npos) return false;
    if (line.find("again") == std::string::npos) return false;
    is_back = inventory.start_again().has_value();
    demo.say("the stock service is started again");
    return false;
  });
  return is_back && code == kOk;
}

bool engine_killed(Demo& demo, const char* order) {
  demo.fault("payments", R"({"operation":"capture","fault":"delay","ms":1500,"when":"after"})");
  const int killed = demo.run(order, "tok_1", [](const std::string& line) {
    return line.find("charge: calls") != std::string::npos;
  });
  if (killed != 128 + SIGKILL) return false;
  demo.say("killed; the same command again goes on where it was");
  return demo.run(order, "tok_1") == kOk;
}

bool completes(Demo& demo, const char* order) { return demo.run(order, "tok_1") == kOk; }

const Scene kScenes[] = {
    {"An order that completes", "O-1", true, completes},
    {"A declined card: what was done is compensated", "O-2", false, declined},
    {"The payment is taken, but its answer is lost", "O-3", true, answer_lost},
    {"The stock service is down for a while", "O-4", true, service_down},
    {"The engine is killed with -9 in the middle of the payment, and started again", "O-5", true,
     engine_killed},
};

bool show_balance(const Demo& demo, const std::vector<std::string>& orders,
                  const Console& console) {
  console.out("\nThe books of the four services");
  base::Result<Balance> balance = read_balance(demo.participants(), orders);
  if (!balance) {
    console.error(balance.error());
    return false;
  }
  for (const std::string& line : balance->lines) console.out("  " + line);
  for (const std::string& fault : balance->faults) console.error(fault);
  if (balance->faults.empty()) {
    console.out("  the same orders everywhere, each effect once, nothing left over");
  }
  return balance->faults.empty();
}

}  // namespace

int run_demo(const DemoOptions& options, const Console& console) {
  Demo demo(options, console);
  if (base::Result<void> ready = demo.set_up(); !ready) return report(console, ready.error());
  int passed = 0;
  int failed = 0;
  std::vector<std::string> kept;
  for (const Scene& scene : kScenes) {
    console.out(std::string("\n") + scene.order + "  " + scene.title);
    const bool went_well = scene.play(demo, scene.order);
    ++(went_well ? passed : failed);
    if (!went_well) console.error(std::string(scene.order) + " did not end as it should");
    if (scene.is_kept) kept.push_back(scene.order);
  }
  ++(show_balance(demo, kept, console) ? passed : failed);
  console.out("\nLook closer: " + own_program() + " list --db " + demo.db());
  console.out("Checked: the ending of each of " + std::to_string(std::size(kScenes)) +
              " orders, and the books");
  console.out(std::to_string(passed) + " passed, " + std::to_string(failed) + " failed");
  return failed == 0 ? kOk : kNegative;
}

}  // namespace saga::cli
