// The process trees around hits and detections, as nested lists.
#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/human.hpp"
#include "evtxhound/casefile/report/html.hpp"
#include "evtxhound/casefile/report/process_forest.hpp"
#include "evtxhound/casefile/report/sections.hpp"

namespace evtxhound::casefile::report {
namespace {

constexpr std::size_t kStarts = 200'000;
constexpr std::size_t kShown = 500;
constexpr int kDepth = 30;         // deeper than any honest tree
constexpr std::size_t kFound = 6;  // lines of what was found on one process

class Lists {
 public:
  explicit Lists(const ProcessForest& forest) : forest_(forest), concerned_(forest.concerned()) {}

  std::string html() {
    const auto& all = forest_.processes();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (concerned_[i] && !all[i].parent) roots_[all[i].host].push_back(i);
    }
    for (const auto& [name, roots] : roots_) {
      if (shown_ >= kShown) break;
      out_ += fmt::format("<h3>{}</h3>\n<ul class=\"tree\">\n",
                          name.empty() ? "(host not named)" : text(name));
      for (const std::size_t root : roots) node(root, 0);
      out_ += "</ul>\n";
    }
    const auto total =
        static_cast<std::size_t>(std::count(concerned_.begin(), concerned_.end(), true));
    if (total > shown_) {
      out_ += "<p class=\"note\">" +
              left_out(static_cast<std::int64_t>(shown_), static_cast<std::int64_t>(total),
                       "SELECT * FROM v_process") +
              "</p>\n";
    }
    return std::move(out_);
  }

 private:
  void node(std::size_t number, int depth) {
    if (shown_ >= kShown) return;
    ++shown_;
    const Process& process = forest_.processes()[number];
    out_ += process.found.empty() ? "<li>" : "<li class=\"marked\">";
    out_ += fmt::format("<div><b class=\"mono\">{}</b> <small>{}{}{}</small></div>\n",
                        process.image.empty() ? "(image not named)" : text(process.image),
                        process.pid ? fmt::format("pid {} ", *process.pid) : "",
                        process.started.empty() ? "its start is not in the case file"
                                                : "started " + time(process.started),
                        process.user.empty() ? "" : " by " + text(process.user));
    if (!process.command_line.empty()) {
      out_ += "<code>" + text(process.command_line) + "</code>\n";
    }
    found(process);
    std::string_view open = "<ul>\n";
    for (const std::size_t child : process.children) {
      if (!concerned_[child] || shown_ >= kShown) continue;
      if (depth >= kDepth) {
        out_ += "<p class=\"note\">Deeper descendants are left out.</p>\n";
        break;
      }
      out_ += open;
      open = {};
      node(child, depth + 1);
    }
    out_ += open.empty() ? "</ul></li>\n" : "</li>\n";
  }

  void found(const Process& process) {
    std::size_t lines = 0;
    for (const auto& [what, count] : process.found) {
      if (lines++ == kFound) {
        out_ += fmt::format("<div class=\"sign\">and {} more</div>\n",
                            number_of_rest(process.found.size()));
        return;
      }
      out_ += fmt::format("<div class=\"sign\">{}{}</div>\n", text(what),
                          count > 1 ? fmt::format(" <b>×{}</b>", grouped(count)) : "");
    }
  }

  static std::string number_of_rest(std::size_t all) { return grouped(all - kFound); }

  const ProcessForest& forest_;
  std::vector<bool> concerned_;
  std::map<std::string, std::vector<std::size_t>> roots_;
  std::string out_;
  std::size_t shown_ = 0;
};

}  // namespace

std::string processes(Database& database) {
  const ProcessForest forest(database, kStarts);
  std::string out = Lists(forest).html();
  if (out.empty()) {
    out = "<p class=\"none\">No hit or detection is on an event that names its process.</p>\n";
  }
  if (forest.is_cut()) {
    out +=
        fmt::format("<p class=\"note\">Only the first {} starts of processes were looked at.</p>\n",
                    grouped(kStarts));
  }
  return out;
}

}  // namespace evtxhound::casefile::report
