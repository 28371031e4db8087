// The same records, in the same order and with the same content, as evtx_dump 0.15.1 reads. Each
// difference that is kept stands in kKept with its reason; docs/evtx-reader.md lists the classes.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>

#include "evtxhound/base/in_turns.hpp"
#include "log_oracle.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/cost.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

enum class Kept {
  kOursOnly,    // evtx_dump does not show the record
  kTheirsOnly,  // evtx_dump makes an event of bytes that are none; we report a problem
  kValues,      // the payload differs; all else in the record is the same
};

struct KeptDifference {
  std::string_view log;  // the end of its path
  std::string_view record_id;
  Kept kind;
  // What the payload must say: of kValues, by the spec that the log was forged from.
  std::string_view xml_payload = {};
  std::string_view json_payload = {};
};

constexpr std::string_view kHello = "Microsoft-Windows-HelloForBusiness%4Operational.evtx";
constexpr std::string_view kBadMagic = "sample_with_a_bad_chunk_magic.evtx";
constexpr std::string_view kIrregular = "types/irregular.evtx";

const std::array kKept = {
    // Records that were being written when the log was copied: the values of the template are there
    // by their sizes, their bytes are zeros, and the payload that Event depends on is null.
    KeptDifference{kHello, "0", Kept::kTheirsOnly},
    KeptDifference{kBadMagic, "", Kept::kTheirsOnly},
    // evtx_dump does not look into a last chunk that is cut, ...
    KeptDifference{"damaged/cut.evtx", "1", Kept::kOursOnly},
    KeptDifference{"damaged/cut.evtx", "2", Kept::kOursOnly},
    // ... nor behind a chunk header that is gone, ...
    KeptDifference{"damaged/zeroed-chunk-header.evtx", "1", Kept::kOursOnly},
    KeptDifference{"damaged/zeroed-chunk-header.evtx", "2", Kept::kOursOnly},
    // ... and fails with arrays of size_t, and with strings of an odd size.
    KeptDifference{kIrregular, "1", Kept::kOursOnly},
    KeptDifference{kIrregular, "2", Kept::kOursOnly},
    KeptDifference{kIrregular, "9", Kept::kOursOnly},
    // It takes as many bytes as a type usually has, whatever size the descriptor says, so that what
    // follows is read from the wrong place: bools of one byte and of two, ...
    KeptDifference{kIrregular, "3", Kept::kValues,
                   "<Data Name='Bool'>true</Data><Data Name='After'>y</Data>",
                   R"({"Bool":true,"After":"y"})"},
    KeptDifference{kIrregular, "4", Kept::kValues,
                   "<Data Name='Bool'>true</Data><Data Name='After'>y</Data>",
                   R"({"Bool":true,"After":"y"})"},
    // ... a SID with fewer sub-authorities than it counts, ...
    KeptDifference{kIrregular, "13", Kept::kValues,
                   "<Data Name='CutSid'>S-1-5-21-1-2</Data><Data Name='After'>y</Data>",
                   R"({"CutSid":"S-1-5-21-1-2","After":"y"})"},
    // ... a uint32 of two bytes and a GUID of four, ...
    KeptDifference{kIrregular, "15", Kept::kValues,
                   "<Data Name='ShortInt'>513</Data><Data Name='NoGuid'>00112233</Data>"
                   "<Data Name='After'>y</Data>",
                   R"({"ShortInt":513,"NoGuid":"00112233","After":"y"})"},
    // ... and an array of strings whose last one has no NUL.
    KeptDifference{kIrregular, "16", Kept::kValues,
                   "<Data Name='OpenEnd'>a</Data><Data Name='OpenEnd'>b</Data>"
                   "<Data Name='After'>y</Data>",
                   R"({"OpenEnd":["a","b"],"After":"y"})"},
    // Windows writes the words of its C runtime where numbers are none.
    KeptDifference{kIrregular, "12", Kept::kValues,
                   "<Data Name='Nan'>1.#QNAN</Data><Data Name='Inf'>1.#INF</Data>"
                   "<Data Name='MinusInf'>-1.#INF</Data><Data Name='Tenth'>0.1</Data>"
                   "<Data Name='After'>y</Data>",
                   R"({"Nan":"1.#QNAN","Inf":"1.#INF","MinusInf":"-1.#INF","Tenth":"0.1",)"
                   R"("After":"y"})"},
};

// A record of either program's output, in a form that is equal where the content is.
struct Shown {
  std::string record_id;
  std::string without_payload;
  std::string payload;
};

using Read = Shown (*)(const std::string&);

