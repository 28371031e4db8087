// The body file of The Sleuth Kit 3: MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime,
// times in seconds since 1970, 0 for none. mactime splits at every | and reads %7C as a character,
// so both are written that way. An event has one time; it stands as all four, since mactime makes a
// line of its own of those that are 0.
#include <fmt/format.h>

#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/casefile/export/event_json.hpp"
#include "evtxhound/casefile/export/event_writer.hpp"

namespace evtxhound::casefile {
namespace {

constexpr Filetime kUnixEpoch = 116444736000000000;
constexpr Filetime kSecond = 10'000'000;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : visible(text)) {
    if (c == '|') {
      out += "%7C";
    } else if (c == '%') {
      out += "%25";
    } else {
      out += c;
    }
  }
  return out;
}

class BodyfileWriter : public EventWriter {
 public:
  void write(const StoredEvent& event, std::string& out) override {
    // 0 says that there is no time, and mactime cannot count backwards from 1970.
    const bool sayable = event.time && *event.time >= kUnixEpoch + kSecond;
    const Filetime seconds = sayable ? (*event.time - kUnixEpoch) / kSecond : 0;
    if (!sayable) count_without_time();
    std::string name = event.computer + " " + event.channel + " " + message_of(event);
    const std::string hits = hits_as_text(event);
    const std::string detections = detections_as_text(event);
    if (!hits.empty()) name += " {hits: " + hits + "}";
    if (!detections.empty()) name += " {detections: " + detections + "}";
    name += fmt::format(" ({} @ {:#x})", event.evidence, event.byte_offset);
    out += fmt::format("0|{}|{}|-/----------|0|0|{}|{}|{}|{}|{}\n", escaped(name), event.event_id,
                       event.byte_size, seconds, seconds, seconds, seconds);
  }
};

}  // namespace

std::unique_ptr<EventWriter> bodyfile_writer() { return std::make_unique<BodyfileWriter>(); }

}  // namespace evtxhound::casefile
