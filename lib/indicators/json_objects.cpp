#include "evtxhound/indicators/json_objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>

namespace evtxhound::indicators {
namespace {

using nlohmann::json;

// Hands a text to the parser and counts what it has taken.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* taken) : at_(at), taken_(taken) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*taken_;
    return *this;
  }
  CountingIterator operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* taken_;
};

// Lines and columns of offsets that do not fall.
class PlaceCounter {
 public:
  explicit PlaceCounter(std::string_view text) : text_(text) {}

  PackPlace place(std::size_t offset) {
    for (; counted_ < offset && counted_ < text_.size(); ++counted_) {
      if (text_[counted_] != '\n') continue;
      ++line_;
      line_start_ = counted_ + 1;
    }
    return {line_, offset >= line_start_ ? offset - line_start_ + 1 : 1};
  }

 private:
  std::string_view text_;
  std::size_t counted_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
};

// The first character of a string whose closing quote is the last of [0, end).
std::size_t string_begin(std::string_view text, std::size_t end) {
  if (end < 2) return 0;
  for (std::size_t at = end - 1; at > 0;) {
    --at;
    if (text[at] != '"') continue;
    std::size_t escapes = at;
    while (escapes > 0 && text[escapes - 1] == '\\') --escapes;
    if ((at - escapes) % 2 == 0) return at + 1;
  }
  return 0;
}

// The first character of a number or word; the parser may have taken one character behind it.
std::size_t word_begin(std::string_view text, std::size_t end) {
  const auto is_part = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'E' || c == '.' || c == '-' ||
           c == '+';
  };
  while (end > 0 && !is_part(text[end - 1])) --end;
  while (end > 0 && is_part(text[end - 1])) --end;
  return end;
}

class ObjectReader : public nlohmann::json_sax<json> {
 public:
  ObjectReader(std::string_view text, JsonVisitor& visitor, PackBuilder& builder)
      : text_(text), places_(text), visitor_(visitor), builder_(builder) {}

  void read() {
    const char* const begin = text_.data();
    json::sax_parse(CountingIterator(begin, &taken_),
                    CountingIterator(begin + text_.size(), &taken_), this);
  }

  bool null() override { return true; }
  bool boolean(bool value) override { return word(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return word(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return word(std::to_string(value)); }
  bool number_float(number_float_t /*value*/, const string_t& written) override {
    return word(written);
  }
  bool string(string_t& value) override {
    return take(std::move(value), string_begin(text_, taken_));
  }
  bool binary(binary_t& /*value*/) override { return true; }

  bool start_object(std::size_t /*size*/) override {
    if (!open()) return false;
    levels_.back().object.place = places_.place(taken_ - 1);
    visitor_.object_starts(path_);
    return true;
  }
  bool key(string_t& name) override {
    levels_.back().key = std::move(name);
    return true;
  }
  bool end_object() override {
    visitor_.object_ends(path_, levels_.back().object);
    return close();
  }
  bool start_array(std::size_t /*size*/) override {
    if (!open()) return false;
    levels_.back().is_array = true;
    return true;
  }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    // The parser's own words, without its name and place.
    std::string_view reason = error.what();
    const auto place = reason.find(": ");
    if (place != std::string_view::npos) reason.remove_prefix(place + 2);
    builder_.note_wrong(places_.place(taken_ > 0 ? taken_ - 1 : 0),
                        fmt::format("no valid JSON: {}", reason));
    return false;
  }

 private:
  struct Level {
    bool is_array = false;
    bool is_named = false;  // whether it added a name to the path
    std::string key;        // of the member that is being read
    JsonObject object;
  };

  bool open() {
    if (levels_.size() >= kDeepestJson) {
      builder_.note_wrong(places_.place(taken_ - 1),
                          fmt::format("JSON nested deeper than {} levels", kDeepestJson));
      return false;
    }
    const bool is_named = !levels_.empty() && !levels_.back().is_array;
    if (is_named) path_.push_back(levels_.back().key);
    levels_.emplace_back();
    levels_.back().is_named = is_named;
    return true;
  }

  bool close() {
    if (levels_.back().is_named) path_.pop_back();
    levels_.pop_back();
    return true;
  }

  bool word(std::string value) { return take(std::move(value), word_begin(text_, taken_)); }

  bool take(std::string value, std::size_t begin) {
    if (levels_.empty() || levels_.back().is_array) return true;
    Level& level = levels_.back();
    level.object.members.emplace_back(level.key, JsonText{std::move(value), places_.place(begin)});
    return true;
  }

  std::string_view text_;
  std::size_t taken_ = 0;
  PlaceCounter places_;
  JsonVisitor& visitor_;
  PackBuilder& builder_;
  std::vector<Level> levels_;
  JsonPath path_;
};

// Reads names until the format is clear.
class TopReader : public nlohmann::json_sax<json> {
 public:
  explicit TopReader(JsonTop& top) : top_(top) {}
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*written*/) override { return true; }
  bool string(string_t& value) override {
    if (objects_ == 1 && key_ == "type") top_.type = value;
    return top_.type.empty();
  }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*size*/) override { return ++objects_ < kDeepestJson; }
  bool key(string_t& name) override {
    if (objects_ != 1) return true;
    key_ = name;
    top_.names.push_back(name);
    return name != "objects" && name != "Event" && name != "response";
  }
  bool end_object() override { return --objects_ > 0; }
  bool start_array(std::size_t /*size*/) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

 private:
  JsonTop& top_;
  std::string key_;
  std::size_t objects_ = 0;
};

}  // namespace

const JsonText* JsonObject::find(std::string_view name) const {
  const auto found = std::find_if(members.rbegin(), members.rend(),
                                  [name](const auto& member) { return member.first == name; });
  return found != members.rend() ? &found->second : nullptr;
}

void visit_json(std::string_view text, JsonVisitor& visitor, PackBuilder& builder) {
  ObjectReader(text, visitor, builder).read();
}

JsonTop json_top(std::string_view text) {
  JsonTop top;
  TopReader reader(top);
  json::sax_parse(text.begin(), text.end(), &reader);
  return top;
}

}  // namespace evtxhound::indicators
