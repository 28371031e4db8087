#include <fmt/format.h>

#include <charconv>
#include <pugixml.hpp>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/event_collector.hpp"
#include "evtxhound/evtx/xml_element.hpp"
#include "evtxhound/exports/escapes.hpp"
#include "evtxhound/exports/event_reader.hpp"

namespace evtxhound::exports {
namespace {

using evtx::local_name;
using evtx::XmlElement;

bool is_character(char32_t c) {
  return c != 0 && c <= 0x10FFFF && !is_lead_surrogate(c) && !is_trail_surrogate(c);
}

// Replaces references to what is no character: a parser would end the text at the first NUL, and
// write what is no UTF-8 for others. A pair of references to surrogates is the character that it
// stands for. Whether there were any to be replaced by U+FFFD.
bool mend_references(std::string& text) {
  bool replaced = false;
  std::string mended;
  std::size_t done = 0;
  for (std::size_t at = text.find("&#"); at != std::string::npos; at = text.find("&#", at + 2)) {
    const CodePoint c = xml_reference_at(text, at);
    if (c.size == 0 || is_character(c.value)) continue;
    char32_t meant = kReplacementCharacter;
    std::size_t size = c.size;
    if (is_lead_surrogate(c.value) && std::string_view(text).substr(at + size, 2) == "&#") {
      const CodePoint trail = xml_reference_at(text, at + size);
      if (trail.size > 0 && is_trail_surrogate(trail.value)) {
        meant = from_surrogates(c.value, trail.value);
        size += trail.size;
      }
    }
    replaced = replaced || meant == kReplacementCharacter;
    mended.append(text, done, at - done);
    append_utf8(mended, meant);
    done = at + size;
    at = done - 2;
  }
  if (done == 0) return false;
  mended.append(text, done);
  text = std::move(mended);
  return replaced;
}

std::uint64_t record_id_of(const pugi::xml_node& root) {
  std::uint64_t id = 0;
  for (const pugi::xml_node& part : root.children()) {
    if (local_name(part.name()) != "System") continue;
    for (const pugi::xml_node& field : part.children()) {
      if (local_name(field.name()) != "EventRecordID") continue;
      const std::string_view text = trim(field.child_value());
      std::from_chars(text.data(), text.data() + text.size(), id);
    }
  }
  return id;
}

// Leaves nothing but System for EventCollector to go through.
void keep_head(pugi::xml_node root) {
  for (pugi::xml_node part = root.first_child(); part;) {
    const pugi::xml_node next = part.next_sibling();
    if (local_name(part.name()) != "System") root.remove_child(part);
    part = next;
  }
}

class XmlReader : public EventReader {
 public:
  Result<ReadEvent> read(Bytes bytes, TextEncoding encoding, Extent extent) override {
    DecodedText decoded = decode(bytes, encoding);
    ReadEvent read;
    read.replaced = mend_references(decoded.text) || decoded.replaced;
    const pugi::xml_parse_result parsed = document_.load_buffer_inplace(
        decoded.text.data(), decoded.text.size(), evtx::kXmlParseFlags, pugi::encoding_utf8);
    if (!parsed) {
      return Problem{ProblemKind::kRecordUnread, std::nullopt,
                     fmt::format("{} at byte {} of its XML", parsed.description(), parsed.offset)};
    }
    const pugi::xml_node root = document_.first_child();
    if (extent == Extent::kHead) keep_head(root);
    read.event.record_id = record_id_of(root);
    evtx::EventCollector<XmlElement>(read.event).collect(XmlElement(root));
    document_.reset();  // it points into the text
    return read;
  }

 private:
  pugi::xml_document document_;
};

}  // namespace

std::unique_ptr<EventReader> make_xml_reader() { return std::make_unique<XmlReader>(); }

std::unique_ptr<EventReader> make_reader(evidence::Kind kind) {
  const bool xml = kind == evidence::Kind::kXml || kind == evidence::Kind::kXmlGzip;
  return xml ? make_xml_reader() : make_crowdstrike_reader();
}

}  // namespace evtxhound::exports
