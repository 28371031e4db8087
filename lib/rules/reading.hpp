// How a value of a record becomes the value that a rule asks for, where the two differ: Sigma's
// field names follow Sysmon, and other logs say the same in other words.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace evtxhound::rules {

enum class Reading : std::uint8_t {
  kPlain,          // as it stands
  kHash,           // of `MD5=…,SHA256=…` the part that the other word names
  kKeyed,          // the other word, `=`, the value: what a part of Sysmon's Hashes looks like
  kDecimal,        // a number in decimal, also where the record has it as 0x…
  kBaseName,       // a file's name without its path: itself, and with `\` before it
  kAccount,        // a user's name; the other field is its domain: DOMAIN\name
  kIntegrity,      // an integrity level as a SID or a number: the SID, and Sysmon's word for it
  kRegistryKey,    // \REGISTRY\MACHINE\…, the other field is the value's name: HKLM\…\name
  kRegistryData,   // a registry value, the other field is its type: itself, and as Sysmon writes it
  kRegistryEvent,  // what happened to a registry value, as a message number: Sysmon's word for it
  kDirection,      // who began a connection, as a message number or a number: "true", "false"
  kProtocol        // a protocol by its number: itself, and "tcp", "udp"
};

// Whether the other word of a reading is the name of a second field of the record.
constexpr bool needs_second_field(Reading reading) {
  return reading == Reading::kAccount || reading == Reading::kRegistryKey ||
         reading == Reading::kRegistryData;
}

// Texts that keep their memory from call to call.
class ReadTexts {
 public:
  [[nodiscard]] std::span<const std::string> texts() const { return {texts_.data(), count_}; }
  void clear() { count_ = 0; }
  // An empty text to write to. REQUIRES: fewer than 2 since clear()
  std::string& add();

 private:
  std::array<std::string, 2> texts_;
  std::size_t count_ = 0;
};

// What a rule reads in `value`: none, one or two texts, all of them valid UTF-8 where the arguments
// are. `other` is the fixed word of the reading, or the second field's value, empty where the
// record has no such field. Pure but for `out`.
void read(Reading reading, std::string_view value, std::string_view other, ReadTexts& out);

}  // namespace evtxhound::rules
