#include "engine/core/definition_codec.hpp"

#include <doctest/doctest.h>

#include "engine/base/ids.hpp"
#include "engine/base/json.hpp"
#include "engine/core/definition_check.hpp"
#include "tests/core/compiled.hpp"

namespace saga::test {
namespace {

constexpr base::JsonLimits kLimits{10'000'000, 200};

// A bit of everything that a definition can hold.
constexpr const char* kEverything = R"(module test.all
type Item { sku: string, qty: Qty, note: string? = null }
type Qty = int where it > 0
enum Size { small, large }
union Verdict { approved(who: string), rejected(who: string, why: string?), open }
error Declined { reason: string }
error Busy transient { retry_after: duration }
policy Patient {
  timeout 3s retry exponential(from: 1s, factor: 1.5, max: 1m) jitter 0.1 within 10m
}
secret TOKEN
service S auth TOKEN {
  read  find(key: string) -> string?
  write make(id: string) -> string errors Declined, Busy idempotent by key http PUT "things/{id}"
  write undo(id: string, key: string) idempotent
  write pay(id: string) -> string errors Declined resolve find(key)
  write slow(id: string) -> string idempotent by key async
}
saga Child(id: string) -> string {
  step a = S.make(id) timeout 1s compensate S.undo(id, key_of(a))
  return a
}
saga All(id: string, items: list<Item>, size: Size, by: time) -> string
  version 3
  key id
  deadline 1h
{
  let total = items.sum(i => i.qty) * 2
  require total < 100 else { fail Declined("too many") }
  scope prepare "First things" {
    step a = S.make(id) using Patient within 20m
      on Declined as e { use "none: {e.reason}" }
      compensate S.undo(id, key_of(a)) { timeout 2s retry 1s, 5s, ... }
    step b = S.slow(a) timeout 1s within 1m
      compensate none "can be kept"
  } else { note "went on" }
  for item in items parallel 2 {
    step c = S.make(item.sku) timeout 1s
      retry after e.retry_after up to 3 times when Busy as e within 1m
      compensate { step d = S.undo(item.sku, key_of(c)) timeout 1s }
      compensate unknown S.undo(item.sku, key_of(c))
  }
  parallel {
    branch left { sleep 5s }
    step e = Child(id)
  }
  if size == .large { sleep until by } else { note "small" }
  let found = repeat up to 3 times every 5s as round {
    step f = S.find("{id}{round}") timeout 1s
    if f != null { use f }
    step g = S.make("{round}") timeout 1s compensate S.undo(id, key_of(g))
    rollback g
    note g
  } else { fail Declined("none") }
  let verdict: Verdict = .rejected(who: id)
  match verdict {
    approved(who) => note who
    rejected(who, why) if why != null => note "{who} {why}"
    _ => note "open"
  }
  let sizes = for item in items { use item.qty }
  let both = parallel {
    step h = S.find(found) timeout 1s
    branch counted { use sizes.sum() }
  }
  let quick = parallel any {
    step i = S.find("a") timeout 1s
    branch pause { sleep 5s  use both.h }
  }
  scope whole {
    step j = S.make("{both.counted}") timeout 1s compensate S.undo(id, key_of(j))
    escalate "{j}?" to role("stock")
  } compensate S.undo(id, j) { timeout 1s }
    again retry 1s, 5s up to 2 times within 1h when Declined
  reply quick ?? j
  alert "half way" to "someone" inconsistency
  pivot step p = S.pay(id) timeout 5s key "pay-{id}"
  return p
} on failed as e { note e.message }
on completed as r { note r }
on stuck as e { alert "{e.message}" }
)";

base::ErrorCode refusal(const std::string& text) {
  const base::Result<core::Definition> read = core::decode_definition(text);
  return read ? base::ErrorCode::kInternal : read.error().code;
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

void negate(core::Definition& definition, core::ExpressionId what) {
  core::Expression expression;
  expression.op = core::Operator::kNot;
  expression.arguments = {what};
  definition.expressions.push_back(expression);
}

// Every number of the tree that isn't a plain fact but an id, by the member it stands in.
void ids(base::Json& json, const std::string& name, std::vector<base::Json*>& found) {
  static const std::string kIds =
      " type element slot node operation child key timeout within fallback after block body "
      "condition then else item list otherwise error value duration until text arguments fields "
      "input result resolve parameter errors case_types default where where_slot statements "
      "branches parameters root on_failed on_failed_slot deadline on_completed on_completed_slot "
      "on_stuck on_stuck_slot every round used to target steps compensation ";
  if (json.kind == base::Json::Kind::kNumber && kIds.find(" " + name + " ") != std::string::npos) {
    found.push_back(&json);
  }
  for (base::Json& item : json.items) ids(item, name, found);
  for (auto& [member, value] : json.members) ids(value, member, found);
}

}  // namespace

TEST_CASE("a definition is read back as it was written, without its hash and source texts") {
  const auto definition = compiled(kEverything);
  const std::string text = core::encode(*definition);
  const base::Result<core::Definition> read = core::decode_definition(text);
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  CHECK(core::encode(*read) == text);
  CHECK(read->name == "test.all.All");
  CHECK(read->version == 3);
  CHECK(read->hash == "");
  REQUIRE(read->sources.size() == 1);
  CHECK(read->sources[0].path == "test.saga");
  CHECK(read->sources[0].text == nullptr);
  CHECK(read->children.size() == 1);
}

TEST_CASE("a definition of a later format is told apart from a corrupt one") {
  const std::string text = core::encode(*compiled(kEverything));
  CHECK(refusal(with(text, "\"format\":1", "\"format\":2")) == base::ErrorCode::kNewerVersion);
  CHECK(refusal(with(text, "\"format\":1", "\"format\":\"1\"")) == base::ErrorCode::kCorrupt);
  CHECK(refusal(with(text, "\"format\":1,", "")) == base::ErrorCode::kCorrupt);
}

TEST_CASE("a text that is no definition is corrupt") {
  const std::string text = core::encode(*compiled(kEverything));
  CHECK(refusal("") == base::ErrorCode::kCorrupt);
  CHECK(refusal("[]") == base::ErrorCode::kCorrupt);
  CHECK(refusal("{\"format\":1}") == base::ErrorCode::kCorrupt);
  CHECK(refusal(text.substr(0, text.size() / 2)) == base::ErrorCode::kCorrupt);
  CHECK(refusal(with(text, "\"version\":3", "\"version\":3,\"color\":1")) ==
        base::ErrorCode::kCorrupt);
  CHECK(refusal(with(text, "\"kind\":\"step\"", "\"kind\":\"leap\"")) == base::ErrorCode::kCorrupt);
}

TEST_CASE("an id that points nowhere is corrupt, wherever it stands") {
  base::Json json = *base::parse_json(core::encode(*compiled(kEverything)), kLimits);
  std::vector<base::Json*> all;
  ids(json, "", all);
  REQUIRE(all.size() > 200);
  for (base::Json* id : all) {
    const std::string kept = std::exchange(id->text, "100000");
    CHECK(refusal(base::to_text(json)) == base::ErrorCode::kCorrupt);
    id->text = kept;
  }
}

TEST_CASE("an id that points to something else is refused or harmless, never trusted") {
  base::Json json = *base::parse_json(core::encode(*compiled(kEverything)), kLimits);
  std::vector<base::Json*> all;
  ids(json, "", all);
  base::SeededRandom random(1);
  for (int i = 0; i < 500; ++i) {
    base::Json* id =
        all[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(all.size()) - 1))];
    const std::string kept = std::exchange(id->text, std::to_string(random.between(0, 60)));
    const base::Result<core::Definition> read = core::decode_definition(base::to_text(json));
    if (read) CHECK(core::check_ids(*read).has_value());
    id->text = kept;
  }
}

TEST_CASE("what would make the core run for ever is corrupt") {
  core::Definition definition = *compiled("module t\nsaga T(x: int?) {\n  note \"{x}\"\n}\n");
  CHECK(core::check_ids(definition).has_value());

  core::Definition looped = definition;
  negate(looped, static_cast<core::ExpressionId>(looped.expressions.size()));
  CHECK_FALSE(core::check_ids(looped).has_value());

  core::Definition deep = definition;
  for (int i = 0; i < 5'000; ++i) {
    negate(deep, static_cast<core::ExpressionId>(deep.expressions.size() - 1));
  }
  CHECK_FALSE(core::check_ids(deep).has_value());

  core::Definition optional = definition;
  for (core::Type& type : optional.types) {
    const auto self = static_cast<core::TypeId>(&type - optional.types.data());
    if (type.kind == core::TypeKind::kOptional) type.element = self;
  }
  CHECK_FALSE(core::check_ids(optional).has_value());

  core::Definition twice = definition;
  auto& root = std::get<core::BlockNode>(twice.nodes[twice.root].body);
  root.statements.push_back(root.statements[0]);
  CHECK_FALSE(core::check_ids(twice).has_value());
}

}  // namespace saga::test
