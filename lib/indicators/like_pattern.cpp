#include "evtxhound/indicators/like_pattern.hpp"

#include <algorithm>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/regex_literal.hpp"

namespace evtxhound::indicators {
namespace {

constexpr std::string_view kAny = "%_";

bool has_any(std::string_view text) { return text.find_first_of(kAny) != std::string_view::npos; }

std::optional<LikeIndicator> text_like(std::string_view like) {
  const bool open_front = like.starts_with('%');
  const bool open_back = like.ends_with('%');
  auto inside = like;
  while (inside.starts_with('%')) inside.remove_prefix(1);
  while (inside.ends_with('%')) inside.remove_suffix(1);
  if (open_front && open_back && !has_any(inside)) {
    return LikeIndicator{Kind::kText, std::string(inside), {}};
  }
  std::string regex = open_front ? "(?is)" : "(?is)^";
  while (!inside.empty()) {
    const auto plain = inside.substr(0, inside.find_first_of(kAny));
    regex += escaped(plain);
    inside.remove_prefix(plain.size());
    if (inside.empty()) break;
    regex += inside.front() == '%' ? ".*" : ".";
    inside.remove_prefix(1);
  }
  if (!open_back) regex += '$';
  return LikeIndicator{Kind::kRegex, std::move(regex), {}};
}

}  // namespace

std::string escaped(std::string_view text) {
  constexpr std::string_view kSigns = R"(\^$.[]|()?*+{}#-/)";
  std::string result;
  for (const char c : text) {
    if (kSigns.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::optional<LikeIndicator> from_like(Kind kind, std::string_view like) {
  if (!has_any(like) && kind != Kind::kText) return LikeIndicator{kind, std::string(like), {}};
  const auto without_last = like.substr(0, like.empty() ? 0 : like.size() - 1);
  switch (kind) {
    case Kind::kDomain: {
      const auto domain = like.substr(std::min<std::size_t>(like.size(), 2));
      if (!like.starts_with("%.") || has_any(domain)) return std::nullopt;
      return LikeIndicator{kind, std::string(domain),
                           "subdomains only: read as the domain and its subdomains"};
    }
    case Kind::kUrl:
      if (!like.ends_with("/%") || has_any(without_last)) return std::nullopt;
      return LikeIndicator{kind, std::string(without_last), {}};
    case Kind::kFileName: {
      if (like.find_first_of("*?\\/") != std::string_view::npos) return std::nullopt;
      std::string name(like);
      std::replace(name.begin(), name.end(), '%', '*');
      std::replace(name.begin(), name.end(), '_', '?');
      return LikeIndicator{kind, std::move(name), {}};
    }
    case Kind::kText:
      return text_like(like);
    default:
      return std::nullopt;
  }
}

std::optional<LikeIndicator> from_regex(std::string_view expression, bool whole) {
  if (!whole && without_ends(expression) != expression) return std::nullopt;
  return LikeIndicator{Kind::kRegex, std::string(expression), {}};
}

}  // namespace evtxhound::indicators
