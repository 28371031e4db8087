#include "evtxhound/rules/log_source.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "evtxhound/rules/evaluator.hpp"
#include "evtxhound/rules/field_place.hpp"
#include "tests/rules/build_event.hpp"
#include "tests/rules/build_rule.hpp"

using namespace evtxhound;
using namespace evtxhound::rules;
using Status = LogSourceMapping::Status;

namespace {

using Texts = std::vector<std::string>;

// What a rule of the category reads in the field of the event.
Texts values(const char* category, const char* field, TestEvent event) {
  const Rule rule = rule_of_all({category, ""}, {text_atom(field, "x")});
  return field_values(rule, field, event.view());
}

bool applies(const LogSource& source, TestEvent event) {
  for (const EventKind& kind : map_log_source(source).kinds) {
    if (is_of_kind(kind, event.view())) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("Each category is Sysmon's event") {
  const std::vector<std::pair<const char*, std::vector<std::uint32_t>>> categories{
      {"process_creation", {1}},
      {"file_change", {2}},
      {"network_connection", {3}},
      {"sysmon_status", {4, 16}},
      {"process_termination", {5}},
      {"driver_load", {6}},
      {"image_load", {7}},
      {"create_remote_thread", {8}},
      {"raw_access_thread", {9}},
      {"process_access", {10}},
      {"file_event", {11}},
      {"registry_event", {12, 13, 14}},
      {"registry_add", {12}},
      {"registry_delete", {12}},
      {"registry_set", {13}},
      {"registry_rename", {14}},
      {"create_stream_hash", {15}},
      {"pipe_created", {17, 18}},
      {"wmi_event", {19, 20, 21}},
      {"dns_query", {22}},
      {"file_delete", {23, 26}},
      {"clipboard_capture", {24}},
      {"process_tampering", {25}},
      {"file_delete_detected", {26}},
      {"file_block_executable", {27}},
      {"file_block_shredding", {28}},
      {"file_executable_detected", {29}},
      {"sysmon_error", {255}}};
  for (const auto& [category, codes] : categories) {
    for (std::uint32_t code = 1; code < 260; ++code) {
      CAPTURE(category, code);
      const bool expected = std::ranges::find(codes, code) != codes.end();
      CHECK(applies({category, "windows", ""}, sysmon_event(code, {})) == expected);
    }
  }
}

TEST_CASE("A category is also the event of Windows that says the same") {
  const auto is = [](const char* category, const char* channel, std::uint32_t code) {
    return applies({category, "windows", ""}, channel_event(channel, code, {}));
  };
  CHECK(is("process_creation", "Security", 4688));
  CHECK(is("process_termination", "security", 4689));
  CHECK(is("network_connection", "Security", 5156));
  CHECK(is("registry_event", "Security", 4657));
  CHECK(is("ps_script", "Microsoft-Windows-PowerShell/Operational", 4104));
  CHECK(is("ps_script", "PowerShellCore/Operational", 4104));
  CHECK(is("ps_module", "Microsoft-Windows-PowerShell/Operational", 4103));
  CHECK(is("ps_classic_start", "Windows PowerShell", 400));
  CHECK(is("ps_classic_provider_start", "Windows PowerShell", 600));
  CHECK(is("ps_classic_script", "Windows PowerShell", 800));
  CHECK(is("dns_query", "Microsoft-Windows-DNS-Client/Operational", 3008));
  CHECK(is("dns_query", "Microsoft-Windows-DNS-Client/Operational", 3006));
  CHECK_FALSE(is("process_creation", "Security", 1));
  CHECK_FALSE(is("process_creation", "Application", 4688));
  CHECK(applies({"file_access", "windows", ""}, security_event(4663, {{"ObjectType", "File"}})));
  CHECK_FALSE(
      applies({"file_access", "windows", ""}, security_event(4663, {{"ObjectType", "Key"}})));
  TestEvent traced;
  traced.provider = "Microsoft-Windows-Kernel-File";
  CHECK(applies({"file_rename", "windows", ""}, traced));
}

TEST_CASE("4657 is what its operation says") {
  const auto event = [](const char* operation) {
    return security_event(4657, {{"OperationType", operation}});
  };
  CHECK(applies({"registry_set", "windows", ""}, event("%%1904")));
  CHECK(applies({"registry_set", "windows", ""}, event("%%1905")));
  CHECK_FALSE(applies({"registry_set", "windows", ""}, event("%%1906")));
  CHECK(applies({"registry_delete", "windows", ""}, event("%%1906")));
  CHECK(applies({"registry_add", "windows", ""}, event("New registry value created")));
  CHECK_FALSE(applies({"registry_add", "windows", ""}, event("%%1905")));
}

TEST_CASE("Services are channels, and narrow a category") {
  const auto is = [](const char* service, const char* channel) {
    return applies({"", "windows", service}, channel_event(channel, 1, {}));
  };
  CHECK(is("security", "Security"));
  CHECK(is("system", "System"));
  CHECK(is("windefend", "Microsoft-Windows-Windows Defender/Operational"));
  CHECK(is("applocker", "Microsoft-Windows-AppLocker/MSI and Script"));
  CHECK(is("codeintegrity-operational", "Microsoft-Windows-CodeIntegrity/Operational"));
  CHECK(is("dns-client", "Microsoft-Windows-DNS-Client/Operational"));
  CHECK(is("Sysmon", "Microsoft-Windows-Sysmon/Operational"));
  CHECK_FALSE(is("system", "Security"));
  CHECK(applies({"process_creation", "windows", "security"}, security_event(4688, {})));
  CHECK_FALSE(applies({"process_creation", "windows", "security"}, sysmon_event(1, {})));
  CHECK(map_log_source({"process_creation", "windows", "system"}).status == Status::kUnknown);
  CHECK(applies({"", "windows", ""}, channel_event("Whatever", 7, {})));
}

TEST_CASE("What is not mapped says why") {
  for (const LogSource& source :
       {LogSource{"webserver", "", ""}, LogSource{"", "linux", "auditd"},
        LogSource{"proxy", "windows", ""}, LogSource{"file_event", "macos", ""}}) {
    const auto mapping = map_log_source(source);
    CHECK(mapping.status == Status::kNotApplicable);
    CHECK_FALSE(mapping.reason.empty());
  }
  for (const LogSource& source :
       {LogSource{"", "", ""}, LogSource{"process_craetion", "windows", ""},
        LogSource{"", "windows", "secruity"}}) {
    const auto mapping = map_log_source(source);
    CHECK(mapping.status == Status::kUnknown);
    CHECK_FALSE(mapping.reason.empty());
  }
}

TEST_CASE("4688 has Sysmon's fields by other names, and lacks some") {
  const TestEvent event = security_event(4688, {{"SubjectUserName", "ann"},
                                                {"SubjectDomainName", "CORP"},
                                                {"SubjectLogonId", "0x3e7"},
                                                {"NewProcessId", "0x1a4"},
                                                {"NewProcessName", "C:\\a.exe"},
                                                {"ProcessId", "0x10"},
                                                {"CommandLine", "a -b"},
                                                {"ParentProcessName", "C:\\p.exe"},
                                                {"MandatoryLabel", "S-1-16-12288"}});
  const auto field = [&](const char* name) { return values("process_creation", name, event); };
  CHECK(field("Image") == Texts{"C:\\a.exe"});
  CHECK(field("ParentImage") == Texts{"C:\\p.exe"});
  CHECK(field("CommandLine") == Texts{"a -b"});
  CHECK(field("ProcessId") == Texts{"420"});
  CHECK(field("ParentProcessId") == Texts{"16"});
  CHECK(field("User") == Texts{"CORP\\ann"});
  CHECK(field("LogonId") == Texts{"0x3e7"});
  CHECK(field("IntegrityLevel") == Texts{"S-1-16-12288", "High"});
  CHECK(field("OriginalFileName").empty());
  CHECK(field("Hashes").empty());
}

TEST_CASE("Sysmon's hashes are fields of their own, too") {
  const TestEvent event = sysmon_event(1, {{"Hashes", "SHA1=AA,MD5=BB,IMPHASH=CC"}});
  CHECK(values("process_creation", "md5", event) == Texts{"BB"});
  CHECK(values("process_creation", "Imphash", event) == Texts{"CC"});
  CHECK(values("process_creation", "sha256", event).empty());
  CHECK(values("process_creation", "Hashes", event) == Texts{"SHA1=AA,MD5=BB,IMPHASH=CC"});
}

TEST_CASE("4657 reads as Sysmon writes the registry") {
  const TestEvent event =
      security_event(4657, {{"ObjectName", "\\REGISTRY\\MACHINE\\SOFTWARE\\Run"},
                            {"ObjectValueName", "evil"},
                            {"OperationType", "%%1904"},
                            {"NewValueType", "%%1876"},
                            {"NewValue", "16"},
                            {"ProcessName", "C:\\reg.exe"}});
  CHECK(values("registry_set", "TargetObject", event) == Texts{"HKLM\\SOFTWARE\\Run\\evil"});
  CHECK(values("registry_set", "Details", event) == Texts{"16", "DWORD (0x00000010)"});
  CHECK(values("registry_set", "EventType", event) == Texts{"SetValue"});
  CHECK(values("registry_set", "Image", event) == Texts{"C:\\reg.exe"});
}

TEST_CASE("5156 reads as Sysmon writes a connection") {
  const TestEvent event = security_event(5156, {{"Application", "\\device\\x\\a.exe"},
                                                {"Direction", "%%14593"},
                                                {"SourceAddress", "10.0.0.1"},
                                                {"DestAddress", "10.0.0.2"},
                                                {"DestPort", "443"},
                                                {"Protocol", "6"}});
  CHECK(values("network_connection", "Image", event) == Texts{"\\device\\x\\a.exe"});
  CHECK(values("network_connection", "DestinationIp", event) == Texts{"10.0.0.2"});
  CHECK(values("network_connection", "DestinationPort", event) == Texts{"443"});
  CHECK(values("network_connection", "Initiated", event) == Texts{"true"});
  CHECK(values("network_connection", "Protocol", event) == Texts{"6", "tcp"});
}

TEST_CASE("CrowdStrike's events are of the system that they come from") {
  const auto event = [](const char* platform) {
    return crowdstrike_event("ProcessRollup2", {{"event_platform", platform},
                                                {"ImageFileName", "\\Device\\a.exe"},
                                                {"ParentBaseFileName", "p.exe"},
                                                {"SHA256HashData", "ab"}});
  };
  CHECK(applies({"process_creation", "windows", ""}, event("Win")));
  CHECK_FALSE(applies({"process_creation", "windows", ""}, event("Mac")));
  CHECK(applies({"process_creation", "macos", ""}, event("Mac")));
  CHECK_FALSE(applies({"process_creation", "macos", ""}, event("Win")));
  CHECK(applies({"process_creation", "", ""}, event("Mac")));
  CHECK(applies({"process_creation", "windows", ""},
                crowdstrike_event("SyntheticProcessRollup2", {})));
  CHECK(applies({"dns_query", "windows", ""}, crowdstrike_event("DnsRequest", {})));
  CHECK(applies({"network_connection", "windows", ""}, crowdstrike_event("NetworkConnectIP4", {})));
  CHECK(values("process_creation", "Image", event("Win")) == Texts{"\\Device\\a.exe"});
  CHECK(values("process_creation", "ParentImage", event("Win")) == Texts{"p.exe", "\\p.exe"});
  CHECK(values("process_creation", "Hashes", event("Win")) == Texts{"SHA256=ab"});
  CHECK(values("process_creation", "sha256", event("Win")) == Texts{"ab"});
}

TEST_CASE("Defender's fields are named with spaces") {
  const std::vector<Rule> rules{rule_of_all({"", "windefend"}, {text_atom("NewValue", "x")})};
  const Program program = Program::compile(rules);
  Evaluator evaluator(program);
  TestEvent event =
      channel_event("Microsoft-Windows-Windows Defender/Operational", 5007, {{"New Value", "x"}});
  CHECK(evaluator.evaluate(event.view()).size() == 1);
}
