#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/infer_kind.hpp"
#include "evtxhound/indicators/json_objects.hpp"
#include "evtxhound/indicators/pack_formats.hpp"

namespace evtxhound::indicators {
namespace {

using namespace std::string_view_literals;

// What an attribute's type says of one part of its value.
struct Part {
  enum class Use { kIndicator, kFileName, kPipe, kUri, kIgnored } use = Use::kIndicator;
  Kind kind = Kind::kText;
};

struct AttributeType {
  std::string_view name;
  Part first;
  Part second{Part::Use::kIgnored};  // behind `|`
  std::string_view ignored = {};     // what of it is not looked at
};

constexpr Part kFileNamePart{Part::Use::kFileName, Kind::kFileName};
constexpr Part kIgnoredPart{Part::Use::kIgnored};
constexpr auto kPort = "the port"sv;
// The hash names the file; its name alone may be that of many others.
constexpr auto kName = "the file name beside the hash"sv;

constexpr std::array kTypes{
    AttributeType{"ip-src", {Part::Use::kIndicator, Kind::kIp}},
    AttributeType{"ip-dst", {Part::Use::kIndicator, Kind::kIp}},
    AttributeType{"ip-src|port", {Part::Use::kIndicator, Kind::kIp}, kIgnoredPart, kPort},
    AttributeType{"ip-dst|port", {Part::Use::kIndicator, Kind::kIp}, kIgnoredPart, kPort},
    AttributeType{"domain", {Part::Use::kIndicator, Kind::kDomain}},
    AttributeType{"hostname", {Part::Use::kIndicator, Kind::kDomain}},
    AttributeType{"hostname|port", {Part::Use::kIndicator, Kind::kDomain}, kIgnoredPart, kPort},
    AttributeType{
        "domain|ip", {Part::Use::kIndicator, Kind::kDomain}, {Part::Use::kIndicator, Kind::kIp}},
    AttributeType{"url", {Part::Use::kIndicator, Kind::kUrl}},
    AttributeType{"uri", {Part::Use::kUri, Kind::kUrl}},
    AttributeType{"md5", {Part::Use::kIndicator, Kind::kMd5}},
    AttributeType{"sha1", {Part::Use::kIndicator, Kind::kSha1}},
    AttributeType{"sha256", {Part::Use::kIndicator, Kind::kSha256}},
    AttributeType{"imphash", {Part::Use::kIndicator, Kind::kImphash}},
    AttributeType{"filename", kFileNamePart},
    AttributeType{"filename|md5", kIgnoredPart, {Part::Use::kIndicator, Kind::kMd5}, kName},
    AttributeType{"filename|sha1", kIgnoredPart, {Part::Use::kIndicator, Kind::kSha1}, kName},
    AttributeType{"filename|sha256", kIgnoredPart, {Part::Use::kIndicator, Kind::kSha256}, kName},
    AttributeType{"filename|imphash", kIgnoredPart, {Part::Use::kIndicator, Kind::kImphash}, kName},
    AttributeType{"malware-sample", kIgnoredPart, {Part::Use::kIndicator, Kind::kMd5}, kName},
    AttributeType{"regkey", {Part::Use::kIndicator, Kind::kRegistryKey}},
    AttributeType{"email", {Part::Use::kIndicator, Kind::kEmail}},
    AttributeType{"email-src", {Part::Use::kIndicator, Kind::kEmail}},
    AttributeType{"email-dst", {Part::Use::kIndicator, Kind::kEmail}},
    AttributeType{"email-reply-to", {Part::Use::kIndicator, Kind::kEmail}},
    AttributeType{"named pipe", {Part::Use::kPipe, Kind::kPath}},
};

bool is_true(const JsonText* text) {
  return text != nullptr && (text->text == "true" || text->text == "1");
}

bool is_false(const JsonText* text) {
  return text != nullptr && (text->text == "false" || text->text == "0");
}

std::string text_of(const JsonObject& object, std::string_view name) {
  const JsonText* const found = object.find(name);
  return found != nullptr ? std::string(trim(found->text)) : std::string();
}

// `\\.\pipe\x`, `\pipe\x` and `x` are the pipe `\x`, as logs write it.
std::string pipe_path(std::string_view value) {
  for (const auto prefix : {R"(\\.\pipe\)"sv, R"(\pipe\)"sv, R"(\)"sv}) {
    if (ascii_iequals(value.substr(0, prefix.size()), prefix)) value.remove_prefix(prefix.size());
  }
  return fmt::format("\\{}", value);
}

class MispReader : public JsonVisitor {
 public:
  explicit MispReader(PackBuilder& builder) : builder_(builder) {}

