#include "evtxhound/rules/yaml.hpp"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <map>
#include <new>
#include <optional>
#include <utility>

#include "evtxhound/rules/limits.hpp"

namespace evtxhound::rules {
namespace {

class Event {
 public:
  Event() = default;
  ~Event() { yaml_event_delete(&event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  yaml_event_t* get() { return &event_; }
  const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_{};
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    // Else UTF-16 would be read as well, by its byte order mark.
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~Parser() { yaml_parser_delete(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  void next(Event& event) {
    if (yaml_parser_parse(&parser_, event.get()) == 0) fail();
  }

 private:
  [[noreturn]] void fail() const {
    if (parser_.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    const std::string problem = parser_.problem != nullptr ? parser_.problem : "unknown fault";
    if (parser_.error == YAML_READER_ERROR) {
      // Only the reader does not know its line.
      const auto before = text_.substr(0, std::min(parser_.problem_offset, text_.size()));
      const auto lines = std::count(before.begin(), before.end(), '\n');
      throw RuleFault({static_cast<std::uint32_t>(lines + 1), 1},
                      fmt::format("no valid YAML: {}", problem));
    }
    const yaml_mark_t& mark = parser_.problem_mark;
    throw RuleFault(
        {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)},
        fmt::format("no valid YAML: {}", problem));
  }

  yaml_parser_t parser_{};
  std::string_view text_;
};

std::string_view view(const yaml_char_t* text, std::size_t size) {
  return {reinterpret_cast<const char*>(text), size};
}

std::string_view view(const yaml_char_t* text) {
  return text != nullptr ? std::string_view(reinterpret_cast<const char*>(text))
                         : std::string_view();
}

Place place_of(const Event& event) {
  return {static_cast<std::uint32_t>(event->start_mark.line + 1),
          static_cast<std::uint32_t>(event->start_mark.column + 1)};
}

bool means_null(std::string_view plain) {
  return plain.empty() || plain == "~" || plain == "null" || plain == "Null" || plain == "NULL";
}

// How many lists and maps are within each other.
std::size_t depth_of(const YamlNode& node) {
  std::size_t depth = 0;
  for (const YamlNode& item : node.items) depth = std::max(depth, depth_of(item));
  for (const YamlEntry& entry : node.entries) depth = std::max(depth, depth_of(entry.value));
  const bool nests = node.kind == YamlNode::Kind::kList || node.kind == YamlNode::Kind::kMap;
  return depth + (nests ? 1 : 0);
}

class Builder {
 public:
  // Returns false at the end of the stream.
  bool take(const Event& event) {
    switch (event->type) {
      case YAML_STREAM_END_EVENT:
        return false;
      case YAML_DOCUMENT_START_EVENT:
        anchors_.clear();
        break;
      case YAML_SCALAR_EVENT:
        scalar(event);
        break;
      case YAML_SEQUENCE_START_EVENT:
        open(YamlNode::Kind::kList, event, event->data.sequence_start.anchor,
             event->data.sequence_start.tag);
        break;
      case YAML_MAPPING_START_EVENT:
        open(YamlNode::Kind::kMap, event, event->data.mapping_start.anchor,
             event->data.mapping_start.tag);
        break;
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        close();
        break;
      case YAML_ALIAS_EVENT:
        alias(event);
        break;
      default:
        break;
    }
    return true;
  }

  std::vector<YamlNode> documents() { return std::move(documents_); }

 private:
  struct Frame {
    YamlNode node;
    std::string anchor;
    std::optional<std::pair<std::string, Place>> key;         // of a map: whose value comes next
    std::map<std::string, std::uint32_t, std::less<>> lines;  // of a map: where its keys are
  };

  static void check_tag(const Event& event, const yaml_char_t* tag) {
    if (tag == nullptr || view(tag) == "tag:yaml.org,2002:str" || view(tag) == "!") return;
    throw RuleFault(place_of(event), fmt::format("the YAML tag {} is not supported", view(tag)));
  }

  void charge(Place place, std::size_t nodes, std::size_t bytes) {
    nodes_ += nodes;
    bytes_ += bytes;
    if (nodes_ > kMaxYamlNodes) {
      throw RuleFault(place,
                      fmt::format("more than {} YAML nodes, aliases written out", kMaxYamlNodes));
    }
    if (bytes_ > kMaxYamlBytes) {
      throw RuleFault(
          place, fmt::format("more than {} bytes of text, aliases written out", kMaxYamlBytes));
    }
  }

  void charge_copy(Place place, const YamlNode& node) {
    charge(place, 1, node.text.size());
    for (const YamlNode& item : node.items) charge_copy(place, item);
    for (const YamlEntry& entry : node.entries) {
      charge(place, 1, entry.key.size());
      charge_copy(place, entry.value);
    }
  }

  [[nodiscard]] bool wants_key() const {
    return !stack_.empty() && stack_.back().node.kind == YamlNode::Kind::kMap && !stack_.back().key;
  }

  void scalar(const Event& event) {
    const auto& data = event->data.scalar;
    const std::string_view text = view(data.value, data.length);
    check_tag(event, data.tag);
    charge(place_of(event), 1, text.size());
    if (wants_key()) {
      key(text, place_of(event), data.style == YAML_PLAIN_SCALAR_STYLE);
      return;
    }
    YamlNode node;
    node.place = place_of(event);
    node.plain = data.style == YAML_PLAIN_SCALAR_STYLE && data.tag == nullptr;
    if (!node.plain || !means_null(text)) {
      node.kind = YamlNode::Kind::kText;
      node.text = text;
    }
    add(std::move(node), view(data.anchor));
  }

  void key(std::string_view text, Place place, bool plain) {
    if (plain && text == "<<") throw RuleFault(place, "YAML merge keys (<<) are not supported");
    const auto [known, is_new] = stack_.back().lines.emplace(text, place.line);
    if (!is_new) {
      throw RuleFault(place, fmt::format("the key \"{}\" is there twice, first in line {}", text,
                                         known->second));
    }
    stack_.back().key.emplace(text, place);
  }

  void open(YamlNode::Kind kind, const Event& event, const yaml_char_t* anchor,
            const yaml_char_t* tag) {
    const Place place = place_of(event);
    if (tag != nullptr) {
      throw RuleFault(place, fmt::format("the YAML tag {} is not supported", view(tag)));
    }
    if (wants_key()) throw RuleFault(place, "the key of a map must be a text");
    if (stack_.size() >= kMaxYamlDepth) {
      throw RuleFault(place, fmt::format("lists and maps nested deeper than {}", kMaxYamlDepth));
    }
    charge(place, 1, 0);
    Frame& frame = stack_.emplace_back();
    frame.node.kind = kind;
    frame.node.place = place;
    frame.anchor = view(anchor);
  }

  void close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    add(std::move(frame.node), frame.anchor);
  }

  void alias(const Event& event) {
    const Place place = place_of(event);
    const auto found = anchors_.find(view(event->data.alias.anchor));
    if (found == anchors_.end()) {
      throw RuleFault(place, fmt::format("no YAML anchor {} before this alias",
                                         view(event->data.alias.anchor)));
    }
    if (wants_key()) throw RuleFault(place, "the key of a map must be a text, not an alias");
    charge_copy(place, found->second);
    if (stack_.size() + depth_of(found->second) > kMaxYamlDepth) {
      throw RuleFault(place, fmt::format("lists and maps nested deeper than {}", kMaxYamlDepth));
    }
    add(YamlNode(found->second), {});
  }

  void add(YamlNode node, std::string_view anchor) {
    if (!anchor.empty()) {
      charge_copy(node.place, node);
      anchors_.insert_or_assign(std::string(anchor), node);
    }
    if (stack_.empty()) {
      documents_.push_back(std::move(node));
    } else if (Frame& frame = stack_.back(); frame.node.kind == YamlNode::Kind::kList) {
      frame.node.items.push_back(std::move(node));
    } else {
      frame.node.entries.push_back(
          {std::move(frame.key->first), frame.key->second, std::move(node)});
      frame.key.reset();
    }
  }

  std::vector<YamlNode> documents_;
  std::vector<Frame> stack_;
  std::map<std::string, YamlNode, std::less<>> anchors_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

std::vector<YamlNode> parse_yaml(std::string_view text) {
  Parser parser(text);
  Builder builder;
  while (true) {
    Event event;
    parser.next(event);
    if (!builder.take(event)) return builder.documents();
  }
}

}  // namespace evtxhound::rules
