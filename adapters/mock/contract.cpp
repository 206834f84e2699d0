#include "adapters/mock/contract.hpp"

#include <algorithm>
#include <set>

#include "engine/base/names.hpp"

namespace saga::mock {
namespace {

std::string_view without_query(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::string path_of(const core::Operation& operation) {
  const std::string service = "/" + base::bare_name(operation.service);
  const std::string& path = operation.http_path.empty() ? operation.name : operation.http_path;
  return service + (path.starts_with("/") ? path : "/" + path);
}

std::ptrdiff_t holes_in(const Route& route) {
  return std::count(route.path.begin(), route.path.end(), '{');
}

}  // namespace

bool fits(std::string_view form, std::string_view path) {
  form = without_query(form);
  path = without_query(path);
  const std::size_t open = std::min(form.find('{'), form.size());
  if (path.substr(0, open) != form.substr(0, open)) return false;
  if (open == form.size()) return path.size() == form.size();
  const std::size_t close = form.find('}', open);
  if (close == std::string_view::npos) return false;
  const std::string_view rest = form.substr(close + 1);
  // The shortest value that lets the rest fit; paths are short, and so are their holes.
  for (std::size_t end = open + 1; end <= path.size() && path[end - 1] != '/'; ++end) {
    if (fits(rest, path.substr(end))) return true;
  }
  return false;
}

Contract::Contract(const Definitions& definitions) {
  std::set<std::string> known;
  for (const auto& definition : definitions) {
    for (const core::Operation& operation : definition->operations) {
      std::string name = base::bare_name(operation.service) + "." + operation.name;
      if (!known.insert(name).second) continue;
      routes_.push_back(
          {definition, &operation, std::move(name), operation.http_method, path_of(operation)});
    }
  }
  std::sort(routes_.begin(), routes_.end(),
            [](const Route& a, const Route& b) { return a.name < b.name; });
}

const Route* Contract::find(std::string_view method, std::string_view target) const {
  const Route* found = nullptr;
  for (const Route& each : routes_) {
    if (each.method != method || !fits(each.path, target)) continue;
    if (found == nullptr || holes_in(each) < holes_in(*found)) found = &each;
  }
  return found;
}

const Route* Contract::find(std::string_view name) const {
  const auto found = std::find_if(routes_.begin(), routes_.end(),
                                  [&](const Route& each) { return each.name == name; });
  return found == routes_.end() ? nullptr : &*found;
}

std::vector<std::string> Contract::services() const {
  std::set<std::string> names;
  for (const Route& each : routes_) names.insert(each.name.substr(0, each.name.find('.')));
  return {names.begin(), names.end()};
}

}  // namespace saga::mock
