#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/source.hpp"
#include "dsl/token.hpp"

namespace saga::dsl {

enum class NodeKind : std::uint8_t {
  kFile,
  kError,
  kName,
  kPath,
  kNames,
  kAlias,
  kLabel,
  kOption,
  // Declarations and their parts.
  kModule,
  kImport,
  kType,
  kWhere,
  kRecord,
  kParameters,
  kField,
  kEnum,
  kUnion,
  kUnionCase,
  kFunction,
  kErrorDeclaration,
  kEvent,
  kService,
  kOperation,
  kOperationClause,
  kQueue,
  kQueueClause,
  kCacheDeclaration,
  kLockDeclaration,
  kStream,
  kView,
  kFold,
  kFoldValue,
  kQuery,
  kPolicy,
  kSecret,
  kSetting,
  kSaga,
  kVersion,
  kTrigger,
  kEnding,
  kLate,
  kMigrate,
  kMigrateRow,
  kTest,
  kTestLet,
  kTestMock,
  kTestRun,
  kTestExpect,
  kTypeReference,
  // Statements and their parts.
  kBlock,
  kBody,
  kLet,
  kStep,
  kScope,
  kParallel,
  kBranch,
  kFor,
  kAtOnce,
  kRepeat,
  kIf,
  kElse,
  kMatch,
  kMatchArm,
  kSelect,
  kSelectCase,
  kWait,
  kSleep,
  kEmit,
  kSend,
  kCachePut,
  kAppend,
  kEvict,
  kSlot,
  kStart,
  kFail,
  kReturn,
  kReply,
  kUse,
  kRequire,
  kLock,
  kEscalate,
  kAlert,
  kNote,
  kRollback,
  // Clauses and their parts.
  kUsingClause,
  kKeyClause,
  kTimeoutClause,
  kWithinClause,
  kRetryClause,
  kCachedClause,
  kRemindClause,
  kOnClause,
  kElseClause,
  kCompensateClause,
  kAgainClause,
  kSchedule,
  kUpTo,
  kJitter,
  kWhen,
  // Expressions, patterns.
  kNumberLiteral,
  kTextLiteral,
  kInsert,
  kTrueLiteral,
  kFalseLiteral,
  kNullLiteral,
  kNameExpression,
  kCaseExpression,
  kParenthesis,
  kList,
  kIfExpression,
  kMatchExpression,
  kMatchValue,
  kCall,
  kArguments,
  kArgument,
  kFieldAccess,
  kIndexAccess,
  kUnary,
  kBinary,
  kLambda,
  kPattern,
};

// What a node holds, in source order: a node or a token, by index.
struct Child {
  bool is_token = false;
  std::uint32_t index = 0;
};

struct Node {
  NodeKind kind = NodeKind::kFile;
  std::uint32_t parent = 0;  // the root's is itself
  std::uint32_t first_child = 0;
  std::uint32_t child_count = 0;
  Span span;  // without the spaces and comments before it; empty if it holds no token
};

// What the parser did, in source order.
struct TreeEvent {
  enum class Kind : std::uint8_t { kOpen, kClose, kToken };
  Kind kind = Kind::kToken;
  NodeKind node = NodeKind::kFile;  // kOpen
  std::uint32_t token = 0;          // kToken: its index
};

// The lossless syntax tree of one file: every byte belongs to a token or to the trivia before one,
// and every token to a node. It owns its text. Immutable; views point into it.
class Tree {
 public:
  // Requires: well-nested events of one root that name each token once, in order.
  Tree(std::string text, std::vector<Token> tokens, std::span<const TreeEvent> events);
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  [[nodiscard]] const Node& node(std::uint32_t index) const { return nodes_[index]; }
  [[nodiscard]] std::size_t node_count() const { return nodes_.size(); }  // the root is node 0
  [[nodiscard]] std::span<const Child> children(std::uint32_t node) const;
  [[nodiscard]] const Token& token(std::uint32_t index) const { return tokens_[index]; }
  [[nodiscard]] std::span<const Token> tokens() const { return tokens_; }
  [[nodiscard]] std::string_view source() const { return text_; }
  [[nodiscard]] std::string_view text(const Token& token) const;
  [[nodiscard]] std::string_view trivia(const Token& token) const;  // before the token

 private:
  std::string text_;
  std::vector<Token> tokens_;
  std::vector<Node> nodes_;
  std::vector<Child> children_;
};

// The source again, put together from the leaves of the tree: equal to source() for any input.
std::string text(const Tree& tree);

// `Kind "token" …`, one node or token a line, indented: for tests and for people who debug.
std::string dump(const Tree& tree);

std::string_view name_of(NodeKind kind);

}  // namespace saga::dsl
