// Finds the `<Event>` elements of an export, in whatever they are put.
//
// An element's end is found by the nesting of its tags, which are told from the same characters in
// comments, CDATA sections and attribute values. So a text that was made to look like the end of an
// event, or like another one, is what it is. Where the tags of an element do not fit each other, it
// is damaged, and the next one is looked for from its second character on: one torn event does not
// cost those behind it.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "evtxhound/exports/piece.hpp"

namespace evtxhound::exports {

class XmlSplitter : public Splitter {
 public:
  void open(std::string_view text, bool complete) override;
  Piece next(std::size_t at) override;

 private:
  // A search for the end of a comment and the like, so that it is not done anew by each of many
  // that have none.
  struct Search {
    std::size_t from = 1;
    std::size_t found = 0;
  };
  // What was found of an element up to now.
  struct Element {
    std::size_t begin = 0;
    std::size_t at = 0;         // what is looked at
    std::size_t name_cost = 0;  // bytes of names that its attributes' fields have
    bool one_piece = true;
    std::vector<std::string_view> open;  // names
  };

  Piece element(std::size_t begin);
  const char* content(Element& element);
  const char* start_tag(Element& element);
  const char* attributes(Element& element, std::string_view name);
  const char* end_tag(Element& element);
  const char* special(Element& element);
  Piece markup(std::size_t at);
  Piece root_tag(std::size_t at, std::size_t name_size);
  Piece damage(std::size_t at, Piece::Kind kind, const char* why);
  Piece unfinished(std::size_t begin, const char* why);
  std::size_t find(std::size_t which, std::size_t from);
  [[nodiscard]] bool names(std::size_t at, std::string_view name) const;
  [[nodiscard]] bool is_plain(const Element& element) const;

  std::string_view text_;
  bool complete_ = true;
  std::array<Search, 3> searches_;
  Element element_;
};

}  // namespace evtxhound::exports
