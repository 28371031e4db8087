#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <pugixml.hpp>
#include <vector>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/infer_kind.hpp"
#include "evtxhound/indicators/like_pattern.hpp"
#include "evtxhound/indicators/pack_formats.hpp"

namespace evtxhound::indicators {
namespace {

constexpr int kDeepest = 64;  // Indicator in Indicator

// What an IndicatorItem's Context looks at, and what it is compared as.
struct Search {
  std::string_view name;  // in lower case
  Kind kind;
  bool any_host = false;  // an address or a domain, by its form
};

constexpr std::array kSearches{
    Search{"fileitem/md5sum", Kind::kMd5},
    Search{"fileitem/sha1sum", Kind::kSha1},
    Search{"fileitem/sha256sum", Kind::kSha256},
    Search{"fileitem/filename", Kind::kFileName},
    Search{"fileitem/fullpath", Kind::kPath},
    Search{"fileitem/filepath", Kind::kPath},
    Search{"processitem/name", Kind::kFileName},
    Search{"processitem/path", Kind::kPath},
    Search{"processitem/arguments", Kind::kText},
    Search{"processitem/remoteip", Kind::kIp},
    Search{"processitem/portlist/portitem/remoteip", Kind::kIp},
    Search{"serviceitem/path", Kind::kPath},
    Search{"serviceitem/pathmd5sum", Kind::kMd5},
    Search{"serviceitem/servicedll", Kind::kPath},
    Search{"serviceitem/servicedllmd5sum", Kind::kMd5},
    Search{"driveritem/drivername", Kind::kFileName},
    Search{"driveritem/md5sum", Kind::kMd5},
    Search{"taskitem/execprogrampath", Kind::kPath},
    Search{"taskitem/md5sum", Kind::kMd5},
    Search{"dnsentryitem/host", Kind::kDomain},
    Search{"dnsentryitem/recordname", Kind::kDomain},
    Search{"dnsentryitem/recorddata/host", Kind::kDomain},
    Search{"dnsentryitem/recorddata/ipv4address", Kind::kIp},
    Search{"network/dns", Kind::kDomain},
    Search{"portitem/remoteip", Kind::kIp},
    Search{"portitem/localip", Kind::kIp},
    Search{"arpentryitem/ipv4address", Kind::kIp},
    Search{"routeentryitem/destination", Kind::kIp, true},
    Search{"registryitem/path", Kind::kRegistryKey},
    Search{"registryitem/keypath", Kind::kRegistryKey},
    Search{"urlhistoryitem/url", Kind::kUrl},
    Search{"filedownloadhistoryitem/sourceurl", Kind::kUrl},
    Search{"email/from", Kind::kEmail},
    Search{"email/to", Kind::kEmail},
    Search{"useritem/securityid", Kind::kSid},
    Search{"eventlogitem/message", Kind::kText},
};

// Places of a text by their offsets.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text) {
    for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
      starts_.push_back(at + 1);
    }
  }
  [[nodiscard]] PackPlace place(std::ptrdiff_t offset) const {
    const auto at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0));
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), at);
    return {static_cast<std::size_t>(next - starts_.begin()), at - *(next - 1) + 1};
  }

 private:
  std::vector<std::size_t> starts_{0};
};

// The element's name without its namespace's prefix.
std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  return name.substr(name.find(':') + 1);  // npos + 1 is 0
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  for (const auto& each : node.children()) {
    if (local_name(each) == name) return each;
  }
  return {};
}

class OpenIocReader {
 public:
  OpenIocReader(std::string_view text, PackBuilder& builder)
      : text_(text), lines_(text), builder_(builder) {}

  void read() {
    if (valid_utf8(text_) != text_) return builder_.note_wrong({}, "not UTF-8");
    pugi::xml_document document;
    const auto parsed =
        document.load_buffer(text_.data(), text_.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!parsed) {
      return builder_.note_wrong(lines_.place(parsed.offset),
                                 fmt::format("no valid XML: {}", parsed.description()));
    }
    const auto root = document.document_element();
    const auto metadata = child(root, "metadata");
    description_ = child(metadata ? metadata : root, "short_description").child_value();
    source_ = root.attribute("id").value();
    // OpenIOC 1.0 calls the same tree `definition`.
    auto criteria = child(root, "criteria");
    if (!criteria) criteria = child(root, "definition");
    if (!criteria) return builder_.note_wrong(place_of(root), "OpenIOC without criteria");
    for (const auto& node : criteria.children()) read_node(node, 0);
    if (builder_.is_blank()) builder_.note_doubtful(place_of(criteria), "no indicator in it");
  }

 private:
  [[nodiscard]] PackPlace place_of(const pugi::xml_node& node) const {
    return lines_.place(node.offset_debug());
  }

