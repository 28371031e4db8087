#include <fmt/format.h>

#include <array>
#include <utility>

#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/casefile/export/event_json.hpp"
#include "evtxhound/casefile/export/event_writer.hpp"

namespace evtxhound::casefile {
namespace {

std::string code_of(const StoredEvent& event) {
  return event.event_code ? std::to_string(*event.event_code) : std::string();
}

// What was found, and where nothing was, what program the event is about.
std::string what_of(const StoredEvent& event, const nlohmann::ordered_json& data) {
  std::string out = hits_as_text(event);
  const std::string detections = detections_as_text(event);
  if (!out.empty() && !detections.empty()) out += "; ";
  out += detections;
  return out.empty() ? process_of(data) : out;
}

// What nearly every channel begins with says nothing.
std::string brief_channel(const std::string& channel) {
  constexpr std::string_view kCommon = "Microsoft-Windows-";
  return channel.starts_with(kCommon) ? channel.substr(kCommon.size()) : channel;
}

std::string_view colour_of(const std::string& severity) {
  if (severity == "critical" || severity == "high") return "\x1B[1;31m";
  return severity == "medium" ? "\x1B[33m" : "";
}

class TableWriter : public EventWriter {
 public:
  TableWriter(TimeZone zone, std::size_t columns, bool colour)
      : zone_(std::move(zone)), columns_(columns), colour_(colour) {}

  void begin(std::string& out) override {
    line(out, {"Time", "Host", "Channel", "Event", "Severity", "Found, or program", "Detail"}, "");
  }

  // Events come one by one, so the widths are fixed before the first is known.
  void write(const StoredEvent& event, std::string& out) override {
    const auto data = data_of(event);
    const std::string severity = severity_of(event);
    line(out,
         {brief(time_in(zone_, event)), event.computer, brief_channel(event.channel),
          code_of(event), severity, what_of(event, data), detail_of(data)},
         colour_ ? colour_of(severity) : "");
  }

 private:
  static constexpr std::size_t kCells = 7;
  using Cells = std::array<std::string, kCells>;
  static constexpr std::size_t kTime = 23;
  static constexpr std::size_t kSeverity = 4;

  // To the millisecond, without the zone, which is that of all lines.
  static std::string brief(std::string time) {
    if (time.size() < kIso8601Size - 1) return time;
    time[10] = ' ';
    return time.substr(0, kTime);
  }

  void line(std::string& out, const Cells& cells, std::string_view colour) const {
    static constexpr std::array<std::size_t, kCells - 1> kWidths = {kTime, 18, 20, 5, 13, 40};
    std::string text;
    std::size_t begin = 0;  // of the severity, and its end, in `text`
    std::size_t end = 0;
    for (std::size_t i = 0; i + 1 < kCells; ++i) {
      begin = i == kSeverity ? text.size() : begin;
      text += fit(visible(cells[i]), kWidths[i]);
      end = i == kSeverity ? text.size() : end;
      text += "  ";
    }
    text += visible(cells[kCells - 1]);
    if (columns_ > 0) text = cut(text, columns_);
    text.erase(text.find_last_not_of(' ') + 1);
    if (!colour.empty() && end <= text.size()) {
      text.insert(end, "\x1B[0m");
      text.insert(begin, colour);
    }
    out += text + '\n';
  }

  TimeZone zone_;
  std::size_t columns_;
  bool colour_;
};

class TsvWriter : public EventWriter {
 public:
  explicit TsvWriter(TimeZone zone) : zone_(std::move(zone)) {}

  void begin(std::string& out) override {
    out +=
        "time\tcomputer\tchannel\tevent_code\tseverity\thits\tdetections\tprocess\tdetail\t"
        "user_sid\trecord_id\tevidence\tbyte_offset\tevent_id\n";
  }

  void write(const StoredEvent& event, std::string& out) override {
    const auto data = data_of(event);
    const std::array<std::string, 14> cells = {time_in(zone_, event),
                                               event.computer,
                                               event.channel,
                                               code_of(event),
                                               severity_of(event),
                                               hits_as_text(event),
                                               detections_as_text(event),
                                               process_of(data),
                                               detail_of(data),
                                               event.user_sid,
                                               std::to_string(event.record_id),
                                               event.evidence,
                                               std::to_string(event.byte_offset),
                                               std::to_string(event.event_id)};
    for (const std::string& cell : cells) out += visible(cell) + '\t';
    out.back() = '\n';
  }

 private:
  TimeZone zone_;
};

}  // namespace

std::unique_ptr<EventWriter> table_writer(TimeZone zone, std::size_t columns, bool colour) {
  return std::make_unique<TableWriter>(std::move(zone), columns, colour);
}

std::unique_ptr<EventWriter> tsv_writer(TimeZone zone) {
  return std::make_unique<TsvWriter>(std::move(zone));
}

}  // namespace evtxhound::casefile
