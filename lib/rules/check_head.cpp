#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "evtxhound/base/text.hpp"
#include "evtxhound/rules/check.hpp"

namespace evtxhound::rules {
namespace {

constexpr std::array<std::string_view, 5> kStatus = {"stable", "test", "experimental", "deprecated",
                                                     "unsupported"};
constexpr std::array<std::string_view, 5> kLevels = {"informational", "low", "medium", "high",
                                                     "critical"};
constexpr std::array<std::string_view, 5> kRelations = {"derived", "obsolete", "merged", "renamed",
                                                        "similar"};
constexpr std::size_t kLongestTitle = 256;  // characters, as the specification has it

template <std::size_t kSize>
bool is_one_of(const std::array<std::string_view, kSize>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
  }));
}

// 8-4-4-4-12 hexadecimal digits.
bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

// YYYY-MM-DD, months and days within what they can be.
bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto month = text.substr(5, 2);
  const auto day = text.substr(8, 2);
  return is_digits(text.substr(0, 4)) && is_digits(month) && is_digits(day) && month >= "01" &&
         month <= "12" && day >= "01" && day <= "31";
}

// A namespace, a dot, and what is in it: lower-case letters, digits, `_`, `-`, behind the first dot
// also dots.
bool is_tag(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == 0 || dot == std::string_view::npos || dot + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_' || c == '-' || c == '.';
  });
}

// The ATT&CK id of a tag: a technique, group, software … ; absent for tactics and other namespaces.
std::optional<std::string> attack_id(std::string_view tag) {
  constexpr std::string_view kNamespace = "attack.";
  if (!ascii_iequals(tag.substr(0, kNamespace.size()), kNamespace)) return std::nullopt;
  std::string id(tag.substr(kNamespace.size()));
  std::transform(id.begin(), id.end(), id.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  const auto letters = std::min(id.find_first_of("0123456789"), id.size());
  const std::string_view number = std::string_view(id).substr(letters);
  const auto main = number.substr(0, number.find('.'));
  const auto sub = number.substr(std::min(main.size() + 1, number.size()));
  const bool sound = letters >= 1 && letters <= 2 && main.size() == 4 && is_digits(main) &&
                     (main.size() == number.size() || (sub.size() == 3 && is_digits(sub)));
  return sound ? std::optional(id) : std::nullopt;
}

class HeadChecker {
 public:
  HeadChecker(const ParsedHead& parsed, std::vector<Doubt>& doubts)
      : parsed_(parsed), doubts_(doubts) {}

  RuleHead check(const std::string& path) {
    head_.path = path;
    head_.line = parsed_.place.line;
    names();
    states();
    dates();
    tags();
    story();
    return std::move(head_);
  }

 private:
  void doubt(const ParsedText& text, std::string message) {
    doubts_.push_back({text.place, std::move(message)});
  }

  void names() {
    if (!parsed_.title || trim(parsed_.title->text).empty()) {
      throw RuleFault(parsed_.place, "the rule has no title");
    }
    head_.title = trim(parsed_.title->text);
    if (characters(head_.title) > kLongestTitle) {
      doubt(*parsed_.title, fmt::format("the title is longer than {} characters", kLongestTitle));
    }
    if (parsed_.id) {
      if (!is_uuid(parsed_.id->text)) {
        throw RuleFault(parsed_.id->place,
                        fmt::format("the id \"{}\" is no UUID", parsed_.id->text));
      }
      head_.id = ascii_lower(parsed_.id->text);
    }
    if (parsed_.name) head_.name = parsed_.name->text;
    if (parsed_.description) head_.description = trim(parsed_.description->text);
    if (parsed_.taxonomy && parsed_.taxonomy->text != "sigma") {
      throw RuleFault(parsed_.taxonomy->place,
                      fmt::format("the taxonomy \"{}\" is not supported: only sigma is",
                                  parsed_.taxonomy->text));
    }
  }

  void states() {
    if (parsed_.status) {
      head_.status = parsed_.status->text;
      if (!is_one_of(kStatus, head_.status)) {
        throw RuleFault(parsed_.status->place, fmt::format("the status \"{}\" is none of {}",
                                                           head_.status, fmt::join(kStatus, ", ")));
      }
      if (head_.status == "unsupported") {
        doubt(*parsed_.status, "the rule's author says that it cannot be used as it is");
      }
    }
    if (parsed_.level) {
      head_.level = parsed_.level->text;
      if (!is_one_of(kLevels, head_.level)) {
        throw RuleFault(parsed_.level->place, fmt::format("the level \"{}\" is none of {}",
                                                          head_.level, fmt::join(kLevels, ", ")));
      }
    }
  }

  void dates() {
    for (const auto* date : {&parsed_.date, &parsed_.modified}) {
      if (*date && !is_date((*date)->text)) {
        doubt(**date, fmt::format("\"{}\" is no date as YYYY-MM-DD", (*date)->text));
      }
    }
  }

  void tags() {
    std::set<std::string> seen;
    for (const ParsedText& tag : parsed_.tags) {
      if (!is_tag(tag.text)) {
        doubt(tag, fmt::format("\"{}\" is no tag: namespace.name in lower case", tag.text));
      }
      const auto id = attack_id(tag.text);
      if (id && seen.insert(*id).second) head_.attack.push_back(*id);
    }
    for (const auto& [id, type] : parsed_.related) {
      if (!is_uuid(id.text)) doubt(id, fmt::format("related: \"{}\" is no UUID", id.text));
      if (!is_one_of(kRelations, type.text)) {
        doubt(type, fmt::format("related: the type \"{}\" is none of {}", type.text,
                                fmt::join(kRelations, ", ")));
      }
    }
  }

  void story() {
    if (parsed_.type) head_.story.type = parsed_.type->text;
    for (const ParsedText& source : parsed_.data_sources) {
      head_.story.data_sources.push_back(source.text);
    }
    head_.story.confidence = percent(parsed_.confidence, "confidence");
    head_.story.impact = percent(parsed_.impact, "impact");
  }

  // Other people's fields of the same name may hold anything.
  std::optional<int> percent(const std::optional<ParsedText>& text, std::string_view name) {
    if (!text) return std::nullopt;
    int value = 0;
    const char* const end = text->text.data() + text->text.size();
    const auto [stop, error] = std::from_chars(text->text.data(), end, value);
    if (error == std::errc() && stop == end && value >= 0 && value <= 100) return value;
    doubt(*text, fmt::format("{} \"{}\" is no whole number from 0 to 100, and left out", name,
                             text->text));
    return std::nullopt;
  }

  const ParsedHead& parsed_;
  std::vector<Doubt>& doubts_;
  RuleHead head_;
};

}  // namespace

RuleHead check_head(const ParsedHead& head, const std::string& path, std::vector<Doubt>& doubts) {
  return HeadChecker(head, doubts).check(path);
}

}  // namespace evtxhound::rules
