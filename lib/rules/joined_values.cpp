#include "evtxhound/rules/joined_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "evtxhound/base/text.hpp"

namespace evtxhound::rules {
namespace {

// Fields beyond this are looked up by name each time.
constexpr std::size_t kMostPositions = 64;

constexpr char kBorder = '\0';

std::uint32_t find_slot(const EventClass& event_class, std::string_view name) {
  const auto& names = event_class.names;
  for (std::uint32_t slot = 0; slot < names.size(); ++slot) {
    if (names[slot].name == name) return slot;
  }
  return kNone;
}

}  // namespace

void JoinedValues::assign(const EventClass& event_class, const RuleEvent& event) {
  text_.assign(1, kBorder);
  values_.clear();
  waiting_.clear();
  first_.assign(event_class.field_count, kNone);
  by_slot_.assign(event_class.names.size(), std::string_view());
  last_found_ = 0;
  ascii_.assign(event_class.field_count, Ascii::kUnknown);
  if (layouts_.size() <= event_class.number) layouts_.resize(event_class.number + 1);
  layout_ = &layouts_[event_class.number];
  add_data(event_class, event);
  add_system(event_class, event);
}

std::uint32_t JoinedValues::slot_of(const EventClass& event_class, std::size_t position,
                                    std::string_view name) {
  auto& [slots, names] = *layout_;
  if (position < slots.size() && names[position] == name) return slots[position];
  const std::uint32_t slot = find_slot(event_class, name);
  if (position < kMostPositions && position <= slots.size()) {
    if (position == slots.size()) {
      slots.push_back(slot);
      names.emplace_back(name);
    } else {
      slots[position] = slot;
      names[position] = name;
    }
  }
  return slot;
}

void JoinedValues::add_data(const EventClass& event_class, const RuleEvent& event) {
  for (std::size_t i = 0; i < event.data.size(); ++i) {
    const FieldView& field = event.data[i];
    const std::uint32_t slot = slot_of(event_class, i, field.name);
    if (slot != kNone) {
      if (by_slot_[slot].data() == nullptr) by_slot_[slot] = field.value;
      add_uses(event_class, slot, field.value);
    } else if (event_class.has_keywords) {
      add(field.value, kNone, true);
    }
  }
  for (const Waiting& each : waiting_) {
    add_read(*each.use, each.value, by_slot_[each.use->other_name]);
  }
}

void JoinedValues::add_uses(const EventClass& event_class, std::uint32_t slot,
                            std::string_view value) {
  bool of_event = true;
  for (const NameSlot::Use& use : event_class.names[slot].uses) {
    if (use.reading == Reading::kPlain) {
      add(value, use.field, of_event);
      of_event = false;
    } else if (needs_second_field(use.reading)) {
      waiting_.push_back({&use, value});
    } else {
      add_read(use, value, use.word);
    }
  }
  if (of_event && event_class.has_keywords) add(value, kNone, true);
}

void JoinedValues::add_read(const NameSlot::Use& use, std::string_view value,
                            std::string_view other) {
  read(use.reading, value, other, texts_);
  for (const std::string& text : texts_.texts()) add(text, use.field, false);
}

void JoinedValues::add_system(const EventClass& event_class, const RuleEvent& event) {
  for (const SystemUse& use : event_class.system) {
    if (first_[use.field] == kNone) add_system_field(use, event);
  }
  if (!event_class.has_keywords) return;
  add(event.channel, kNone, true);
  add(event.provider, kNone, true);
  for (const FieldView& field : event.system) add(field.value, kNone, true);
}

void JoinedValues::add_system_field(const SystemUse& use, const RuleEvent& event) {
  switch (use.system) {
    case FieldPlace::System::kNone:
      break;
    case FieldPlace::System::kEventCode:
      if (event.event_code) {
        std::array<char, 16> digits{};
        const auto end = fmt::format_to(digits.data(), "{}", *event.event_code);
        add({digits.data(), static_cast<std::size_t>(end - digits.data())}, use.field, false);
      }
      break;
    case FieldPlace::System::kProvider:
      if (!event.provider.empty()) add(event.provider, use.field, false);
      break;
    case FieldPlace::System::kChannel:
      if (!event.channel.empty()) add(event.channel, use.field, false);
      break;
    case FieldPlace::System::kSystemName:
      for (const FieldView& field : event.system) {
        if (field.name == use.name) add(field.value, use.field, false);
      }
      break;
  }
}

void JoinedValues::add(std::string_view value, std::uint32_t field, bool of_event) {
  Value added{text_.size(), text_.size() + value.size(), field, of_event, kNone};
  if (field != kNone) {
    added.next = first_[field];
    first_[field] = static_cast<std::uint32_t>(values_.size());
  }
  values_.push_back(added);
  text_.append(value);
  text_.push_back(kBorder);
}

bool JoinedValues::has_non_ascii(std::uint32_t field) const {
  Ascii& known = ascii_[field];
  if (known == Ascii::kUnknown) {
    known = Ascii::kAll;
    for (std::uint32_t i = first_[field]; i != kNone; i = values_[i].next) {
      if (!is_ascii(text_of(values_[i]))) known = Ascii::kNotAll;
    }
  }
  return known == Ascii::kNotAll;
}

// Places are mostly asked for in the text's order.
const JoinedValues::Value* JoinedValues::at(std::size_t at) const {
  if (values_.empty()) return nullptr;
  if (values_[last_found_].begin > at) last_found_ = 0;
  if (values_[last_found_].end < at) {
    const auto behind = std::upper_bound(
        values_.begin() + static_cast<std::ptrdiff_t>(last_found_), values_.end(), at,
        [](std::size_t place, const Value& value) { return place < value.begin; });
    if (behind == values_.begin()) return nullptr;
    last_found_ = static_cast<std::size_t>(behind - values_.begin()) - 1;
  }
  const Value& value = values_[last_found_];
  return at >= value.begin && at < value.end ? &value : nullptr;
}

}  // namespace evtxhound::rules
