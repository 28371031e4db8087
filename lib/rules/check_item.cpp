#include "evtxhound/rules/check_item.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/ip_address.hpp"
#include "evtxhound/rules/encode.hpp"
#include "evtxhound/rules/limits.hpp"
#include "evtxhound/rules/modifiers.hpp"
#include "evtxhound/rules/sigma_text.hpp"

namespace evtxhound::rules {
namespace {

using Encoding = Modifiers::Encoding;
using Where = Modifiers::Where;

const Piece kAnyPiece{Piece::Kind::kAny, ""};

std::string quoted(const ParsedText& value) { return fmt::format("\"{}\"", value.text); }

// What YAML 1.1 or 1.2 takes for an octal or hexadecimal number.
bool looks_like_other_number(const ParsedText& value) {
  if (!value.plain || value.text.size() < 2 || value.text[0] != '0') return false;
  const std::string_view digits = std::string_view(value.text).substr(1);
  const bool octal = digits.find_first_not_of("01234567") == std::string_view::npos;
  return octal ||
         ((digits[0] == 'x' || digits[0] == 'o') &&
          digits.substr(1).find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos);
}

class ItemChecker {
 public:
  ItemChecker(const ParsedItem& item, const Placeholders& placeholders, Formula& formula,
              std::vector<Doubt>& doubts)
      : item_(item),
        placeholders_(placeholders),
        formula_(formula),
        doubts_(doubts),
        modifiers_(parse_modifiers(item)) {}

  std::uint32_t add() {
    check_line();
    std::vector<std::uint32_t> children;
    for (const ParsedText& value : item_.values) children.push_back(add_value(value));
    const std::uint32_t node = modifiers_.all ? formula_.all_of(item_.place, std::move(children))
                                              : formula_.any_of(item_.place, std::move(children));
    return modifiers_.negated ? formula_.negation(item_.place, node) : node;
  }

 private:
  void doubt(Place place, std::string message) { doubts_.push_back({place, std::move(message)}); }

  void check_line() {
    const auto& m = modifiers_;
    if (item_.field.empty() && m.test != Test::kText && m.test != Test::kRegex &&
        m.test != Test::kCidr) {
      throw RuleFault(item_.place, fmt::format("{} needs a field", item_.modifiers.back()));
    }
    if (m.test == Test::kExists && item_.values.size() > 1) {
      throw RuleFault(item_.place, "exists is followed by either true or false");
    }
    if (m.all && item_.values.size() == 1) {
      doubt(item_.place, "the modifier all has only one value to apply to");
    }
    if (m.encodings.empty()) return;
    const Encoding last = m.encodings.back();
    if (last == Encoding::kBase64Offset && m.where != Where::kContains && !item_.field.empty()) {
      doubt(item_.place, "base64offset without contains compares whole fields with a part");
    }
    if (last != Encoding::kBase64 && last != Encoding::kBase64Offset) {
      doubt(item_.place,
            "UTF-16 that is not encoded in Base64: events are texts, and hold no such bytes");
    }
  }

  [[nodiscard]] Atom atom_of(Test test) const {
    Atom atom;
    atom.field = item_.field;
    atom.test = test;
    return atom;
  }

  std::uint32_t add_value(const ParsedText& value) {
    const auto wildcards = std::count_if(value.text.begin(), value.text.end(),
                                         [](char c) { return c == '*' || c == '?' || c == '%'; });
    if (value.text.size() > kMaxValueSize ||
        (static_cast<std::size_t>(wildcards) > kMaxWildcards && modifiers_.test == Test::kText)) {
      throw RuleFault(value.place, fmt::format("a value of more than {} bytes, or {} wildcards",
                                               kMaxValueSize, kMaxWildcards));
    }
    if (value.null) return add_null(value);
    switch (modifiers_.test) {
      case Test::kText:
        return add_text(value);
      case Test::kRegex:
        return add_regex(value);
      case Test::kCidr:
        return add_network(value);
      case Test::kExists:
        return add_exists(value);
      case Test::kSameAsField:
        return add_same_as(value);
      default:
        return add_number(value);
    }
  }

