#include "evtxhound/rules/log_source_tables.hpp"

#include <algorithm>
#include <array>

namespace evtxhound::rules {
namespace {

constexpr std::string_view kSysmon = "Microsoft-Windows-Sysmon/Operational";
constexpr std::string_view kSecurity = "Security";
constexpr std::string_view kPowerShell = "Microsoft-Windows-PowerShell/Operational";
constexpr std::string_view kPowerShellCore = "PowerShellCore/Operational";
constexpr std::string_view kPowerShellClassic = "Windows PowerShell";
constexpr std::string_view kDnsClient = "Microsoft-Windows-DNS-Client/Operational";
constexpr std::string_view kKernelFile = "Microsoft-Windows-Kernel-File";

// A list of event ids that lives as long as the program.
template <std::uint32_t... kCodes>
constexpr std::array<std::uint32_t, sizeof...(kCodes)> kCodeList{kCodes...};

// Sysmon's fields have Sigma's names, but for the hashes, which it writes into one field.
constexpr std::array kSysmonFields = {
    FieldSource{"md5", "Hashes", Reading::kHash, "MD5"},
    FieldSource{"Md5", "Hashes", Reading::kHash, "MD5"},
    FieldSource{"sha1", "Hashes", Reading::kHash, "SHA1"},
    FieldSource{"Sha1", "Hashes", Reading::kHash, "SHA1"},
    FieldSource{"sha256", "Hashes", Reading::kHash, "SHA256"},
    FieldSource{"Sha256", "Hashes", Reading::kHash, "SHA256"},
    FieldSource{"imphash", "Hashes", Reading::kHash, "IMPHASH"},
    FieldSource{"Imphash", "Hashes", Reading::kHash, "IMPHASH"},
};

// 4688: the subject is who started the process, whose id stands under ProcessId.
constexpr std::array kProcessCreated = {
    FieldSource{"Image", "NewProcessName"},
    FieldSource{"ProcessId", "NewProcessId", Reading::kDecimal},
    FieldSource{"ParentImage", "ParentProcessName"},
    FieldSource{"ParentProcessId", "ProcessId", Reading::kDecimal},
    FieldSource{"User", "SubjectUserName", Reading::kAccount, "SubjectDomainName"},
    FieldSource{"LogonId", "SubjectLogonId"},
    FieldSource{"IntegrityLevel", "MandatoryLabel", Reading::kIntegrity},
};

constexpr std::array kProcessEnded = {
    FieldSource{"Image", "ProcessName"},
    FieldSource{"ProcessId", "ProcessId", Reading::kDecimal},
    FieldSource{"User", "SubjectUserName", Reading::kAccount, "SubjectDomainName"},
    FieldSource{"LogonId", "SubjectLogonId"},
};

constexpr std::array kRegistryChanged = {
    FieldSource{"TargetObject", "ObjectName", Reading::kRegistryKey, "ObjectValueName"},
    FieldSource{"Details", "NewValue", Reading::kRegistryData, "NewValueType"},
    FieldSource{"EventType", "OperationType", Reading::kRegistryEvent},
    FieldSource{"Image", "ProcessName"},
    FieldSource{"ProcessId", "ProcessId", Reading::kDecimal},
    FieldSource{"User", "SubjectUserName", Reading::kAccount, "SubjectDomainName"},
};

constexpr std::array kConnectionAllowed = {
    FieldSource{"Image", "Application"},
    FieldSource{"ProcessId", "ProcessID"},
    FieldSource{"SourceIp", "SourceAddress"},
    FieldSource{"DestinationIp", "DestAddress"},
    FieldSource{"DestinationPort", "DestPort"},
    FieldSource{"Protocol", "Protocol", Reading::kProtocol},
    FieldSource{"Initiated", "Direction", Reading::kDirection},
};

// 4663, of files only.
constexpr std::array kObjectAccessed = {
    FieldSource{"FileName", "ObjectName"},
    FieldSource{"TargetFilename", "ObjectName"},
    FieldSource{"Image", "ProcessName"},
    FieldSource{"ProcessId", "ProcessId", Reading::kDecimal},
    FieldSource{"User", "SubjectUserName", Reading::kAccount, "SubjectDomainName"},
};

constexpr std::array<std::string_view, 1> kFileType{"File"};
constexpr std::array<std::string_view, 2> kCreatedWords{"%%1904", "New registry value created"};
constexpr std::array<std::string_view, 4> kSetWords{"%%1904", "New registry value created",
                                                    "%%1905", "Existing registry value modified"};
constexpr std::array<std::string_view, 2> kDeletedWords{"%%1906", "Registry value deleted"};
constexpr std::array kOfFile{Requirement{"ObjectType", kFileType}};
constexpr std::array kValueCreated{Requirement{"OperationType", kCreatedWords}};
constexpr std::array kValueSet{Requirement{"OperationType", kSetWords}};
constexpr std::array kValueDeleted{Requirement{"OperationType", kDeletedWords}};

constexpr EventKind sysmon(std::span<const std::uint32_t> codes) {
  return {LogFormat::kWindows, kSysmon, {}, codes, kSysmonFields, {}};
}

constexpr EventKind security(std::span<const std::uint32_t> codes,
                             std::span<const FieldSource> fields,
                             std::span<const Requirement> required = {}) {
  return {LogFormat::kWindows, kSecurity, {}, codes, fields, required};
}

constexpr EventKind in_channel(std::string_view channel, std::span<const std::uint32_t> codes) {
  return {LogFormat::kWindows, channel, {}, codes, {}, {}};
}

// Events that only a trace has, which no log keeps unless somebody set it up.
constexpr EventKind traced_by(std::string_view provider) {
  return {LogFormat::kWindows, {}, provider, {}, {}, {}};
}

constexpr std::array kCategories = {
    CategoryKind{"process_creation", sysmon(kCodeList<1>)},
    CategoryKind{"process_creation", security(kCodeList<4688>, kProcessCreated)},
    CategoryKind{"file_change", sysmon(kCodeList<2>)},
    CategoryKind{"network_connection", sysmon(kCodeList<3>)},
    CategoryKind{"network_connection", security(kCodeList<5156>, kConnectionAllowed)},
    CategoryKind{"sysmon_status", sysmon(kCodeList<4, 16>)},
    CategoryKind{"process_termination", sysmon(kCodeList<5>)},
    CategoryKind{"process_termination", security(kCodeList<4689>, kProcessEnded)},
    CategoryKind{"driver_load", sysmon(kCodeList<6>)},
    CategoryKind{"image_load", sysmon(kCodeList<7>)},
    CategoryKind{"create_remote_thread", sysmon(kCodeList<8>)},
    CategoryKind{"raw_access_thread", sysmon(kCodeList<9>)},
    CategoryKind{"process_access", sysmon(kCodeList<10>)},
    CategoryKind{"file_event", sysmon(kCodeList<11>)},
    CategoryKind{"registry_event", sysmon(kCodeList<12, 13, 14>)},
    CategoryKind{"registry_event", security(kCodeList<4657>, kRegistryChanged)},
    CategoryKind{"registry_add", sysmon(kCodeList<12>)},
    CategoryKind{"registry_add", security(kCodeList<4657>, kRegistryChanged, kValueCreated)},
    CategoryKind{"registry_delete", sysmon(kCodeList<12>)},
    CategoryKind{"registry_delete", security(kCodeList<4657>, kRegistryChanged, kValueDeleted)},
    CategoryKind{"registry_set", sysmon(kCodeList<13>)},
    CategoryKind{"registry_set", security(kCodeList<4657>, kRegistryChanged, kValueSet)},
    CategoryKind{"registry_rename", sysmon(kCodeList<14>)},
    CategoryKind{"create_stream_hash", sysmon(kCodeList<15>)},
    CategoryKind{"pipe_created", sysmon(kCodeList<17, 18>)},
    CategoryKind{"wmi_event", sysmon(kCodeList<19, 20, 21>)},
    CategoryKind{"dns_query", sysmon(kCodeList<22>)},
    CategoryKind{"dns_query", in_channel(kDnsClient, kCodeList<3006, 3008>)},
    // 23 keeps the deleted file, 26 does not.
    CategoryKind{"file_delete", sysmon(kCodeList<23, 26>)},
    CategoryKind{"clipboard_capture", sysmon(kCodeList<24>)},
    CategoryKind{"process_tampering", sysmon(kCodeList<25>)},
    CategoryKind{"file_delete_detected", sysmon(kCodeList<26>)},
    CategoryKind{"file_block_executable", sysmon(kCodeList<27>)},
    CategoryKind{"file_block_shredding", sysmon(kCodeList<28>)},
    CategoryKind{"file_executable_detected", sysmon(kCodeList<29>)},
    CategoryKind{"sysmon_error", sysmon(kCodeList<255>)},
    CategoryKind{"file_access", traced_by(kKernelFile)},
    CategoryKind{"file_access", security(kCodeList<4663>, kObjectAccessed, kOfFile)},
    CategoryKind{"file_rename", traced_by(kKernelFile)},
    CategoryKind{"ps_classic_start", in_channel(kPowerShellClassic, kCodeList<400>)},
    CategoryKind{"ps_classic_provider_start", in_channel(kPowerShellClassic, kCodeList<600>)},
    CategoryKind{"ps_classic_script", in_channel(kPowerShellClassic, kCodeList<800>)},
    CategoryKind{"ps_module", in_channel(kPowerShell, kCodeList<4103>)},
    CategoryKind{"ps_module", in_channel(kPowerShellCore, kCodeList<4103>)},
    CategoryKind{"ps_script", in_channel(kPowerShell, kCodeList<4104>)},
    CategoryKind{"ps_script", in_channel(kPowerShellCore, kCodeList<4104>)},
};

// Defender's own names have spaces.
constexpr std::array kDefenderFields = {
    FieldSource{"ProcessName", "Process Name"},   FieldSource{"SourceName", "Source Name"},
    FieldSource{"Source_Name", "Source Name"},    FieldSource{"ThreatName", "Threat Name"},
    FieldSource{"Threat_Name", "Threat Name"},    FieldSource{"NewValue", "New Value"},
    FieldSource{"New_Value", "New Value"},        FieldSource{"OldValue", "Old Value"},
    FieldSource{"Old_Value", "Old Value"},        FieldSource{"FeatureName", "Feature Name"},
    FieldSource{"Feature_Name", "Feature Name"},  FieldSource{"SeverityName", "Severity Name"},
    FieldSource{"CategoryName", "Category Name"},
};

constexpr std::array kServices = {
    ServiceChannel{"application", "Application", {}},
    ServiceChannel{
        "application-experience", "Microsoft-Windows-Application-Experience/Program-Telemetry", {}},
    ServiceChannel{"application-experience",
                   "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
                   {}},
    ServiceChannel{"applocker", "Microsoft-Windows-AppLocker/EXE and DLL", {}},
    ServiceChannel{"applocker", "Microsoft-Windows-AppLocker/MSI and Script", {}},
    ServiceChannel{"applocker", "Microsoft-Windows-AppLocker/Packaged app-Deployment", {}},
    ServiceChannel{"applocker", "Microsoft-Windows-AppLocker/Packaged app-Execution", {}},
    ServiceChannel{"appmodel-runtime", "Microsoft-Windows-AppModel-Runtime/Admin", {}},
    ServiceChannel{
        "appxdeployment-server", "Microsoft-Windows-AppXDeploymentServer/Operational", {}},
    ServiceChannel{"appxpackaging-om", "Microsoft-Windows-AppxPackaging/Operational", {}},
    ServiceChannel{"bitlocker", "Microsoft-Windows-BitLocker/BitLocker Management", {}},
    ServiceChannel{"bits-client", "Microsoft-Windows-Bits-Client/Operational", {}},
    ServiceChannel{"capi2", "Microsoft-Windows-CAPI2/Operational", {}},
    ServiceChannel{"certificateservicesclient-lifecycle-system",
                   "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational",
                   {}},
    ServiceChannel{"codeintegrity-operational", "Microsoft-Windows-CodeIntegrity/Operational", {}},
    ServiceChannel{"dhcp", "Microsoft-Windows-DHCP-Server/Operational", {}},
    ServiceChannel{"diagnosis-scripted", "Microsoft-Windows-Diagnosis-Scripted/Operational", {}},
    ServiceChannel{"dns-client", kDnsClient, {}},
    // As the taxonomy has it; logs have the name above.
    ServiceChannel{"dns-client", "Microsoft-Windows-DNS Client Events/Operational", {}},
    ServiceChannel{"dns-server", "DNS Server", {}},
    ServiceChannel{"dns-server-analytic", "Microsoft-Windows-DNS-Server/Analytical", {}},
    ServiceChannel{"dns-server-audit", "Microsoft-Windows-DNS-Server/Audit", {}},
    ServiceChannel{
        "driver-framework", "Microsoft-Windows-DriverFrameworks-UserMode/Operational", {}},
    ServiceChannel{
        "firewall-as", "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", {}},
    ServiceChannel{"hyper-v-worker", "Microsoft-Windows-Hyper-V-Worker", {}},
    ServiceChannel{"hyper-v-worker", "Microsoft-Windows-Hyper-V-Worker-Admin", {}},
    ServiceChannel{"hyper-v-worker", "Microsoft-Windows-Hyper-V-Worker-Operational", {}},
    ServiceChannel{"iis-configuration", "Microsoft-IIS-Configuration/Operational", {}},
    ServiceChannel{"kernel-event-tracing", "Microsoft-Windows-Kernel-EventTracing", {}},
    ServiceChannel{"kernel-event-tracing", "Microsoft-Windows-Kernel-EventTracing/Admin", {}},
    ServiceChannel{"kernel-shimengine", "Microsoft-Windows-Kernel-ShimEngine/Operational", {}},
    ServiceChannel{"kernel-shimengine", "Microsoft-Windows-Kernel-ShimEngine/Diagnostic", {}},
    ServiceChannel{"ldap", "Microsoft-Windows-LDAP-Client/Debug", {}},
    ServiceChannel{"ldap_debug", "Microsoft-Windows-LDAP-Client/Debug", {}},
    ServiceChannel{"lsa-server", "Microsoft-Windows-LSA/Operational", {}},
    ServiceChannel{"microsoft-servicebus-client", "Microsoft-ServiceBus-Client", {}},
    ServiceChannel{"microsoft-servicebus-client", "Microsoft-ServiceBus-Client/Admin", {}},
    ServiceChannel{"microsoft-servicebus-client", "Microsoft-ServiceBus-Client/Operational", {}},
    ServiceChannel{"msexchange-management", "MSExchange Management", {}},
    ServiceChannel{"ntfs", "Microsoft-Windows-Ntfs/Operational", {}},
    ServiceChannel{"ntlm", "Microsoft-Windows-NTLM/Operational", {}},
    ServiceChannel{"openssh", "OpenSSH/Operational", {}},
    ServiceChannel{"powershell", kPowerShell, {}},
    ServiceChannel{"powershell", kPowerShellCore, {}},
    ServiceChannel{"powershell-classic", kPowerShellClassic, {}},
    ServiceChannel{"printservice-admin", "Microsoft-Windows-PrintService/Admin", {}},
    ServiceChannel{"printservice-operational", "Microsoft-Windows-PrintService/Operational", {}},
    ServiceChannel{"security", kSecurity, {}},
    ServiceChannel{
        "security-mitigations", "Microsoft-Windows-Security-Mitigations/Kernel Mode", {}},
    ServiceChannel{"security-mitigations", "Microsoft-Windows-Security-Mitigations/User Mode", {}},
    ServiceChannel{"sense", "Microsoft-Windows-SENSE/Operational", {}},
    ServiceChannel{"servicebus-client", "Microsoft-ServiceBus-Client/Admin", {}},
    ServiceChannel{"servicebus-client", "Microsoft-ServiceBus-Client/Operational", {}},
    ServiceChannel{"shell-core", "Microsoft-Windows-Shell-Core/Operational", {}},
    ServiceChannel{"smbclient-connectivity", "Microsoft-Windows-SmbClient/Connectivity", {}},
    ServiceChannel{"smbclient-security", "Microsoft-Windows-SmbClient/Security", {}},
    ServiceChannel{"smbserver-connectivity", "Microsoft-Windows-SMBServer/Connectivity", {}},
    ServiceChannel{"sysmon", kSysmon, kSysmonFields},
    ServiceChannel{"system", "System", {}},
    ServiceChannel{"taskscheduler", "Microsoft-Windows-TaskScheduler/Operational", {}},
    ServiceChannel{"terminalservices-localsessionmanager",
                   "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
                   {}},
    ServiceChannel{"vhdmp", "Microsoft-Windows-VHDMP/Operational", {}},
    ServiceChannel{"windefend", "Microsoft-Windows-Windows Defender/Operational", kDefenderFields},
    ServiceChannel{"wmi", "Microsoft-Windows-WMI-Activity/Operational", {}},
};

constexpr std::array kFalconProcess = {
    FieldSource{"Image", "ImageFileName"},
    FieldSource{"ParentImage", "ParentImageFileName"},
    FieldSource{"ParentImage", "ParentBaseFileName", Reading::kBaseName},
    FieldSource{"ParentCommandLine", "ParentCommandLine"},
    FieldSource{"ProcessId", "RawProcessId"},
    FieldSource{"User", "UserName"},
    FieldSource{"User", "UserSid"},
    FieldSource{"IntegrityLevel", "IntegrityLevel", Reading::kIntegrity},
    FieldSource{"OriginalFileName", "OriginalFilename"},
    FieldSource{"Hashes", "MD5HashData", Reading::kKeyed, "MD5"},
    FieldSource{"Hashes", "SHA1HashData", Reading::kKeyed, "SHA1"},
    FieldSource{"Hashes", "SHA256HashData", Reading::kKeyed, "SHA256"},
    FieldSource{"md5", "MD5HashData"},
    FieldSource{"Md5", "MD5HashData"},
    FieldSource{"sha1", "SHA1HashData"},
    FieldSource{"Sha1", "SHA1HashData"},
    FieldSource{"sha256", "SHA256HashData"},
    FieldSource{"Sha256", "SHA256HashData"},
};

constexpr std::array kFalconDns = {
    FieldSource{"QueryName", "DomainName"},
    FieldSource{"QueryResults", "IP4Records"},
    FieldSource{"QueryResults", "IP6Records"},
    FieldSource{"QueryResults", "CNAMERecords"},
    FieldSource{"Image", "ImageFileName"},
    FieldSource{"Image", "ContextImageFileName"},
    FieldSource{"Image", "ContextBaseFileName", Reading::kBaseName},
    FieldSource{"ProcessId", "ContextProcessId"},
};

constexpr std::array kFalconConnection = {
    FieldSource{"DestinationIp", "RemoteAddressIP4"},
    FieldSource{"DestinationPort", "RemotePort"},
    FieldSource{"SourceIp", "LocalAddressIP4"},
    FieldSource{"SourcePort", "LocalPort"},
    FieldSource{"Protocol", "Protocol", Reading::kProtocol},
    FieldSource{"Initiated", "ConnectionDirection", Reading::kDirection},
    FieldSource{"Image", "ImageFileName"},
    FieldSource{"Image", "ContextImageFileName"},
    FieldSource{"Image", "ContextBaseFileName", Reading::kBaseName},
    FieldSource{"ProcessId", "ContextProcessId"},
};

constexpr EventKind falcon(std::string_view name, std::span<const FieldSource> fields) {
  return {LogFormat::kCrowdStrike, {}, name, {}, fields, {}};
}

constexpr std::array kFalcon = {
    CategoryKind{"process_creation", falcon("ProcessRollup2", kFalconProcess)},
    CategoryKind{"process_creation", falcon("SyntheticProcessRollup2", kFalconProcess)},
    CategoryKind{"dns_query", falcon("DnsRequest", kFalconDns)},
    CategoryKind{"network_connection", falcon("NetworkConnectIP4", kFalconConnection)},
};

constexpr std::array<std::string_view, 1> kMac{"Mac"};
constexpr std::array<std::string_view, 1> kLinux{"Lin"};
constexpr std::array<std::string_view, 2> kOthers{"Mac", "Lin"};
constexpr std::array kOnMac{Requirement{"event_platform", kMac}};
constexpr std::array kOnLinux{Requirement{"event_platform", kLinux}};
constexpr std::array kOnWindows{Requirement{"event_platform", kOthers, true}};

constexpr std::array<std::string_view, 8> kForeign{"antivirus", "database", "dns",       "edr",
                                                   "firewall",  "proxy",    "webserver", "vpn"};

}  // namespace

std::span<const CategoryKind> category_kinds() { return kCategories; }
std::span<const ServiceChannel> service_channels() { return kServices; }
std::span<const CategoryKind> crowdstrike_kinds() { return kFalcon; }

std::span<const Requirement> platform_requirement(std::string_view product) {
  if (product == "windows") return kOnWindows;
  if (product == "macos") return kOnMac;
  if (product == "linux") return kOnLinux;
  return {};
}

bool is_foreign_category(std::string_view category) {
  return std::ranges::find(kForeign, category) != kForeign.end();
}

}  // namespace evtxhound::rules
