#include "evtxhound/indicators/needle.hpp"

#include <algorithm>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/borders.hpp"
#include "evtxhound/match/database.hpp"
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

void skip_separators_back(std::string_view text, std::size_t& end) {
  while (end > 0 && is_separator(static_cast<unsigned char>(text[end - 1]))) --end;
}

// Walks back over `value` from `end` and over all of `text`, character by character: the forms of
// a letter can take different numbers of bytes.
std::optional<std::size_t> walk_back(std::string_view text, std::string_view value, std::size_t end,
                                     bool path) {
  std::size_t text_end = text.size();
  std::size_t at = end;
  while (text_end > 0) {
    if (at == 0) return std::nullopt;
    const char32_t wanted = take_back(text, text_end);
    const char32_t found = take_back(value, at);
    if (path && is_separator(wanted)) {
      if (!is_separator(found)) return std::nullopt;
      skip_separators_back(text, text_end);
      skip_separators_back(value, at);
    } else if (wanted != found && match::fold(wanted) != match::fold(found)) {
      return std::nullopt;
    }
  }
  return at;
}

// A path's last component where that is long enough to be rare, since a plain literal compiles 30
// times as fast as an expression with separators; else the whole path.
std::string path_expression(std::string_view path) {
  constexpr std::size_t kRare = 8;
  const auto last = path.substr(path.find_last_of(kSeparators) + 1);
  if (last.size() >= kRare) return match::literal(last);
  std::string joined;
  while (true) {
    const auto component = path.substr(0, path.find_first_of(kSeparators));
    joined += match::literal(component);
    path.remove_prefix(component.size());
    if (path.empty()) return joined;
    path.remove_prefix(path.find_first_not_of(kSeparators));
    joined += R"([\\/]+)";
  }
}

}  // namespace

Needle make_needle(const Indicator& indicator) {
  Needle needle;
  needle.kind = indicator.kind;
  needle.text = indicator.value;
  if (indicator.kind == Kind::kUrl) make_url(needle);
  if (indicator.kind == Kind::kPath) make_path(needle);
  if (indicator.kind == Kind::kVersion) needle.products = split_products(indicator.product);
  return needle;
}

std::string expression(const Needle& needle) {
  return needle.kind == Kind::kPath ? path_expression(needle.text) : match::literal(needle.text);
}

std::optional<std::size_t> find_start(const Needle& needle, std::string_view value,
                                      std::size_t end) {
  return walk_back(needle.text, value, end, needle.kind == Kind::kPath);
}

std::optional<std::size_t> find_start(std::string_view text, std::string_view value,
                                      std::size_t end) {
  return walk_back(text, value, end, false);
}

}  // namespace evtxhound::indicators
