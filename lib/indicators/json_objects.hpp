// JSON read object by object, each with the place of its texts.
//
// A pack's JSON can have millions of objects, so no tree of it is built: each object is handed out
// when it ends, with its own texts, numbers and truth values, and forgotten. The places come from
// counting what nlohmann's parser has taken from the text: when it reports a string, it has just
// taken the closing quote, and the opening one is found by going back from there.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evtxhound/indicators/pack_builder.hpp"

namespace evtxhound::indicators {

// A string, or a number or truth value as JSON writes it. The place is that of its first character.
struct JsonText {
  std::string text;
  PackPlace place;
};

struct JsonObject {
  PackPlace place;  // of its `{`
  std::vector<std::pair<std::string, JsonText>> members;

  // The last member of this name; null where there is none that is a string, number or truth value.
  [[nodiscard]] const JsonText* find(std::string_view name) const;
};

// The names on the way from the root to an object; an element of an array has the array's name.
using JsonPath = std::vector<std::string>;

class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;
  virtual void object_starts(const JsonPath& path) = 0;
  virtual void object_ends(const JsonPath& path, const JsonObject& object) = 0;
};

inline constexpr std::size_t kDeepestJson = 64;

// Visits all objects of a text, inner ones before the one they are in. What is no JSON, or nested
// deeper than kDeepestJson, is noted as wrong, and nothing behind it is visited.
void visit_json(std::string_view text, JsonVisitor& visitor, PackBuilder& builder);

// The names in a text's first outermost object and the value of `type` there, read up to the first
// that tells the format: `type`, `objects`, `Event`, `response`.
struct JsonTop {
  std::vector<std::string> names;
  std::string type;
};
JsonTop json_top(std::string_view text);

}  // namespace evtxhound::indicators
