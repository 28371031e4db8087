// Where in an export the text of an event's value stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/text_encoding.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evtx/event.hpp"

namespace evtxhound::exports {

// Finds the bytes that values stand on, escapes and all. For one event; it does its work when it is
// made. Of several fields with the same value, the k-th is taken to stand where the text of it
// stands for the k-th time as a whole value.
class TextPlaces {
 public:
  // `bytes` are the event's. The event must outlive this.
  TextPlaces(Bytes bytes, TextEncoding encoding, evidence::Kind kind, const evtx::Event& event);

  // The offset, from the first of the event's bytes, of [from, to) of a value: of the data field of
  // this index, or of the System field Computer. Absent where it is put together of several pieces.
  [[nodiscard]] std::optional<std::uint64_t> find(std::optional<std::size_t> field,
                                                  std::size_t from, std::size_t to) const;

 private:
  void add(char32_t c, std::size_t unit);

  const evtx::Event* event_;
  std::size_t unit_size_;
  std::string text_;                  // without escapes
  std::vector<std::uint32_t> units_;  // of each byte of text_: the code unit that it comes from
};

}  // namespace evtxhound::exports
