#include "dsl/grammar/foreign.hpp"

#include <algorithm>
#include <span>

namespace saga::dsl::grammar {

namespace {

struct Foreign {
  std::string_view word;
  std::string_view help;
};

constexpr std::string_view kElseIf = "write `else if … { … }`";
constexpr std::string_view kLet = "a name is bound once, by `let name = …`";
constexpr std::string_view kLoop =
    "a loop ends: `for x in xs { … }`, or `repeat up to 5 times { … }`";
constexpr std::string_view kCatch =
    "a fault is handled beside its step or scope: `on Declined { … }`, `else { … }`";
constexpr std::string_view kFail = "a saga fails by `fail Declined(…)`";
constexpr std::string_view kNote = "a line for people, kept in the history, is `note \"…\"`";
constexpr std::string_view kStep =
    "an operation is called by a step: `step name = Service.operation(…)`";
constexpr std::string_view kRetry =
    "further attempts are `retry 5s up to 3 times`, or with a delay for each: `retry 1s, 5s, 1m`";
constexpr std::string_view kUndo =
    "what takes a step back is a clause of the step: `compensate Service.operation(…)`";
constexpr std::string_view kMatch = "choose by `match value { .case => …, _ => … }`";
constexpr std::string_view kNoJump = "a loop can't be left: use `if` inside it, or `fail`";
constexpr std::string_view kSleep = "let time pass by `sleep 5s`";
constexpr std::string_view kFunction = "a function is `fn name(x: int) -> int = …`";
constexpr std::string_view kRecord = "a record is `type Name { field: string }`";
constexpr std::string_view kSaga = "what runs is a `saga Name(…) { … }`";
constexpr std::string_view kError = "an error is `error Name { field: string }`";
constexpr std::string_view kImport = "other modules are named by `import shop.orders`";
constexpr std::string_view kModule = "a file begins with its module: `module shop.orders`";
constexpr std::string_view kService =
    "who is called is a `service Name { write operation(…) -> … }`";

// Where a statement is wanted.
constexpr Foreign kStatements[] = {
    {"elif", kElseIf},     {"elseif", kElseIf},     {"elsif", kElseIf},
    {"var", kLet},         {"val", kLet},           {"const", kLet},
    {"set", kLet},         {"while", kLoop},        {"loop", kLoop},
    {"foreach", kLoop},    {"try", kCatch},         {"catch", kCatch},
    {"except", kCatch},    {"finally", kCatch},     {"throw", kFail},
    {"raise", kFail},      {"panic", kFail},        {"print", kNote},
    {"println", kNote},    {"log", kNote},          {"console", kNote},
    {"echo", kNote},       {"call", kStep},         {"invoke", kStep},
    {"do", kStep},         {"execute", kStep},      {"await", kStep},
    {"async", kStep},      {"activity", kStep},     {"task", kStep},
    {"retries", kRetry},   {"attempts", kRetry},    {"max_attempts", kRetry},
    {"times", kRetry},     {"undo", kUndo},         {"revert", kUndo},
    {"switch", kMatch},    {"case", kMatch},        {"break", kNoJump},
    {"continue", kNoJump}, {"exit", kNoJump},       {"delay", kSleep},
    {"pause", kSleep},     {"function", kFunction}, {"def", kFunction},
    {"func", kFunction}};

// Where a declaration is wanted.
constexpr Foreign kDeclarations[] = {
    {"struct", kRecord},     {"record", kRecord},    {"class", kRecord},
    {"interface", kRecord},  {"message", kRecord},   {"data", kRecord},
    {"typedef", kRecord},    {"workflow", kSaga},    {"process", kSaga},
    {"flow", kSaga},         {"transaction", kSaga}, {"step", kSaga},
    {"exception", kError},   {"include", kImport},   {"use", kImport},
    {"using", kImport},      {"require", kImport},   {"from", kImport},
    {"package", kModule},    {"namespace", kModule}, {"activity", kService},
    {"api", kService},       {"client", kService},   {"participant", kService},
    {"function", kFunction}, {"def", kFunction},     {"func", kFunction}};

constexpr std::string_view kBasicTypes[] = {"bool", "int",  "decimal", "string",   "bytes",
                                            "uuid", "time", "date",    "duration", "money",
                                            "json", "list", "set",     "map"};

std::string_view find(std::span<const Foreign> rows, std::string_view word) {
  const auto found = std::ranges::find(rows, word, &Foreign::word);
  return found == rows.end() ? std::string_view() : found->help;
}

bool wants(const SyntaxFault& fault, std::string_view what) {
  return std::ranges::find(fault.expected, what) != fault.expected.end();
}

// Looks at the tokens around a fault.
class Around {
 public:
  Around(const Sink& sink, const SyntaxFault& fault) : sink_(sink), fault_(fault) {}

  [[nodiscard]] std::string help() const {
    const std::string_view by_word = word_help();
    if (!by_word.empty()) return std::string(by_word);
    if (std::string text = operator_help(); !text.empty()) return text;
    if (wants(fault_, "a statement")) return statement_help();
    return place_help();
  }

 private:
  [[nodiscard]] std::string_view found() const { return sink_.text(fault_.found); }
  [[nodiscard]] TokenKind kind(std::uint32_t token) const { return sink_.tokens[token].kind; }
  [[nodiscard]] bool follows(std::string_view word) const {
    return fault_.found > 0 && !sink_.begins_line(fault_.found) &&
           sink_.text(fault_.found - 1) == word;
  }

