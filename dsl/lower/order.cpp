#include "dsl/lower/order.hpp"

#include <map>
#include <string>

namespace saga::dsl {

namespace {

// The sagas that a saga's steps call, wherever these stand.
std::vector<std::size_t> callees_of(const SagaView& saga,
                                    const std::map<std::string, std::size_t>& by_name) {
  std::vector<std::size_t> found;
  std::vector<View> open = {saga};
  while (!open.empty()) {
    const View view = open.back();
    open.pop_back();
    const std::vector<View> parts = view.parts();
    open.insert(open.end(), parts.begin(), parts.end());
    const bool may_call =
        view.syntax() == NodeKind::kStep || view.syntax() == NodeKind::kCompensateClause;
    if (!may_call) continue;
    const ExpressionView call = expression_in(view);
    if (call.kind() != ExpressionKind::kCall || call.callee().kind() != ExpressionKind::kName)
      continue;
    const auto callee = by_name.find(call.callee().name().text());
    if (callee != by_name.end()) found.push_back(callee->second);
  }
  return found;
}

// A depth-first walk with a stack of its own.
class OrderFinder {
 public:
  explicit OrderFinder(const std::vector<SagaView>& sagas)
      : sagas_(sagas), is_entered_(sagas.size(), false) {
    for (std::size_t i = 0; i < sagas.size(); ++i) by_name_.emplace(sagas[i].name().text(), i);
  }

  std::vector<std::size_t> run() {
    for (std::size_t i = 0; i < sagas_.size(); ++i) from(i);
    return std::move(order_);
  }

 private:
  struct Open {
    std::size_t saga;
    std::vector<std::size_t> callees;  // still to be entered, the first one last
  };

  void from(std::size_t start) {
    enter(start);
    while (!path_.empty()) {
      Open& open = path_.back();
      if (open.callees.empty()) {
        order_.push_back(open.saga);
        path_.pop_back();
        continue;
      }
      const std::size_t next = open.callees.back();
      open.callees.pop_back();
      enter(next);
    }
  }

  void enter(std::size_t saga) {
    if (is_entered_[saga]) return;
    is_entered_[saga] = true;
    std::vector<std::size_t> callees = callees_of(sagas_[saga], by_name_);
    path_.push_back({saga, std::move(callees)});
  }

  const std::vector<SagaView>& sagas_;
  std::map<std::string, std::size_t> by_name_;
  std::vector<bool> is_entered_;
  std::vector<Open> path_;
  std::vector<std::size_t> order_;
};

}  // namespace

std::vector<std::size_t> saga_order(const Module& module) {
  return OrderFinder(module.sagas()).run();
}

}  // namespace saga::dsl