// Element names, attributes in the order of their names, and texts exactly.
void canonicalize(const pugi::xml_node& node, std::string& out) {
  if (node.type() != pugi::node_element) {
    out += node.value();
    return;
  }
  out += std::string("\1<") + node.name();
  std::vector<std::string> attributes;
  for (const pugi::xml_attribute attribute : node.attributes()) {
    attributes.push_back(std::string(attribute.name()) + "=" + attribute.value());
  }
  std::ranges::sort(attributes);
  for (const std::string& attribute : attributes) out += "\2" + attribute;
  out += "\1>";
  for (const pugi::xml_node child : node.children()) canonicalize(child, out);
  out += "\1/";
}

// Texts stay as they are: line ends, white space, sections of CDATA.
constexpr unsigned kParseFlags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata |
                                 pugi::parse_pi | pugi::parse_comments;

Shown read_xml(const std::string& text) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(text.data(), text.size(), kParseFlags);
  if (!parsed) return {"", std::string(parsed.description()) + ": " + text, ""};
  const pugi::xml_node event = document.child("Event");
  Shown shown;
  shown.record_id = event.child("System").child("EventRecordID").text().get();
  canonicalize(event.child("EventData"), shown.payload);
  document.child("Event").remove_child("EventData");
  for (const pugi::xml_node node : document.children()) canonicalize(node, shown.without_payload);
  return shown;
}

Shown read_json(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return {"", "no JSON: " + text, ""};
  Shown shown;
  const Json id = json.value("/Event/System/EventRecordID"_json_pointer, Json(""));
  shown.record_id = id.is_string() ? id.get<std::string>() : id.dump();
  if (json["Event"].contains("EventData")) {
    shown.payload = json["Event"]["EventData"].dump();
    json["Event"].erase("EventData");
  }
  shown.without_payload = json.dump();
  return shown;
}

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    if (end != at) parts.push_back(text.substr(at, end - at));
    at = end + separator.size();
  }
  return parts;
}

// How each program is asked for a format, and what its output is made of.
struct Comparison {
  std::string ours;
  std::string theirs;
  std::string their_separator;
  Read read;
};

const Comparison kXml = {"xml", "xml --no-indent --dont-show-record-number",
                         "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n", &read_xml};
const Comparison kJson = {"jsonl", "jsonl", "\n", &read_json};

// All that is different in one log, by kKept or not.
class LogDifference {
 public:
  LogDifference(const fs::path& log, const std::string& evtx_dump, const Comparison& how)
      : log_(log), read_(how.read) {
    const std::string arguments = "dump --threads 2 --format " + how.ours + " " + quoted(log);
    const std::string theirs =
        "RUST_BACKTRACE=0 " + quoted(evtx_dump) + " -t 1 -o " + how.theirs + " " + quoted(log);
    for (const std::string& line : split(run_evtxhound(arguments).out, "\n")) {
      ours_.push_back(read_(line));
    }
    for (std::string& text : split(shell(theirs).out, how.their_separator)) {
      if (text.ends_with('\n')) text.pop_back();
      theirs_.push_back(read_(text));
    }
    leave_out(Kept::kOursOnly, ours_);
    leave_out(Kept::kTheirsOnly, theirs_);
    compare();
  }

  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }
  // Of kKept, those that were met.
  [[nodiscard]] const std::vector<const KeptDifference*>& kept() const { return kept_; }
  [[nodiscard]] std::size_t compared() const { return ours_.size(); }

 private:
  const KeptDifference* find(Kept kind, const Shown& record) {
    for (const KeptDifference& kept : kKept) {
      if (kept.kind != kind || kept.record_id != record.record_id) continue;
      if (log_.string().ends_with(kept.log)) return &kept;
    }
    return nullptr;
  }

  void leave_out(Kept kind, std::vector<Shown>& records) {
    std::erase_if(records, [&](const Shown& record) {
      const KeptDifference* const kept = find(kind, record);
      if (kept != nullptr) kept_.push_back(kept);
      return kept != nullptr;
    });
  }

  void compare() {
    const std::size_t both = std::min(ours_.size(), theirs_.size());
    for (std::size_t i = 0; i < both && findings_.size() < 5; ++i) {
      if (ours_[i].without_payload != theirs_[i].without_payload) {
        differ("the event", ours_[i].without_payload, theirs_[i].without_payload);
      } else if (ours_[i].payload != theirs_[i].payload && !is_kept(ours_[i])) {
        differ("EventData", ours_[i].payload, theirs_[i].payload);
      }
    }
    if (ours_.size() == theirs_.size()) return;
    differ("records", std::to_string(ours_.size()), std::to_string(theirs_.size()));
  }

  bool is_kept(const Shown& ours) {
    const KeptDifference* const kept = find(Kept::kValues, ours);
    if (kept == nullptr) return false;
    const std::string expected =
        read_ == &read_xml
            ? read_("<Event><EventData>" + std::string(kept->xml_payload) + "</EventData></Event>")
                  .payload
            : std::string(kept->json_payload);
    if (ours.payload != expected) differ("the spec", ours.payload, expected);
    kept_.push_back(kept);
    return true;
  }

  void differ(const std::string& what, const std::string& ours, const std::string& theirs) {
    std::ostringstream text;
    text << log_.string() << ": " << what << "\n  ours:   " << ours << "\n  theirs: " << theirs;
    findings_.push_back(text.str());
  }

  fs::path log_;
  Read read_;
  std::vector<Shown> ours_;
  std::vector<Shown> theirs_;
  std::vector<std::string> findings_;
  std::vector<const KeptDifference*> kept_;
};

