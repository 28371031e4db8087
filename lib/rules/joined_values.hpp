// The values of an event that rules of its class ask for, as one text.
//
// A NUL stands before, between and behind them, so that their beginnings and ends can be scanned
// for. NULs in values are possible, too: what a place in the text means is known by where the
// values are, never by the NULs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/rules/program_parts.hpp"
#include "evtxhound/rules/reading.hpp"
#include "evtxhound/rules/rule_event.hpp"

namespace evtxhound::rules {

// Keeps its memory from event to event. Not thread-safe; one for each thread.
class JoinedValues {
 public:
  struct Value {
    std::size_t begin = 0;  // in text()
    std::size_t end = 0;
    std::uint32_t field =
        kNone;                   // of the class; kNone: a value of the event that no field asks for
    bool of_event = false;       // the event has it as it stands: keywords look at it
    std::uint32_t next = kNone;  // another value of the same field
  };

  // Takes in an event in place of the one before. REQUIRES: its texts together below 4 GiB
  void assign(const EventClass& event_class, const RuleEvent& event);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const std::vector<Value>& values() const { return values_; }
  [[nodiscard]] std::string_view text_of(const Value& value) const {
    return std::string_view(text_).substr(value.begin, value.end - value.begin);
  }
  // A value of the field, from where Value::next leads to the others; kNone where there is none.
  [[nodiscard]] std::uint32_t first_of(std::uint32_t field) const { return first_[field]; }

  // Whether a value of the field has a character that is not ASCII.
  [[nodiscard]] bool has_non_ascii(std::uint32_t field) const;

  // The value that the byte at `at` of the text is in; null where it is a NUL between values.
  [[nodiscard]] const Value* at(std::size_t at) const;

 private:
  // A value that waits for the second field that it is read with.
  struct Waiting {
    const NameSlot::Use* use = nullptr;
    std::string_view value;
  };
  std::uint32_t slot_of(const EventClass& event_class, std::size_t position, std::string_view name);
  void add_data(const EventClass& event_class, const RuleEvent& event);
  void add_uses(const EventClass& event_class, std::uint32_t slot, std::string_view value);
  void add_system(const EventClass& event_class, const RuleEvent& event);
  void add_system_field(const SystemUse& use, const RuleEvent& event);
  void add_read(const NameSlot::Use& use, std::string_view value, std::string_view other);
  void add(std::string_view value, std::uint32_t field, bool of_event);

  std::string text_;
  std::vector<Value> values_;
  std::vector<std::uint32_t> first_;       // by fields
  std::vector<std::string_view> by_slot_;  // the first value of each name
  std::vector<Waiting> waiting_;
  ReadTexts texts_;
  // Where the names of the last event of the class were: events of one kind are alike.
  struct Layout {
    std::vector<std::uint32_t> slots;  // by positions; kNone where the name is not asked for
    std::vector<std::string> names;
  };
  Layout* layout_ = nullptr;
  std::vector<Layout> layouts_;  // by classes
  mutable std::size_t last_found_ = 0;
  enum class Ascii : std::uint8_t { kUnknown, kAll, kNotAll };
  mutable std::vector<Ascii> ascii_;  // by fields, as far as it has been asked for
};

}  // namespace evtxhound::rules
