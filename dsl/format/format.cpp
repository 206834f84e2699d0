#include "dsl/format/format.hpp"

#include <algorithm>
#include <utility>

#include "dsl/format/document.hpp"
#include "dsl/format/layout.hpp"
#include "dsl/format/trivia.hpp"
#include "dsl/parse.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

namespace {

bool are_tokens_alike(const Tree& before, const Tree& after) {
  return std::ranges::equal(before.tokens(), after.tokens(), [&](const Token& a, const Token& b) {
    return a.kind == b.kind && before.text(a) == after.text(b);
  });
}

bool are_shapes_alike(const Tree& before, const Tree& after) {
  if (before.node_count() != after.node_count()) return false;
  for (std::uint32_t i = 0; i < before.node_count(); ++i) {
    const Node& a = before.node(i);
    const Node& b = after.node(i);
    if (a.kind != b.kind || a.parent != b.parent || a.child_count != b.child_count) return false;
  }
  return true;
}

// What formatting lost or changed; empty if nothing.
std::string difference(const Tree& before, const ParsedFile& after) {
  if (!after.diagnostics.empty()) return "doesn't follow the grammar any more";
  if (!are_tokens_alike(before, *after.tree)) return "has other words";
  if (!are_shapes_alike(before, *after.tree)) return "is read in another way";
  if (format::comments_of(before) != format::comments_of(*after.tree)) return "has other comments";
  return {};
}

}  // namespace

std::string layout_of(const Tree& tree) {
  format::Document document;
  format::Layout(tree, document).file();
  return document.print();
}

base::Result<Formatted> format_file(const SourceFile& source) {
  Formatted formatted;
  ParsedFile parsed = parse(source);
  if (!parsed.diagnostics.empty()) {
    formatted.text = source.text();
    formatted.diagnostics = std::move(parsed.diagnostics);
    return formatted;
  }
  formatted.text = layout_of(*parsed.tree);
  if (formatted.text.size() > base::limits::kMaxSourceBytes) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "would have more than " + std::to_string(base::limits::kMaxSourceBytes) +
                          " bytes once formatted, which is the limit",
                      source.path());
  }
  const ParsedFile again = parse(SourceFile(source.path(), formatted.text));
  const std::string lost = difference(*parsed.tree, again);
  if (lost.empty()) return formatted;
  return base::fail(base::ErrorCode::kInternal,
                    "a defect of the formatter: the formatted text " + lost, source.path());
}

}  // namespace saga::dsl
