// The CSV of log2timeline: 17 columns, nothing quoted. As Plaso's psort does, a comma within a
// value becomes a space; what would break the line is made visible.
#include <algorithm>
#include <array>
#include <utility>

#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/casefile/export/event_json.hpp"
#include "evtxhound/casefile/export/event_writer.hpp"

namespace evtxhound::casefile {
namespace {

constexpr std::string_view kHeader =
    "date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,"
    "notes,format,extra";
constexpr std::size_t kColumns = 17;
constexpr std::size_t kShort = 80;  // columns of a message's short form

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string source_type(const StoredEvent& event) {
  if (event.source_type == "crowdstrike") return "CrowdStrike FDR";
  if (event.source_type == "raw") return "raw bytes";
  return event.source_type == "xml" ? "WinEVT XML" : "WinEVTX";
}

std::string notes(const StoredEvent& event) {
  std::string out = hits_as_text(event);
  const std::string detections = detections_as_text(event);
  if (!out.empty() && !detections.empty()) out += "; ";
  return or_dash(out + detections);
}

std::string extra(const StoredEvent& event) {
  return "byte_offset: " + std::to_string(event.byte_offset) + "; channel: " + event.channel +
         "; event_id: " + std::to_string(event.event_id) +
         "; record_id: " + std::to_string(event.record_id) + "; severity: " + severity_of(event) +
         "; state: " + event.state + "; time_created: " + event.time_created;
}

// A value that cannot end its column or its line, nor be a spreadsheet's formula.
std::string cell(const std::string& text) {
  std::string out = visible(text);
  std::replace(out.begin(), out.end(), ',', ' ');
  const bool formula = out.size() > 1 && std::string_view("=+-@").find(out[0]) < 4;
  return formula ? "'" + out : out;
}

class L2tCsvWriter : public EventWriter {
 public:
  explicit L2tCsvWriter(TimeZone zone) : zone_(std::move(zone)) {}

  void begin(std::string& out) override { out.append(kHeader).append("\n"); }

  void write(const StoredEvent& event, std::string& out) override {
    std::string date = "00/00/0000";  // as Plaso writes what is no time
    std::string time = "--:--:--";
    if (event.time) {
      const std::string iso = zone_.iso8601(*event.time);
      date = iso.substr(5, 2) + '/' + iso.substr(8, 2) + '/' + iso.substr(0, 4);
      time = iso.substr(11, 8);
    } else {
      count_without_time();
    }
    const std::string message = message_of(event);
    const std::array<std::string, kColumns> cells = {date,
                                                     time,
                                                     zone_.name(),
                                                     "M...",
                                                     event.source_type == "raw" ? "RAW" : "EVT",
                                                     source_type(event),
                                                     "Content Modification Time",
                                                     or_dash(event.user_sid),
                                                     or_dash(event.computer),
                                                     cut(visible(message), kShort),
                                                     message,
                                                     "2",
                                                     event.evidence,
                                                     "-",
                                                     notes(event),
                                                     "evtxhound/" + event.source_type,
                                                     extra(event)};
    for (std::size_t i = 0; i < kColumns; ++i) {
      // A zone's offset begins with + and is no formula of evidence.
      out += i < 4 ? cells[i] : cell(cells[i]);
      out += i + 1 < kColumns ? ',' : '\n';
    }
  }

 private:
  TimeZone zone_;
};

}  // namespace

std::unique_ptr<EventWriter> l2t_csv_writer(TimeZone zone) {
  return std::make_unique<L2tCsvWriter>(std::move(zone));
}

}  // namespace evtxhound::casefile
