// Runs XML programs; see render/value_text-inl.hpp for the guard.
#if defined(EVTXHOUND_RUN_XML_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef EVTXHOUND_RUN_XML_INL_HPP
#undef EVTXHOUND_RUN_XML_INL_HPP
#else
#define EVTXHOUND_RUN_XML_INL_HPP
#endif

#include "evtxhound/evtx/program/runner-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace evtxhound::evtx::HWY_NAMESPACE {

class XmlRunner {
 public:
  explicit XmlRunner(RunContext& context) : context_(&context), cursor_(context) {}

  bool instance(std::size_t begin, std::size_t end, std::size_t depth) {
    Ready<XmlProgram> ready;
    return prepare(*context_, depth, begin, end, ready) && cursor_.fits() && run(ready, depth);
  }

  void finish() { cursor_.sync(); }

 private:
  bool run(const Ready<XmlProgram>& ready, std::size_t depth) {
    const XmlOperation* const operations = ready.program->operations.data();
    const XmlOperation* const end = operations + ready.program->operations.size();
    const Literals& literals = ready.program->literals;
    const std::uint8_t* const chunk = context_->chunk.data();
    // What all of the program's text and values take at most, arrays and BinXML left out: it writes
    // each piece once and each value once.
    const std::size_t room = literals.size() + ready.program->operations.size() * scalar_room(0) +
                             scalar_room(ready.size);
    Cursor cursor = cursor_;
    cursor.ensure(room);
    for (const XmlOperation* operation = operations; operation != end; ++operation) {
      const Slot slot = ready.slots[operation->slot];
      cursor.copy(literals.at(operation->text.offset), operation->text.size);
      switch (operation->kind) {
        case XmlOperation::Kind::kText:
          break;
        case XmlOperation::Kind::kContent:
          if (HWY_UNLIKELY(slot.type() == ValueType::kBinXml || is_array(slot.type()))) {
            cursor_ = cursor;
            if (!unusual_content(*operation, literals, slot, depth)) return false;
            cursor = cursor_;
            cursor.ensure(room);
          } else if (slot.is_null()) {
            if (!operation->dependent) break;
            cursor.back(operation->text.size - operation->always);
            break;
          } else {
            cursor.value<Escape::kXmlText>(slot.type(), slot.bytes(chunk));
          }
          if (operation->dependent) {
            cursor.copy(literals.at(operation->tail.offset), operation->tail.size);
          }
          break;
        case XmlOperation::Kind::kAttribute:
          if (is_blank(slot, chunk)) {
            cursor.back(operation->text.size - operation->always);
            break;
          }
          if (slot.type() == ValueType::kBinXml || is_array(slot.type())) return false;
          cursor.value<Escape::kXmlAttribute>(slot.type(), slot.bytes(chunk));
          cursor.put('\'');
          break;
        case XmlOperation::Kind::kSkip:
          // A target is never the first operation.
          if (slot.is_null()) operation = operations + operation->target - 1;
          break;
      }
    }
    cursor_ = cursor;
    return true;
  }

  // BinXML, which makes elements, and arrays.
  bool unusual_content(const XmlOperation& operation, const Literals& literals, Slot slot,
                       std::size_t depth) {
    if (is_array(slot.type())) return array(operation, literals, slot);
    if (slot.is_null()) return !operation.dependent;  // no more than a curiosity: for the Resolver
    return instance(slot.offset(), std::size_t{slot.offset()} + slot.size(), depth + 1);
  }

  // Each item in an element of its own.
  bool array(const XmlOperation& operation, const Literals& literals, Slot slot) {
    ArrayItems items(slot.value(context_->chunk.data()));
    bool first = true;
    while (const auto item = items.next()) {
      if (!first) {
        if (!operation.repeats || !cursor_.fits()) return false;
        const std::uint32_t size = operation.text.size - operation.always;
        cursor_.ensure(operation.tail.size + size);
        cursor_.copy(literals.at(operation.tail.offset), operation.tail.size);
        cursor_.copy(literals.at(operation.text.offset + operation.always), size);
      }
      first = false;
      cursor_.ensure(scalar_room(item->bytes.size()));
      cursor_.value<Escape::kXmlText>(item->type, item->bytes);
    }
    return true;
  }

  RunContext* context_;
  Cursor cursor_;
};

inline bool run_xml_record(RunContext& context, std::size_t begin, std::size_t end) {
  XmlRunner runner(context);
  const bool done = runner.instance(begin, end, 0);
  runner.finish();
  // A record whose root element is left out has no text: for the Resolver, which says so.
  return done && context.out->size() != context.start;
}

}  // namespace evtxhound::evtx::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
