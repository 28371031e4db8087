#include "evtxhound/rules/event_view.hpp"

#include <charconv>

namespace evtxhound::rules {

void EventView::add_text(std::string_view name, std::string_view value) {
  if (!value.empty()) system_.push_back({name, value});
}

void EventView::add_number(std::string_view name, std::uint64_t number) {
  auto& digits = digits_.at(numbers_++);
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  system_.push_back({name, {digits.data(), static_cast<std::size_t>(end - digits.data())}});
}

const RuleEvent& EventView::view(const evtx::Event& event, std::string_view source_type,
                                 std::span<const IndicatorFound> found) {
  system_.clear();
  data_.clear();
  numbers_ = 0;
  add_text("Computer", event.computer);
  add_text("UserID", event.user_sid);
  add_text("ActivityID", event.activity_id);
  add_text("Keywords", event.keywords);
  if (event.version) add_number("Version", *event.version);
  if (event.level) add_number("Level", *event.level);
  if (event.task) add_number("Task", *event.task);
  if (event.opcode) add_number("Opcode", *event.opcode);
  if (event.process_id) add_number("ProcessID", *event.process_id);
  if (event.thread_id) add_number("ThreadID", *event.thread_id);
  add_number("EventRecordID", event.record_id);
  for (const evtx::Field& field : event.data) data_.push_back({field.name, field.value});
  view_.source_type = source_type;
  view_.channel = event.channel;
  view_.provider = event.provider;
  view_.event_code = event.event_code;
  view_.time_created = event.time_created;
  view_.system = system_;
  view_.data = data_;
  view_.found = found;
  return view_;
}

}  // namespace evtxhound::rules
