// The only ways in which text comes into a report. Internal to lib/casefile and its tests. All
// functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace evtxhound::casefile::report {

// Any bytes as text of an HTML element or of a quoted attribute: what is not to be seen, or turns
// the direction of writing, is made visible (terminal_text.hpp), and no character is left that
// could end the text.
std::string text(std::string_view bytes);

// JSON as the content of a <script type="application/json">: ASCII, with no <, > or & in it.
// Strings that are no UTF-8 get U+FFFD.
std::string json_for_script(const nlohmann::ordered_json& json);

// What a Content-Security-Policy calls an inline script or style: 'sha256-…'.
std::string csp_hash(std::string_view content);

// A page with its {{NAME}}s replaced, each once and none within what replaces another.
// REQUIRES: `page` names no others
struct Slot {
  std::string_view name;
  std::string_view content;
};
std::string fill(std::string_view page, const std::vector<Slot>& slots);

// A time of the case file, to the second, as <time>; "–" for none.
std::string time(std::string_view iso8601);

// "1,234", "–" for none, both as HTML.
std::string number(std::int64_t value);

// A word for a severity, in its colour.
std::string severity(std::string_view word);

// A table under a caption. Cells are HTML: made by the functions above.
class Table {
 public:
  struct Column {
    std::string heading;
    std::string css = {};  // of its cells: "num", "mono", "long" or nothing
  };

  Table(std::string caption, std::vector<Column> columns)
      : caption_(std::move(caption)), columns_(std::move(columns)) {}

  // REQUIRES: as many cells as columns
  void row(const std::vector<std::string>& cells);

  // A line below the table: what is left out, and how to see it.
  void note(const std::string& html) { note_ = html; }

  [[nodiscard]] bool empty() const { return body_.empty(); }

  // The table, or `otherwise`, as a paragraph, where it has no row. `id` is of the table body.
  [[nodiscard]] std::string html(std::string_view otherwise, std::string_view id = {}) const;

 private:
  std::string caption_;
  std::vector<Column> columns_;
  std::string body_;
  std::string note_;
};

// "Shown are 100 of 1,234; all of them: <code>sqlite3 …</code>", empty where all are shown.
std::string left_out(std::int64_t shown, std::int64_t all, std::string_view query);

}  // namespace evtxhound::casefile::report