  std::uint32_t add_null(const ParsedText& value) {
    if (item_.field.empty()) throw RuleFault(value.place, "null is no keyword");
    const auto& m = modifiers_;
    if (m.test != Test::kText || m.where != Where::kWhole || !m.encodings.empty() || m.cased ||
        m.windash || m.expand) {
      throw RuleFault(value.place,
                      fmt::format("null does not go with the modifiers of {}", item_.field));
    }
    if (item_.values.size() > 1) {
      doubt(value.place, "null among other values: Sigma wants it in a selection of its own");
    }
    return formula_.atom(value.place, atom_of(Test::kNull));
  }

  std::uint32_t add_text(const ParsedText& value) {
    if (looks_like_other_number(value)) {
      doubt(value.place, fmt::format("{} is compared as these characters, not as a number: put it "
                                     "in quotes",
                                     value.text));
    }
    if (modifiers_.expand) {
      if (const auto kind = indicator_placeholder(value.text)) {
        return add_indicator(value, *kind);
      }
    }
    std::vector<std::uint32_t> children;
    for (const Pieces& pieces : variants_of(value)) {
      Atom atom = atom_of(Test::kText);
      atom.cased = modifiers_.cased;
      atom.pieces = placed(pieces);
      if (pieces.empty() && !atom.pieces.empty()) {
        doubt(value.place, "an empty text, which any text contains");
      }
      children.push_back(formula_.atom(value.place, std::move(atom)));
    }
    return formula_.any_of(value.place, std::move(children));
  }

  std::vector<Pieces> variants_of(const ParsedText& value) {
    std::vector<Pieces> variants = {};
    if (modifiers_.expand) {
      variants = expand_text(value.place, value.text, placeholders_, doubts_);
    } else {
      variants.push_back(parse_text(value.text));
    }
    if (modifiers_.windash) {
      std::vector<Pieces> dashed;
      for (const Pieces& pieces : variants) {
        for (Pieces& each : dash_variants(value.place, pieces)) dashed.push_back(std::move(each));
        check_variants(value.place, dashed, 1, "windash makes");
      }
      variants = std::move(dashed);
    }
    for (const Encoding encoding : modifiers_.encodings) {
      std::vector<Pieces> encoded;
      for (const Pieces& pieces : variants) {
        for (Pieces& each : encode(value, pieces, encoding)) encoded.push_back(std::move(each));
      }
      variants = std::move(encoded);
    }
    return variants;
  }

  static std::vector<Pieces> encode(const ParsedText& value, const Pieces& pieces,
                                    Encoding encoding) {
    switch (encoding) {
      case Encoding::kUtf16le:
        return {in_utf16(pieces, false)};
      case Encoding::kUtf16be:
        return {in_utf16(pieces, true)};
      case Encoding::kUtf16: {
        Pieces marked = in_utf16(pieces, false);
        marked.insert(marked.begin(), {Piece::Kind::kText, "\xFF\xFE"});
        return {joined(marked)};
      }
      default:
        break;
    }
    if (has_wildcard(pieces)) {
      throw RuleFault(value.place, fmt::format("a wildcard cannot be encoded in Base64: {}; for "
                                               "the character itself write a backslash before it",
                                               quoted(value)));
    }
    const std::string bytes = pieces.empty() ? "" : pieces.front().text;
    const auto texts = encoding == Encoding::kBase64 ? std::vector<std::string>{base64(bytes)}
                                                     : base64_at_offsets(bytes);
    std::vector<Pieces> encoded;
    for (const std::string& text : texts) {
      if (text.empty()) {
        throw RuleFault(value.place,
                        fmt::format("{} is too short to be looked for in Base64", quoted(value)));
      }
      encoded.push_back({{Piece::Kind::kText, text}});
    }
    return encoded;
  }

