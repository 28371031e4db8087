#include "evtxhound/exports/xml_splitter.hpp"

#include <algorithm>

#include "evtxhound/base/text.hpp"

namespace evtxhound::exports {
namespace {

constexpr std::array<std::string_view, 3> kEnds = {"-->", "]]>", "?>"};
constexpr std::size_t kComment = 0;
constexpr std::size_t kCdata = 1;
constexpr std::size_t kInstruction = 2;

constexpr std::size_t kLongestName = 1024;
// Names of fields are made of those of elements and attributes: one long name and many attributes
// would become more than there is memory for.
constexpr std::size_t kMostNameBytes = std::size_t{16} << 20U;

// What an element's scan says of where the text ends; no reason, but a sign to unfinished().
constexpr const char* kOut = "the text ends";

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

bool ends_name(char c) { return is_white(c) || c == '>' || c == '/'; }

bool is_name_character(char c) {
  return !ends_name(c) && c != '<' && c != '=' && c != '\'' && c != '"' && c != '&' && c != '\0';
}

}  // namespace

void XmlSplitter::open(std::string_view text, bool complete) {
  text_ = text;
  complete_ = complete;
  searches_.fill({});
}

Piece XmlSplitter::next(std::size_t at) {
  std::size_t end = at;
  while (end < text_.size()) {
    if (is_white(text_[end])) {
      ++end;
    } else if (text_.substr(end, kByteOrderMark.size()) == kByteOrderMark) {
      end += kByteOrderMark.size();  // of a file that was put behind another one
    } else {
      break;
    }
  }
  if (end > at) return {Piece::Kind::kFrame, end, false, ""};
  constexpr std::size_t kLongestSign = 16;  // "<Event", "</Events", "<!--" and what ends the name
  if (text_[at] == '<' && !complete_ && text_.size() - at < kLongestSign) return {};
  if (names(at, "<Event")) return element(at);
  if (names(at, "<Events")) return root_tag(at, 7);
  if (names(at, "</Events")) return root_tag(at, 8);
  if (text_.substr(at, 4) == "<!--" || text_.substr(at, 2) == "<?") return markup(at);
  return damage(at, Piece::Kind::kDamage, "no event begins here");
}

// Whether a tag of this name begins here.
bool XmlSplitter::names(std::size_t at, std::string_view name) const {
  return text_.substr(at, name.size()) == name &&
         (at + name.size() >= text_.size() || ends_name(text_[at + name.size()]));
}

std::size_t XmlSplitter::find(std::size_t which, std::size_t from) {
  Search& search = searches_[which];
  if (search.from > from || search.found < from) {
    search.from = from;
    search.found = text_.find(kEnds[which], from);
  }
  return search.found;
}

// A comment or a processing instruction outside of events. One that hides an event is damage: who
// reads this file otherwise does not see what stands there.
Piece XmlSplitter::markup(std::size_t at) {
  const bool comment = text_[at + 1] == '!';
  const std::size_t end = find(comment ? kComment : kInstruction, at + (comment ? 4 : 2));
  if (end == std::string_view::npos || end - at > kMostEventSize) return unfinished(at, kOut);
  const std::size_t behind = end + kEnds[comment ? kComment : kInstruction].size();
  if (text_.substr(at, end - at).find("<Event") != std::string_view::npos) {
    return {Piece::Kind::kDamage, behind, false, "an event in a comment"};
  }
  return {Piece::Kind::kFrame, behind, false, ""};
}

Piece XmlSplitter::root_tag(std::size_t at, std::size_t name_size) {
  element_ = {at, at + name_size, 0, true, {}};
  if (const char* why = attributes(element_, "Events")) return unfinished(at, why);
  return {Piece::Kind::kFrame, element_.at, false, ""};
}

// Damage from `at` to where an event, or the root's tag, can begin.
Piece XmlSplitter::damage(std::size_t at, Piece::Kind kind, const char* why) {
  for (std::size_t next = text_.find('<', at + 1); next != std::string_view::npos;
       next = text_.find('<', next + 1)) {
    if (names(next, "<Event") || names(next, "<Events") || names(next, "</Events") ||
        text_.substr(next, 4) == "<!--" || text_.substr(next, 5) == "<?xml") {
      return {Piece::Kind::kDamage, next, false, why};
    }
  }
  if (complete_) return {kind, text_.size(), false, why};
  // Perhaps the first characters of such a tag stand at the end.
  constexpr std::size_t kTail = 16;
  if (text_.size() - at <= kTail) return {};
  return {Piece::Kind::kDamage, text_.size() - kTail, false, why};
}

// What begins at `begin` and is damaged, or has no end in the text (kOut).
Piece XmlSplitter::unfinished(std::size_t begin, const char* why) {
  if (why != kOut) return damage(begin, Piece::Kind::kDamage, why);
  if (text_.size() - begin > kMostEventSize) {
    return damage(begin, Piece::Kind::kDamage, "it has no end within 16 MiB");
  }
  if (!complete_) return {};
  return damage(begin, Piece::Kind::kCut, "the file ends within it");
}

Piece XmlSplitter::element(std::size_t begin) {
  element_ = {begin, begin, 0, true, std::move(element_.open)};
  element_.open.clear();
  do {
    if (const char* why = content(element_)) return unfinished(begin, why);
    if (element_.at - begin > kMostEventSize) return unfinished(begin, kOut);
  } while (!element_.open.empty());
  return {Piece::Kind::kEvent, element_.at, is_plain(element_), ""};
}

bool XmlSplitter::is_plain(const Element& element) const {
  const std::string_view text = text_.substr(element.begin, element.at - element.begin);
  return element.one_piece && text.find('&') == std::string_view::npos && is_ascii(text);
}

// One tag, comment or section and the text before it. Null, or why it is none.
const char* XmlSplitter::content(Element& element) {
  const std::size_t tag = text_.find('<', element.at);
  if (tag == std::string_view::npos || tag + 1 >= text_.size()) {
    element.at = text_.size();
    return kOut;
  }
  const std::string_view before = text_.substr(element.at, tag - element.at);
  element.at = tag;
  switch (text_[tag + 1]) {
    case '/':
      return end_tag(element);
    case '!':
    case '?':
      return special(element);
    default:
      // Text before an element: with what stands behind that, it can become one value.
      if (!std::ranges::all_of(before, is_white)) element.one_piece = false;
      return start_tag(element);
  }
}

const char* XmlSplitter::start_tag(Element& element) {
  const std::size_t begin = element.at + 1;
  std::size_t end = begin;
  while (end < text_.size() && is_name_character(text_[end])) ++end;
  if (end - begin > kLongestName) return "the name of an element is too long";
  if (end == text_.size()) {
    element.at = end;
    return kOut;
  }
  if (end == begin || !ends_name(text_[end])) return "a tag without a name";
  if (element.open.size() >= kDeepest) return "its elements lie too deep in each other";
  const std::string_view name = text_.substr(begin, end - begin);
  element.at = end;
  if (const char* why = attributes(element, name)) return why;
  if (text_[element.at - 2] != '/') element.open.push_back(name);
  return nullptr;
}

// From behind the name to behind the tag's end.
const char* XmlSplitter::attributes(Element& element, std::string_view name) {
  std::size_t at = element.at;
  while (at < text_.size()) {
    const char c = text_[at];
    if (c == '>') {
      element.at = at + 1;
      return nullptr;
    }
    if (c == '<') return "a tag does not end";
    if (c == '"' || c == '\'') {
      std::size_t end = at + 1;
      while (end < text_.size() && text_[end] != c && text_[end] != '<') ++end;
      if (end == text_.size()) break;
      if (text_[end] == '<') return "an attribute does not end";
      element.name_cost += name.size() + kDeepest;
      if (element.name_cost > kMostNameBytes) return "too many attributes";
      at = end + 1;
    } else {
      ++at;
    }
  }
  element.at = text_.size();
  return kOut;
}

const char* XmlSplitter::end_tag(Element& element) {
  if (element.open.empty()) return "an end tag without a beginning";
  const std::string_view name = element.open.back();
  const std::size_t begin = element.at + 2;
  std::size_t end = begin + name.size();
  while (end < text_.size() && is_white(text_[end])) ++end;
  if (end >= text_.size()) {
    element.at = text_.size();
    return kOut;
  }
  if (text_.substr(begin, name.size()) != name || text_[end] != '>') {
    return "an end tag that does not fit";
  }
  element.open.pop_back();
  element.at = end + 1;
  return nullptr;
}

// A comment, a CDATA section or an instruction within an event.
const char* XmlSplitter::special(Element& element) {
  element.one_piece = false;
  const std::string_view rest = text_.substr(element.at, 9);
  std::size_t which = kInstruction;
  std::size_t begin = 2;
  if (rest.starts_with("<!--")) {
    which = kComment;
    begin = 4;
  } else if (rest == "<![CDATA[") {
    which = kCdata;
    begin = 9;
  } else if (rest[1] == '!') {
    const bool short_of = std::string_view("<![CDATA[").starts_with(rest) || rest == "<!-";
    if (!short_of) return "a declaration within an event";
    element.at = text_.size();
    return kOut;
  }
  const std::size_t end = find(which, element.at + begin);
  element.at = end == std::string_view::npos ? text_.size() : end + kEnds[which].size();
  return end == std::string_view::npos ? kOut : nullptr;
}

}  // namespace evtxhound::exports