  // Behind a word that takes its value without more: `timeout: 5s`.
  [[nodiscard]] bool takes_value_behind() const {
    constexpr std::string_view kWords[] = {"timeout", "retry",   "within", "key",  "deadline",
                                           "version", "using",   "sleep",  "note", "compensate",
                                           "return",  "require", "errors", "fail"};
    return fault_.found > 0 &&
           std::ranges::find(kWords, sink_.text(fault_.found - 1)) != std::end(kWords);
  }
  // Behind the name of a type on the same line, where a type stands: `name: string[]`.
  [[nodiscard]] bool follows_type() const {
    const std::uint32_t token = fault_.found;
    if (token < 2 || sink_.begins_line(token) || kind(token - 1) != TokenKind::kIdentifier)
      return false;
    return sink_.text(token - 2) == ":" || sink_.text(token - 2) == "->";
  }
  // `-- so` at the beginning of a line.
  [[nodiscard]] bool is_commented_out() const {
    std::uint32_t first = fault_.found;
    while (first > 0 && !sink_.begins_line(first)) --first;
    return first < fault_.found && sink_.text(first) == "-" && sink_.text(first + 1) == "-";
  }

  [[nodiscard]] std::string_view word_help() const {
    // `steps:` of a format without words of its own.
    const bool is_key = wants(fault_, "a declaration") && fault_.found == 0 &&
                        kind(0) == TokenKind::kIdentifier && kind(1) == TokenKind::kColon;
    if (is_key) return kModule;
    if (wants(fault_, "a declaration")) return find(kDeclarations, found());
    return wants(fault_, "a statement") ? find(kStatements, found()) : std::string_view();
  }

  [[nodiscard]] std::string operator_help() const {
    const std::uint32_t token = fault_.found;
    if (found() == "?") return "a value by condition is `if … then … else …`";
    if (found() == "and") return "write `&&`";
    if (found() == "or") return "write `||`";
    if (found() == "not") return "write `!`";
    if (is_commented_out()) return "a comment begins with `//`";
    if (found() == ":" && takes_value_behind()) {
      const std::string word(sink_.text(token - 1));
      return "without the colon: `" + word + " …`";
    }
    if (found() == "=" && follows(":")) return "a value is bound by `=` alone: `let name = …`";
    if (found() == "[" && follows_type()) {
      return "a list is `list<" + std::string(sink_.text(token - 1)) + ">`";
    }
    if (found() == "(" && follows_type()) {
      return "a type has no length; a rule of its values is "
             "`type Name = string where it.size <= 20`";
    }
    if (found() == "->" && wants(fault_, "`)`")) return "a function of one value is `x => …`";
    const bool is_name = token > 1 && kind(token - 1) == TokenKind::kIdentifier;
    if (found() == "=" && is_name && sink_.begins_line(token - 1)) {
      return "a name is bound once, by `let " + std::string(sink_.text(token - 1)) + " = …`";
    }
    return found() == "=" ? "equality is `==`" : std::string();
  }

  // A statement is wanted, and none begins like this.
  [[nodiscard]] std::string statement_help() const {
    for (const std::string_view word : {"await", "async", "call", "new", "invoke"}) {
      if (follows(word)) return "leave out `" + std::string(word) + "`: a step makes the call";
    }
    if (follows("return") && found() == "{") {
      return "a record is made by the name of its type: `return Result(field: …)`";
    }
    if (kind(fault_.found) != TokenKind::kIdentifier) return {};
    const std::string name(found());
    switch (kind(fault_.found + 1)) {  // there is an end behind each identifier
      case TokenKind::kEqual: return "a name is bound once, by `let " + name + " = …`";
      case TokenKind::kDot:
      case TokenKind::kParenOpen: return std::string(kStep);
      default: return {};
    }
  }

  [[nodiscard]] std::string place_help() const {
    const bool is_time = kind(fault_.found) == TokenKind::kNumber;
    if (follows("wait") && is_time) return std::string(kSleep);
    if (follows("for") && found() == "(") return "without parentheses: `for x in xs { … }`";
    if (found() == "." && wants(fault_, "`=`") && fault_.found > 1 &&
        sink_.text(fault_.found - 2) == "step") {
      return "give the step a name: `step name = " + std::string(sink_.text(fault_.found - 1)) +
             ".…`";
    }
    if (follows("not")) return "write `!`";
    const bool are_names = kind(fault_.found) == TokenKind::kIdentifier && fault_.found > 0 &&
                           kind(fault_.found - 1) == TokenKind::kIdentifier &&
                           !sink_.begins_line(fault_.found);
    return wants(fault_, "`:`") && are_names ? field_help() : std::string();
  }

  // `string name` or `name string`.
  [[nodiscard]] std::string field_help() const {
    const std::string before(sink_.text(fault_.found - 1));
    const std::string after(found());
    const auto is_type = [](const std::string& name) {
      return (name[0] >= 'A' && name[0] <= 'Z') ||
             std::ranges::find(kBasicTypes, std::string_view(name)) != std::end(kBasicTypes);
    };
    if (is_type(before) && !is_type(after)) {
      return "the name comes first: `" + after + ": " + before + "`";
    }
    return "between name and type stands a colon: `" + before + ": " + after + "`";
  }

  const Sink& sink_;
  const SyntaxFault& fault_;
};

}  // namespace

std::string foreign_help(const Sink& sink, const SyntaxFault& fault) {
  return Around(sink, fault).help();
}

}  // namespace saga::dsl::grammar
