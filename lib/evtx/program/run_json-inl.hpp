// Runs JSON programs; see render/value_text-inl.hpp for the guard.
#if defined(EVTXHOUND_RUN_JSON_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef EVTXHOUND_RUN_JSON_INL_HPP
#undef EVTXHOUND_RUN_JSON_INL_HPP
#else
#define EVTXHOUND_RUN_JSON_INL_HPP
#endif

#include "evtxhound/evtx/program/runner-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace evtxhound::evtx::HWY_NAMESPACE {

class JsonRunner {
 public:
  explicit JsonRunner(RunContext& context) : context_(&context), cursor_(context) {}

  bool record(std::size_t begin, std::size_t end) {
    lead_ = '{';
    if (!instance(begin, end, 0, nullptr)) return false;
    if (lead_ == '{') return false;
    cursor_.ensure(1);
    cursor_.put('}');
    return true;
  }

  void finish() { cursor_.sync(); }

 private:
  using Operation = JsonOperation;
  using Kind = JsonOperation::Kind;

  // The instance's root element, as a member of the object that is being written. `around` is the
  // program that it stands in.
  bool instance(std::size_t begin, std::size_t end, std::size_t depth, const JsonProgram* around) {
    Ready<JsonProgram> ready;
    if (!prepare(*context_, depth, begin, end, ready) || !cursor_.fits()) return false;
    if (around != nullptr && clashes(ready.program->root_name, *around)) return false;
    return run(ready, depth);
  }

  // Whether the key could be one that is there already, or needs an object's rules for Data.
  static bool clashes(const std::string& key, const JsonProgram& around) {
    return key == "Data" || std::ranges::find(around.siblings, key) != around.siblings.end();
  }

  bool run(const Ready<JsonProgram>& ready, std::size_t depth) {
    const Operation* const operations = ready.program->operations.data();
    const Operation* const end = operations + ready.program->operations.size();
    const Literals& literals = ready.program->literals;
    const std::uint8_t* const chunk = context_->chunk.data();
    Cursor cursor = cursor_;
    char lead = lead_;
    for (const Operation* operation = operations; operation < end; ++operation) {
      const Slot slot = ready.slots[operation->slot];
      switch (operation->kind) {
        case Kind::kText:
          cursor.ensure(operation->text.size);
          put_member(cursor, lead, *operation, literals);
          break;
        case Kind::kOpen:
          cursor.ensure(operation->text.size);
          put_member(cursor, lead, *operation, literals);
          lead = '{';
          break;
        case Kind::kClose:
          close(cursor, lead);
          break;
        case Kind::kMember:
        case Kind::kDataMember:
          if (operation->dependent && slot.is_null()) break;
          cursor.ensure(operation->text.size, slot);
          put_member(cursor, lead, *operation, literals);
          if (HWY_UNLIKELY(slot.type() == ValueType::kBinXml || is_array(slot.type()))) {
            cursor_ = cursor;
            if (!unusual_member(*operation, slot, depth, *ready.program)) return false;
            cursor = cursor_;
          } else if (operation->kind == Kind::kMember) {
            scalar_or_null(cursor, slot.type(), slot.bytes(chunk));
          } else {
            scalar_or_empty(cursor, slot.type(), slot.bytes(chunk));
          }
          break;
        case Kind::kUnnamed:
          cursor_ = cursor;
          lead_ = lead;
          if (!unnamed(operation, literals, ready.slots)) return false;
          lead = lead_;
          cursor = cursor_;
          operation += operation->count;
          break;
        case Kind::kElement:
          cursor.ensure(operation->text.size);
          put_member(cursor, lead, *operation, literals);
          if (!element(cursor, operation, literals, ready.slots)) return false;
          operation += operation->count + 1;
          break;
        case Kind::kNested:
          cursor_ = cursor;
          lead_ = lead;
          if (!nested(slot, depth, *ready.program)) return false;
          lead = lead_;
          cursor = cursor_;
          break;
        case Kind::kSkip:
          // A target is never the first operation.
          if (slot.is_null()) operation = operations + operation->target - 1;
          break;
        default:  // taken together with the operation before
          return false;
      }
    }
    cursor_ = cursor;
    lead_ = lead;
    return true;
  }

