// A small pack of each format, for the tests of all of them.
#pragma once

#include <string>
#include <vector>

#include "evtxhound/indicators/pack.hpp"

namespace evtxhound::indicators::testing {

inline const std::string kCsvSample =
    "kind,value,product,description,severity,source\n"
    "domain,evil.com,,\"a, \"\"b\"\"\",high,s\n"
    "version,1.2.3,App|An App,,,\n"
    "registry_key,HKLM\\Software\\Evil\\Run,,,,\n";

inline const std::string kSplunkSample =
    "domain,isIOC,Description\n"
    "evil.com,TRUE,\"seen, twice\"\n"
    "good.com,FALSE,\n"
    "bad.example.org,true,x\n";

inline const std::string kTextSample =
    "# a list\n"
    "hxxps://evil[.]com/x\n"
    "evil[.]com   # a domain\n"
    "10.0.16[.]1\n"
    "2001:db8::/32\n"
    "bb915073385dd16a846dfa318afa3c19\n"
    "S-1-5-21-1-2-3-500\r\n"
    "\n"
    "{0A1B2C3D-1111-2222-3333-ABCDEFABCDEF}\n"
    "C:\\Temp\\evil.dll\n"
    "HKLM\\Software\\Evil\\Run\n"
    "someone[@]evil[.]com\n";

inline const std::string kStixSample = R"({
  "type": "bundle",
  "id": "bundle--1",
  "objects": [
    {"type": "identity", "id": "identity--1", "name": "me"},
    {
      "type": "indicator", "id": "indicator--1", "name": "Evil hosts", "pattern_type": "stix",
      "pattern": "[domain-name:value = 'evil.com' OR ipv4-addr:value IN ('10.1.2.3', '10.1.2.4')]",
      "labels": ["x"], "external_references": [{"url": "https://a.b/c"}]
    },
    {"type": "indicator", "id": "indicator--2", "pattern_type": "stix",
     "pattern": "[file:hashes.'SHA-256' = '7986bbaee8940da11ce089383521ab420c443ab7b15ed42aed91fd31ce833896'] OR [file:name = 'evil.exe']"},
    {"type": "indicator", "id": "indicator--3", "pattern_type": "yara", "pattern": "rule x {}"}
  ]
})";

inline const std::string kMispSample = R"({"Event": {
  "info": "An \"event\"", "threat_level_id": "1",
  "Attribute": [
    {"type": "ip-dst", "to_ids": true, "value": "10.1.2.3", "comment": "C2", "Tag": [{"name": "x"}]},
    {"type": "domain|ip", "to_ids": true, "value": "evil.com|10.1.2.4"},
    {"type": "domain", "to_ids": false, "value": "good.com"},
    {"type": "yara", "to_ids": true, "value": "rule x {}"}
  ],
  "Object": [
    {"name": "file", "Attribute": [
      {"type": "filename|md5", "to_ids": true, "value": "a.exe|bb915073385dd16a846dfa318afa3c19"},
      {"type": "filename", "to_ids": true, "value": "evil.exe"}
    ]}
  ],
  "RelatedEvent": [{"Event": {"info": "other", "Attribute": [
    {"type": "ip-dst", "to_ids": true, "value": "10.9.9.9"}]}}]
}})";

inline const std::string kOpenIocSample = R"(<?xml version="1.0" encoding="utf-8"?>
<!-- made by hand -->
<OpenIOC xmlns="http://openioc.org/schemas/OpenIOC_1.1" id="ioc-1">
  <metadata><short_description>Evil &amp; co</short_description></metadata>
  <criteria>
    <Indicator operator="OR" id="i1">
      <IndicatorItem id="a" condition="is" negate="false">
        <Context document="FileItem" search="FileItem/Md5sum" type="mir"/>
        <Content type="md5">BB915073385DD16A846DFA318AFA3C19</Content>
      </IndicatorItem>
      <IndicatorItem id="b" condition="contains">
        <Context document="RegistryItem" search="RegistryItem/Path" type="mir"/>
        <Content type="string">\Evil\Run</Content>
      </IndicatorItem>
      <Indicator operator="AND" id="i2">
        <IndicatorItem id="c" condition="is">
          <Context document="DnsEntryItem" search="DnsEntryItem/Host" type="mir"/>
          <Content type="string">evil.com</Content>
        </IndicatorItem>
      </Indicator>
      <Indicator operator="AND" id="i3">
        <IndicatorItem id="d" condition="is">
          <Context document="FileItem" search="FileItem/FileName" type="mir"/>
          <Content type="string">svchost.exe</Content>
        </IndicatorItem>
        <IndicatorItem id="e" condition="is" negate="true">
          <Context document="FileItem" search="FileItem/FilePath" type="mir"/>
          <Content type="string">C:\Windows\System32</Content>
        </IndicatorItem>
      </Indicator>
    </Indicator>
  </criteria>
</OpenIOC>
)";

// `kind value` of each indicator.
inline std::vector<std::string> values_of(const Pack& pack) {
  std::vector<std::string> values;
  for (const auto& each : pack.indicators) {
    values.push_back(std::string(to_string(each.kind)) + " " + each.value);
  }
  return values;
}

// `line:column: message` of each note, `!` before those that are wrong.
inline std::vector<std::string> notes_of(const Pack& pack) {
  std::vector<std::string> notes;
  for (const auto& note : pack.notes) {
    notes.push_back((note.weight == PackNote::Weight::kWrong ? "!" : "") +
                    std::to_string(note.line) + ":" + std::to_string(note.column) + ": " +
                    note.message);
  }
  return notes;
}

}  // namespace evtxhound::indicators::testing
