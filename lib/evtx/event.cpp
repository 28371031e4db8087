#include "evtxhound/evtx/event.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "evtxhound/evtx/render/value_text.hpp"

namespace evtxhound::evtx {

const std::string* Event::find(std::string_view name) const {
  const auto found = std::find_if(data.begin(), data.end(),
                                  [name](const Field& field) { return field.name == name; });
  return found == data.end() ? nullptr : &found->value;
}

namespace {

// Finds the fields of the same name. Of few fields each is compared with each, which takes no
// memory; an export can have events of very many.
class SameNames {
 public:
  static constexpr std::size_t kFew = 48;

  explicit SameNames(const std::vector<Field>& fields) : fields_(&fields) {
    if (fields.size() <= kFew) return;
    std::unordered_map<std::string_view, std::size_t> last;  // of a name
    next_.assign(fields.size(), kNone);
    is_first_.assign(fields.size(), true);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto [place, is_new] = last.try_emplace(fields[i].name, i);
      if (is_new) continue;
      is_first_[i] = false;
      next_[std::exchange(place->second, i)] = i;
    }
  }

  static constexpr std::size_t kNone = ~std::size_t{0};

  // Whether no field before it has its name.
  [[nodiscard]] bool is_first(std::size_t field) const {
    if (!is_first_.empty()) return is_first_[field];
    for (std::size_t i = 0; i < field; ++i) {
      if ((*fields_)[i].name == (*fields_)[field].name) return false;
    }
    return true;
  }

  // The next one of its name, or kNone.
  [[nodiscard]] std::size_t next(std::size_t field) const {
    if (!next_.empty()) return next_[field];
    for (std::size_t i = field + 1; i < fields_->size(); ++i) {
      if ((*fields_)[i].name == (*fields_)[field].name) return i;
    }
    return kNone;
  }

 private:
  const std::vector<Field>* fields_;
  std::vector<std::size_t> next_;
  std::vector<bool> is_first_;
};

void append_string(std::string_view text, TextBuffer& json) {
  json.append('"');
  append_utf8(text, Escape::kJson, json);
  json.append('"');
}

}  // namespace

void append_data_json(const Event& event, TextBuffer& json) {
  const SameNames same(event.data);
  json.append('{');
  for (std::size_t i = 0; i < event.data.size(); ++i) {
    if (!same.is_first(i)) continue;
    if (i > 0) json.append(',');
    append_string(event.data[i].name, json);
    json.append(':');
    std::size_t next = same.next(i);
    const bool repeats = next != SameNames::kNone;
    if (repeats) json.append('[');
    append_string(event.data[i].value, json);
    for (; next != SameNames::kNone; next = same.next(next)) {
      json.append(',');
      append_string(event.data[next].value, json);
    }
    if (repeats) json.append(']');
  }
  json.append('}');
}

std::string data_json(const Event& event) {
  TextBuffer json;
  append_data_json(event, json);
  return std::string(json.view());
}

}  // namespace evtxhound::evtx