  // A member's text, with the brace of its object for a comma if it is the first.
  static HWY_INLINE void put_member(Cursor& cursor, char& lead, const Operation& operation,
                                    const Literals& literals) {
    cursor.copy(literals.at(operation.text.offset), operation.text.size);
    cursor.overwrite(operation.text.size, lead);
    lead = ',';
  }

  static HWY_INLINE void close(Cursor& cursor, char& lead) {
    cursor.ensure(0);
    if (HWY_UNLIKELY(lead == '{')) {
      cursor.words("null");
    } else {
      cursor.put('}');
    }
    lead = ',';
  }

  // A value that is not blank, and no array. There must be room for it, here and below.
  static HWY_INLINE void scalar(Cursor& cursor, ValueType type, Bytes bytes) {
    if (Value{type, bytes}.is_json_literal()) {
      cursor.value<Escape::kJson>(type, bytes);
      return;
    }
    cursor.put('"');
    cursor.value<Escape::kJson>(type, bytes);
    cursor.put('"');
  }

  static HWY_INLINE void scalar_or_null(Cursor& cursor, ValueType type, Bytes bytes) {
    if (Value{type, bytes}.is_blank()) {
      cursor.words("null");
    } else {
      scalar(cursor, type, bytes);
    }
  }

  static HWY_INLINE void scalar_or_empty(Cursor& cursor, ValueType type, Bytes bytes) {
    if (Value{type, bytes}.is_blank()) {
      cursor.words("\"\"");
    } else {
      scalar(cursor, type, bytes);
    }
  }

  // The value of a member that is BinXML, which makes members, or an array.
  bool unusual_member(const Operation& operation, Slot slot, std::size_t depth,
                      const JsonProgram& around) {
    const Value value = slot.value(context_->chunk.data());
    const bool data = operation.kind == Kind::kDataMember;
    if (value.is_array()) return data ? data_array(value) : single_item(value);
    if (data && value.is_binxml()) return false;
    if (data) {
      cursor_.ensure(2);
      cursor_.words("\"\"");
      return true;
    }
    lead_ = '{';
    if (!nested(slot, depth, around)) return false;
    close(cursor_, lead_);
    return true;
  }

  // Elements that are no Data have several items as several members: not done here.
  bool single_item(Value array) {
    ArrayItems items(array);
    const auto item = items.next();
    if (items.next()) return false;
    const Value value = item.value_or(Value{});
    cursor_.ensure(scalar_room(value.bytes.size()));
    scalar_or_null(cursor_, value.type, value.bytes);
    return true;
  }

  bool data_array(Value array) {
    const std::size_t count = ArrayItems::count(array);
    cursor_.ensure(2);
    if (count == 0) cursor_.words("\"\"");
    if (count > 1) cursor_.put('[');
    const bool written = array_items(array, true);
    cursor_.ensure(1);
    if (count > 1) cursor_.put(']');
    return written;
  }

  bool array_items(Value array, bool first) {
    ArrayItems items(array);
    while (const auto item = items.next()) {
      if (!cursor_.fits()) return false;
      cursor_.ensure(scalar_room(item->bytes.size()));
      if (!first) cursor_.put(',');
      first = false;
      scalar_or_empty(cursor_, item->type, item->bytes);
    }
    return true;
  }

  // How many unnamed Data elements a slot gives.
  [[nodiscard]] HWY_INLINE std::size_t unnamed_count(const Operation& item, Slot slot) const {
    if (item.dependent && slot.is_null()) return 0;
    if (!is_array(slot.type())) return 1;
    return std::max<std::size_t>(1, ArrayItems::count(slot.value(context_->chunk.data())));
  }

