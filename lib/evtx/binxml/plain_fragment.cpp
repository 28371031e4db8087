#include "evtxhound/evtx/binxml/plain_fragment.hpp"

#include <array>
#include <string>

#include "evtxhound/evtx/binxml/limits.hpp"
#include "evtxhound/evtx/binxml/name.hpp"
#include "evtxhound/evtx/element_name.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {
namespace {

// Deep enough for what is written; anything deeper is in doubt.
constexpr std::size_t kMaxDepth = 16;

// One pass over the tokens, keeping for each open element whether it has text and whether it has
// elements: both is in doubt.
class Walk {
 public:
  Walk(Bytes chunk, std::size_t begin, std::size_t end)
      : chunk_(chunk), area_(chunk.first(end)), at_(begin) {}

  bool run() {
    if (at_ + 4 <= area_.size() && is(Token::kFragmentHeader)) at_ += 4;
    if (at_ >= area_.size()) return false;
    while (at_ < area_.size() && area_[at_] != 0) {
      if (!step()) return false;
    }
    return depth_ == 0 && elements_ != 0;
  }

 private:
  struct Open {
    bool has_text = false;
    bool has_elements = false;
  };

  [[nodiscard]] bool is(Token token) const {
    return (area_[at_] & ~kMore) == static_cast<std::uint8_t>(token);
  }

  bool step() {
    const bool more = (area_[at_] & kMore) != 0;
    if (is(Token::kOpenElement)) return open_element(more);
    if (depth_ == 0) return false;
    if (is(Token::kAttribute)) return in_tag_ && attribute();
    if (is(Token::kValue)) return value();
    ++at_;
    switch (static_cast<Token>(area_[at_ - 1])) {
      case Token::kCloseStart:
        return leave_tag();
      case Token::kCloseEmpty:
        --depth_;
        return leave_tag();
      case Token::kEndElement:
        --depth_;
        return !in_tag_;
      default:
        return false;
    }
  }

  bool leave_tag() {
    const bool was_in = in_tag_;
    in_tag_ = in_attribute_ = false;
    return was_in;
  }

  bool open_element(bool has_attributes) {
    if (in_tag_ || depth_ == kMaxDepth) return false;
    if (depth_ != 0) {
      if (open_[depth_ - 1].has_text) return false;
      open_[depth_ - 1].has_elements = true;
    }
    at_ += 5;  // the token and the element's size
    if (!name(depth_ == 0)) return false;
    if (has_attributes) at_ += 4;  // the size of their list
    open_[depth_++] = {};
    ++elements_;
    in_tag_ = true;
    in_attribute_ = false;
    return at_ <= area_.size();
  }

  bool attribute() {
    ++at_;
    in_attribute_ = true;
    attribute_has_text_ = false;
    return name(false);
  }

  bool value() {
    if (!holds(area_, at_, 4)) return false;
    if (static_cast<ValueType>(area_[at_ + 1]) != ValueType::kString) return false;
    const std::size_t size = 2 * std::size_t{load<std::uint16_t>(area_, at_ + 2)};
    at_ += 4;
    if (!holds(area_, at_, size)) return false;
    at_ += size;
    bool& has_text = in_attribute_ ? attribute_has_text_ : open_[depth_ - 1].has_text;
    const bool fits =
        in_tag_ == in_attribute_ && !has_text && (in_attribute_ || !open_[depth_ - 1].has_elements);
    has_text = true;
    return fits;
  }

  // At the top, a name such as System would make more of an element than a field.
  bool name(bool at_top) {
    if (!holds(area_, at_, 4)) return false;
    const std::size_t offset = load<std::uint32_t>(area_, at_);
    at_ += 4;
    const auto characters = name_at(chunk_, offset);
    if (!characters || characters->size() > 2 * kMaxNameSize) return false;
    if (at_top) {
      const std::string text = name_text(*characters);
      if (local_name(text) == "Event" || local_name(text) == "System") return false;
    }
    if (offset != at_) return true;
    at_ += name_entry_size(characters->size());
    return at_ <= area_.size();
  }

  Bytes chunk_;
  Bytes area_;  // the chunk up to the fragment's end
  std::size_t at_;
  std::array<Open, kMaxDepth> open_{};
  std::size_t depth_ = 0;
  std::size_t elements_ = 0;
  bool in_tag_ = false;  // between an element's name and the end of its start tag
  bool in_attribute_ = false;
  bool attribute_has_text_ = false;
};

}  // namespace

bool is_plain_fragment(Bytes chunk, std::size_t begin, std::size_t end) {
  return Walk(chunk, begin, end).run();
}

}  // namespace evtxhound::evtx
