// Tables of the words of Sigma and what each means.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace evtxhound::rules {

template <class Value>
struct Named {
  std::string_view name;
  Value value;
};

// What a name stands for; null where it is none of the table's.
template <class Value, std::size_t kSize>
const Value* find_named(const std::array<Named<Value>, kSize>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &Named<Value>::name);
  return found != names.end() ? &found->value : nullptr;
}

}  // namespace evtxhound::rules
