// Where a template keeps its fields: name -> slot, or the fixed value that the template gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/evtx/binxml/tree.hpp"

namespace evtxhound::evtx {

// A field's value is a slot's, or fixed, or put together from several.
struct FieldPlace {
  std::optional<std::uint16_t> slot;
  Value fixed;           // without a slot; null for an element without content
  bool several = false;  // then neither
};

// Made from a definition's tree, or from a resolved one, where all values are fixed. Keeps views of
// the tree's names and values, thus lives no longer than the tree. Immutable, thread-safe.
//
// Of fields with one name, the first is kept.
class FieldTable {
 public:
  FieldTable() = default;
  explicit FieldTable(const Tree& tree);

  // A field of the System element: `EventID`, `Computer`, and attributes as `Provider.Name` or
  // `TimeCreated.SystemTime`. Null where the template has none.
  [[nodiscard]] const FieldPlace* find_system(std::string_view name) const {
    return find(system_, name);
  }
  // A data field: everything beside System, by the names that event.hpp describes.
  [[nodiscard]] const FieldPlace* find_data(std::string_view name) const {
    return find(data_, name);
  }
  // Slots whose value can be a template instance with more fields: each once, in their order.
  [[nodiscard]] const std::vector<std::uint16_t>& nested() const { return nested_; }

 private:
  // A template has so few fields that looking at each is faster than a hash, and made faster.
  struct Field {
    std::string name;
    FieldPlace place;
  };
  using Places = std::vector<Field>;

  static const FieldPlace* find(const Places& places, std::string_view name) {
    for (const Field& field : places) {
      if (field.name == name) return &field.place;
    }
    return nullptr;
  }
  void add_nested(std::uint16_t slot);
  void add_element(const Tree& tree, const Node& element, Places& places);
  void add_inner(const Tree& tree, const Node& element, Places& places);
  void add_place(const Tree& tree, std::string name, const Node& holder, Places& places);

  Places system_;
  Places data_;
  std::vector<std::uint16_t> nested_;
};

}  // namespace evtxhound::evtx
