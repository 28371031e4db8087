// What a look at raw bytes does not see of some indicators, and what is to be done about it.
//
// The look finds text. A value is text where it is rendered; on disk it can be a number, a time, 16
// bytes of a GUID. So of each indicator it is asked which types of values can render as something
// that contains it: by the characters that a type's text is made of, and by how long that is.
//
//   - A hash, a GUID or a SID equals a binary value, a GUID or a SID exactly or not at all: such
//     values are looked up by their bytes.
//   - Anything else that fits (`1234` is in the number 51234) makes records with a value of such a
//     type be read.
//   - An indicator that nothing can be said of, such as a regular expression without a fixed text,
//     makes every record be read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/survey.hpp"
#include "evtxhound/evtx/value.hpp"
#include "evtxhound/indicators/needle.hpp"

namespace evtxhound::indicators {

// Made once, by add() and then seal(); const and thread-safe from there on.
class BlindSpots {
 public:
  // Takes an indicator in, and says what is to be read for it that has no match in its raw bytes.
  enum class Cost { kNothing, kSomeTypes, kEverything };
  Cost add(const Needle& needle, const std::vector<Anchor>& anchors);
  void seal();

  // Whether every record has to be read.
  [[nodiscard]] bool everywhere() const { return everywhere_; }
  // Records with a value of one of these types have to be read.
  [[nodiscard]] const evtx::TypeSet& rendered() const { return rendered_; }
  // Values of these types have to be looked up.
  [[nodiscard]] const evtx::TypeSet& exact() const { return exact_; }
  // Whether a value of one of these types can be an indicator.
  [[nodiscard]] bool may_be(const evtx::Value& value) const;

  // As bytes (base/packed.hpp), and back: false where they end too early.
  void pack(Buffer& out) const;
  bool unpack(Bytes& bytes);

 private:
  Cost add_text(std::string_view text, bool is_hash);
  void add_exact(evtx::ValueType type, Bytes bytes);

  bool everywhere_ = false;
  evtx::TypeSet rendered_;
  evtx::TypeSet exact_;
  std::vector<std::uint64_t> keys_;  // of values to be looked up, sorted
};

}  // namespace evtxhound::indicators
