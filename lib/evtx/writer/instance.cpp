#include "evtxhound/evtx/writer/instance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "evtxhound/base/hash.hpp"

namespace evtxhound::evtx::writer {
namespace {

// A text that two elements share exactly when they are equal; lengths keep its parts apart.
class Description {
 public:
  void add(const Element& element) {
    text_ += fmt::format("<{}{}", element.dependency, element.always_open ? "!" : ".");
    add(element.name);
    for (const Attribute& attribute : element.attributes) {
      text_ += '@';
      add(attribute.name);
      std::visit([this](const auto& value) { add(value); }, attribute.value);
    }
    text_ += '>';
    for (const Node& node : element.content) {
      std::visit([this](const auto& item) { add(item); }, node.item);
    }
    text_ += '/';
  }

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  void add(std::string_view literal) { text_ += fmt::format("\"{}:{}", literal.size(), literal); }

  void add(const Substitution& hole) {
    text_ += fmt::format("%{}:{}{}", hole.index, static_cast<unsigned>(hole.type),
                         hole.optional ? "?" : ".");
  }

  std::string text_;
};

Guid content_guid(const Element& root) {
  Description description;
  description.add(root);
  const auto digest = parse_hex(sha256_hex(as_bytes(description.text())));
  Guid guid{};
  std::copy_n(digest.value().begin(), guid.size(), guid.begin());
  return guid;
}

}  // namespace

Template::Template(Element root) : root_(std::move(root)), guid_(content_guid(root_)) {}

}  // namespace evtxhound::evtx::writer
