#include "evtxhound/evtx/program/run_event.hpp"

#include "evtxhound/evtx/program/ready.hpp"
#include "evtxhound/evtx/render/value_text.hpp"

namespace evtxhound::evtx {
namespace {

class EventRunner {
 public:
  EventRunner(RunContext& context, Event& event, Outcome& defect)
      : context_(&context), event_(&event), defect_(&defect) {}

  bool record(std::size_t begin, std::size_t end) {
    clear_system();
    Ready<EventProgram> ready;
    if (!ready_for(0, begin, end, ready)) return false;
    if (!ready.program->is_event || !run(ready.program->root, ready.slots, 0)) return false;
    event_->data.resize(data_count_);
    return true;
  }

 private:
  // Texts keep their memory.
  void clear_system() {
    for (std::string* text :
         {&event_->time_created, &event_->provider, &event_->channel, &event_->computer,
          &event_->user_sid, &event_->activity_id, &event_->keywords}) {
      text->clear();
    }
    for (auto* number : {&event_->event_code, &event_->version, &event_->level, &event_->task,
                         &event_->opcode, &event_->process_id, &event_->thread_id}) {
      number->reset();
    }
  }

  bool ready_for(std::size_t depth, std::size_t begin, std::size_t end,
                 Ready<EventProgram>& ready) {
    if (prepare(*context_, depth, begin, end, ready)) return true;
    // All before it was plain, so that nothing else could be found earlier.
    *defect_ = ready.defect;
    return false;
  }

  static bool is_plain(Slot slot) { return slot.is_null() || !is_special(slot); }
  static bool is_special(Slot slot) {
    return slot.type() == ValueType::kBinXml || is_array(slot.type());
  }

  bool run(const std::optional<EventFields>& fields, const Slot* slots, std::size_t depth) {
    if (!fields || (fields->depends_on && slots[*fields->depends_on].is_null())) return false;
    for (const std::uint16_t other : fields->others) {
      if (!is_plain(slots[other])) return false;
    }
    const auto& operations = fields->operations;
    event_->data.reserve(data_count_ + operations.size());
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const EventOperation& operation = operations[i];
      const Slot slot = slots[operation.slot];
      switch (operation.kind) {
        case EventOperation::Kind::kSystem:
          if (operation.has_slot && !is_plain(slot)) return false;
          set_system_field(operation.system, text_of(operation, slot), *event_);
          break;
        case EventOperation::Kind::kData:
          if (!data(operation, slot)) return false;
          break;
        case EventOperation::Kind::kPart:
        case EventOperation::Kind::kInner:
          if (!nested(operation.kind, slot, depth + 1)) return false;
          break;
        case EventOperation::Kind::kSkip:
          if (slot.is_null()) i = operation.target - std::size_t{1};
          break;
      }
    }
    return true;
  }

  // Valid until the next text.
  std::string_view text_of(const EventOperation& operation, Slot slot) {
    return operation.has_slot ? text_of(slot.value(context_->chunk.data())) : operation.text;
  }
  std::string_view text_of(Value value) {
    context_->out->clear();
    if (!value.is_null()) append_value(value, Escape::kNone, *context_->writer, *context_->out);
    return context_->out->view();
  }

  bool data(const EventOperation& operation, Slot slot) {
    if (operation.has_slot && !is_plain(slot)) {
      return operation.repeats && items(operation, slot.value(context_->chunk.data()));
    }
    const std::string_view text = text_of(operation, slot);
    if (!text.empty() || !operation.unless_empty) add(operation, text);
    return true;
  }

  bool items(const EventOperation& operation, Value array) {
    if (!array.is_array()) return false;
    ArrayItems items(array);
    auto item = items.next();
    if (!item) add(operation, {});
    for (; item; item = items.next()) {
      if (item->is_binxml()) return false;
      add(operation, text_of(*item));
    }
    return true;
  }

  void add(const EventOperation& operation, std::string_view text) {
    if (data_count_ == event_->data.size()) event_->data.emplace_back();
    Field& field = event_->data[data_count_++];
    field.name = operation.name;
    field.value = text;
  }

  bool nested(EventOperation::Kind kind, Slot slot, std::size_t depth) {
    if (slot.is_null()) return true;
    if (slot.type() != ValueType::kBinXml) return false;
    Ready<EventProgram> ready;
    const std::size_t end = std::size_t{slot.offset()} + slot.size();
    if (!ready_for(depth, slot.offset(), end, ready)) return false;
    if (ready.program->is_event) return false;
    const bool part = kind == EventOperation::Kind::kPart;
    return run(part ? ready.program->root : ready.program->inner, ready.slots, depth);
  }

  RunContext* context_;
  Event* event_;
  Outcome* defect_;
  std::size_t data_count_ = 0;  // of the event's data; what follows is of an event before
};

}  // namespace

bool run_event_program(RunContext& context, std::size_t begin, std::size_t end, Event& event,
                       Outcome& defect) {
  return EventRunner(context, event, defect).record(begin, end);
}

}  // namespace evtxhound::evtx
