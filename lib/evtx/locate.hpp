// Where in a record the text of a value stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/event.hpp"

namespace evtxhound::evtx {

// Finds the bytes that rendered texts stand on. For one record; cheap to make, and it looks at the
// record only when asked.
//
// The k-th data field of some value is taken to be the k-th substitution of that text, since a
// reader renders substitutions in the order of their fields; an item of a string array counts as
// one. A text that is no whole substitution (text of a template definition) is looked for in the
// record's bytes, then in the chunk's, where its template's text may stand.
class Locator {
 public:
  // `begin` and `end` bound the record's frame in the chunk. Chunk and event must outlive this.
  Locator(Bytes chunk, std::size_t begin, std::size_t end, const Event& event);

  // The offset, from the chunk's start, of the first byte of [from, to) of a data field's value;
  // `field` is an index into Event::data. Absent where these bytes do not stand there as text, as
  // with a binary value that is rendered in hex. REQUIRES: from and to are character borders
  [[nodiscard]] std::optional<std::uint64_t> locate(std::size_t field, std::size_t from,
                                                    std::size_t to) const;

  // The same of a data field, or of the System field Computer where there is none.
  [[nodiscard]] std::optional<std::uint64_t> locate(std::optional<std::size_t> field,
                                                    std::size_t from, std::size_t to) const {
    return field ? locate(*field, from, to) : locate(event_->computer, from, to);
  }

  // The same for a text outside the data fields.
  [[nodiscard]] std::optional<std::uint64_t> locate(std::string_view text, std::size_t from,
                                                    std::size_t to) const;

 private:
  struct TextValue {
    std::size_t offset = 0;  // from the chunk's start
    bool wide = true;        // UTF-16LE, else one byte a character
    std::string text;        // UTF-8
  };

  void add_items(std::size_t offset, Bytes array);
  [[nodiscard]] std::optional<std::uint64_t> in_values(std::string_view text, std::size_t rank,
                                                       std::size_t from) const;
  [[nodiscard]] std::optional<std::uint64_t> in_bytes(std::string_view text) const;

  Bytes chunk_;
  std::size_t begin_;
  std::size_t end_;
  const Event* event_;
  std::vector<TextValue> values_;
};

}  // namespace evtxhound::evtx
