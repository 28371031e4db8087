#include "evtxhound/rules/anchor.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/regex_literal.hpp"
#include "evtxhound/match/fold.hpp"

namespace evtxhound::rules {
namespace {

// Texts that most events have. Parts of them say as little.
constexpr std::array<std::string_view, 16> kCommonTexts = {
    "c:\\windows\\system32\\",
    "c:\\windows\\syswow64\\",
    "c:\\program files (x86)\\",
    "c:\\users\\",
    "\\appdata\\local\\",
    "\\svchost.exe",
    ".exe",
    ".dll",
    "nt authority\\system",
    "microsoft",
    "\\software\\microsoft\\windows\\currentversion\\",
    "hklm\\system\\currentcontrolset\\services\\",
    "true",
    "false",
    "medium",
    "system"};
constexpr std::uint32_t kCommon = 4096;

// The long s and the Kelvin sign differ from `s` and `k` in case only to PCRE: where case does not
// count, they may stand in their place. The longest part of the text without either.
std::string without_folding_letters(const std::string& text) {
  std::string_view best;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find_first_of("ksKS", begin), text.size());
    if (end - begin > best.size()) best = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
  }
  return std::string(best);
}

std::optional<Anchor> regex_anchor(const Atom& atom) {
  // A verb such as (*ACCEPT) ends a match before its text does.
  if (atom.value.find("(*") != std::string::npos) return std::nullopt;
  auto literal = indicators::mandatory_literal(atom.value);
  if (!literal) return std::nullopt;
  const bool any_case = atom.ignore_case || atom.value.find("(?") != std::string::npos;
  if (any_case) literal = without_folding_letters(*literal);
  if (literal->size() < kShortestAnchor) return std::nullopt;
  return Anchor{ascii_lower(*literal), false, false, false};
}

bool is_scanned_as_it_stands(char32_t c) { return c < 0x80 || match::same_folded(c).size() == 1; }

// The runs of characters of a text that are ASCII or have no other case: Hyperscan's literals are
// bytes, of which letters of ASCII count in any case. Views of the text.
std::vector<std::string_view> plain_runs(std::string_view text) {
  std::vector<std::string_view> runs;
  if (valid_utf8(text) != text) return runs;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    if (!is_scanned_as_it_stands(c.value)) {
      if (at > begin) runs.push_back(text.substr(begin, at - begin));
      begin = at + c.size;
    }
    at += c.size;
  }
  if (begin < text.size()) runs.push_back(text.substr(begin));
  return runs;
}

std::optional<Anchor> text_anchor(const Atom& atom) {
  std::optional<Anchor> best;
  std::size_t best_size = kShortestAnchor - 1;
  const bool keyword = atom.field.empty();
  for (std::size_t i = 0; i < atom.pieces.size(); ++i) {
    const std::string& text = atom.pieces[i].text;
    for (const std::string_view run : plain_runs(text)) {
      const bool first = i == 0 && run.data() == text.data();
      const bool last =
          i + 1 == atom.pieces.size() && run.data() + run.size() == text.data() + text.size();
      Anchor anchor{ascii_lower(run), !keyword && first, !keyword && last, false};
      // What is not ASCII is rare, even as one character.
      const std::size_t size = anchor.bordered().size() + (is_ascii(run) ? 0 : 1);
      if (size <= best_size) continue;
      best_size = size;
      best = std::move(anchor);
    }
  }
  if (!best || atom.cased) return best;
  // With no other piece but `*` around it, the borders are all that there is to fulfil.
  const auto others = std::ranges::count_if(
      atom.pieces, [](const Piece& piece) { return piece.kind != Piece::Kind::kAny; });
  best->decides = others == 1 && std::ranges::any_of(atom.pieces, [&](const Piece& piece) {
                    return piece.text.size() == best->text.size();
                  });
  return best;
}

}  // namespace

std::string Anchor::bordered() const {
  std::string bordered;
  if (at_begin) bordered.push_back('\0');
  bordered += text;
  if (at_end) bordered.push_back('\0');
  return bordered;
}

std::uint32_t Anchor::commonness() const {
  const bool common = std::ranges::any_of(kCommonTexts, [&](std::string_view each) {
    return each.find(text) != std::string_view::npos;
  });
  const std::size_t size = text.size() + (at_begin ? 1U : 0U) + (at_end ? 1U : 0U);
  const std::uint32_t by_size = size >= 12 ? 1 : size >= 8 ? 2 : size >= 6 ? 8 : 64;
  return common ? kCommon : by_size;
}

std::optional<Anchor> anchor_of(const Atom& atom) {
  switch (atom.test) {
    case Test::kText:
      return text_anchor(atom);
    case Test::kRegex:
      return regex_anchor(atom);
    default:
      return std::nullopt;
  }
}

}  // namespace evtxhound::rules
