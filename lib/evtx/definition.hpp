// A template definition, taken out of its chunk so that all chunks with the same one share it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/binxml/instance.hpp"
#include "evtxhound/evtx/binxml/parser.hpp"
#include "evtxhound/evtx/binxml/tree.hpp"
#include "evtxhound/evtx/program/event_program.hpp"
#include "evtxhound/evtx/program/field_table.hpp"
#include "evtxhound/evtx/program/json_program.hpp"
#include "evtxhound/evtx/program/outline.hpp"
#include "evtxhound/evtx/program/xml_program.hpp"

namespace evtxhound::evtx {

// Owns the definition's tree with all its text, and what is compiled from it, made when it is first
// asked for. Immutable for its users; thread-safe.
class Definition {
 public:
  // Reads the definition at `offset`. Fails where it leaves the chunk or is no BinXML, and, with
  // `check_names`, where a name that it refers to is not one by its stored hash.
  static Outcome read(Bytes chunk, std::size_t offset, NodeBudget& budget,
                      std::shared_ptr<const Definition>& definition, bool check_names = false);

  // Whether the definition at `frame` of a chunk says the same as this: the same GUID and size, and
  // byte for byte the same but for where its names stand, which must be the same names.
  [[nodiscard]] bool same_as(Bytes chunk, const DefinitionFrame& frame) const;

  // Some order among definitions, by nothing but their content.
  [[nodiscard]] bool before(const Definition& other) const { return bytes_ < other.bytes_; }

  // False where its content depends on more of its chunk than names, as with a template within it.
  [[nodiscard]] bool can_be_shared() const { return !nests_; }

  [[nodiscard]] const Tree& tree() const { return tree_; }
  [[nodiscard]] Bytes guid() const { return Bytes(bytes_).first(kGuidSize); }
  [[nodiscard]] std::size_t body_size() const {
    return bytes_.size() - (kDefinitionHeaderSize - 4);
  }

  // What reading it took from the budget.
  [[nodiscard]] std::size_t cost() const { return cost_; }

  // The programs; null where the template is of a shape that has none.
  [[nodiscard]] const XmlProgram* xml() const;
  [[nodiscard]] const JsonProgram* json() const;
  [[nodiscard]] const EventProgram* event() const;
  // Where the fields are that the template names.
  [[nodiscard]] const FieldTable& fields() const;
  // What it says of all its records.
  [[nodiscard]] const Outline& outline() const {
    const Outline* const made = made_outline_.load(std::memory_order_acquire);
    return made != nullptr ? *made : make_outline();
  }

  // About the memory it holds, in bytes, what is compiled included.
  [[nodiscard]] std::size_t memory() const;

 private:
  // A name's offset in bytes_, with the characters of the name where it stands elsewhere.
  struct Name {
    std::size_t at = 0;
    bool is_inline = false;
    Buffer characters;
  };

  const Outline& make_outline() const;

  Tree tree_;
  Buffer bytes_;  // from the GUID to the body's end
  std::vector<Name> names_;
  bool nests_ = false;
  std::size_t cost_ = 0;

  mutable std::once_flag xml_once_;
  mutable std::once_flag json_once_;
  mutable std::once_flag event_once_;
  mutable std::once_flag fields_once_;
  mutable std::optional<XmlProgram> xml_;
  mutable std::optional<JsonProgram> json_;
  mutable std::optional<EventProgram> event_;
  mutable FieldTable fields_;
  mutable std::once_flag outline_once_;
  mutable Outline outline_;
  mutable std::atomic<const Outline*> made_outline_ = nullptr;  // asked for once a record
};

}  // namespace evtxhound::evtx
