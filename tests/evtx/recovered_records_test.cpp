// Every record that `evtx_dump --recover-records` 0.15.1 brings back comes back from `dump
// --recover` too, or is a problem there that names it. evtx_dump renders a stale record by whatever
// template stands at the offset that the record names, also where that has another id; what its
// names and its provider say is then not what they were, and evtxhound has another name, or a
// problem.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <regex>
#include <set>

#include "log_oracle.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/cost.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

using Values = std::vector<std::string>;

// Why a record that was brought back is no event of ours, in the words of the problem.
constexpr std::array<std::string_view, 3> kReasons = {"another id: it was overwritten",
                                                      "a name is too long", "no element in it"};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

// Texts and attributes in their order, without the names: those that were overwritten need not be
// names of XML. Line ends and blanks at either end do not count.
Values values_of(const std::string& xml) {
  Values values;
  const auto add = [&](std::string_view text) {
    std::string value(text);
    for (const auto& [from, to] :
         std::initializer_list<std::pair<const char*, const char*>>{{"&lt;", "<"},
                                                                    {"&gt;", ">"},
                                                                    {"&quot;", "\""},
                                                                    {"&apos;", "'"},
                                                                    {"&#xD;", "\r"},
                                                                    {"&#xA;", "\n"},
                                                                    {"&#x9;", "\t"},
                                                                    {"&#13;", "\r"},
                                                                    {"&#10;", "\n"},
                                                                    {"&#9;", "\t"},
                                                                    {"&amp;", "&"}}) {
      replace_all(value, from, to);
    }
    const std::size_t first = value.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return;
    values.push_back(value.substr(first, value.find_last_not_of(" \t\r\n") - first + 1));
  };
  for (std::size_t at = 0; at + 1 < xml.size();) {
    const char next = xml[at + 1];
    const bool is_attribute = xml[at] == '=' && (next == '\'' || next == '"');
    const std::size_t begin = is_attribute ? at + 2 : at + 1;
    const std::size_t end = is_attribute     ? xml.find(next, begin)
                            : xml[at] == '>' ? xml.find_first_of("<>", begin)
                                             : std::string::npos;
    if (end == std::string::npos) {
      ++at;
      continue;
    }
    if (is_attribute || xml[end] == '<') add(std::string_view(xml).substr(begin, end - begin));
    at = is_attribute ? end + 1 : end;
  }
  return values;
}

std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const std::size_t at = text.find(begin);
  if (at == std::string::npos) return {};
  const std::size_t from = at + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

struct Shown {
  explicit Shown(std::string text) : values(values_of(text)) {
    const std::string time = between(text, "SystemTime=", ">").substr(0, 29);
    id_and_time =
        between(text, "<EventRecordID>", "<") + " " + (time.empty() ? "" : time.substr(1));
    system = values_of(">" + between(text, "</EventID>", "</System>") + "<");
    recovered = text.starts_with("<!-- recovered");
  }

  std::string id_and_time;
  Values values;
  Values system;  // behind EventID: without the provider, which is a template's own text
  bool recovered = false;
};

// What `dump --recover` says of a log: events, and problems of records by the record's id.
class Ours {
 public:
  explicit Ours(const fs::path& log) {
    const Ran ran = run_evtxhound("dump --recover --threads 1 --format xml " + quoted(log));
    for (std::size_t at = 0; at < ran.out.size();) {
      const std::size_t end = ran.out.find('\n', at);
      Shown shown(ran.out.substr(at, end - at));
      events_.emplace(shown.id_and_time, std::move(shown));
      at = end + 1;
    }
    static const std::regex kRecord("@ 0x[0-9a-f]+: (stale )?record ([0-9]+): (.*)");
    for (auto it = std::sregex_iterator(ran.err.begin(), ran.err.end(), kRecord);
         it != std::sregex_iterator(); ++it) {
      const std::string message = (*it)[3];
      const bool is_reason = std::ranges::any_of(kReasons, [&](std::string_view reason) {
        return message.find(reason) != std::string::npos;
      });
      if (is_reason) problems_.insert((*it)[2]);
    }
  }