// What comparing many logs found.
struct Findings {
  std::vector<std::string> differences;
  std::vector<const KeptDifference*> kept;
  std::size_t compared = 0;
};

class Worker {
 public:
  Worker(const std::vector<fs::path>& logs, const std::string& evtx_dump, const Comparison& how,
         Findings& findings)
      : logs_(&logs), evtx_dump_(&evtx_dump), how_(&how), findings_(&findings) {}

  void work(std::size_t index) { found_.emplace((*logs_)[index], *evtx_dump_, *how_); }
  void hand_on() {
    for (const std::string& finding : found_->findings()) findings_->differences.push_back(finding);
    for (const KeptDifference* kept : found_->kept()) findings_->kept.push_back(kept);
    findings_->compared += found_->compared();
  }

 private:
  const std::vector<fs::path>* logs_;
  const std::string* evtx_dump_;
  const Comparison* how_;
  Findings* findings_;
  std::optional<LogDifference> found_;
};

Findings compare(const fs::path& folder, const std::string& evtx_dump, const Comparison& how) {
  const std::vector<fs::path> logs = some_logs_below(folder);
  Findings findings;
  evtxhound::in_turns(logs.size(), 2, [&] { return Worker(logs, evtx_dump, how, findings); });
  return findings;
}

std::size_t kept_of(bool in_testdata) {
  return static_cast<std::size_t>(std::ranges::count_if(kKept, [=](const KeptDifference& kept) {
    return (kept.log != kHello && kept.log != kBadMagic) == in_testdata;
  }));
}

void check(const Findings& findings, std::size_t kept) {
  for (const std::string& difference : findings.differences) FAIL_CHECK(difference);
  if (!kSanitized) CHECK(findings.kept.size() == kept);  // each of them, and each once
}

}  // namespace

TEST_CASE("forged logs read as evtx_dump reads them") {
  const auto evtx_dump = find_evtx_dump();
  if (!evtx_dump) return;
  const fs::path testdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";
  for (const Comparison& how : {kXml, kJson}) {
    const Findings findings = compare(testdata, *evtx_dump, how);
    check(findings, kept_of(true));
    CHECK(findings.compared > 400 / kLess / 2);
  }
}

TEST_CASE("real logs read as evtx_dump reads them, as XML") {
  const auto folder = corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  const auto evtx_dump = find_evtx_dump();
  if (!evtx_dump) return;
  const Findings findings = compare(*folder, *evtx_dump, kXml);
  check(findings, kept_of(false));
  CHECK(findings.compared > 20'000 / kLess / 2);
}

TEST_CASE("real logs read as evtx_dump reads them, as JSON") {
  const auto folder = corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  const auto evtx_dump = find_evtx_dump();
  if (!evtx_dump) return;
  const Findings findings = compare(*folder, *evtx_dump, kJson);
  check(findings, kept_of(false));
  CHECK(findings.compared > 20'000 / kLess / 2);
}

// Not in testdata: only values that no test of other readers needs.
TEST_CASE("whole floats have no fraction, where evtx_dump writes .0") {
  const auto evtx_dump = find_evtx_dump();
  if (!evtx_dump) return;
  const TemporaryFolder folder;
  write_file(folder / "floats.jsonl",
             R"({"log": {"provider": "P", "channel": "C", "computer": "X"}})"
             "\n"
             R"({"event_id": 1, "data": {"Whole": {"type": "double", "value": 3},)"
             R"( "Half": {"type": "float", "value": 0.5}}, "time": "2023-03-29T12:00:00Z"})"
             "\n");
  const fs::path log = folder / "floats.evtx";
  REQUIRE(run_evtxhound("forge " + quoted(folder / "floats.jsonl") + " -o " + quoted(log)).status ==
          0);
  const Ran theirs = shell(quoted(*evtx_dump) + " -o jsonl " + quoted(log));
  CHECK_THAT(theirs.out, Catch::Contains(R"({"Whole":"3.0","Half":"0.5"})"));
  CHECK_THAT(run_evtxhound("dump --format jsonl " + quoted(log)).out,
             Catch::Contains(R"({"Whole":"3","Half":"0.5"})"));
  CHECK_THAT(run_evtxhound("dump " + quoted(log)).out, Catch::Contains(">3</Data>"));
}
