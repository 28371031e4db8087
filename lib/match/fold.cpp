#include "evtxhound/match/fold.hpp"

#include <utf8proc.h>

#include <unordered_map>

namespace evtxhound::match {
namespace {

// Letters with case stand below this; the planes behind hold ideographs and private use.
constexpr char32_t kCasedEnd = 0x20000;

using Groups = std::unordered_map<char32_t, std::vector<char32_t>>;

Groups make_groups() {
  Groups groups;
  for (char32_t c = 0; c < kCasedEnd; ++c) {
    groups[fold(c)].push_back(c);
  }
  for (auto at = groups.begin(); at != groups.end();) {
    at = at->second.size() < 2 ? groups.erase(at) : std::next(at);
  }
  return groups;
}

}  // namespace

// Upper case first: final sigma shares only its upper form with the other sigmas.
char32_t fold(char32_t c) {
  if (c < 0x80) return c >= U'A' && c <= U'Z' ? c + (U'a' - U'A') : c;
  const auto folded =
      static_cast<char32_t>(utf8proc_tolower(utf8proc_toupper(static_cast<utf8proc_int32_t>(c))));
  return folded < 0x80 ? c : folded;
}

std::vector<char32_t> same_folded(char32_t c) {
  static const Groups groups = make_groups();
  const auto found = groups.find(fold(c));
  return found != groups.end() ? found->second : std::vector<char32_t>{c};
}

}  // namespace evtxhound::match
