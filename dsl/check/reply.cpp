#include "dsl/check/reply.hpp"

#include <map>
#include <utility>
#include <vector>

#include "dsl/check/control.hpp"

namespace saga::dsl {

using core::kNone;
using core::NodeId;

namespace {

// What the paths to a point have in common. A point that no path reaches keeps the defaults.
struct Replied {
  NodeId by = kNone;   // a reply on one of them
  bool always = true;  // there is one on all of them

  void join(const Replied& other) {
    if (by == kNone) by = other.by;
    always = always && other.always;
  }
};

class ReplyWalker {
 public:
  ReplyWalker(const Program& program, Report& report) : program_(program), report_(report) {}

  Replied walk(NodeId id, Replied in) {
    const core::NodeBody& body = program_.node(id).body;
    if (const auto* block = std::get_if<core::BlockNode>(&body)) {
      for (const NodeId each : block->statements) in = walk(each, in);
      return in;
    }
    if (std::holds_alternative<core::ReplyNode>(body)) return reply(id, in);
    if (const auto* step = std::get_if<core::StepNode>(&body)) return this->step(*step, in);
    if (const auto* branch = std::get_if<core::BranchNode>(&body)) {
      Replied out = walk(branch->block, in);
      out.join(given_[id]);
      given_.erase(id);
      return out;
    }
    if (const auto* scope = std::get_if<core::ScopeNode>(&body)) {
      return caught({scope->block}, scope->handlers, scope->fallback, in);
    }
    if (const auto* parallel = std::get_if<core::ParallelNode>(&body)) {
      if (parallel->is_any) return any(id, *parallel, in);
      return caught(parallel->branches, parallel->handlers, parallel->fallback, in);
    }
    if (const auto* choice = std::get_if<core::IfNode>(&body)) {
      Replied out = walk(choice->then_block, in);
      out.join(choice->else_block == kNone ? in : walk(choice->else_block, in));
      return out;
    }
    if (const auto* require = std::get_if<core::RequireNode>(&body)) {
      Replied out = walk(require->otherwise, in);
      out.join(in);
      return out;
    }
    if (const auto* loop = std::get_if<core::ForNode>(&body)) return rounds(id, loop->block, in);
    if (const auto* repeat = std::get_if<core::RepeatNode>(&body)) {
      const Replied out = rounds(id, repeat->block, in);
      if (repeat->otherwise == kNone) return out;
      Replied all = walk(repeat->otherwise, out);
      if (gives_value(program_.tables, id)) all.join(out);
      return all;
    }
    if (const auto* use = std::get_if<core::UseNode>(&body)) {
      if (use->target != kNone) {
        given_[use->target].join(in);
      } else if (!uses_.empty()) {
        uses_.back().join(in);
      }
      return {};
    }
    return completes(program_.tables, id) ? in : Replied();
  }

 private:
  Replied reply(NodeId id, const Replied& in) {
    const core::Span& span = program_.node(id).span;
    if (loop_ != kNone) {
      const bool is_any = std::holds_alternative<core::ParallelNode>(program_.node(loop_).body);
      report_
          .error("E0113", span,
                 is_any ? "another branch may win, and this one have replied"
                        : "a loop may reply more than once, or never")
          .label(program_.node(loop_).span, is_any ? "one of its branches wins" : "this loop")
          .help("`reply` behind it; bind what it finds by `let … = " +
                std::string(is_any ? "parallel any`" : "for` or `repeat`"));
    } else if (in.by != kNone) {
      report_.error("E0113", span, "a second `reply` on one path: whoever waited is answered")
          .label(program_.node(in.by).span, "the first")
          .help("reply once; what the saga returns is its output at the end");
    }
    last_ = id;
    return {id, true};
  }

  Replied step(const core::StepNode& step, const Replied& in) {
    uses_.emplace_back();
    Replied out = in;
    for (const core::Handler& handler : step.action.handlers) out.join(walk(handler.body, in));
    if (step.action.fallback != kNone) out.join(walk(step.action.fallback, in));
    out.join(uses_.back());
    uses_.pop_back();
    return out;
  }

  // All of the parts run, and a handler may follow on any point of them.
  Replied caught(const std::vector<NodeId>& parts, const std::vector<core::Handler>& handlers,
                 NodeId fallback, const Replied& in) {
    Replied out = in;
    bool goes_on = true;
    for (const NodeId part : parts) {
      goes_on = goes_on && completes(program_.tables, part);
      const NodeId before = last_;
      const Replied through = walk(part, {out.by, in.always});
      out.always = out.always || through.always;
      if (out.by == kNone) out.by = last_ != before ? last_ : through.by;
    }
    const Replied failed{out.by, in.always};
    if (!goes_on) out = {};
    for (const core::Handler& handler : handlers) out.join(walk(handler.body, failed));
    if (fallback != kNone) out.join(walk(fallback, failed));
    return out;
  }

  // One of the branches goes on, and none of them replies.
  Replied any(NodeId id, const core::ParallelNode& parallel, const Replied& in) {
    const NodeId outer = std::exchange(loop_, id);
    for (const NodeId branch : parallel.branches) walk(branch, in);
    loop_ = outer;
    Replied out = in;
    for (const core::Handler& handler : parallel.handlers) out.join(walk(handler.body, in));
    if (parallel.fallback != kNone) out.join(walk(parallel.fallback, in));
    return out;
  }

  Replied rounds(NodeId id, NodeId round, const Replied& in) {
    const NodeId outer = std::exchange(loop_, id);
    walk(round, in);
    loop_ = outer;
    return in;
  }

  const Program& program_;
  Report& report_;
  std::map<NodeId, Replied> given_;  // where a `use` gave the value of one that is open
  NodeId loop_ = kNone;              // the innermost around
  NodeId last_ = kNone;              // the last reply that was walked
  std::vector<Replied> uses_;        // of the steps whose handlers are open
};

}  // namespace

bool check_replies(const Program& program, const SagaEntry& saga, Report& report) {
  return ReplyWalker(program, report).walk(saga.header.root, {kNone, false}).always;
}

}  // namespace saga::dsl
