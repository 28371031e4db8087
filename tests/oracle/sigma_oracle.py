#!/usr/bin/env python3
"""Evaluates Sigma rules on event logs with nothing of this project: what its engine is held against.

pySigma reads the rules (modifiers, wildcards, conditions), evtx_dump reads the logs, and the tables of
pySigma's pipelines for Sysmon and Windows say where a category's events lie. The evaluation is a walk
over pySigma's condition tree: slow, short, and written from the Sigma specification.

Installing what it needs (Python 3.10 or later):

    python3 -m venv oracle && oracle/bin/pip install pysigma==1.5.1 \\
        pysigma-pipeline-sysmon==2.0.0 pysigma-pipeline-windows==2.0.1
    cargo install evtx --version 0.15.1        # the program evtx_dump; only for *.evtx

Use:

    oracle/bin/python tests/oracle/sigma_oracle.py --rules FOLDER... --logs PATH... \\
        [--indicators PACK.csv] > detections.tsv

One line a detection, sorted: log, record id, rule id, separated by tabs. The log's path is relative
to the --logs folder that it was found in; the record id is that of the record's header, for XML
exports EventRecordID, for CrowdStrike's JSON the number of the line. What cannot be evaluated, and
how much was, goes to stderr.

Where the specification leaves a choice, this is what it does:

- Texts are compared without regard to case, regular expressions with it, both as the modifiers say.
- A field that stands several times in an event matches when one of its values does.
- null: no such field, or nothing in it. A keyword: somewhere in one of the event's values.
- A number in a rule is compared as text; gt, gte, lt, lte take decimal and 0x numbers of the event.
- EventID, Channel, Provider_Name, Computer are those of System, whatever EventData says.
- process_creation is Sysmon 1 and Security 4688; registry_set, registry_add and registry_event are
  Sysmon 12 to 14 and Security 4657, whose key is written as Sysmon writes it. Of a rule's fields
  4688 has Image, ParentImage, CommandLine and those that are named alike.
- %indicators.KIND% stands for the values of that kind in the CSV pack; a domain is found as itself
  and as the end of a longer name.
- Correlations are not evaluated.
"""

import argparse
import csv
import ipaddress
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterator

from sigma.collection import SigmaCollection
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.pipelines.common import windows_logsource_mapping
from sigma.pipelines.sysmon.sysmon import sysmon_generic_logsource_eventid_mapping
from sigma.pipelines.windows.windows import windows_generic_category_channel_mapping
from sigma.rule import SigmaRule
from sigma.types import (
    CompareOperators,
    Placeholder,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SpecialChars,
)

# Services that pySigma's table lacks, and names of channels that Windows uses beside those in it.
MORE_CHANNELS = {
    "dns-client": ["Microsoft-Windows-DNS-Client/Operational"],
    "iis-configuration": ["Microsoft-IIS-Configuration/Operational"],
    "ldap": ["Microsoft-Windows-LDAP-Client/Debug"],
    "smbclient-connectivity": ["Microsoft-Windows-SmbClient/Connectivity"],
    "smbserver-connectivity": ["Microsoft-Windows-SMBServer/Connectivity"],
}
SYSMON = "Microsoft-Windows-Sysmon/Operational"
SYSTEM_FIRST = ("EventID", "Channel", "Provider_Name", "Computer")


class Unsupported(Exception):
    """A rule that cannot be evaluated, with the reason."""


# --- Events ---------------------------------------------------------------------------------------


@dataclass
class Event:
    record_id: str
    system: dict[str, str]
    data: list[tuple[str, str]]
    kind: str = "windows"  # or "crowdstrike"
    by_name: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, text in self.data:
            self.by_name.setdefault(name, []).append(text)

    def get(self, name: str) -> list[str]:
        if name in SYSTEM_FIRST and name in self.system:
            return [self.system[name]]
        if name in self.by_name:
            return self.by_name[name]
        return [self.system[name]] if name in self.system else []

    def texts(self) -> Iterator[str]:
        yield from (text for _, text in self.data)
        yield from (self.system.get(name, "") for name in ("Provider_Name", "Channel", "Computer"))


