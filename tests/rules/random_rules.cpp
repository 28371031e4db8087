#include "tests/rules/random_rules.hpp"

#include <array>

using namespace std::string_literals;

namespace evtxhound::rules {
namespace {

const std::vector<std::string> kWords{"powershell", "PowerShell.exe",
                                      ".exe",       "\\",
                                      "cmd",        "\0"s,
                                      "a\0b"s,      "C:\\Windows\\",
                                      "-enc",       " ",
                                      "ä",          "Ä",
                                      "σς",         "ΣΣ",
                                      "ſ",          "\u212A",
                                      "k",          "Straße",
                                      "%%1",        "*",
                                      "?",          "evil.com",
                                      "aaaa",       "aaaaaaab",
                                      "\n",         "1",
                                      "0x1F",       "10.1.2.3",
                                      "日本語",     "domain",
                                      "x"};

// Some are in Sysmon's process creation, some are elsewhere under another name, some nowhere.
const std::vector<std::string> kFields{"Image",   "CommandLine",   "ParentImage",    "User",
                                       "Hashes",  "sha256",        "QueryName",      "EventID",
                                       "Channel", "Provider_Name", "Computer",       "TargetObject",
                                       "Details", "Initiated",     "NewProcessName", "Number"};
const std::vector<std::string> kRecordFields{"Image",
                                             "CommandLine",
                                             "ParentImage",
                                             "User",
                                             "Hashes",
                                             "QueryName",
                                             "TargetObject",
                                             "Details",
                                             "Initiated",
                                             "NewProcessName",
                                             "ObjectName",
                                             "ObjectValueName",
                                             "NewValue",
                                             "NewValueType",
                                             "OperationType",
                                             "Number",
                                             "ParentProcessName",
                                             "SubjectUserName",
                                             "SubjectDomainName",
                                             "Channel",
                                             "EventID",
                                             "DomainName",
                                             "ImageFileName",
                                             "SHA256HashData",
                                             "ParentBaseFileName",
                                             "Unasked"};
const std::vector<std::string> kExpressions{"power.*exe", "^aaaa", "b$",           "(?i)CMD",
                                            "^a.b$",      "[0-9]", "(?<!\\\\)cmd", "(a+)\\1b",
                                            "evil.com$",  "^$",    "\\x{e4}"};

template <class Range, class Random>
const auto& pick(const Range& range, Random& random) {
  return range[random() % range.size()];
}

struct Source {
  std::string category;
  std::string service;
  std::string product;
};
const std::vector<Source> kSources{
    {"process_creation", "", "windows"}, {"process_creation", "", ""},
    {"", "security", "windows"},         {"process_creation", "", "macos"},
    {"registry_set", "", "windows"},     {"registry_event", "", "windows"},
    {"dns_query", "", "windows"},        {"", "", "windows"},
    {"", "sysmon", "windows"},           {"", "system", "windows"},
    {"file_access", "", "windows"}};

}  // namespace

std::string RandomRules::text(std::size_t most_words) {
  std::string text;
  for (std::size_t words = below(most_words + 1); words > 0; --words) {
    text += pick(kWords, random_);
  }
  return text;
}

std::vector<Piece> RandomRules::pieces() {
  std::vector<Piece> pieces;
  for (std::size_t count = below(4); count > 0; --count) {
    if (one_in(3)) {
      pieces.push_back({one_in(3) ? Piece::Kind::kOne : Piece::Kind::kAny, {}});
    } else if (const std::string words = text(2); !words.empty()) {
      pieces.push_back({Piece::Kind::kText, words});
    }
  }
  if (one_in(2)) pieces.push_back({Piece::Kind::kAny, {}});
  if (one_in(2)) pieces.insert(pieces.begin(), {Piece::Kind::kAny, {}});
  return pieces;
}

std::string RandomRules::field() { return one_in(12) ? "" : pick(kFields, random_); }

Atom RandomRules::atom() {
  constexpr std::array kNumeric{Test::kLess, Test::kLessOrEqual, Test::kGreater,
                                Test::kGreaterOrEqual};
  switch (below(16)) {
    case 0: {
      Atom atom = regex_atom(field(), pick(kExpressions, random_));
      atom.ignore_case = one_in(3);
      atom.multi_line = one_in(3);
      atom.dot_all = one_in(3);
      return atom;
    }
    case 1:
      return plain_atom(field(), Test::kCidr, one_in(2) ? "10.0.0.0/8" : "10.1.2.0/25");
    case 2:
      return number_atom(field(), pick(kNumeric, random_), static_cast<double>(below(5)));
    case 3:
      return plain_atom(field(), Test::kExists);
    case 4:
      return plain_atom(field(), Test::kNull);
    case 5: {
      Atom atom = plain_atom(pick(kFields, random_), Test::kSameAsField, pick(kFields, random_));
      atom.cased = one_in(2);
      return atom;
    }
    case 6:
      return indicator_atom(field(),
                            one_in(2) ? indicators::Kind::kDomain : indicators::Kind::kSha256);
    case 7:
      return text_atom("EventID", std::array{"1", "4688", "22", "4*"}[below(4)]);
    default: {
      Atom atom;
      atom.field = field();
      atom.pieces = pieces();
      atom.cased = one_in(5);
      return atom;
    }
  }
}

std::uint32_t RandomRules::node(RuleBuilder& builder, std::size_t depth) {
  if (depth == 0 || one_in(4)) return builder.atom(atom());
  if (one_in(5)) return builder.none(node(builder, depth - 1));
  std::vector<std::uint32_t> children;
  for (std::size_t count = 1 + below(3); count > 0; --count) {
    children.push_back(one_in(6) && !children.empty() ? children.front()
                                                      : node(builder, depth - 1));
  }
  return one_in(2) ? builder.all(children) : builder.any(children);
}

Rule RandomRules::rule() {
  const Source& source = pick(kSources, random_);
  RuleBuilder builder(source.category, source.service, source.product);
  node(builder, 3);
  return builder.build();
}

TestEvent RandomRules::event() {
  TestEvent event;
  switch (below(8)) {
    case 0:
    case 1:
      event = sysmon_event(1, {});
      break;
    case 2:
      event = security_event(4688, {});
      break;
    case 3:
      event = security_event(4657, {});
      break;
    case 4:
      event = sysmon_event(one_in(2) ? 13 : 22, {});
      break;
    case 5:
      event = crowdstrike_event(one_in(2) ? "ProcessRollup2" : "DnsRequest", {});
      break;
    case 6:
      event = channel_event(one_in(2) ? "System" : "Elsewhere", 4, {});
      break;
    default:
      event = security_event(one_in(2) ? 4663 : 4699, {});
      break;
  }
  if (one_in(4)) event.source_type = event.source_type == "evtx" ? "xml" : event.source_type;
  if (one_in(20)) event.code.reset();
  if (one_in(10)) event.provider = "Microsoft-Windows-Kernel-File";
  for (std::size_t count = below(8); count > 0; --count) {
    event.data.emplace_back(pick(kRecordFields, random_), text(3));
  }
  if (one_in(2)) event.data.emplace_back("Image", "C:\\Windows\\" + text(2) + ".exe");
  if (one_in(4)) event.data.emplace_back("ObjectType", "File");
  if (one_in(4)) event.data.emplace_back("OperationType", one_in(2) ? "%%1904" : "%%1906");
  if (one_in(4)) event.data.emplace_back("event_platform", one_in(2) ? "Mac" : "Win");
  if (one_in(4)) event.data.emplace_back("Hashes", "MD5=aa,SHA256=" + text(1));
  if (one_in(3)) event.system.emplace_back("Computer", text(2));
  if (one_in(3) && !event.data.empty()) {
    event.found.emplace_back(event.data.front().first,
                             one_in(2) ? indicators::Kind::kDomain : indicators::Kind::kSha256);
  }
  return event;
}

}  // namespace evtxhound::rules
