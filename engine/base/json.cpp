#include "engine/base/json.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <unordered_set>

namespace saga::base {
namespace {

using Sax = nlohmann::json_sax<nlohmann::json>;

Unexpected invalid(const std::string& what) { return fail(ErrorCode::kInvalidJson, what); }

// Past this many names an object's are hashed, so that a hostile one costs no more than its bytes.
constexpr std::size_t kFewNames = 32;

// The names of one object.
class Names {
 public:
  // False if the name is there already.
  bool add(const std::string& name) {
    if (!many_.empty()) return many_.insert(name).second;
    if (std::find(few_.begin(), few_.end(), name) != few_.end()) return false;
    few_.push_back(name);
    if (few_.size() == kFewNames) many_.insert(few_.begin(), few_.end());
    return true;
  }

 private:
  std::vector<std::string> few_;
  std::unordered_set<std::string> many_;
};

// nlohmann drives it; the limits stop it. Its doubles are ignored: number_float brings the text.
class Validator : public Sax {
 public:
  explicit Validator(std::size_t max_depth) : max_depth_(max_depth) {}

  std::string problem;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override { return names_.back().add(name) || appears_twice(name); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& exception) override {
    const std::string_view what = exception.what();
    const std::size_t dash = what.find("; last read");
    const std::size_t colon = what.find(": ", what.find("parse error"));
    problem = "not valid JSON at byte " + std::to_string(position);
    if (colon != std::string_view::npos) {
      problem += ": " + std::string(what.substr(colon + 2, dash == std::string_view::npos
                                                               ? std::string_view::npos
                                                               : dash - colon - 2));
    }
    return false;
  }

 protected:
  bool is_too_deep(std::size_t depth) {
    if (depth < max_depth_) return false;
    problem = "nested deeper than " + std::to_string(max_depth_) + " levels";
    return true;
  }
  bool appears_twice(const std::string& name) {
    problem = "the member `" + name + "` appears twice";
    return false;
  }

 private:
  bool open() {
    if (is_too_deep(names_.size())) return false;
    names_.emplace_back();
    return true;
  }
  bool close() {
    names_.pop_back();
    return true;
  }

  std::size_t max_depth_;
  std::vector<Names> names_;  // of each open container
};

class TreeBuilder final : public Validator {
 public:
  explicit TreeBuilder(std::size_t max_depth) : Validator(max_depth) {
    open_.push_back({&root, {}});
  }

  Json root;

  bool null() override { return place(Json{}); }
  bool boolean(bool value) override {
    Json json;
    json.kind = Json::Kind::kBool;
    json.boolean = value;
    return place(std::move(json));
  }
  bool number_integer(number_integer_t value) override { return number(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return number(text); }
  bool string(string_t& value) override {
    Json json;
    json.kind = Json::Kind::kString;
    json.text = std::move(value);
    return place(std::move(json));
  }
  bool start_object(std::size_t) override { return begin(Json::Kind::kObject); }
  bool start_array(std::size_t) override { return begin(Json::Kind::kArray); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool key(string_t& name) override {
    if (!is_new(name)) return appears_twice(name);
    open_.back().json->members.emplace_back(std::move(name), Json{});
    return true;
  }

 private:
  struct Open {
    Json* json;
    std::unordered_set<std::string> names;  // of an object with many members
  };

  bool is_new(const std::string& name) {
    Open& object = open_.back();
    const std::vector<Json::Member>& members = object.json->members;
    if (members.size() < kFewNames) return object.json->find(name) == nullptr;
    if (object.names.empty()) {
      for (const Json::Member& member : members) object.names.insert(member.first);
    }
    return object.names.insert(name).second;
  }
  bool number(std::string text) {
    Json json;
    json.kind = Json::Kind::kNumber;
    json.text = std::move(text);
    return place(std::move(json));
  }
  Json* put(Json json) {
    Json& parent = *open_.back().json;
    if (open_.size() == 1) {
      parent = std::move(json);
      return &parent;
    }
    if (parent.kind == Json::Kind::kArray) {
      parent.items.push_back(std::move(json));
      return &parent.items.back();
    }
    parent.members.back().second = std::move(json);
    return &parent.members.back().second;
  }
  bool place(Json json) {
    put(std::move(json));
    return true;
  }
  bool begin(Json::Kind kind) {
    if (is_too_deep(open_.size() - 1)) return false;
    Json json;
    json.kind = kind;
    open_.push_back({put(std::move(json)), {}});
    return true;
  }
  bool end() {
    open_.pop_back();
    return true;
  }

  std::vector<Open> open_;  // [0] stands for the place of the whole value
};

Result<void> read(std::string_view text, JsonLimits limits, Validator& into) {
  if (text.size() > limits.max_bytes) {
    return invalid("has " + std::to_string(text.size()) + " bytes; at most " +
                   std::to_string(limits.max_bytes) + " are allowed");
  }
  try {
    if (nlohmann::json::sax_parse(text, &into)) return {};
  } catch (const std::exception& exception) {
    return invalid(exception.what());
  }
  return invalid(into.problem.empty() ? "not valid JSON" : into.problem);
}

}  // namespace

const Json* Json::find(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Member& member) { return member.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

std::optional<std::string> Json::string(std::string_view name) const {
  const Json* member = find(name);
  if (member == nullptr || member->kind != Kind::kString) return std::nullopt;
  return member->text;
}

std::optional<std::int64_t> Json::integer(std::string_view name) const {
  const Json* member = find(name);
  if (member == nullptr || member->kind != Kind::kNumber) return std::nullopt;
  std::int64_t value = 0;
  const char* end = member->text.data() + member->text.size();
  const auto [stop, error] = std::from_chars(member->text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<bool> Json::flag(std::string_view name) const {
  const Json* member = find(name);
  if (member == nullptr || member->kind != Kind::kBool) return std::nullopt;
  return member->boolean;
}

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  TreeBuilder builder(limits.max_depth);
  if (Result<void> sound = read(text, limits, builder); !sound) return fail(sound.error());
  return std::move(builder.root);
}

Result<void> validate_json(std::string_view text, JsonLimits limits) {
  Validator validator(limits.max_depth);
  return read(text, limits, validator);
}

namespace {

void write(JsonWriter& out, const Json& json) {
  switch (json.kind) {
    case Json::Kind::kNull: out.null(); return;
    case Json::Kind::kBool: out.boolean(json.boolean); return;
    case Json::Kind::kNumber: out.raw(json.text); return;
    case Json::Kind::kString: out.string(json.text); return;
    case Json::Kind::kArray:
      out.begin_array();
      for (const Json& item : json.items) write(out, item);
      out.end_array();
      return;
    case Json::Kind::kObject:
      out.begin_object();
      for (const auto& [name, member] : json.members) {
        out.key(name);
        write(out, member);
      }
      out.end_object();
      return;
  }
}

}  // namespace

JsonText to_text(const Json& json) {
  JsonText text;
  JsonWriter out(text);
  write(out, json);
  return text;
}

}  // namespace saga::base
