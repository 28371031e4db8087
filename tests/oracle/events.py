"""Events of *.evtx (by evtx_dump), XML exports and CrowdStrike's JSON lines, as names and texts."""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

SYSTEM_FIRST = ("EventID", "Channel", "Provider_Name", "Computer")


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
    xml = re.sub(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(x[0-8bceBCE]|x1[0-9a-fA-F]|0);", "", xml
    )
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
        "utf-16" if raw[:1] in (b"\xff", b"\xfe") else "utf-16-le" if wide else "utf-8-sig",
        "replace",
    )
    for found in re.finditer(r"<Event[\s>].*?</Event>", text, flags=re.DOTALL):
        event = parse_event(found.group())
        if event:
            yield event


def read_json_lines(path: Path) -> Iterator[Event]:
    raw = path.read_bytes()
    text = gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
    for number, line in enumerate(text.decode("utf-8-sig").split("\n"), 1):
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


def reader_of(path: Path) -> Callable[[Path], Iterator[Event]] | None:
    """By content; None where it is no evidence."""
    with path.open("rb") as file:
        begin = file.read(64)
    if begin.startswith(b"ElfFile\0"):
        return read_evtx
    if path.suffix in (".jsonl", ".tsv", ".md"):  # specs that logs are forged from, and tables
        return None
    plain = begin.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ")
    if plain.startswith(b"<"):
        return read_xml_export
    return read_json_lines if plain.startswith((b"{", b"\x1f\x8b")) else None
