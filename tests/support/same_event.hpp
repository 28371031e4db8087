// Whether two events are the same, as far as XML can hold what they say.
#pragma once

#include <string>
#include <string_view>

#include "evtxhound/evtx/event.hpp"

namespace evtxhound::test {

// What is left of a text once XML has held it: renderers stop at NUL; what XML forbids is `_`.
inline std::string as_xml_holds(const std::string& text) {
  const std::string_view replacement = "\xEF\xBF\xBD";
  std::string out = text.substr(0, text.find('\0'));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') c = '_';
  }
  // U+FFFD stands for lone surrogates; U+FFFE and U+FFFF differ from it in the last byte.
  for (const char last : {'\xBD', '\xBE', '\xBF'}) {
    const std::string from = std::string(replacement.substr(0, 2)) + last;
    for (auto at = out.find(from); at != std::string::npos; at = out.find(from, at)) {
      out.replace(at, 3, "_");
    }
  }
  return out;
}

inline evtx::Event as_xml_holds(evtx::Event event) {
  for (std::string* text : {&event.provider, &event.channel, &event.computer, &event.user_sid,
                            &event.activity_id, &event.keywords}) {
    *text = as_xml_holds(*text);
  }
  for (evtx::Field& field : event.data)
    field = {as_xml_holds(field.name), as_xml_holds(field.value)};
  return event;
}

inline bool same_event(const evtx::Event& a, const evtx::Event& b) {
  return a.time_created == b.time_created && a.provider == b.provider && a.channel == b.channel &&
         a.computer == b.computer && a.user_sid == b.user_sid && a.activity_id == b.activity_id &&
         a.keywords == b.keywords && a.event_code == b.event_code && a.version == b.version &&
         a.level == b.level && a.task == b.task && a.opcode == b.opcode &&
         a.process_id == b.process_id && a.thread_id == b.thread_id && a.data == b.data;
}

inline std::string describe(const evtx::Event& event) {
  std::string text = event.time_created + " " + event.provider + " " + event.channel + " " +
                     event.computer + " " + event.user_sid + " " + event.keywords;
  for (const evtx::Field& field : event.data) text += "\n  " + field.name + "=" + field.value;
  return text;
}

}  // namespace evtxhound::test
