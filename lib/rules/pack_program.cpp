#include "evtxhound/rules/pack_program.hpp"

#include "evtxhound/base/packed.hpp"

namespace evtxhound::rules {
namespace {

template <class T>
void pack_plain(Buffer& out, const std::vector<T>& values) {
  pack_array(out, std::span<const T>(values));
}

template <class T>
bool unpack_plain(Bytes& bytes, std::vector<T>& values) {
  std::span<const T> view;
  if (!unpack_array(bytes, view)) return false;
  values.assign(view.begin(), view.end());
  return true;
}

void pack_piece(Buffer& out, const Piece& piece) {
  pack_value(out, piece.kind);
  pack_text(out, piece.text);
}

bool unpack_piece(Bytes& bytes, Piece& piece) {
  return unpack_value(bytes, piece.kind) && unpack_text(bytes, piece.text);
}

void pack_atom(Buffer& out, const Atom& atom) {
  pack_text(out, atom.field);
  pack_value(out, atom.test);
  pack_value(out, atom.cased);
  pack_each(out, atom.pieces, pack_piece);
  pack_text(out, atom.value);
  pack_value(out, atom.ignore_case);
  pack_value(out, atom.multi_line);
  pack_value(out, atom.dot_all);
  pack_value(out, atom.number);
  pack_value(out, atom.indicator);
}

bool unpack_atom(Bytes& bytes, Atom& atom) {
  return unpack_text(bytes, atom.field) && unpack_value(bytes, atom.test) &&
         unpack_value(bytes, atom.cased) && unpack_each(bytes, atom.pieces, unpack_piece) &&
         unpack_text(bytes, atom.value) && unpack_value(bytes, atom.ignore_case) &&
         unpack_value(bytes, atom.multi_line) && unpack_value(bytes, atom.dot_all) &&
         unpack_value(bytes, atom.number) && unpack_value(bytes, atom.indicator);
}

void pack_refused(Buffer& out, const Program::Refused& refused) {
  pack_value(out, refused.rule);
  pack_value(out, refused.why);
  pack_text(out, refused.reason);
}

bool unpack_refused(Bytes& bytes, Program::Refused& refused) {
  return unpack_value(bytes, refused.rule) && unpack_value(bytes, refused.why) &&
         unpack_text(bytes, refused.reason);
}

void pack_key(Buffer& out, const ClassEntry& entry) {
  pack_value(out, entry.key.format);
  pack_text(out, entry.key.channel);
  pack_text(out, entry.key.provider);
  pack_value(out, entry.key.code.has_value());
  pack_value(out, entry.key.code.value_or(0));
  pack_value(out, entry.number);
}

bool unpack_key(Bytes& bytes, ClassEntry& entry) {
  bool has_code = false;
  std::uint32_t code = 0;
  const bool whole = unpack_value(bytes, entry.key.format) &&
                     unpack_text(bytes, entry.key.channel) &&
                     unpack_text(bytes, entry.key.provider) && unpack_value(bytes, has_code) &&
                     unpack_value(bytes, code) && unpack_value(bytes, entry.number);
  if (has_code) entry.key.code = code;
  return whole;
}

void pack_use(Buffer& out, const NameSlot::Use& use) {
  pack_value(out, use.field);
  pack_value(out, use.reading);
  pack_text(out, use.word);
  pack_value(out, use.other_name);
}

bool unpack_use(Bytes& bytes, NameSlot::Use& use) {
  return unpack_value(bytes, use.field) && unpack_value(bytes, use.reading) &&
         unpack_text(bytes, use.word) && unpack_value(bytes, use.other_name);
}

void pack_slot(Buffer& out, const NameSlot& slot) {
  pack_text(out, slot.name);
  pack_each(out, slot.uses, pack_use);
}

bool unpack_slot(Bytes& bytes, NameSlot& slot) {
  return unpack_text(bytes, slot.name) && unpack_each(bytes, slot.uses, unpack_use);
}

void pack_system(Buffer& out, const SystemUse& use) {
  pack_value(out, use.field);
  pack_value(out, use.system);
  pack_text(out, use.name);
}

bool unpack_system(Bytes& bytes, SystemUse& use) {
  return unpack_value(bytes, use.field) && unpack_value(bytes, use.system) &&
         unpack_text(bytes, use.name);
}

void pack_texts(Buffer& out, const std::vector<std::string>& texts) {
  pack_each(out, texts, pack_text);
}

bool unpack_texts(Bytes& bytes, std::vector<std::string>& texts) {
  return unpack_each(bytes, texts, unpack_text);
}

void pack_class(Buffer& out, const EventClass& each) {
  pack_value(out, each.number);
  pack_each(out, each.names, pack_slot);
  pack_each(out, each.field_names, pack_texts);
  pack_each(out, each.system, pack_system);
  pack_value(out, each.field_count);
  pack_value(out, each.has_keywords);
  pack_plain(out, each.atoms);
  pack_plain(out, each.needed_by);
  pack_plain(out, each.formulas);
  pack_plain(out, each.always);
  pack_plain(out, each.code);
  pack_value(out, each.database);
  pack_plain(out, each.first_use);
  pack_plain(out, each.literal_uses);
}

bool unpack_class(Bytes& bytes, EventClass& each) {
  return unpack_value(bytes, each.number) && unpack_each(bytes, each.names, unpack_slot) &&
         unpack_each(bytes, each.field_names, unpack_texts) &&
         unpack_each(bytes, each.system, unpack_system) && unpack_value(bytes, each.field_count) &&
         unpack_value(bytes, each.has_keywords) && unpack_plain(bytes, each.atoms) &&
         unpack_plain(bytes, each.needed_by) && unpack_plain(bytes, each.formulas) &&
         unpack_plain(bytes, each.always) && unpack_plain(bytes, each.code) &&
         unpack_value(bytes, each.database) && unpack_plain(bytes, each.first_use) &&
         unpack_plain(bytes, each.literal_uses);
}

void pack_database(Buffer& out, const LiteralDatabase& each) {
  each.database.pack(out);
  pack_plain(out, each.literals);
}

bool unpack_database(Bytes& bytes, LiteralDatabase& each) {
  return each.database.unpack(bytes) && unpack_plain(bytes, each.literals);
}

void pack_node(Buffer& out, const Node& node) {
  pack_value(out, node.kind);
  pack_value(out, node.atom);
  pack_plain(out, node.children);
}

}  // namespace

void pack_program(const ProgramParts& parts, Buffer& out) {
  pack_each(out, parts.refused, pack_refused);
  pack_each(out, parts.keys, pack_key);
  pack_each(out, parts.classes, pack_class);
  pack_each(out, parts.databases, pack_database);
  pack_each(out, parts.tested, pack_atom);
}

bool unpack_program(Bytes bytes, ProgramParts& parts) {
  const bool whole = unpack_each(bytes, parts.refused, unpack_refused) &&
                     unpack_each(bytes, parts.keys, unpack_key) &&
                     unpack_each(bytes, parts.classes, unpack_class) &&
                     unpack_each(bytes, parts.databases, unpack_database) &&
                     unpack_each(bytes, parts.tested, unpack_atom);
  if (!whole) return false;
  for (const ClassEntry& entry : parts.keys) parts.table.add(entry.key, entry.number);
  parts.value_tests.reserve(parts.tested.size());
  for (const Atom& atom : parts.tested) parts.value_tests.emplace_back(atom);
  return true;
}

void pack_compiled_of(std::span<const Rule> rules, Buffer& out) {
  pack_each(out, rules, [](Buffer& to, const Rule& rule) {
    pack_text(to, rule.source.category);
    pack_text(to, rule.source.product);
    pack_text(to, rule.source.service);
    pack_each(to, rule.atoms, pack_atom);
    pack_each(to, rule.nodes, pack_node);
  });
}

}  // namespace evtxhound::rules