  bool unnamed(const Operation* head, const Literals& literals, const Slot* slots) {
    std::size_t count = 0;
    for (const Operation* item = head + 1; item <= head + head->count; ++item) {
      const Slot slot = slots[item->slot];
      if (slot.type() == ValueType::kBinXml && slot.size() != 0) return false;
      count += unnamed_count(*item, slot);
    }
    if (count == 0) return true;
    cursor_.ensure(head->text.size + 1);
    put_member(cursor_, lead_, *head, literals);
    if (count > 1) cursor_.put('[');
    bool first = true;
    for (const Operation* item = head + 1; item <= head + head->count; ++item) {
      const Slot slot = slots[item->slot];
      const Value value = slot.value(context_->chunk.data());
      if (unnamed_count(*item, slot) == 0) continue;
      if (value.is_array() && !value.bytes.empty()) {
        if (!array_items(value, first)) return false;
      } else {
        cursor_.ensure(0, slot);
        if (!first) cursor_.put(',');
        scalar_or_empty(cursor_, value.type, value.bytes);
      }
      first = false;
    }
    cursor_.ensure(2);
    if (count > 1) cursor_.put(']');
    cursor_.put('}');
    return true;
  }

  // An element with attributes: an object, if there are any, else as if it had none.
  HWY_INLINE bool element(Cursor& cursor, const Operation* head, const Literals& literals,
                          const Slot* slots) const {
    const Operation* const content = head + head->count + 1;
    const std::uint8_t* const chunk = context_->chunk.data();
    bool first = true;
    for (const Operation* attribute = head + 1; attribute != content; ++attribute) {
      const Slot slot = slots[attribute->slot];
      if (attribute->has_slot) {
        if (is_blank(slot, chunk)) continue;
        if (slot.type() == ValueType::kBinXml || is_array(slot.type())) return false;
      }
      cursor.ensure(attribute->text.size, slot);
      if (first) {
        cursor.words("{\"#attributes\":");
        cursor.copy(literals.at(attribute->text.offset), attribute->text.size);
        cursor.overwrite(attribute->text.size, '{');
      } else {
        cursor.copy(literals.at(attribute->text.offset), attribute->text.size);
      }
      first = false;
      if (attribute->has_slot) scalar(cursor, slot.type(), slot.bytes(chunk));
    }
    return element_text(cursor, *content, literals, slots[content->slot], !first);
  }

  HWY_INLINE bool element_text(Cursor& cursor, const Operation& content, const Literals& literals,
                               Slot slot, bool in_object) const {
    const Value value = slot.value(context_->chunk.data());
    if (content.has_slot && (value.is_binxml() || value.is_array())) return false;
    const bool blank = content.has_slot ? value.is_blank() : content.text.size == 0;
    cursor.ensure(content.text.size, slot);
    if (blank) {
      if (in_object) {
        cursor.words("}}");
      } else {
        cursor.words("null");
      }
      return true;
    }
    if (in_object) cursor.words("},\"#text\":");
    if (content.has_slot) {
      scalar(cursor, value.type, value.bytes);
    } else {
      cursor.copy(literals.at(content.text.offset), content.text.size);
    }
    if (in_object) cursor.put('}');
    return true;
  }

  bool nested(Slot slot, std::size_t depth, const JsonProgram& around) {
    if (slot.is_null()) return true;
    if (slot.type() != ValueType::kBinXml) return false;
    const std::size_t begin = slot.offset();
    return instance(begin, begin + slot.size(), depth + 1, &around);
  }

  RunContext* context_;
  Cursor cursor_;
  char lead_ = '{';
};

inline bool run_json_record(RunContext& context, std::size_t begin, std::size_t end) {
  JsonRunner runner(context);
  const bool done = runner.record(begin, end);
  runner.finish();
  return done;
}

}  // namespace evtxhound::evtx::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
