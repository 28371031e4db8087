#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/infer_kind.hpp"
#include "evtxhound/indicators/json_objects.hpp"
#include "evtxhound/indicators/like_pattern.hpp"
#include "evtxhound/indicators/pack_formats.hpp"
#include "evtxhound/indicators/stix_pattern.hpp"

namespace evtxhound::indicators {
namespace {

// The properties that events have something of, and what it is compared as.
struct Property {
  std::string_view name;
  Kind kind;
  bool any_host = false;  // an address or a domain, by its form
};

constexpr std::array kProperties{
    Property{"domain-name:value", Kind::kDomain},
    Property{"ipv4-addr:value", Kind::kIp},
    Property{"ipv6-addr:value", Kind::kIp},
    Property{"network-traffic:src_ref.value", Kind::kIp, true},
    Property{"network-traffic:dst_ref.value", Kind::kIp, true},
    Property{"url:value", Kind::kUrl},
    Property{"email-addr:value", Kind::kEmail},
    Property{"email-message:from_ref.value", Kind::kEmail},
    Property{"email-message:sender_ref.value", Kind::kEmail},
    Property{"email-message:to_refs[*].value", Kind::kEmail},
    Property{"email-message:cc_refs[*].value", Kind::kEmail},
    Property{"email-message:bcc_refs[*].value", Kind::kEmail},
    Property{"file:name", Kind::kFileName},
    Property{"process:name", Kind::kFileName},
    Property{"process:image_ref.name", Kind::kFileName},
    Property{"process:binary_ref.name", Kind::kFileName},
    Property{"file:parent_directory_ref.path", Kind::kPath},
    Property{"directory:path", Kind::kPath},
    Property{"windows-registry-key:key", Kind::kRegistryKey},
    Property{"process:command_line", Kind::kText},
    Property{"user-account:user_id", Kind::kSid},
    Property{"file:extensions.windows-pebinary-ext.imphash", Kind::kImphash},
};

// `file:hashes.'SHA-256'`, `process:image_ref.hashes.MD5` …
std::optional<Kind> hash_kind(std::string_view property) {
  for (const std::string_view front :
       {"file:hashes.", "process:image_ref.hashes.", "process:binary_ref.hashes."}) {
    if (!property.starts_with(front)) continue;
    const auto name = ascii_lower(property.substr(front.size()));
    if (name == "md5") return Kind::kMd5;
    if (name == "sha-1" || name == "sha1") return Kind::kSha1;
    if (name == "sha-256" || name == "sha256") return Kind::kSha256;
    if (name == "imphash") return Kind::kImphash;
  }
  return std::nullopt;
}

std::optional<Property> property_of(std::string_view name) {
  if (const auto hash = hash_kind(name)) return Property{name, *hash};
  const auto found = std::find_if(kProperties.begin(), kProperties.end(),
                                  [name](const Property& known) { return known.name == name; });
  if (found == kProperties.end()) return std::nullopt;
  return *found;
}

class StixReader : public JsonVisitor {
 public:
  explicit StixReader(PackBuilder& builder) : builder_(builder) {}

  void object_starts(const JsonPath& /*path*/) override {}

  void object_ends(const JsonPath& path, const JsonObject& object) override {
    const bool at_top = path.empty() || (path.size() == 1 && path[0] == "objects");
    const JsonText* const type = object.find("type");
    if (at_top && type != nullptr && type->text == "indicator") read_indicator(object);
  }

 private:
  void read_indicator(const JsonObject& object) {
    const JsonText* const pattern = object.find("pattern");
    if (pattern == nullptr)
      return builder_.note_wrong(object.place, "an indicator without pattern");
    place_ = pattern->place;
    if (const JsonText* const revoked = object.find("revoked");
        revoked != nullptr && revoked->text == "true") {
      return builder_.note_doubtful(place_, "an indicator that is revoked: left out");
    }
    // STIX 2.0 has no other patterns and does not name their type.
    const JsonText* const type = object.find("pattern_type");
    if (type != nullptr && type->text != "stix") {
      return builder_.note_left_out(place_, fmt::format("a pattern of type \"{}\"", type->text));
    }
    details_ = details_of(object);
    const StixPattern parsed = parse_stix_pattern(pattern->text);
    if (!parsed.wrong.empty()) {
      return builder_.note_wrong(place_, fmt::format("no STIX pattern: {}", parsed.wrong));
    }
    for (const StixAlternative& alternative : parsed.alternatives) {
      if (alternative.unsupported.empty()) {
        add(alternative.test);
      } else {
        builder_.note_left_out(place_, alternative.unsupported);
      }
    }
  }

  static IndicatorDetails details_of(const JsonObject& object) {
    IndicatorDetails details;
    const JsonText* text = object.find("name");
    if (text == nullptr) text = object.find("description");
    if (text != nullptr) details.description = trim(text->text);
    if (const JsonText* const id = object.find("id")) details.source = id->text;
    return details;
  }

  void add(const StixTest& test) {
    const auto property = property_of(test.property);
    if (!property) return builder_.note_left_out(place_, test.property);
    if (!test.are_texts) {
      return builder_.note_left_out(place_, test.property + " compared with what is no string");
    }
    for (const std::string& value : test.values) {
      if (test.op == "=" || test.op == "IN") {
        add_equal(*property, value);
      } else {
        add_other(*property, test.op, value);
      }
    }
  }

  void add_equal(const Property& property, const std::string& value) {
    Kind kind = property.kind;
    const bool separator = value.find_first_of("\\/") != std::string::npos;
    if (kind == Kind::kFileName && separator) kind = Kind::kPath;
    if (property.any_host) {
      const auto inferred = infer_kind(value);
      if (inferred != Kind::kIp && inferred != Kind::kDomain) {
        return builder_.note_left_out(place_, fmt::format("{} \"{}\"", property.name, value));
      }
      kind = *inferred;
    }
    if (kind == Kind::kSid && !ascii_iequals(value.substr(0, 4), "S-1-")) {
      return builder_.note_left_out(place_, fmt::format("{} that is no SID", property.name));
    }
    builder_.add(kind, value, place_, details_);
  }

  void add_other(const Property& property, const std::string& op, const std::string& value) {
    if (op == "ISSUBSET" && property.kind == Kind::kIp) {
      return builder_.add(Kind::kIp, value, place_, details_);
    }
    const bool whole = property.kind == Kind::kText;  // a field of events has all of it
    std::optional<LikeIndicator> found;
    if (op == "LIKE") found = from_like(property.kind, value);
    if (op == "MATCHES") found = from_regex(value, whole);
    if (!found) {
      return builder_.note_left_out(place_, fmt::format("{} {} \"{}\"", property.name, op, value));
    }
    if (!found->doubt.empty()) builder_.note_doubtful(place_, found->doubt);
    builder_.add(found->kind, found->value, place_, details_);
  }

  PackBuilder& builder_;
  PackPlace place_;
  IndicatorDetails details_;
};

}  // namespace

void read_stix_pack(std::string_view text, PackBuilder& builder) {
  StixReader reader(builder);
  visit_json(text, reader, builder);
  if (builder.is_blank()) builder.note_doubtful({}, "no indicator among the STIX objects");
}

}  // namespace evtxhound::indicators
