#include "evtxhound/evtx/event.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "evtxhound/base/text_buffer.hpp"
#include "evtxhound/evtx/render/value_text.hpp"

namespace evtxhound::evtx {

const std::string* Event::find(std::string_view name) const {
  const auto found = std::find_if(data.begin(), data.end(),
                                  [name](const Field& field) { return field.name == name; });
  return found == data.end() ? nullptr : &found->value;
}

namespace {

// Which fields have the same name.
struct SameNames {
  std::vector<bool> is_first;                    // of its name
  std::vector<std::optional<std::size_t>> next;  // the next one of the same name
};

SameNames find_same_names(const std::vector<Field>& fields) {
  constexpr std::size_t kFew = 48;  // an export can have events of very many
  SameNames same;
  same.is_first.resize(fields.size(), true);
  same.next.resize(fields.size());
  std::unordered_map<std::string_view, std::size_t> last;  // of a name, where there are many
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::optional<std::size_t> before;
    if (fields.size() > kFew) {
      const auto [place, is_new] = last.try_emplace(fields[i].name, i);
      if (!is_new) before = std::exchange(place->second, i);
    } else {
      for (std::size_t at = i; at > 0 && !before; --at) {
        if (fields[at - 1].name == fields[i].name) before = at - 1;
      }
    }
    if (!before) continue;
    same.is_first[i] = false;
    same.next[*before] = i;
  }
  return same;
}

void append_string(std::string_view text, TextBuffer& json) {
  json.append('"');
  append_utf8(text, Escape::kJson, json);
  json.append('"');
}

}  // namespace

std::string data_json(const Event& event) {
  const SameNames same = find_same_names(event.data);
  TextBuffer json;
  json.append('{');
  for (std::size_t i = 0; i < event.data.size(); ++i) {
    if (!same.is_first[i]) continue;
    if (json.size() > 1) json.append(',');
    append_string(event.data[i].name, json);
    json.append(':');
    const bool repeats = same.next[i].has_value();
    if (repeats) json.append('[');
    append_string(event.data[i].value, json);
    for (auto next = same.next[i]; next; next = same.next[*next]) {
      json.append(',');
      append_string(event.data[*next].value, json);
    }
    if (repeats) json.append(']');
  }
  json.append('}');
  return std::string(json.view());
}

}  // namespace evtxhound::evtx
