#include "evtxhound/evidence/collection/host_sign.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evidence/find.hpp"

namespace evtxhound::evidence {
namespace {

using Json = nlohmann::json;

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// An object's member that is the name of a host; empty where there is none.
std::string host_in(const Json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return {};
  const auto& text = member->get_ref<const std::string&>();
  return is_host_name(text) ? text : std::string();
}

// An offline collector writes what its plugin `info` gives (Hostname), a server what it knows of
// the client (hostname).
std::string host_of_client(Bytes head) {
  if (head.size() >= kHeadSize) return {};  // cut, and far longer than any
  const std::string_view text = text_of(head);
  const Json object = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!object.is_object()) return {};
  const std::string collected = host_in(object, "Hostname");
  const std::string known = host_in(object, "hostname");
  if (collected.empty() || known.empty()) return collected.empty() ? known : collected;
  return collected == known ? collected : std::string();
}

bool begins_object(Bytes head) { return trim(text_of(head)).starts_with('{'); }

// The rest of the line from there on.
std::string_view line_from(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  return trim(rest.substr(0, rest.find('\n')));
}

// The value of a switch on a command line, without quotes; empty where it has none.
std::string_view value_of(std::string_view command_line, std::string_view option) {
  const std::size_t at = command_line.find(option);
  if (at == std::string_view::npos) return {};
  std::string_view rest = command_line.substr(at + option.size());
  if (!rest.starts_with(' ')) return {};
  rest = trim(rest);
  if (rest.starts_with('"')) return rest.substr(1, rest.substr(1).find('"'));
  return rest.substr(0, rest.find(' '));
}

// Only the drive C: of a machine that Windows was started from is its own for sure.
bool is_own_drive(std::string_view source) {
  return ascii_iequals(source, "C") || ascii_iequals(source, "C:") || ascii_iequals(source, "C:\\");
}

// Windows PE calls itself so, on whatever machine it is started.
bool is_rescue_system(std::string_view host) { return ascii_lower(host).starts_with("minint-"); }

// The log begins with KAPE's own command line and the machine; what modules print comes later, with
// command lines of theirs.
std::string host_of_kape_log(Bytes head) {
  constexpr std::string_view kCommand = "Command line:";
  constexpr std::string_view kMachine = "System info: Machine name:";
  const std::string_view text = text_of(head);
  const std::size_t command = text.find(kCommand);
  const std::size_t machine = text.find(kMachine);
  if (machine == std::string_view::npos || command > machine) return {};
  if (text.find(kMachine, machine + 1) != std::string_view::npos) return {};
  const std::string_view line = line_from(text, command + kCommand.size());
  if (!is_own_drive(value_of(line, "--tsource"))) return {};
  const std::string_view named = line_from(text, machine + kMachine.size());
  if (named.find(',') == std::string_view::npos) return {};
  const std::string host(trim(named.substr(0, named.find(','))));
  return is_host_name(host) && !is_rescue_system(host) ? host : std::string();
}

}  // namespace

std::optional<HostSign> read_host_sign(std::string_view file_name, Bytes head) {
  using Sign = HostSign::Kind;
  if (file_name == "collection_context.json") {
    if (!begins_object(head)) return std::nullopt;
    return HostSign{Sign::kContext, {}, {}};
  }
  const bool client = file_name == "client_info.json";
  if (!client && !file_name.ends_with("_ConsoleLog.txt")) return std::nullopt;
  std::string host = client ? host_of_client(head) : host_of_kape_log(head);
  if (host.empty()) return std::nullopt;
  if (client) return HostSign{Sign::kClientInfo, std::move(host), {}};
  return HostSign{Sign::kKapeLog, std::move(host), kape_time(file_name)};
}

std::string kape_time(std::string_view file_name) {
  constexpr std::string_view kForm = "dddd-dd-ddT";
  constexpr std::size_t kDigits = 6;  // of the time of day
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (file_name.size() < kForm.size()) return {};
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == 'd' ? !is_digit(file_name[i]) : file_name[i] != kForm[i]) return {};
  }
  std::string time(file_name.substr(0, kForm.size()));
  for (const char c : file_name.substr(kForm.size())) {
    if (time.size() == kForm.size() + kDigits) return c == '_' ? time : std::string();
    if (is_digit(c)) {
      time += c;
    } else if (c != '_') {
      return {};
    }
  }
  return {};
}

bool is_host_name(std::string_view text) {
  constexpr std::size_t kLongest = 253;
  if (text.empty() || text.size() > kLongest || valid_utf8(text) != text) return false;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    const bool mark = c.value == U'-' || c.value == U'_' || c.value == U'.';
    if (!mark && !is_alphanumeric(c.value)) return false;
    at += c.size;
  }
  return !text.starts_with('.') && !ascii_iequals(text, "localhost");
}

}  // namespace evtxhound::evidence
