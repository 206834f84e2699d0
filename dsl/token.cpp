#include "dsl/token.hpp"

#include <algorithm>
#include <array>

namespace saga::dsl {

namespace {

using enum TokenKind;

constexpr std::size_t kReservedCount = 41;

constexpr auto kKeywords = std::to_array<Keyword>({
    {"after", kAfter, "a delay of `emit`, `send`, `start`, `retry`; a case of `select`"},
    {"as", kAs, "names what is caught, matched or imported"},
    {"branch", kBranch, "a branch of `parallel`"},
    {"cache", kCache, "declares a cache; writes a slot of it"},
    {"compensate", kCompensate, "what undoes a step or scope"},
    {"else", kElse, "what is done otherwise"},
    {"emit", kEmit, "publishes an event"},
    {"escalate", kEscalate, "parks the branch for a person"},
    {"evict", kEvict, "drops a slot of a cache"},
    {"fail", kFail, "fails with a business error"},
    {"false", kFalse, "a bool"},
    {"for", kFor, "does a block for each item of a list"},
    {"if", kIf, "does a block, or gives a value, on a condition"},
    {"in", kIn, "the list of `for`; asks whether something is contained"},
    {"let", kLet, "binds a value to a name"},
    {"lock", kLock, "declares a lock; takes one"},
    {"match", kMatch, "chooses by pattern"},
    {"note", kNote, "writes a line into the saga's history"},
    {"null", kNull, "no value"},
    {"on", kOn, "handles an error, event or ending"},
    {"parallel", kParallel, "does branches, or the items of `for`, side by side"},
    {"pivot", kPivot, "the step from which a saga only goes forward"},
    {"repeat", kRepeat, "does a block in rounds"},
    {"reply", kReply, "answers the caller early"},
    {"require", kRequire, "goes on only if a condition holds"},
    {"retry", kRetry, "when a failed attempt is made again"},
    {"return", kReturn, "ends the saga with its result"},
    {"scope", kScope, "steps that are compensated together"},
    {"select", kSelect, "waits for the first of several events"},
    {"send", kSend, "puts a message into a queue"},
    {"sleep", kSleep, "waits for a time"},
    {"start", kStart, "starts another saga"},
    {"step", kStep, "calls an operation or another saga"},
    {"then", kThen, "the first value of an `if` expression"},
    {"timeout", kTimeout, "bounds an attempt"},
    {"true", kTrue, "a bool"},
    {"use", kUse, "gives a value to what is bound around it"},
    {"using", kUsing, "takes the clauses of a policy"},
    {"wait", kWait, "waits for an event"},
    {"when", kWhen, "the errors that a `retry` is for"},
    {"within", kWithin, "bounds a step with its retries, or a wait"},
    // Contextual words: names everywhere else.
    {"again", kIdentifier, "runs a scope anew"},
    {"alert", kIdentifier, "informs a person and goes on"},
    {"allow", kIdentifier, "of `overlap`"},
    {"any", kIdentifier, "of `parallel`: the first branch wins"},
    {"append", kIdentifier, "adds to a stream"},
    {"async", kIdentifier, "an operation that answers later"},
    {"auth", kIdentifier, "the secret of a service"},
    {"by", kIdentifier, "of `idempotent`, `partition`, `collapse`"},
    {"cached", kIdentifier, "reads through a cache slot"},
    {"called", kIdentifier, "of `expect`"},
    {"catch_up", kIdentifier, "how far back missed times are made up for"},
    {"collapse", kIdentifier, "of a queue: the last message wins"},
    {"compensated", kIdentifier, "of `expect`"},
    {"completed", kIdentifier, "an ending"},
    {"dead_letter", kIdentifier, "of a queue"},
    {"deadline", kIdentifier, "bounds a saga's forward path"},
    {"delay", kIdentifier, "of a queue"},
    {"emitted", kIdentifier, "of `expect`"},
    {"ending", kIdentifier, "of `expect`"},
    {"enum", kIdentifier, "declares an enumeration"},
    {"error", kIdentifier, "declares a business error"},
    {"errors", kIdentifier, "what an operation may answer instead"},
    {"event", kIdentifier, "declares an event"},
    {"every", kIdentifier, "how often"},
    {"expect", kIdentifier, "what a test wants; the version that `append` wants"},
    {"external", kIdentifier, "an event that others emit"},
    {"failed", kIdentifier, "an ending"},
    {"fn", kIdentifier, "declares a function"},
    {"forever", kIdentifier, "of `retry`"},
    {"from", kIdentifier, "of `migrate`"},
    {"http", kIdentifier, "method and path of an operation"},
    {"idempotent", kIdentifier, "an operation that may be repeated"},
    {"import", kIdentifier, "takes names of another module"},
    {"inconsistency", kIdentifier, "of `alert`: counts it"},
    {"jitter", kIdentifier, "spreads retries"},
    {"keep", kIdentifier, "how long an event is kept"},
    {"key", kIdentifier, "what makes a start, call or event the same"},
    {"late", kIdentifier, "takes events that come after the ending"},
    {"lost", kIdentifier, "of `mock`: acts, and the answer is lost"},
    {"migrate", kIdentifier, "what an older version's names became"},
    {"mock", kIdentifier, "what a participant answers in a test"},
    {"module", kIdentifier, "names the file's module"},
    {"never", kIdentifier, "no retry; of `expect`"},
    {"none", kIdentifier, "of `compensate`: nothing, and why"},
    {"notify", kIdentifier, "an operation that needn't be undone"},
    {"overlap", kIdentifier, "of `schedule`"},
    {"partition", kIdentifier, "of a queue: one at a time a key"},
    {"policy", kIdentifier, "declares clauses for `using`"},
    {"private", kIdentifier, "a field that is redacted"},
    {"query", kIdentifier, "declares a query"},
    {"queue", kIdentifier, "declares a queue; a saga's trigger"},
    {"read", kIdentifier, "an operation without effect"},
    {"remind", kIdentifier, "reminds a person"},
    {"resolve", kIdentifier, "the read that tells an unknown outcome"},
    {"rollback", kIdentifier, "compensates a step beside the forward path"},
    {"run", kIdentifier, "starts the saga of a test"},
    {"saga", kIdentifier, "declares a saga"},
    {"schedule", kIdentifier, "a saga's trigger"},
    {"secret", kIdentifier, "names a secret of the configuration"},
    {"service", kIdentifier, "declares a participant's operations"},
    {"setting", kIdentifier, "declares a value of the configuration"},
    {"since", kIdentifier, "how far back a `wait` looks"},
    {"skip", kIdentifier, "of `overlap`"},
    {"stream", kIdentifier, "declares a stream"},
    {"stuck", kIdentifier, "an ending"},
    {"test", kIdentifier, "declares a test"},
    {"times", kIdentifier, "of `up to n times`"},
    {"to", kIdentifier, "of `up to`; whom to tell"},
    {"transient", kIdentifier, "an error that may be retried"},
    {"ttl", kIdentifier, "how long a cache slot lives"},
    {"type", kIdentifier, "declares a type"},
    {"tz", kIdentifier, "the time zone of `schedule`"},
    {"union", kIdentifier, "declares a union"},
    {"unknown", kIdentifier, "of `compensate`: after no answer"},
    {"until", kIdentifier, "of `sleep`"},
    {"up", kIdentifier, "of `up to n times`"},
    {"version", kIdentifier, "of a saga; of a cache write"},
    {"view", kIdentifier, "declares a view"},
    {"where", kIdentifier, "what a refined type demands"},
    {"write", kIdentifier, "an operation with an effect"},
});
static_assert(kKeywords[kReservedCount - 1].kind == kWithin);
static_assert(kKeywords[kReservedCount].kind == kIdentifier);

// By kind, up to the reserved words.
constexpr auto kSymbols = std::to_array<std::string_view>({
    "the end of the file",
    "a character that has no meaning here",
    "a name",
    "a number",
    "a text in quotes",
    "text",
    "`{`",
    "`}`",
    "the closing quote",
    "`{`",
    "`}`",
    "`(`",
    "`)`",
    "`[`",
    "`]`",
    "`,`",
    "`:`",
    "`.`",
    "`...`",
    "`?`",
    "`?.`",
    "`??`",
    "`||`",
    "`&&`",
    "`==`",
    "`!=`",
    "`<`",
    "`>`",
    "`<=`",
    "`>=`",
    "`+`",
    "`-`",
    "`*`",
    "`/`",
    "`%`",
    "`!`",
    "`=`",
    "`->`",
    "`=>`",
});
static_assert(kSymbols.size() == static_cast<std::size_t>(kAfter));

constexpr auto kQuoted = std::to_array<std::string_view>({
    "`after`",    "`as`",     "`branch`", "`cache`",   "`compensate`", "`else`",   "`emit`",
    "`escalate`", "`evict`",  "`fail`",   "`false`",   "`for`",        "`if`",     "`in`",
    "`let`",      "`lock`",   "`match`",  "`note`",    "`null`",       "`on`",     "`parallel`",
    "`pivot`",    "`repeat`", "`reply`",  "`require`", "`retry`",      "`return`", "`scope`",
    "`select`",   "`send`",   "`sleep`",  "`start`",   "`step`",       "`then`",   "`timeout`",
    "`true`",     "`use`",    "`using`",  "`wait`",    "`when`",       "`within`",
});
static_assert(kQuoted.size() == kReservedCount);

}  // namespace

std::span<const Keyword> keywords() { return kKeywords; }

TokenKind reserved_kind(std::string_view word) {
  const auto reserved = std::span<const Keyword>(kKeywords).first(kReservedCount);
  const auto found = std::ranges::lower_bound(reserved, word, {}, &Keyword::text);
  return found != reserved.end() && found->text == word ? found->kind : kIdentifier;
}

std::string_view describe(TokenKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  return is_reserved(kind) ? kQuoted[index - kSymbols.size()] : kSymbols[index];
}

}  // namespace saga::dsl
