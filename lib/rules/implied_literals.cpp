#include "evtxhound/rules/implied_literals.hpp"

#include <algorithm>
#include <string_view>

#include "evtxhound/base/text.hpp"
#include "evtxhound/rules/anchor.hpp"
#include "evtxhound/rules/decision.hpp"
#include "evtxhound/rules/field_place.hpp"

namespace evtxhound::rules {
namespace {

constexpr std::size_t kShortest = 4;
constexpr std::size_t kFewestHashDigits = 32;
constexpr std::size_t kLongestHashName = 7;

bool is_printable(char c) { return c >= 0x20 && c < 0x7F; }
bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// Whether a log keeps it as text and as nothing else: it has a character that no number, time, GUID
// or SID has, nor several of them behind one another. An `x` they have behind a zero only.
bool is_text(std::string_view literal) {
  if (literal.size() < kShortest) return false;
  for (const std::string_view word : {std::string_view("true"), std::string_view("false")}) {
    if (word.find(literal) != std::string_view::npos) return false;
  }
  if (literal.find_first_of("ghijklmnopqruvwy \\/\"'()[]<>|=%$*?!@&;^~`_") !=
      std::string_view::npos) {
    return true;
  }
  for (std::size_t x = literal.find('x', 1); x != std::string_view::npos;
       x = literal.find('x', x + 1)) {
    if (literal[x - 1] != '0') return true;
  }
  return false;
}

bool is_hash(std::string_view literal) {
  return literal.size() >= kFewestHashDigits && std::ranges::all_of(literal, is_hex);
}

bool is_hash_field(std::string_view field) {
  const std::string name = ascii_lower(field);
  return name.starts_with("hash") || name.starts_with("md5") || name.starts_with("sha") ||
         name == "imphash";
}

std::string_view longest_between(std::string_view text, char separator) {
  std::string_view best;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    if (end - begin > best.size()) best = text.substr(begin, end - begin);
    begin = end + 1;
  }
  return best;
}

// The part of a text in what read() gives that must stand in one of the record's values; empty
// where there is none.
std::string_view part_on_record(Reading reading, std::string_view text) {
  switch (reading) {
    case Reading::kPlain:
    case Reading::kHash:
      return text;
    case Reading::kKeyed: {
      // Without `=` it may be part of the name of the hash.
      const std::size_t equals = text.rfind('=');
      if (equals != std::string_view::npos) return text.substr(equals + 1);
      return text.size() > kLongestHashName ? text : std::string_view();
    }
    case Reading::kBaseName:
    case Reading::kAccount:
      return longest_between(text, '\\');
    case Reading::kRegistryKey: {
      // Longer than the names of roots that reading puts in.
      const std::string_view part = longest_between(text, '\\');
      return part.size() > kShortest ? part : std::string_view();
    }
    case Reading::kRegistryData: {
      const bool may_be_made =
          text.find_first_not_of("dwordq (0x)-123456789abcdef") == std::string_view::npos;
      return may_be_made ? std::string_view() : text;
    }
    case Reading::kDecimal:
    case Reading::kIntegrity:
    case Reading::kRegistryEvent:
    case Reading::kDirection:
    case Reading::kProtocol:
      return {};
  }
  return {};
}

std::string_view part_on_record(const std::vector<EventKind>& kinds, const std::string& field,
                                std::string_view text) {
  if (field.empty()) return text;
  for (const EventKind& kind : kinds) {
    const FieldPlace place = place_of(kind, field);
    const bool of_header = place.system == FieldPlace::System::kEventCode ||
                           place.system == FieldPlace::System::kProvider ||
                           place.system == FieldPlace::System::kChannel;
    if (of_header) return {};
    for (const DataPlace& data : place.data) text = part_on_record(data.reading, text);
  }
  return text;
}

// All texts that stand in each value that fulfils the atom, in lower case.
std::vector<std::string> texts_of(const Atom& atom) {
  std::vector<std::string> texts;
  if (atom.test == Test::kRegex) {
    if (auto anchor = anchor_of(atom)) texts.push_back(std::move(anchor->text));
  }
  for (const Piece& piece : atom.pieces) {
    if (atom.test != Test::kText || piece.kind != Piece::Kind::kText) continue;
    std::string run;
    for (const char c : ascii_lower(piece.text) + '\0') {
      if (is_printable(c)) {
        run += c;
      } else {
        texts.push_back(std::move(run));
        run.clear();
      }
    }
  }
  return texts;
}

// Literals or kinds, and how much is found by them in vain.
struct Implied {
  ImpliedLiterals what;
  std::uint64_t weight = 0;
};
using MaybeImplied = std::optional<Implied>;

std::uint64_t weight_of(const std::string& literal) {
  constexpr std::uint64_t kScale = 1024;
  return Anchor{literal, false, false, false}.commonness() * kScale / literal.size();
}

MaybeImplied of_atom(const Atom& atom, const std::vector<EventKind>& kinds) {
  if (atom.test == Test::kIndicator) return Implied{{{}, {atom.indicator}}, 1};
  MaybeImplied best;
  for (const std::string& text : texts_of(atom)) {
    const std::string literal(part_on_record(kinds, atom.field, text));
    if (!is_text(literal) && !(is_hash(literal) && is_hash_field(atom.field))) continue;
    const std::uint64_t weight = weight_of(literal);
    if (!best || weight < best->weight) best = Implied{{{literal}, {}}, weight};
  }
  return best;
}

template <class T>
void sort_unique(std::vector<T>& values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// What each of the children implies.
MaybeImplied of_each(const std::vector<const MaybeImplied*>& children) {
  Implied all;
  for (const MaybeImplied* child : children) {
    if (!*child) return std::nullopt;
    const ImpliedLiterals& what = (*child)->what;
    all.what.literals.insert(all.what.literals.end(), what.literals.begin(), what.literals.end());
    all.what.kinds.insert(all.what.kinds.end(), what.kinds.begin(), what.kinds.end());
    all.weight += (*child)->weight;
  }
  sort_unique(all.what.literals);
  sort_unique(all.what.kinds);
  return all;
}

// The best that one of them implies.
MaybeImplied of_best(const std::vector<const MaybeImplied*>& children) {
  const MaybeImplied* best = children.front();
  for (const MaybeImplied* child : children) {
    if (*child && (!*best || (*child)->weight < (*best)->weight)) best = child;
  }
  return *best;
}

}  // namespace

std::optional<ImpliedLiterals> implied_literals(const Rule& rule) {
  const LogSourceMapping mapping = map_log_source(rule.source);
  if (mapping.status != LogSourceMapping::Status::kMapped) return ImpliedLiterals{};
  if (!Decision::fault(rule).empty()) return ImpliedLiterals{};
  // Of each node: what follows from its being true, and from its not being true.
  std::vector<MaybeImplied> if_true(rule.nodes.size());
  std::vector<MaybeImplied> if_false(rule.nodes.size());
  for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
    const Node& node = rule.nodes[i];
    std::vector<const MaybeImplied*> true_ones;
    std::vector<const MaybeImplied*> false_ones;
    for (const std::uint32_t child : node.children) {
      true_ones.push_back(&if_true[child]);
      false_ones.push_back(&if_false[child]);
    }
    switch (node.kind) {
      case Node::Kind::kAtom:
        if_true[i] = of_atom(rule.atoms[node.atom], mapping.kinds);
        break;
      case Node::Kind::kNot:
        if_true[i] = *false_ones.front();
        if_false[i] = *true_ones.front();
        break;
      case Node::Kind::kAnd:
        if_true[i] = of_best(true_ones);
        if_false[i] = of_each(false_ones);
        break;
      case Node::Kind::kOr:
        if_true[i] = of_each(true_ones);
        if_false[i] = of_best(false_ones);
        break;
    }
  }
  if (!if_true.back()) return std::nullopt;
  return std::move(if_true.back()->what);
}

}  // namespace evtxhound::rules
