// Events of a case file in the formats of other tools.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "evtxhound/base/time_zone.hpp"
#include "evtxhound/casefile/event_stream.hpp"

namespace evtxhound::casefile {

// Writes events as text, one after the other. Not thread-safe.
class EventWriter {
 public:
  virtual ~EventWriter() = default;

  // Each appends to `out`. Call begin() once before the first event and end() once behind the last.
  virtual void begin(std::string& out) { static_cast<void>(out); }
  virtual void write(const StoredEvent& event, std::string& out) = 0;
  virtual void end(std::string& out) { static_cast<void>(out); }

  // Events so far whose time the format cannot say.
  [[nodiscard]] std::uint64_t without_time() const { return without_time_; }

 protected:
  void count_without_time() { ++without_time_; }

 private:
  std::uint64_t without_time_ = 0;
};

// docs/examiner.md says what each format holds. Times are in `zone` where the format has a place
// for a zone.

// Values separated by commas (RFC 4180), with the names of the columns. `guard_formulas` puts an
// apostrophe before a text that a spreadsheet would take for a formula.
std::unique_ptr<EventWriter> csv_writer(TimeZone zone, bool guard_formulas);

// One JSON object a line, with hits, detections and data fields nested in it. Holds all that the
// case file has of the event.
std::unique_ptr<EventWriter> json_lines_writer(TimeZone zone);

// JSON Lines as Timesketch imports them; its times are UTC.
std::unique_ptr<EventWriter> timesketch_writer();

// The CSV of log2timeline with its 17 columns, as Plaso's psort writes it.
std::unique_ptr<EventWriter> l2t_csv_writer(TimeZone zone);

// A body file of The Sleuth Kit 3 and later, for mactime.
std::unique_ptr<EventWriter> bodyfile_writer();

// For a terminal of `columns` columns (0: no end), each event one line, cut where it is too long;
// with colours of the severity where `colour` says so. No control characters from evidence.
std::unique_ptr<EventWriter> table_writer(TimeZone zone, std::size_t columns, bool colour);

// Values separated by tabs, with the names of the columns; control characters made visible.
std::unique_ptr<EventWriter> tsv_writer(TimeZone zone);

// The event's time in `zone`; as the case file has it where that is no time.
std::string time_in(const TimeZone& zone, const StoredEvent& event);

}  // namespace evtxhound::casefile
