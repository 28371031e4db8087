// Rules for tests, from few lines, and what became of them, as one line.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/rules/load.hpp"

namespace evtxhound::rules::testing {

inline std::string indented(std::string_view lines, std::string_view by) {
  std::string out;
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find('\n'));
    out += fmt::format("{}{}\n", by, line);
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
  }
  return out;
}

// A whole rule with these lines below `detection:`.
inline std::string rule_with(std::string_view detection) {
  return "title: T\nlogsource:\n  product: windows\ndetection:\n" + indented(detection, "  ");
}

// A whole rule whose only selection has these lines.
inline std::string rule_of(std::string_view selection) {
  return rule_with("s:\n" + indented(selection, "  ") + "condition: s\n");
}

inline LoadedRules load_text(const std::string& text, const Placeholders& placeholders = {}) {
  const std::vector<RuleText> texts = {{"r.yml", text}};
  return load_rules({}, placeholders, texts);
}

// The texts as rules write them; bytes that are not ASCII as \xHH.
inline std::string shown(const std::vector<Piece>& pieces) {
  std::string out;
  for (const Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::kAny) out += '*';
    if (piece.kind == Piece::Kind::kOne) out += '?';
    for (const char c : piece.text) {
      if (c == '*' || c == '?') out += '\\';
      const auto byte = static_cast<unsigned char>(c);
      out += byte >= 0x20 && byte < 0x7F ? std::string(1, c) : fmt::format("\\x{:02X}", byte);
    }
  }
  return out;
}

inline std::string shown(const Atom& atom) {
  const std::string field = atom.field.empty() ? "any" : atom.field;
  switch (atom.test) {
    case Test::kText:
      return fmt::format("{}{}'{}'", field, atom.cased ? "==" : "=", shown(atom.pieces));
    case Test::kRegex:
      return fmt::format("{}~/{}/{}{}{}", field, atom.value, atom.ignore_case ? "i" : "",
                         atom.multi_line ? "m" : "", atom.dot_all ? "s" : "");
    case Test::kCidr:
      return fmt::format("{} in {}", field, atom.value);
    case Test::kLess:
      return fmt::format("{}<{}", field, atom.number);
    case Test::kLessOrEqual:
      return fmt::format("{}<={}", field, atom.number);
    case Test::kGreater:
      return fmt::format("{}>{}", field, atom.number);
    case Test::kGreaterOrEqual:
      return fmt::format("{}>={}", field, atom.number);
    case Test::kExists:
      return fmt::format("exists {}", field);
    case Test::kNull:
      return fmt::format("null {}", field);
    case Test::kSameAsField:
      return fmt::format("{}{}{}", field, atom.cased ? "==" : "=", atom.value);
    case Test::kIndicator:
      return fmt::format("{} has {}", field, to_string(atom.indicator));
  }
  throw std::logic_error("unknown test");
}

inline std::string shown(const Rule& rule, std::size_t index) {
  const Node& node = rule.nodes.at(index);
  if (node.kind == Node::Kind::kAtom) return shown(rule.atoms.at(node.atom));
  if (node.kind == Node::Kind::kNot) return "!" + shown(rule, node.children.at(0));
  std::string out = "(";
  for (const std::uint32_t child : node.children) {
    if (child >= index) throw std::logic_error("a child that comes after its node");
    if (out.size() > 1) out += node.kind == Node::Kind::kAnd ? " & " : " | ";
    out += shown(rule, child);
  }
  return out + ")";
}

inline std::string shown(const Rule& rule) { return shown(rule, rule.nodes.size() - 1); }

// The formula of the only rule in a text, or `line:column: message` where it is refused.
inline std::string outcome(const std::string& text, const Placeholders& placeholders = {}) {
  const LoadedRules loaded = load_text(text, placeholders);
  if (loaded.rules.rules.size() + loaded.refused.size() != 1) return "not one rule";
  if (loaded.refused.empty()) return shown(loaded.rules.rules[0]);
  const RuleNote& note = loaded.refused[0];
  return fmt::format("{}:{}: {}", note.line, note.column, note.message);
}

// Of a rule with one selection of these lines, the first of which is line 6.
inline std::string formula(std::string_view selection, const Placeholders& placeholders = {}) {
  return outcome(rule_of(selection), placeholders);
}

// `line: message` of each warning on the only rule in a text.
inline std::vector<std::string> warnings(const std::string& text,
                                         const Placeholders& placeholders = {}) {
  const LoadedRules loaded = load_text(text, placeholders);
  std::vector<std::string> lines;
  for (const RuleNote& note : loaded.refused) lines.push_back("refused: " + note.message);
  for (const RuleNote& note : loaded.warnings) {
    lines.push_back(fmt::format("{}: {}", note.line, note.message));
  }
  return lines;
}

}  // namespace evtxhound::rules::testing