  void object_starts(const JsonPath& path) override {
    if (is_event(path)) first_of_event_ = builder_.indicators().size();
  }

  void object_ends(const JsonPath& path, const JsonObject& object) override {
    if (is_event(path)) return event_ends(object);
    if (is_attribute(path)) read_attribute(object);
  }

 private:
  // Attributes and events stand nowhere else: those of `RelatedEvent` and `ShadowAttribute` are not
  // this event's.
  static bool is_event(const JsonPath& path) {
    return (path.size() == 1 && path[0] == "Event") ||
           (path.size() == 2 && path[0] == "response" && path[1] == "Event");
  }

  static bool is_attribute(const JsonPath& path) {
    if (path.empty() || path.back() != "Attribute") return false;
    JsonPath event(path.begin(), path.end() - 1);
    if (!event.empty() && event.back() == "Object") event.pop_back();
    return is_event(event) || (path.size() == 2 && path[0] == "response");
  }

  // What an event says may stand behind its attributes.
  void event_ends(const JsonObject& event) {
    const auto info = text_of(event, "info");
    const auto level = text_of(event, "threat_level_id");
    for (std::size_t i = first_of_event_; i < builder_.indicators().size(); ++i) {
      Indicator& indicator = builder_.indicators()[i];
      indicator.source = info.empty() ? "MISP" : fmt::format("MISP: {}", info);
      if (level == "1") indicator.severity = Severity::kHigh;
      if (level == "3") indicator.severity = Severity::kLow;
    }
    first_of_event_ = builder_.indicators().size();
  }

  void read_attribute(const JsonObject& attribute) {
    const JsonText* const value = attribute.find("value");
    const auto type = ascii_lower(text_of(attribute, "type"));
    if (value == nullptr || type.empty()) {
      return builder_.note_wrong(attribute.place, "an attribute without type or value");
    }
    if (is_true(attribute.find("deleted"))) {
      return builder_.note_doubtful(value->place, "an attribute that is deleted: left out");
    }
    if (is_false(attribute.find("to_ids"))) {
      return builder_.note_doubtful(
          value->place,
          fmt::format("{} \"{}\" is no indicator (to_ids is false): left out", type, value->text));
    }
    const auto known = std::find_if(kTypes.begin(), kTypes.end(),
                                    [&type](const AttributeType& t) { return t.name == type; });
    if (known == kTypes.end()) {
      return builder_.note_left_out(value->place, fmt::format("the MISP type \"{}\"", type));
    }
    add(*known, *value, text_of(attribute, "comment"));
  }

  void add(const AttributeType& type, const JsonText& value, const std::string& comment) {
    const bool composite =
        type.name.find('|') != std::string_view::npos || type.second.use != Part::Use::kIgnored;
    if (!composite) return add_part(type.first, value.text, value.place, comment);
    const auto bar = value.text.find('|');
    if (bar == std::string::npos) {
      return builder_.note_wrong(value.place,
                                 fmt::format("a {} without `|`: \"{}\"", type.name, value.text));
    }
    if (!type.ignored.empty()) {
      builder_.note_doubtful(value.place,
                             fmt::format("{}: {} is not looked at", type.name, type.ignored));
    }
    const std::string_view text = value.text;
    add_part(type.first, text.substr(0, bar), value.place, comment);
    add_part(type.second, text.substr(bar + 1), value.place, comment);
  }

  void add_part(const Part& part, std::string_view value, PackPlace place,
                const std::string& comment) {
    IndicatorDetails details;
    details.description = comment;
    const bool separator = value.find_first_of("\\/") != std::string_view::npos;
    switch (part.use) {
      case Part::Use::kIgnored:
        return;
      case Part::Use::kIndicator:
        return builder_.add(part.kind, value, place, std::move(details));
      case Part::Use::kFileName:
        return builder_.add(separator ? Kind::kPath : Kind::kFileName, value, place,
                            std::move(details));
      case Part::Use::kPipe:
        return builder_.add(Kind::kPath, pipe_path(trim(value)), place, std::move(details));
      case Part::Use::kUri:
        if (infer_kind(trim(value)) == Kind::kUrl) {
          return builder_.add(Kind::kUrl, value, place, std::move(details));
        }
        return builder_.note_left_out(place, "a uri without its host");
    }
  }

  PackBuilder& builder_;
  std::size_t first_of_event_ = 0;
};

}  // namespace

void read_misp_pack(std::string_view text, PackBuilder& builder) {
  MispReader reader(builder);
  visit_json(text, reader, builder);
  if (builder.is_blank()) builder.note_doubtful({}, "a MISP event without attributes");
}

}  // namespace evtxhound::indicators
