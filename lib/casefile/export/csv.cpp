#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "evtxhound/casefile/export/event_json.hpp"
#include "evtxhound/casefile/export/event_writer.hpp"

namespace evtxhound::casefile {
namespace {

constexpr std::string_view kHeader =
    "event_id,time,computer,channel,provider,event_code,level,severity,hits,detections,process,"
    "detail,user_sid,record_id,state,source_type,evidence,byte_offset,byte_size,data";

// What spreadsheets begin a formula with, or skip before one: the list of OWASP's page on CSV
// injection, with the full-width forms. The apostrophe itself is here so that taking one away from
// the front always gives the text back.
constexpr std::array<std::string_view, 12> kFormula = {
    "=", "+", "-", "@", "\t", "\r", "\n", "'", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};

bool is_formula(std::string_view text) {
  for (const std::string_view begin : kFormula) {
    if (text.starts_with(begin)) return true;
  }
  return false;
}

class CsvWriter : public EventWriter {
 public:
  CsvWriter(TimeZone zone, bool guard) : zone_(std::move(zone)), guard_(guard) {}

  void begin(std::string& out) override { out.append(kHeader).append("\r\n"); }

  void write(const StoredEvent& event, std::string& out) override {
    const auto data = data_of(event);
    number(out, event.event_id);
    text(out, time_in(zone_, event));
    text(out, event.computer);
    text(out, event.channel);
    text(out, event.provider);
    number(out, event.event_code);
    number(out, event.level);
    text(out, severity_of(event));
    text(out, hits_as_text(event));
    text(out, detections_as_text(event));
    text(out, process_of(data));
    text(out, detail_of(data));
    text(out, event.user_sid);
    number(out, event.record_id);
    text(out, event.state);
    text(out, event.source_type);
    text(out, event.evidence);
    number(out, event.byte_offset);
    number(out, event.byte_size);
    text(out, event.data);
    out.back() = '\r';
    out += '\n';
  }

 private:
  static void number(std::string& out, const std::optional<std::int64_t>& value) {
    if (value) out += std::to_string(*value);
    out += ',';
  }

  void text(std::string& out, const std::string& value) const {
    const bool guarded = guard_ && is_formula(value);
    const bool quoted = value.find_first_of(",\"\r\n") != std::string::npos;
    if (quoted) out += '"';
    if (guarded) out += '\'';
    for (const char c : value) {
      if (c == '\0') {
        out += "\u2400";  // no reader of CSV takes NUL; this is its picture
      } else {
        out += c;
      }
      if (c == '"') out += '"';
    }
    out += quoted ? "\"," : ",";
  }

  TimeZone zone_;
  bool guard_;
};

}  // namespace

std::unique_ptr<EventWriter> csv_writer(TimeZone zone, bool guard_formulas) {
  return std::make_unique<CsvWriter>(std::move(zone), guard_formulas);
}

}  // namespace evtxhound::casefile
