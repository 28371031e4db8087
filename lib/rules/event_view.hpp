// A record's event as rules see it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "evtxhound/evtx/event.hpp"
#include "evtxhound/rules/rule_event.hpp"

namespace evtxhound::rules {

// Keeps its memory from event to event. Not thread-safe; one for each thread.
class EventView {
 public:
  // The view of an event, valid until the next call and as long as the event and `found` are.
  // System fields have the names of the record's XML: Computer, UserID, ActivityID, Keywords,
  // Version, Level, Task, Opcode, ProcessID, ThreadID and EventRecordID; numbers are decimal.
  const RuleEvent& view(const evtx::Event& event, std::string_view source_type,
                        std::span<const IndicatorFound> found = {});

 private:
  static constexpr std::size_t kMostNumbers = 8;
  void add_text(std::string_view name, std::string_view value);
  void add_number(std::string_view name, std::uint64_t number);

  RuleEvent view_;
  std::vector<FieldView> system_;
  std::vector<FieldView> data_;
  std::array<std::array<char, 24>, kMostNumbers> digits_{};
  std::size_t numbers_ = 0;  // written to digits_
};

}  // namespace evtxhound::rules