  [[nodiscard]] Pieces placed(const Pieces& pieces) const {
    const Where where = modifiers_.where;
    const bool keyword = item_.field.empty() && where == Where::kWhole;
    Pieces result;
    if (keyword || where == Where::kContains || where == Where::kEnds) result.push_back(kAnyPiece);
    result.insert(result.end(), pieces.begin(), pieces.end());
    if (keyword || where == Where::kContains || where == Where::kStarts) {
      result.push_back(kAnyPiece);
    }
    return joined(result);
  }

  std::uint32_t add_indicator(const ParsedText& value, std::string_view kind) {
    const auto& m = modifiers_;
    if ((m.where != Where::kWhole && m.where != Where::kContains) || !m.encodings.empty() ||
        m.windash || m.cased) {
      throw RuleFault(
          value.place,
          fmt::format("{} goes with no modifiers but expand, contains, all and neq", value.text));
    }
    const auto known = indicators::kind_from(kind);
    if (!known) {
      throw RuleFault(value.place, fmt::format("{}: unknown kind of indicator; there are {}",
                                               value.text, indicators::kind_names()));
    }
    Atom atom = atom_of(Test::kIndicator);
    atom.indicator = *known;
    return formula_.atom(value.place, std::move(atom));
  }

  std::uint32_t add_regex(const ParsedText& value) {
    if (value.text.empty()) throw RuleFault(value.place, "an empty regular expression");
    Atom atom = atom_of(Test::kRegex);
    atom.value = value.text;
    atom.ignore_case = modifiers_.ignore_case;
    atom.multi_line = modifiers_.multi_line;
    atom.dot_all = modifiers_.dot_all;
    return formula_.atom(value.place, std::move(atom));
  }

  std::uint32_t add_network(const ParsedText& value) {
    const auto network = indicators::parse_network(value.text);
    if (!network) {
      throw RuleFault(value.place,
                      fmt::format("{} is no IP network in CIDR notation", quoted(value)));
    }
    Atom atom = atom_of(Test::kCidr);
    atom.value = to_string(masked(*network));
    if (masked(*network) != *network) {
      doubt(value.place,
            fmt::format("{} has bits beyond its network: read as {}", quoted(value), atom.value));
    }
    return formula_.atom(value.place, std::move(atom));
  }

  std::uint32_t add_exists(const ParsedText& value) {
    const bool yes = ascii_iequals(value.text, "true");
    if (!yes && !ascii_iequals(value.text, "false")) {
      throw RuleFault(value.place,
                      fmt::format("exists is followed by true or false, not {}", quoted(value)));
    }
    const std::uint32_t node = formula_.atom(value.place, atom_of(Test::kExists));
    return yes ? node : formula_.negation(value.place, node);
  }

  std::uint32_t add_same_as(const ParsedText& value) {
    const Pieces pieces = parse_text(value.text);
    if (pieces.empty() || has_wildcard(pieces)) {
      throw RuleFault(value.place, fmt::format("{} is no name of a field", quoted(value)));
    }
    Atom atom = atom_of(Test::kSameAsField);
    atom.cased = modifiers_.cased;
    atom.value = pieces.front().text;
    return formula_.atom(value.place, std::move(atom));
  }

  std::uint32_t add_number(const ParsedText& value) {
    Atom atom = atom_of(modifiers_.test);
    const char* const end = value.text.data() + value.text.size();
    const auto [stop, error] = std::from_chars(value.text.data(), end, atom.number);
    if (error != std::errc() || stop != end || !std::isfinite(atom.number)) {
      throw RuleFault(value.place, fmt::format("{} is no number", quoted(value)));
    }
    return formula_.atom(value.place, std::move(atom));
  }

  const ParsedItem& item_;
  const Placeholders& placeholders_;
  Formula& formula_;
  std::vector<Doubt>& doubts_;
  Modifiers modifiers_;
};

}  // namespace

std::uint32_t add_item(const ParsedItem& item, const Placeholders& placeholders, Formula& formula,
                       std::vector<Doubt>& doubts) {
  return ItemChecker(item, placeholders, formula, doubts).add();
}

}  // namespace evtxhound::rules
