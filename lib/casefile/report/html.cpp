#include "evtxhound/casefile/report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/base/terminal_text.hpp"

namespace evtxhound::casefile::report {
namespace {

std::string base64(const std::vector<std::uint8_t>& bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (i + k < bytes.size() ? bytes[i + k] : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string text(std::string_view bytes) { return escaped(visible(bytes)); }

std::string json_for_script(const nlohmann::ordered_json& json) {
  const std::string plain =
      json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  std::string out;
  out.reserve(plain.size());
  // These stand within JSON's strings only, where \u00XX is the same character.
  for (const char c : plain) {
    if (c == '<' || c == '>' || c == '&') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string csp_hash(std::string_view content) {
  const std::string hex =
      sha256_hex({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
  std::vector<std::uint8_t> digest;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    digest.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  }
  return "'sha256-" + base64(digest) + "'";
}

std::string fill(std::string_view page, const std::vector<Slot>& slots) {
  std::string out;
  for (;;) {
    const std::size_t open = page.find("{{");
    out += page.substr(0, open);
    if (open == std::string_view::npos) return out;
    const std::size_t close = page.find("}}", open);
    const std::string_view name = page.substr(open + 2, close - open - 2);
    const auto slot = std::ranges::find(slots, name, &Slot::name);
    if (slot != slots.end()) out += slot->content;
    page.remove_prefix(close + 2);
  }
}

std::string time(std::string_view iso8601) {
  if (iso8601.empty()) return "–";
  std::string brief(iso8601.substr(0, std::min(iso8601.find('.'), iso8601.size())));
  if (const auto t = brief.find('T'); t != std::string::npos) brief[t] = ' ';
  return fmt::format("<time datetime=\"{}\">{}</time>", text(iso8601), text(brief));
}

std::string number(std::int64_t value) { return grouped(value); }

std::string severity(std::string_view word) {
  constexpr std::array<std::string_view, 5> kKnown = {"critical", "high", "medium", "low",
                                                      "informational"};
  const bool known = std::ranges::find(kKnown, word) != kKnown.end();
  return fmt::format("<span class=\"sev {}\">{}</span>", known ? word : "none",
                     word.empty() ? "–" : text(word));
}

void Table::row(const std::vector<std::string>& cells) {
  body_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    body_ += columns_[i].css.empty()
                 ? fmt::format("<td>{}</td>", cells[i])
                 : fmt::format("<td class=\"{}\">{}</td>", columns_[i].css, cells[i]);
  }
  body_ += "</tr>\n";
}

std::string Table::html(std::string_view otherwise, std::string_view id) const {
  if (empty()) return fmt::format("<p class=\"none\">{}</p>\n", otherwise);
  std::string out = fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\">\n<table>"
      "<caption>{0}</caption>\n<thead><tr>",
      text(caption_));
  for (const Column& column : columns_) {
    out += fmt::format("<th scope=\"col\"{}>{}</th>", column.css == "num" ? " class=\"num\"" : "",
                       text(column.heading));
  }
  out += "</tr></thead>\n<tbody";
  if (!id.empty()) out += fmt::format(" id=\"{}\"", id);
  out += ">\n" + body_ + "</tbody></table></div>\n";
  if (!note_.empty()) out += fmt::format("<p class=\"note\">{}</p>\n", note_);
  return out;
}

std::string left_out(std::int64_t shown, std::int64_t all, std::string_view query) {
  if (all <= shown) return {};
  return fmt::format(
      "Shown are {} of {}; left out are {}. All of them: <code>sqlite3 -readonly CASE.db "
      "&quot;{}&quot;</code>",
      number(shown), number(all), number(all - shown), text(query));
}

}  // namespace evtxhound::casefile::report
