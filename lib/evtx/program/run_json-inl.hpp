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
    program_ = ready.program;
    const Literals& literals = ready.program->literals;
    for (const Operation* operation = operations; operation < end; ++operation) {
      const Slot slot = ready.slots[operation->slot];
      switch (operation->kind) {
        case Kind::kText:
          lead(*operation, literals);
          break;
        case Kind::kOpen:
          lead(*operation, literals);
          lead_ = '{';
          break;
        case Kind::kClose:
          close();
          break;
        case Kind::kMember:
          if (!member(*operation, literals, slot, depth)) return false;
          break;
        case Kind::kDataMember:
          if (operation->dependent && slot.is_null()) break;
          if (slot.type() == ValueType::kBinXml && slot.size() != 0) return false;
          lead(*operation, literals);
          if (!data_value(slot)) return false;
          break;
        case Kind::kUnnamed:
          if (!unnamed(operation, literals, ready.slots)) return false;
          operation += operation->count;
          break;
        case Kind::kElement:
          if (!element(operation, literals, ready.slots)) return false;
          operation += operation->count + 1;
          break;
        case Kind::kNested:
          if (!nested(slot, depth, *ready.program)) return false;
          break;
        case Kind::kSkip:
          // A target is never the first operation.
          if (slot.is_null()) operation = operations + operation->target - 1;
          break;
        default:  // taken together with the operation before
          return false;
      }
    }
    return true;
  }

  // A comma, or the brace of the object that the member is the first of; then the member's text.
  HWY_INLINE void lead(const Operation& operation, const Literals& literals) {
    cursor_.ensure(operation.text.size + 1);
    cursor_.put(lead_);
    lead_ = ',';
    cursor_.copy(literals.at(operation.text.offset), operation.text.size);
  }

  HWY_INLINE void text(std::string_view words) {
    cursor_.ensure(words.size());
    for (const char c : words) cursor_.put(c);
  }

  HWY_INLINE void close() {
    if (HWY_UNLIKELY(lead_ == '{')) {
      text("null");
    } else {
      cursor_.ensure(1);
      cursor_.put('}');
    }
    lead_ = ',';
  }

  // A value that is not blank, and no array.
  HWY_INLINE void scalar(Value value) {
    if (value.is_json_literal()) {
      cursor_.value<Escape::kJson>(value);
      return;
    }
    cursor_.ensure(1);
    cursor_.put('"');
    cursor_.value<Escape::kJson>(value);
    cursor_.ensure(1);
    cursor_.put('"');
  }

  HWY_INLINE void scalar_or(Value value, std::string_view nothing) {
    if (value.is_blank()) {
      text(nothing);
    } else {
      scalar(value);
    }
  }

  HWY_INLINE bool member(const Operation& operation, const Literals& literals, Slot slot,
                         std::size_t depth) {
    if (operation.dependent && slot.is_null()) return true;
    lead(operation, literals);
    const Value value = slot.value(context_->chunk.data());
    if (HWY_UNLIKELY(value.is_binxml())) {
      lead_ = '{';
      if (!nested(slot, depth, *program_)) return false;
      close();
      return true;
    }
    if (HWY_UNLIKELY(value.is_array())) return single_item(value);
    scalar_or(value, "null");
    return true;
  }

  // Elements that are no Data have several items as several members: not done here.
  HWY_NOINLINE bool single_item(Value array) {
    ArrayItems items(array);
    const auto item = items.next();
    if (items.next()) return false;
    scalar_or(item.value_or(Value{}), "null");
    return true;
  }

  HWY_INLINE bool data_value(Slot slot) {
    const Value value = slot.value(context_->chunk.data());
    if (HWY_LIKELY(!value.is_array())) {
      scalar_or(value, "\"\"");
      return true;
    }
    return data_array(value);
  }

  HWY_NOINLINE bool data_array(Value array) {
    const std::size_t count = ArrayItems::count(array);
    if (count == 0) text("\"\"");
    if (count > 1) text("[");
    const bool written = array_items(array, true);
    if (count > 1) text("]");
    return written;
  }

  HWY_NOINLINE bool array_items(Value array, bool first) {
    ArrayItems items(array);
    while (const auto item = items.next()) {
      if (!first) text(",");
      first = false;
      if (!cursor_.fits()) return false;
      scalar_or(*item, "\"\"");
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
    lead(*head, literals);
    if (count > 1) text("[");
    bool first = true;
    for (const Operation* item = head + 1; item <= head + head->count; ++item) {
      const Slot slot = slots[item->slot];
      const Value value = slot.value(context_->chunk.data());
      if (unnamed_count(*item, slot) == 0) continue;
      if (value.is_array() && !value.bytes.empty()) {
        if (!array_items(value, first)) return false;
      } else {
        if (!first) text(",");
        scalar_or(value, "\"\"");
      }
      first = false;
    }
    text(count > 1 ? "]}" : "}");
    return true;
  }

  // An element with attributes: an object, if there are any, else as if it had none.
  bool element(const Operation* head, const Literals& literals, const Slot* slots) {
    const Operation* const content = head + head->count + 1;
    lead(*head, literals);
    bool first = true;
    for (const Operation* attribute = head + 1; attribute != content; ++attribute) {
      const Slot slot = slots[attribute->slot];
      if (attribute->has_slot) {
        if (is_blank(slot, context_->chunk.data())) continue;
        if (slot.type() == ValueType::kBinXml || is_array(slot.type())) return false;
      }
      text(first ? "{\"#attributes\":{" : ",");
      first = false;
      cursor_.ensure(attribute->text.size);
      cursor_.copy(literals.at(attribute->text.offset), attribute->text.size);
      if (attribute->has_slot) scalar(slot.value(context_->chunk.data()));
    }
    if (!first) text("}");
    return element_text(*content, literals, slots[content->slot], !first);
  }

  HWY_INLINE bool element_text(const Operation& content, const Literals& literals, Slot slot,
                               bool in_object) {
    const Value value = slot.value(context_->chunk.data());
    if (content.has_slot && (value.is_binxml() || value.is_array())) return false;
    const bool blank = content.has_slot ? value.is_blank() : content.text.size == 0;
    if (blank) {
      text(in_object ? "}" : "null");
      return true;
    }
    if (in_object) text(",\"#text\":");
    if (content.has_slot) {
      scalar(value);
    } else {
      cursor_.ensure(content.text.size);
      cursor_.copy(literals.at(content.text.offset), content.text.size);
    }
    if (in_object) text("}");
    return true;
  }

  bool nested(Slot slot, std::size_t depth, const JsonProgram& around) {
    if (slot.is_null()) return true;
    if (slot.type() != ValueType::kBinXml) return false;
    const std::size_t begin = slot.offset();
    const bool done = instance(begin, begin + slot.size(), depth + 1, &around);
    program_ = &around;
    return done;
  }

  RunContext* context_;
  Cursor cursor_;
  char lead_ = '{';
  const JsonProgram* program_ = nullptr;  // that is running
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