  void read_node(const pugi::xml_node& node, int depth) {
    if (local_name(node) == "IndicatorItem") return read_item(node);
    if (local_name(node) != "Indicator") return;
    if (depth >= kDeepest) {
      return builder_.note_wrong(place_of(node),
                                 fmt::format("Indicator nested deeper than {} levels", kDeepest));
    }
    const auto op = ascii_lower(node.attribute("operator").value());
    std::size_t parts = 0;
    for (const auto& part : node.children()) {
      parts += local_name(part) == "Indicator" || local_name(part) == "IndicatorItem" ? 1 : 0;
    }
    if (op == "and" && parts > 1) {
      return builder_.note_left_out(place_of(node), fmt::format("AND of {} items", parts));
    }
    if (op != "and" && op != "or") {
      return builder_.note_wrong(place_of(node),
                                 fmt::format("the operator \"{}\", neither OR nor AND", op));
    }
    for (const auto& part : node.children()) read_node(part, depth + 1);
  }

  void read_item(const pugi::xml_node& item) {
    const auto content = child(item, "Content");
    const std::string_view search = child(item, "Context").attribute("search").value();
    const auto condition = ascii_lower(item.attribute("condition").value());
    const auto value = trim(content.child_value());
    place_ = place_of(content ? content.first_child() ? content.first_child() : content : item);
    if (search.empty() || condition.empty() || value.empty()) {
      return builder_.note_wrong(place_,
                                 "an IndicatorItem without condition, Context search or Content");
    }
    if (item.attribute("negate").as_bool() || condition == "isnot" || condition == "containsnot") {
      return builder_.note_left_out(place_, fmt::format("negation of {}", search));
    }
    const auto lower = ascii_lower(search);
    const auto known = std::find_if(kSearches.begin(), kSearches.end(),
                                    [&lower](const Search& each) { return each.name == lower; });
    if (known == kSearches.end()) return builder_.note_left_out(place_, search);
    if (const auto found =
            indicator_of(*known, condition, value, item.attribute("preserve-case").as_bool())) {
      if (!found->doubt.empty()) builder_.note_doubtful(place_, found->doubt);
      IndicatorDetails details;
      details.description = description_;
      details.source = source_;
      return builder_.add(found->kind, found->value, place_, std::move(details));
    }
    builder_.note_left_out(place_, fmt::format("{} {} \"{}\"", search, condition, value));
  }

  static std::optional<LikeIndicator> indicator_of(const Search& search,
                                                   const std::string& condition,
                                                   std::string_view value, bool preserve_case) {
    if (condition == "is") return equal_to(search, value);
    if (condition == "matches") {
      auto found = from_regex(value, search.kind == Kind::kText);
      if (found && !preserve_case) found->value.insert(0, "(?i)");
      return found;
    }
    switch (search.kind) {
      case Kind::kMd5:
      case Kind::kSha1:
      case Kind::kSha256:
      case Kind::kIp:
      case Kind::kSid:
        return std::nullopt;  // they have no parts that mean something
      default:
        break;
    }
    if (condition == "contains") return LikeIndicator{Kind::kText, std::string(value), {}};
    if (condition == "starts-with" || condition == "ends-with") {
      return at_an_end(search.kind, condition == "starts-with", value);
    }
    return std::nullopt;
  }

  static std::optional<LikeIndicator> equal_to(const Search& search, std::string_view value) {
    Kind kind = search.kind;
    const bool separator = value.find_first_of("\\/") != std::string_view::npos;
    if (kind == Kind::kFileName && separator) kind = Kind::kPath;
    if (kind == Kind::kPath && !separator) kind = Kind::kFileName;
    if (search.any_host) {
      const auto inferred = infer_kind(value);
      if (inferred != Kind::kIp && inferred != Kind::kDomain) return std::nullopt;
      kind = *inferred;
    }
    return LikeIndicator{kind, std::string(value), {}};
  }

  static std::optional<LikeIndicator> at_an_end(Kind kind, bool start, std::string_view value) {
    if (kind == Kind::kText) {
      return LikeIndicator{
          Kind::kRegex, start ? "(?is)^" + escaped(value) : "(?is)" + escaped(value) + "$", {}};
    }
    if (value.find_first_of("*?") != std::string_view::npos) return std::nullopt;
    if (kind == Kind::kFileName && value.find_first_of("\\/") == std::string_view::npos) {
      return LikeIndicator{kind, start ? fmt::format("{}*", value) : fmt::format("*{}", value), {}};
    }
    const bool folder = value.ends_with('\\') || value.ends_with('/');
    if (kind == Kind::kPath && start) {
      return LikeIndicator{kind, folder ? std::string(value) : fmt::format("{}*", value), {}};
    }
    if (kind == Kind::kDomain && !start && value.starts_with('.')) {
      return LikeIndicator{kind, std::string(value.substr(1)),
                           "subdomains only: read as the domain and its subdomains"};
    }
    if (kind == Kind::kUrl && start && folder) return LikeIndicator{kind, std::string(value), {}};
    return std::nullopt;
  }

  std::string_view text_;
  LineIndex lines_;
  PackBuilder& builder_;
  PackPlace place_;
  std::string description_;
  std::string source_;
};

}  // namespace

void read_openioc_pack(std::string_view text, PackBuilder& builder) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  OpenIocReader(text, builder).read();
}

}  // namespace evtxhound::indicators
