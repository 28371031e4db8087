#include "evtxhound/rules/sigma_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/rules/limits.hpp"

namespace evtxhound::rules {
namespace {

// A piece, or a placeholder's name in its place.
struct Part {
  Piece piece;
  bool placeholder = false;
};

// Where the placeholder that begins at `at` ends: the place of its second percent sign.
std::optional<std::size_t> placeholder_end(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '%') return std::nullopt;
  const std::size_t end = text.find_first_of("%\\*?", at + 1);
  if (end == std::string_view::npos || text[end] != '%' || end == at + 1) return std::nullopt;
  return end;
}

void put(std::vector<Part>& parts, char c) {
  if (parts.empty() || parts.back().placeholder || parts.back().piece.kind != Piece::Kind::kText) {
    parts.push_back({{Piece::Kind::kText, ""}, false});
  }
  parts.back().piece.text += c;
}

std::vector<Part> split(std::string_view text, bool expand) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '\\' && (next == '*' || next == '?' || next == '\\' || (expand && next == '%'))) {
      put(parts, next);
      ++i;
    } else if (c == '*') {
      parts.push_back({{Piece::Kind::kAny, ""}, false});
    } else if (c == '?') {
      parts.push_back({{Piece::Kind::kOne, ""}, false});
    } else if (const auto end = expand ? placeholder_end(text, i) : std::nullopt) {
      parts.push_back({{Piece::Kind::kText, std::string(text.substr(i + 1, *end - i - 1))}, true});
      i = *end;
    } else {
      put(parts, c);
    }
  }
  return parts;
}

// `C:\%name%` is easily written where `C:\\%name%` is meant.
bool has_escaped_placeholder(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '\\') continue;
    if (text[i + 1] == '%' && placeholder_end(text, i + 1)) return true;
    ++i;
  }
  return false;
}

const std::vector<std::string>& values_of(Place place, const std::string& name,
                                          const Placeholders& placeholders) {
  if (name.starts_with("indicators.")) {
    throw RuleFault(place, fmt::format("%{}% must be the whole value", name));
  }
  const auto* const values = placeholders.find(name);
  if (values == nullptr) {
    throw RuleFault(place, fmt::format("the placeholder %{}% has no values here", name));
  }
  return *values;
}

}  // namespace

Pieces joined(const Pieces& pieces) {
  Pieces result;
  for (const Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::kText && piece.text.empty()) continue;
    if (!result.empty() && result.back().kind == piece.kind) {
      if (piece.kind == Piece::Kind::kAny) continue;
      if (piece.kind == Piece::Kind::kText) {
        result.back().text += piece.text;
        continue;
      }
    }
    result.push_back(piece);
  }
  return result;
}

std::size_t weight_of(const Pieces& pieces) {
  std::size_t weight = 0;
  for (const Piece& piece : pieces) weight += sizeof(Piece) + piece.text.size();
  return weight;
}

void check_variants(Place place, const std::vector<Pieces>& variants, std::size_t times,
                    std::string_view what) {
  std::size_t weight = 0;
  for (const Pieces& variant : variants) weight += weight_of(variant);
  if (variants.size() * times > kMaxVariants || weight * times > kMaxVariantBytes) {
    throw RuleFault(place, fmt::format("{} of this one value more than {} values, or {} bytes",
                                       what, kMaxVariants, kMaxVariantBytes));
  }
}

bool has_wildcard(const Pieces& pieces) {
  return std::any_of(pieces.begin(), pieces.end(),
                     [](const Piece& piece) { return piece.kind != Piece::Kind::kText; });
}

Pieces parse_text(std::string_view text) {
  Pieces pieces;
  for (Part& part : split(text, false)) pieces.push_back(std::move(part.piece));
  return joined(pieces);
}

std::vector<Pieces> expand_text(Place place, std::string_view text,
                                const Placeholders& placeholders, std::vector<Doubt>& doubts) {
  if (has_escaped_placeholder(text)) {
    doubts.push_back({place,
                      "`\\%` is a percent sign, and begins no placeholder: for a backslash before "
                      "a placeholder write `\\\\%`"});
  }
  std::vector<Pieces> variants(1);
  for (const Part& part : split(text, true)) {
    if (!part.placeholder) {
      for (Pieces& variant : variants) variant.push_back(part.piece);
      continue;
    }
    const auto& values = values_of(place, part.piece.text, placeholders);
    check_variants(place, variants, values.size(), "placeholders make");
    std::vector<Pieces> longer;
    for (const Pieces& variant : variants) {
      for (const std::string& value : values) {
        Pieces pieces = variant;
        for (Piece& piece : parse_text(value)) pieces.push_back(std::move(piece));
        longer.push_back(std::move(pieces));
      }
    }
    check_variants(place, longer, 1, "placeholders make");
    variants = std::move(longer);
  }
  for (Pieces& variant : variants) variant = joined(variant);
  return variants;
}

std::optional<std::string_view> indicator_placeholder(std::string_view text) {
  constexpr std::string_view kBegin = "%indicators.";
  if (!text.starts_with(kBegin) || text.size() <= kBegin.size() + 1 || !text.ends_with('%')) {
    return std::nullopt;
  }
  const auto kind = text.substr(kBegin.size(), text.size() - kBegin.size() - 1);
  if (kind.find('%') != std::string_view::npos) return std::nullopt;
  return kind;
}

}  // namespace evtxhound::rules
