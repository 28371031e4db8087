#!/usr/bin/env python3
"""Holds the formulas of rules against those of pySigma, an independent reader of Sigma rules.

    pip install pysigma
    ninja -C build/release print_formulas
    tests/rules/against_pysigma.py build/release/tests/rules/print_formulas FOLDER...

Tells each rule whose formula differs; exit status 1 where there is one. Rules that only one of the
two reads are told, too. Formulas are compared as sets: and, or flattened, children sorted.
"""
import json
import subprocess
import sys
from pathlib import Path

from sigma.collection import SigmaCollection
from sigma.conditions import (ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT,
                              ConditionOR)
from sigma.types import (SigmaBool, SigmaCasedString, SigmaCIDRExpression, SigmaCompareExpression,
                         SigmaExists, SigmaExpansion, SigmaFieldReference, SigmaNull, SigmaNumber,
                         SigmaRegularExpression, SigmaString, SpecialChars)


def text(value):
    names = {SpecialChars.WILDCARD_MULTI: "<*>", SpecialChars.WILDCARD_SINGLE: "<?>"}
    out = "".join(part if isinstance(part, str) else names[part] for part in value.s)
    while "<*><*>" in out:
        out = out.replace("<*><*>", "<*>")
    return out


def leaf(field, value):
    name = field or ""
    if isinstance(value, SigmaExpansion):
        return ["or"] + [leaf(field, each) for each in value.values]
    if isinstance(value, (SigmaString, SigmaNumber, SigmaBool)):
        if isinstance(value, SigmaString):
            written = text(value)
        else:
            written = str(value).lower() if isinstance(value, SigmaBool) else str(value)
        # A keyword is looked for anywhere; pySigma leaves that to its backends.
        if not field:
            written = ("<*>" + written + "<*>").replace("<*><*>", "<*>")
        return ["text", name, written, isinstance(value, SigmaCasedString)]
    shown = name or "any"
    if isinstance(value, SigmaNull):
        return ["other", name, f"null {shown}"]
    if isinstance(value, SigmaRegularExpression):
        flags = "".join(sorted(flag.name[0].lower() for flag in value.flags))
        return ["other", name, f"{shown}~/{value.regexp.original}/{flags.replace('d', 's')}"]
    if isinstance(value, SigmaCIDRExpression):
        network = value.network
        single = network.prefixlen == network.max_prefixlen
        return ["other", name,
                f"{shown} in {network.network_address if single else network.compressed}"]
    if isinstance(value, SigmaExists):
        atom = ["other", name, f"exists {shown}"]
        return atom if value.exists else ["not", atom]
    if isinstance(value, SigmaFieldReference):
        return ["other", name, f"{shown}={value.field}"]
    if isinstance(value, SigmaCompareExpression):
        return ["other", name, f"{shown}{value.op.value}{value.number}"]
    raise ValueError(f"no form for {value!r}")


def tree(condition):
    if isinstance(condition, ConditionAND):
        return ["and"] + [tree(each) for each in condition.args]
    if isinstance(condition, ConditionOR):
        return ["or"] + [tree(each) for each in condition.args]
    if isinstance(condition, ConditionNOT):
        return ["not", tree(condition.args[0])]
    field = condition.field if isinstance(condition, ConditionFieldEqualsValueExpression) else None
    return leaf(field, condition.value)


def normal(node):
    if node[0] not in ("and", "or"):
        return ["not", normal(node[1])] if node[0] == "not" else node
    children = []
    for child in map(normal, node[1:]):
        children += child[1:] if child[0] == node[0] else [child]
    unique = {json.dumps(child): child for child in children}
    if len(unique) == 1:
        return next(iter(unique.values()))
    return [node[0]] + [unique[key] for key in sorted(unique)]


def main():
    printed = subprocess.run(sys.argv[1:], check=True, capture_output=True, text=True).stdout
    ours = {line["path"]: line["formula"] for line in map(json.loads, printed.splitlines())}
    same = different = 0
    for folder in sys.argv[2:]:
        for path in sorted(Path(folder).rglob("*.yml")):
            try:
                rule = SigmaCollection.from_yaml(path.read_text(encoding="utf-8")).rules[0]
                conditions = [tree(each.parsed) for each in rule.detection.parsed_condition]
            except Exception as error:  # pylint: disable=broad-except
                print(f"{path}: not read by pySigma: {error}"[:300])
                continue
            if str(path) not in ours:
                print(f"{path}: not read by evtxhound")
                continue
            theirs, mine = normal(["or"] + conditions), normal(["or", ours[str(path)]])
            if theirs == mine:
                same += 1
                continue
            different += 1
            print(f"{path}:\n  pySigma   {json.dumps(theirs)[:2000]}\n"
                  f"  evtxhound {json.dumps(mine)[:2000]}")
    print(f"{same} rules have the same formula, {different} do not")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