def local_name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def read_system(system: ElementTree.Element) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in system:
        name = local_name(element)
        if name in ("Provider", "Execution", "Security", "TimeCreated", "Correlation"):
            for key, text in element.attrib.items():
                values[f"Provider_{key}" if name == "Provider" else key] = text
        else:
            values[name] = element.text or ""
    return values


def leaves(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """The values below UserData or EventData, by the names that rules use."""
    for child in element:
        if len(child):
            yield from leaves(child)
        else:
            yield child.get("Name") or local_name(child), child.text or ""


def parse_event(xml: str, record_id: str = "") -> Event | None:
    # A carriage return would be lost in parsing; characters that no XML may have, and references
    # to such, would end it.
    xml = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(x[0-8bceBCE]|x1[0-9a-fA-F]|0);", "", xml)
    try:
        root = ElementTree.fromstring(xml.strip().replace("\r", "&#13;"))
    except ElementTree.ParseError as problem:
        print(f"record {record_id}: {problem}", file=sys.stderr)
        return None
    system: dict[str, str] = {}
    data: list[tuple[str, str]] = []
    for part in root:
        if local_name(part) == "System":
            system = read_system(part)
        elif local_name(part) in ("EventData", "UserData"):
            data += leaves(part)
    return Event(record_id or system.get("EventRecordID", ""), system, data)


def read_evtx(path: Path) -> Iterator[Event]:
    command = ["evtx_dump", "-o", "xml", "--no-indent", "-t", "1", str(path)]
    dumped = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    text = dumped.stdout.decode("utf-8", "replace")
    pieces = re.split(r"^Record (\d+)\n(?=<)", text, flags=re.MULTILINE)
    for record_id, xml in zip(pieces[1::2], pieces[2::2]):
        # A control character that XML 1.0 has no place for may stand in the declaration's way.
        event = parse_event(xml[xml.index("<Event") :], record_id)
        if event:
            yield event


def read_xml_export(path: Path) -> Iterator[Event]:
    raw = path.read_bytes()
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[1:2] == b"\0"
    text = raw.decode(
        "utf-16" if raw[:1] in (b"\xff", b"\xfe") else "utf-16-le" if wide else "utf-8-sig", "replace"
    )
    for found in re.finditer(r"<Event[\s>].*?</Event>", text, flags=re.DOTALL):
        event = parse_event(found.group())
        if event:
            yield event


def read_json_lines(path: Path) -> Iterator[Event]:
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except json.JSONDecodeError as problem:
            print(f"{path}:{number}: {problem}", file=sys.stderr)
            continue
        if isinstance(values, dict) and "event_simpleName" in values:
            data = [(name, str(value)) for name, value in values.items()]
            yield Event(str(number), {}, data, "crowdstrike")


READERS = {".evtx": read_evtx, ".xml": read_xml_export, ".json": read_json_lines}


# --- Where a rule's events lie, and what they call its fields --------------------------------------


@dataclass
class View:
    """One kind of event that a rule applies to."""

    applies: Callable[[Event], bool]
    get: Callable[[Event, str], list[str]] = Event.get


def windows_view(channels: list[str], ids: set[str] | None, get=Event.get) -> View:
    wanted = {channel.lower() for channel in channels}
    return View(
        lambda event: event.kind == "windows"
        and event.system.get("Channel", "").lower() in wanted
        and (ids is None or event.system.get("EventID") in ids),
        get,
    )


def renamed(names: dict[str, str]) -> Callable[[Event, str], list[str]]:
    return lambda event, name: event.get(names.get(name, name))


def get_4657(event: Event, name: str) -> list[str]:
    if name == "TargetObject":
        key = "".join(event.get("ObjectName")[:1])
        for theirs, sysmons in ((r"\REGISTRY\MACHINE", "HKLM"), (r"\REGISTRY\USER", "HKU")):
            if key.lower().startswith(theirs.lower()):
                key = sysmons + key[len(theirs) :]
        return ["\\".join([key, *event.get("ObjectValueName")[:1]])]
    return event.get({"Image": "ProcessName", "Details": "NewValue"}.get(name, name))


def security_views(category: str) -> list[View]:
    if category == "process_creation":
        names = {"Image": "NewProcessName", "ParentImage": "ParentProcessName"}
        names["LogonId"] = "SubjectLogonId"
        return [windows_view(["Security"], {"4688"}, renamed(names))]
    # 4657 says "new value" as %%1904 and "changed value" as %%1905.
    operations = {"registry_add": ["%%1904"], "registry_set": ["%%1904", "%%1905"]}
    operations["registry_event"] = ["%%1904", "%%1905"]
    if category in operations:
        view = windows_view(["Security"], {"4657"}, get_4657)
        return [
            View(
                lambda event: view.applies(event)
                and event.get("OperationType")[:1] in [[o] for o in operations[category]],
                view.get,
            )
        ]
    return []


CROWDSTRIKE = {
    "process_creation": ("ProcessRollup2", "SyntheticProcessRollup2"),
    "dns_query": ("DnsRequest",),
    "network_connection": ("NetworkConnectIP4",),
}
CROWDSTRIKE_FIELDS = {
    "Image": "ImageFileName",
    "ParentImage": "ParentBaseFileName",
    "QueryName": "DomainName",
    "DestinationIp": "RemoteAddressIP4",
    "DestinationPort": "RemotePort",
}


def crowdstrike_views(product: str | None, category: str) -> list[View]:
    names = CROWDSTRIKE.get(category)
    platform = {"windows": ["Win"], "macos": ["Mac"], "linux": ["Lin"]}.get(product or "")
    if not names or not platform:
        return []
    return [
        View(
            lambda event: event.kind == "crowdstrike"
            and event.get("event_simpleName")[0] in names
            and event.get("event_platform") == platform,
            renamed(CROWDSTRIKE_FIELDS),
        )
    ]


def channels_of(service: str) -> list[str]:
    listed = windows_logsource_mapping.get(service, [])
    found = (listed if isinstance(listed, list) else [listed]) + MORE_CHANNELS.get(service, [])
    if not found:
        raise Unsupported(f"no channel is known for service {service}")
    return found


def views_of(rule: SigmaRule) -> list[View]:
    source = rule.logsource
    if source.category:
        views = crowdstrike_views(source.product, source.category)
        if source.product != "windows":
            if not views:
                raise Unsupported(f"no events of {source.product} {source.category} are known")
            return views
        if source.category in sysmon_generic_logsource_eventid_mapping:
            ids = sysmon_generic_logsource_eventid_mapping[source.category]
            ids = {str(number) for number in (ids if isinstance(ids, list) else [ids])}
            return [windows_view([SYSMON], ids), *security_views(source.category), *views]
        if source.category in windows_generic_category_channel_mapping:
            place = windows_generic_category_channel_mapping[source.category]
            return [windows_view(channels_of(place["service"]), {str(place["EventID"])})]
        raise Unsupported(f"no events of category {source.category} are known")
    if source.product != "windows":
        raise Unsupported(f"no events of product {source.product} are known")
    if source.service:
        return [windows_view(channels_of(source.service), None)]
    return [View(lambda event: event.kind == "windows")]


# --- Values: a function of a text each -------------------------------------------------------------


def text_test(value: SigmaString, anywhere: bool) -> Callable[[str], bool]:
    pattern = ""
    for part in value.s:
        if isinstance(part, str):
            pattern += re.escape(part)
        elif part == SpecialChars.WILDCARD_MULTI:
            pattern += ".*"
        elif part == SpecialChars.WILDCARD_SINGLE:
            pattern += "."
        else:
            raise Unsupported(f"the placeholder %{part.name}% is unknown")
    flags = re.DOTALL if isinstance(value, SigmaCasedString) else re.DOTALL | re.IGNORECASE
    # `.*x` would be tried at each place of a text in turn: what a star begins with needs no anchor.
    compiled = re.compile(pattern.removeprefix(".*"), flags)
    if anywhere or pattern.startswith(".*"):
        ending = pattern.endswith(".*") or anywhere
        if not ending:
            compiled = re.compile(pattern.removeprefix(".*") + r"\Z", flags)
        return lambda text: compiled.search(text) is not None
    return lambda text: compiled.fullmatch(text) is not None


def regex_test(value: SigmaRegularExpression) -> Callable[[str], bool]:
    names = {
        SigmaRegularExpressionFlag.IGNORECASE: re.IGNORECASE,
        SigmaRegularExpressionFlag.MULTILINE: re.MULTILINE,
        SigmaRegularExpressionFlag.DOTALL: re.DOTALL,
    }
    flags = 0
    for flag in value.flags:
        flags |= names[flag]
    compiled = re.compile(str(value.regexp), flags)
    return lambda text: compiled.search(text) is not None


def cidr_test(value: SigmaCIDRExpression) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        try:
            return ipaddress.ip_address(text) in value.network
        except ValueError:
            return False

    return test


def compare_test(value: SigmaCompareExpression) -> Callable[[str], bool]:
    bound = value.number.number
    compare = {
        CompareOperators.LT: lambda number: number < bound,
        CompareOperators.LTE: lambda number: number <= bound,
        CompareOperators.GT: lambda number: number > bound,
        CompareOperators.GTE: lambda number: number >= bound,
        CompareOperators.NEQ: lambda number: number != bound,
    }[value.op]

    def test(text: str) -> bool:
        try:
            return compare(int(text, 16) if text.lower().startswith("0x") else float(text))
        except ValueError:
            return False

    return test


def indicator_test(kind: str, indicators: dict[str, set[str]]) -> Callable[[str], bool]:
    values = indicators.get(kind)
    if not values:
        raise Unsupported(f"no indicators of kind {kind} were given")
    if kind == "domain":
        ends = tuple("." + value for value in values)
        return lambda text: ("." + text.lower().rstrip(".")).endswith(ends)
    return lambda text: any(value in text.lower() for value in values)


def value_test(value, indicators: dict[str, set[str]], anywhere=False) -> Callable[[str], bool]:
    if isinstance(value, SigmaString):
        names = [part.name for part in value.s if isinstance(part, Placeholder)]
        if len(value.s) == 1 and names and names[0].startswith("indicators."):
            return indicator_test(names[0].removeprefix("indicators."), indicators)
        return text_test(value, anywhere)
    if isinstance(value, SigmaNumber):
        return text_test(SigmaString(str(value.number)), anywhere)
    if isinstance(value, SigmaBool):
        return text_test(SigmaString(str(value.boolean)), anywhere)
    if isinstance(value, SigmaRegularExpression):
        return regex_test(value)
    if isinstance(value, SigmaCIDRExpression):
        return cidr_test(value)
    if isinstance(value, SigmaCompareExpression):
        return compare_test(value)
    raise Unsupported(f"{type(value).__name__} is not evaluated")


# --- Conditions: a function of an event and a view each ----------------------------------------------

Test = Callable[[Event, View], bool]


def remembered(test: Callable[[str], bool]) -> Callable[[str], bool]:
    """Values repeat in a log, and patterns are slow."""
    known: dict[str, bool] = {}

    def look(text: str) -> bool:
        if text not in known:
            known[text] = test(text)
        return known[text]

    return look


def same_as(name: str, value: SigmaFieldReference) -> Test:
    def test(event: Event, view: View) -> bool:
        for mine in view.get(event, name):
            for other in view.get(event, value.field):
                mine, other = mine.lower(), other.lower()
                if value.starts_with and value.ends_with:
                    equal = other in mine
                elif value.starts_with:
                    equal = mine.startswith(other)
                elif value.ends_with:
                    equal = mine.endswith(other)
                else:
                    equal = mine == other
                if equal:
                    return True
        return False

    return test


def field_test(name: str, value, indicators) -> Test:
    if isinstance(value, SigmaExpansion):
        return any_of([field_test(name, one, indicators) for one in value.values])
    if isinstance(value, SigmaNull):
        return lambda event, view: not any(view.get(event, name))
    if isinstance(value, SigmaExists):
        return lambda event, view: bool(view.get(event, name)) == value.exists
    if isinstance(value, SigmaFieldReference):
        return same_as(name, value)
    test = remembered(value_test(value, indicators))
    return lambda event, view: any(test(text) for text in view.get(event, name))


def any_of(tests: list[Test]) -> Test:
    return lambda event, view: any(test(event, view) for test in tests)


def all_of(tests: list[Test]) -> Test:
    return lambda event, view: all(test(event, view) for test in tests)


def condition_test(node, indicators) -> Test:
    if isinstance(node, ConditionOR):
        return any_of([condition_test(arg, indicators) for arg in node.args])
    if isinstance(node, ConditionAND):
        return all_of([condition_test(arg, indicators) for arg in node.args])
    if isinstance(node, ConditionNOT):
        test = condition_test(node.args[0], indicators)
        return lambda event, view: not test(event, view)
    if isinstance(node, ConditionFieldEqualsValueExpression):
        return field_test(node.field, node.value, indicators)
    if isinstance(node, ConditionValueExpression):
        values = node.value.values if isinstance(node.value, SigmaExpansion) else [node.value]
        tests = [remembered(value_test(value, indicators, anywhere=True)) for value in values]
        return lambda event, view: any(test(text) for test in tests for text in event.texts())
    raise Unsupported(f"{type(node).__name__} is not evaluated")


# --- Rules -----------------------------------------------------------------------------------------


@dataclass
class Rule:
    id: str
    views: list[View]
    test: Test

    def fires(self, event: Event) -> bool:
        return any(view.applies(event) and self.test(event, view) for view in self.views)


def compile_rule(rule, indicators) -> Rule:
    if not isinstance(rule, SigmaRule):
        raise Unsupported("correlations are not evaluated")
    if rule.errors:
        raise Unsupported(str(rule.errors[0]))
    conditions = [condition.parsed for condition in rule.detection.parsed_condition]
    tests = [condition_test(parsed, indicators) for parsed in conditions]
    return Rule(str(rule.id), views_of(rule), any_of(tests))


def load_rules(paths: list[Path], indicators) -> list[Rule]:
    rules = []
    for path in paths:
        for file in sorted(path.rglob("*.yml")) if path.is_dir() else [path]:
            try:
                loaded = SigmaCollection.from_yaml(file.read_text("utf-8"), collect_errors=True)
            except Exception as problem:  # whatever YAML and pySigma throw at a file
                print(f"{file}: {problem}", file=sys.stderr)
                continue
            for rule in loaded.rules:
                try:
                    rules.append(compile_rule(rule, indicators))
                except Exception as problem:  # Unsupported, and what pySigma finds late
                    print(f"{file}: {problem}", file=sys.stderr)
    return rules


def load_indicators(pack: Path | None) -> dict[str, set[str]]:
    indicators: dict[str, set[str]] = {}
    if pack:
        lines = [line for line in pack.read_text("utf-8").splitlines() if not line.startswith("#")]
        for row in csv.DictReader(line for line in lines if line):
            indicators.setdefault(row["kind"], set()).add(row["value"].lower())
    return indicators


def detections(rules: list[Rule], paths: list[Path]) -> Iterator[tuple[str, str, str]]:
    events = 0
    chosen: dict[tuple, list[Rule]] = {}  # which rules have a view of a kind of event
    for path in paths:
        for log in sorted(path.rglob("*")) if path.is_dir() else [path]:
            reader = READERS.get(log.suffix)
            if reader is None or not log.is_file():
                continue
            name = str(log.relative_to(path)) if path.is_dir() else str(log)
            for event in reader(log):
                events += 1
                kind = (event.kind, event.system.get("Channel"), event.system.get("EventID"))
                kind += tuple(event.get("event_simpleName") + event.get("OperationType"))
                kind += tuple(event.get("event_platform"))
                if kind not in chosen:
                    chosen[kind] = [r for r in rules if any(v.applies(event) for v in r.views)]
                for rule in chosen[kind]:
                    if rule.fires(event):
                        yield name, event.record_id, rule.id
    print(f"{events} events, {len(rules)} rules", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rules", nargs="+", type=Path, required=True)
    parser.add_argument("--logs", nargs="+", type=Path, required=True)
    parser.add_argument("--indicators", type=Path)
    arguments = parser.parse_args()
    rules = load_rules(arguments.rules, load_indicators(arguments.indicators))
    for line in sorted(set(detections(rules, arguments.logs))):
        print("\t".join(line))


if __name__ == "__main__":
    main()