  // As if nothing had been asked to be recovered.
  void forget_recovered() {
    std::erase_if(events_, [](const auto& event) { return event.second.recovered; });
    problems_.clear();
  }

  // Each takes what answers for a record, so that one event is not the answer for two.
  bool take_event(const Shown& theirs, bool of_another_template) {
    auto [event, end] = events_.equal_range(theirs.id_and_time);
    for (; event != end; ++event) {
      const Shown& ours = event->second;
      if (of_another_template ? ours.system != theirs.system : ours.values != theirs.values)
        continue;
      events_.erase(event);
      return true;
    }
    return false;
  }
  bool take_problem(const std::string& record_id) {
    const auto problem = problems_.find(record_id);
    if (problem == problems_.end()) return false;
    problems_.erase(problem);
    return true;
  }

 private:
  std::multimap<std::string, Shown> events_;
  std::multiset<std::string> problems_;
};

// A record as evtx_dump shows it, with the id in the record's header.
struct Theirs {
  std::string record_id;
  Shown shown;
};

std::vector<Theirs> dumped(const std::string& evtx_dump, const fs::path& log) {
  const std::string out = shell("RUST_BACKTRACE=0 " + quoted(evtx_dump) +
                                " -t 1 -o xml --no-indent --recover-records " + quoted(log))
                              .out;
  std::vector<Theirs> records;
  constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
  std::size_t at = out.find(kDeclaration);
  while (at != std::string::npos) {
    const std::size_t line = at < 2 ? 0 : out.rfind('\n', at - 2) + 1;
    const std::size_t next = out.find(kDeclaration, at + 1);
    const std::size_t begin = at + kDeclaration.size();
    std::string text = out.substr(begin, next == std::string::npos ? next : next - begin);
    records.push_back({between(out.substr(line, at - line), "Record ", " \n"), Shown(text)});
    std::string& id = records.back().record_id;
    id.resize(std::min(id.size(), id.find_first_not_of("0123456789")));
    at = next;
  }
  return records;
}

struct Counts {
  std::size_t same = 0;
  std::size_t problems = 0;
  std::size_t other_template = 0;
  std::size_t empty = 0;  // <Event></Event>: a size and its copy, and nothing that is BinXML
  std::vector<std::string> lacking;
};

void compare(const fs::path& log, const std::vector<Theirs>& theirs, Ours ours, Counts& counts) {
  for (const auto& [record_id, shown] : theirs) {
    if (ours.take_event(shown, false)) {
      ++counts.same;
    } else if (ours.take_problem(record_id)) {
      ++counts.problems;
    } else if (!shown.system.empty() && ours.take_event(shown, true)) {
      ++counts.other_template;
    } else if (shown.values.empty()) {
      ++counts.empty;
    } else {
      counts.lacking.push_back(log.string() + ", record " + record_id + " " + shown.id_and_time);
    }
  }
}

}  // namespace

TEST_CASE("what evtx_dump recovers of real logs comes back, or is a problem that names it") {
  const auto corpus = evtxhound::test::corpus();
  EVTXHOUND_NEEDS(corpus, "the corpus of real logs");
  const auto evtx_dump = find_evtx_dump();
  if (!evtx_dump) return;
  const std::vector<fs::path> logs = logs_below(*corpus);
  // All of them are quick, but with sanitizers.
  const std::size_t step = kSanitized ? 10 : 1;
  Counts counts;
  Counts without;  // what is lacking where nothing is recovered: that the comparison tells
  for (std::size_t i = 0; i < logs.size(); i += step) {
    const auto theirs = dumped(*evtx_dump, logs[i]);
    Ours ours(logs[i]);
    compare(logs[i], theirs, ours, counts);
    ours.forget_recovered();
    compare(logs[i], theirs, std::move(ours), without);
  }
  for (const std::string& lacking : counts.lacking) FAIL_CHECK(lacking);
  INFO(counts.same << " same, " << counts.problems << " problems, " << counts.other_template
                   << " of another template, " << counts.empty << " empty");
  CHECK(without.lacking.size() > counts.problems);
  CHECK(counts.same > 2'000 / step);
  CHECK(counts.empty <= 3);
}
