// A million indicators in little memory: their texts in one block, each kept once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/packed.hpp"
#include "evtxhound/indicators/indicator.hpp"

namespace evtxhound::indicators {

// Filled by add() and then seal(); const and thread-safe from there on, and empty before.
class IndicatorStore {
 public:
  // Throws Failure (kUsage) where the texts of all indicators are 4 GiB or more.
  void add(const Indicator& indicator);
  // Ends the adding.
  void seal();

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  // REQUIRES: i < size()
  [[nodiscard]] Indicator at(std::size_t i) const;
  [[nodiscard]] Kind kind(std::size_t i) const { return static_cast<Kind>(rows_[i].kind); }

  // As bytes (base/packed.hpp), and back: false where they end too early. They are used where they
  // stand and must outlive the store.
  void pack(Buffer& out) const;
  bool unpack(Bytes& bytes);

 private:
  using TextNumber = std::uint32_t;  // where a text's size stands in texts_
  struct Row {
    std::uint8_t kind = 0;
    std::uint8_t severity = 0;
    TextNumber value = 0;
    TextNumber product = 0;
    TextNumber description = 0;
    TextNumber source = 0;
    TextNumber pack = 0;
  };

  TextNumber keep(std::string_view text);
  // For texts that many indicators share.
  TextNumber keep_once(std::string_view text);
  [[nodiscard]] std::string_view text(TextNumber number) const;

  // What add() fills, and seal() makes the rest of.
  struct Adding {
    std::vector<Row> rows;
    std::vector<char> texts;
    std::unordered_map<std::string, TextNumber> known;
  };
  Adding adding_;
  PackedArray<Row> rows_;
  PackedArray<char> texts_;
};

}  // namespace evtxhound::indicators
