#include "evtxhound/indicators/needle.hpp"

#include <algorithm>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/path_rule.hpp"
#include "evtxhound/indicators/regex_literal.hpp"
#include "evtxhound/match/fold.hpp"

namespace evtxhound::indicators {
namespace {

constexpr std::string_view kSeparators = "\\/";

bool ends_with_separator(std::string_view text) {
  return !text.empty() && kSeparators.find(text.back()) != std::string_view::npos;
}

void make_url(Needle& needle) {
  const auto scheme = needle.text.find("://");
  if (scheme != std::string::npos) needle.text.erase(0, scheme + 3);
  needle.folder =
      !needle.text.empty() && !is_label(code_point_before(needle.text, needle.text.size()).value);
  needle.has_path = needle.text.find_first_of("/?#") != std::string::npos;
}

void make_path(Needle& needle) {
  const auto first = needle.text.find_first_not_of(kSeparators);
  needle.after_separator = first != 0;
  needle.folder = ends_with_separator(needle.text);
  const auto last = needle.text.find_last_not_of(kSeparators);
  needle.text = first == std::string::npos ? "" : needle.text.substr(first, last - first + 1);
  needle.piece = choose_piece(needle.text);
}

void make_registry_key(Needle& needle) {
  RegistryKey key = parse_registry_key(needle.text);
  needle.root = key.root;
  needle.piece = choose_component(key);
  needle.text = std::move(key.subkey);
}

void make_regex(Needle& needle) {
  needle.regex =
      std::make_shared<const RegexNeedle>(RegexNeedle{needle.text, match::Regex(needle.text)});
  needle.text = mandatory_literal(needle.text).value_or("");
}

std::vector<std::string> split_products(std::string_view names) {
  std::vector<std::string> products;
  while (!names.empty()) {
    const auto bar = std::min(names.find('|'), names.size());
    if (const auto name = trim(names.substr(0, bar)); !name.empty()) products.emplace_back(name);
    names.remove_prefix(std::min(bar + 1, names.size()));
  }
  return products;
}

// Takes the last character off the front part [0, end) of a text.
char32_t take_back(std::string_view text, std::size_t& end) {
  const CodePoint c = code_point_before(text, end);
  end -= c.size;
  return c.value;
}

}  // namespace

Needle make_needle(const Indicator& indicator) {
  Needle needle;
  needle.kind = indicator.kind;
  needle.text = indicator.value;
  switch (indicator.kind) {
    case Kind::kUrl:
      make_url(needle);
      break;
    case Kind::kPath:
      make_path(needle);
      break;
    case Kind::kFileName:
      needle.piece = choose_piece(needle.text);
      break;
    case Kind::kVersion:
      needle.products = split_products(indicator.product);
      break;
    case Kind::kIp:
      needle.network = masked(parse_network(needle.text).value_or(IpNetwork{}));
      break;
    case Kind::kRegistryKey:
      make_registry_key(needle);
      break;
    case Kind::kRegex:
      make_regex(needle);
      break;
    default:
      break;
  }
  return needle;
}

// Walks back over `value` from `end` and over all of `text`, character by character: the forms of
// a letter can take different numbers of bytes.
std::optional<std::size_t> find_start(std::string_view text, std::string_view value,
                                      std::size_t end) {
  std::size_t text_end = text.size();
  std::size_t at = end;
  while (text_end > 0) {
    if (at == 0) return std::nullopt;
    const char32_t wanted = take_back(text, text_end);
    const char32_t found = take_back(value, at);
    if (wanted != found && match::fold(wanted) != match::fold(found)) return std::nullopt;
  }
  return at;
}

std::optional<std::size_t> find_start(const Needle& needle, std::string_view value,
                                      std::size_t end) {
  return find_start(std::string_view(needle.text), value, end);
}

}  // namespace evtxhound::indicators
