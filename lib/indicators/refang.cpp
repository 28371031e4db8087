#include "evtxhound/indicators/refang.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "evtxhound/base/text.hpp"

namespace evtxhound::indicators {
namespace {

using namespace std::string_view_literals;

// What stands in brackets, and `\.`, for a sign.
constexpr std::array kBracketed{std::pair{"."sv, "."sv}, std::pair{"dot"sv, "."sv},
                                std::pair{":"sv, ":"sv}, std::pair{"://"sv, "://"sv},
                                std::pair{"/"sv, "/"sv}, std::pair{"@"sv, "@"sv},
                                std::pair{"at"sv, "@"sv}};
constexpr std::array kBrackets{std::pair{'[', ']'}, std::pair{'(', ')'}, std::pair{'{', '}'}};
constexpr std::array kSchemes{std::pair{"hxxps:"sv, "https:"sv}, std::pair{"hxxp:"sv, "http:"sv},
                              std::pair{"h**ps:"sv, "https:"sv}, std::pair{"h**p:"sv, "http:"sv},
                              std::pair{"fxp:"sv, "ftp:"sv}};

// The sign that starts the text in a defanged form, and that form's size; size 0 where none does.
std::pair<std::string_view, std::size_t> defanged_sign(std::string_view text) {
  if (text.starts_with("\\.")) return {"."sv, 2};
  for (const auto& [open, close] : kBrackets) {
    if (text.front() != open) continue;
    const auto inside = text.substr(1, text.find(close, 1) - 1);
    if (inside.size() + 1 >= text.size()) return {};
    const auto found =
        std::find_if(kBracketed.begin(), kBracketed.end(),
                     [inside](const auto& sign) { return ascii_iequals(inside, sign.first); });
    if (found != kBracketed.end()) return {found->second, inside.size() + 2};
  }
  return {};
}

}  // namespace

std::string refang(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const auto [sign, size] = defanged_sign(text);
    plain += size != 0 ? sign : text.substr(0, 1);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  for (const auto& [defanged, scheme] : kSchemes) {
    if (ascii_iequals(std::string_view(plain).substr(0, defanged.size()), defanged)) {
      plain.replace(0, defanged.size(), scheme);
      break;
    }
  }
  return plain;
}

}  // namespace evtxhound::indicators
