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

A case file is brought into the same form, without the evidence folder before the paths, by

    sqlite3 -separator $'\\t' CASE.db "select replace(path, 'FOLDER/', ''), record_id, uuid
        from detection join event using (event_id) join evidence using (evidence_id)
        join rule using (rule_id)" | LC_ALL=C sort

Where the specification leaves a choice, this is what it does:

- Texts are compared without regard to case, regular expressions with it, both as the modifiers say.
- A field that stands several times in an event matches when one of its values does.
- null: no such field, or nothing in it. A keyword: somewhere in one of the event's values.
- A number in a rule is compared as text; gt, gte, lt, lte take decimal and 0x numbers of the event.
- EventID, Channel, Provider_Name, Computer are those of System, whatever EventData says.
- A category is an event of Sysmon, and those of Windows itself that say the same: process_creation is
  Sysmon 1 and Security 4688, registry_* Sysmon 12 to 14 and Security 4657 (its key written as Sysmon
  writes it), process_termination also 4689, network_connection also 5156, file_access 4663 of files,
  dns_query also the DNS client's 3006 and 3008. Fields that such an event lacks are missing.
- %indicators.KIND% stands for the values of that kind in the CSV pack; a domain is found as itself
  and as the end of a longer name.
- Correlations are not evaluated.
"""

import argparse
import csv
import ipaddress
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sigma.collection import SigmaCollection
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
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

from events import Event, reader_of
from log_sources import Unsupported, View, views_of

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
            reader = reader_of(log) if log.is_file() else None
            if reader is None:
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
