// A text with wildcards against a value.
//
// The pattern falls apart at its `*` into segments, each of which stands for a fixed number of
// characters. The segments are looked for one behind the other, each as far in front as it can be:
// where that fails, no other choice would do. So a value is read once for each segment, however
// many wildcards there are, and not once for each way to place them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// Immutable: any number of threads may share one.
class TextPattern {
 public:
  // `cased`: letters must be of the same case; else they compare by match::fold(). `anywhere`: the
  // pattern may stand within the value, as if there were `*` around it.
  TextPattern(const std::vector<Piece>& pieces, bool cased, bool anywhere);

  // REQUIRES: value is valid UTF-8
  [[nodiscard]] bool matches(std::string_view value) const;

  // Whether no value of ASCII alone can match.
  [[nodiscard]] bool needs_non_ascii() const { return needs_non_ascii_; }

 private:
  struct Unit {
    enum class Kind { kBytes, kAscii, kFolded, kOne };
    Kind kind = Kind::kOne;
    std::string bytes;      // kBytes as they are, kAscii in lower case
    std::u32string folded;  // kFolded
  };
  using Segment = std::vector<Unit>;

  static Unit unit_of(const std::string& text, bool cased);
  static bool match_unit(const Unit& unit, std::string_view value, std::size_t& at);
  static std::size_t match_at(const Segment& segment, std::string_view value, std::size_t at);
  static std::size_t find(const Segment& segment, std::string_view value, std::size_t from);
  static bool ends_with(const Segment& segment, std::string_view value, std::size_t from);

  std::vector<Segment> segments_;  // none of them empty
  bool open_front_ = false;
  bool open_back_ = false;
  bool needs_non_ascii_ = false;
};

// Whether the texts are the same, letters of either case taken for equal unless `cased`.
// REQUIRES: both are valid UTF-8
bool same_text(std::string_view a, std::string_view b, bool cased);

}  // namespace evtxhound::rules
