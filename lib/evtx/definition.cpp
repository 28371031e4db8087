#include "evtxhound/evtx/definition.hpp"

#include <algorithm>

#include "evtxhound/evtx/binxml/name.hpp"
#include "evtxhound/evtx/writer/hashes.hpp"

namespace evtxhound::evtx {
namespace {

bool equal(Bytes a, Bytes b) { return std::ranges::equal(a, b); }

// Literal values point into the chunk that the definition was read from; from here on they are its
// own.
void keep_values(Tree& tree) {
  for (NodeIndex i = 0; i < tree.size(); ++i) tree[i].value.bytes = tree.keep(tree[i].value.bytes);
}

// Whether each name's hash is the one that is stored before its characters.
bool have_their_hashes(Bytes chunk, const std::vector<NameReference>& names) {
  return std::ranges::all_of(names, [&](const NameReference& reference) {
    const std::size_t offset = load<std::uint32_t>(chunk, reference.at);
    const auto characters = name_at(chunk, offset);
    return characters && !characters->empty() &&
           load<std::uint16_t>(chunk, offset + 4) == writer::name_hash(*characters);
  });
}

}  // namespace

Outcome Definition::read(Bytes chunk, std::size_t offset, NodeBudget& budget,
                         std::shared_ptr<const Definition>& definition, bool check_names) {
  DefinitionFrame frame;
  if (const Outcome defect = read_definition(chunk, offset, frame)) return defect;
  const auto made = std::make_shared<Definition>();
  const Fragment body{chunk, frame.body, frame.body + frame.body_size};
  References references;
  const std::size_t taken_before = budget.taken();
  if (const Outcome defect = parse_definition_body(body, budget, made->tree_, references)) {
    return defect;
  }
  made->cost_ = budget.taken() - taken_before;
  made->nests_ = references.nests;
  if (check_names && !have_their_hashes(chunk, references.names)) {
    return Defect{offset, "a name of the template definition there was overwritten"};
  }
  const std::size_t begin = offset + 4;
  const Bytes bytes = chunk.subspan(begin, body.end - begin);
  made->bytes_.assign(bytes.begin(), bytes.end());
  for (const NameReference& reference : references.names) {
    Name name{reference.at - begin, reference.is_inline, {}};
    if (!reference.is_inline) {
      const Bytes characters = *name_at(chunk, load<std::uint32_t>(chunk, reference.at));
      name.characters.assign(characters.begin(), characters.end());
    }
    made->names_.push_back(std::move(name));
  }
  if (!made->nests_) keep_values(made->tree_);
  made->tree_.shrink();
  definition = made;
  return std::nullopt;
}

bool Definition::same_as(Bytes chunk, const DefinitionFrame& frame) const {
  if (frame.body_size != body_size() || !equal(frame.guid, guid())) return false;
  const std::size_t begin = frame.body - (kDefinitionHeaderSize - 4);
  const Bytes bytes = chunk.subspan(begin, bytes_.size());
  std::size_t compared = 0;
  for (const Name& name : names_) {
    const std::size_t size = name.at - compared;
    if (std::memcmp(bytes.data() + compared, bytes_.data() + compared, size) != 0) return false;
    const std::size_t offset = load<std::uint32_t>(bytes, name.at);
    const std::size_t behind = name.at + 4;
    if ((offset == begin + behind) != name.is_inline) return false;
    // The link to the next name of its bucket is the chunk's business.
    compared = name.is_inline ? behind + 4 : behind;
    if (name.is_inline) continue;
    const auto characters = name_at(chunk, offset);
    if (!characters || !equal(*characters, name.characters)) return false;
  }
  return std::memcmp(bytes.data() + compared, bytes_.data() + compared, bytes_.size() - compared) ==
         0;
}

const XmlProgram* Definition::xml() const {
  std::call_once(xml_once_, [this] { xml_ = compile_xml(tree_); });
  return xml_ ? &*xml_ : nullptr;
}

const JsonProgram* Definition::json() const {
  std::call_once(json_once_, [this] { json_ = compile_json(tree_); });
  return json_ ? &*json_ : nullptr;
}

const EventProgram* Definition::event() const {
  std::call_once(event_once_, [this] { event_ = compile_event(tree_); });
  return event_ ? &*event_ : nullptr;
}

const FieldTable& Definition::fields() const {
  std::call_once(fields_once_, [this] { fields_ = FieldTable(tree_); });
  return fields_;
}

const Outline& Definition::make_outline() const {
  std::call_once(outline_once_, [this] { outline_ = Outline(tree_, fields()); });
  made_outline_.store(&outline_, std::memory_order_release);
  return outline_;
}

std::size_t Definition::memory() const {
  // What is compiled takes about as much as the tree, each.
  return sizeof *this + 4 * tree_.memory() + bytes_.capacity() +
         names_.capacity() * sizeof(Name) * 2;
}

}  // namespace evtxhound::evtx
