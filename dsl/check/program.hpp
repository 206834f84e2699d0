#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/core/definition.hpp"

namespace saga::dsl {

// Where the parts of a call stand in the source; what core::Call doesn't keep.
struct CallFacts {
  core::Span callee;   // `Payment.void`
  core::Span timeout;  // the clauses, in the step or in its policy; empty without
  core::Span within;
  core::Span fallback;
  std::vector<core::Span> retries;  // beside Call::retries
};

// Where the parts of a node stand in the source.
struct NodeFacts {
  core::Span name;  // of a step, scope, branch
  CallFacts action;
  CallFacts compensation;
  CallFacts compensation_unknown;
};

// How a block or a saga can end otherwise than by going on.
struct Escapes {
  std::set<std::string> errors;  // names of declared errors that nobody inside handles
  bool any_error = false;        // an error of unknown name: `fail e`
  bool gives_up = false;         // an attempt without an answer and nobody who goes on without it
};

struct SagaEntry {
  core::Definition header;  // all but the tables, whose ids are those of Program::tables
  core::Span name;
  core::Span deadline;
  core::Span result;
  Escapes escapes;
  std::size_t chain = 1;           // of sagas that call each other, down from this one
  base::Duration longest_path{0};  // to its pivot or end, with all retries used up
  bool is_cut = false;             // too large, or calls such a one: it is reported
  bool has_trigger = false;        // something starts it by itself
  bool is_partial = false;         // it holds what this version can't run: its paths aren't known
  std::vector<std::uint32_t> callees;  // sagas that it calls, indexes into Program::sagas
};

// A currency's three letters; zeros where it isn't known before the saga runs.
using Currency = std::array<char, 3>;

// What is known of an expression beside its row.
struct ExpressionFacts {
  static constexpr std::uint32_t kReadsNothing = UINT32_MAX;
  static constexpr std::uint32_t kReadsSaga = 0;
  // The outermost of the lambdas around it whose parameter it reads, counted from 1; kReadsNothing
  // for a constant, kReadsSaga for what only a saga knows, and for what is faulty.
  std::uint32_t reads = kReadsNothing;
  std::uint32_t depth = 1;  // levels of rows
  bool draws = false;       // it may be another value each time it is computed
  Currency currency{};
  std::uint64_t weight = 1;  // rows, each as often as it is evaluated; lambdas count once
};

// The values of constants, as far as they were asked for.
struct ConstantValues {
  std::unordered_map<core::ExpressionId, std::optional<base::Value>> known;  // nullopt: too large
  std::size_t steps = 0;                         // that it took to compute them
  core::ExpressionId given_up_at = core::kNone;  // the first that wasn't computed any more
};

// All sagas of one compilation, lowered into shared tables: what the flow, compensation, time and
// key checks read. In these tables Call::child is an index into `sagas`, and a faulty expression
// has the type kNone. Sagas stand after those that they call.
struct Program {
  core::Definition tables;
  std::vector<SagaEntry> sagas;
  std::map<core::NodeId, NodeFacts> facts;
  std::vector<ExpressionFacts> expression_facts;  // beside tables.expressions
  mutable ConstantValues constants;  // of tables.expressions, which don't change once asked for
  std::size_t bytes = 0;             // that the tables take, about
  bool is_full = false;  // more than they may take: it is reported, and the rest is left out
  std::size_t cuts = 0;  // expressions left out because they are too large: the first is reported

  [[nodiscard]] const core::Node& node(core::NodeId id) const { return tables.nodes[id]; }
  [[nodiscard]] const core::Operation* operation(const core::Call& call) const {
    return call.operation == core::kNone ? nullptr : &tables.operations[call.operation];
  }
  [[nodiscard]] const SagaEntry* child(const core::Call& call) const {
    return call.child == core::kNone ? nullptr : &sagas[call.child];
  }
  // The call as people write it: `Payment.capture`, `PayBack`; empty for an unknown callee.
  [[nodiscard]] std::string callee_name(const core::Call& call) const;
  // Whether the call changes the world in a way that may need to be taken back.
  [[nodiscard]] bool writes(const core::Call& call) const;
};

}  // namespace saga::dsl
