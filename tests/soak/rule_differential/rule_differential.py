#!/usr/bin/env python3
"""Evaluates the same rules over the same series in Hakem and in promtool 3.5, and compares all that comes of them at every step."""

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time

import causes
import generated_rules
import history
import tools

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DEFINITIONS = f"{ROOT}/rules/definitions"
SKIPPED = 77
EXPRESSIONS = ("ALERTS", "ALERTS_FOR_STATE", '{__name__=~"generated:.*"}')


def shipped_rules():
    """The shipped files, the names of their groups, and the expression of each alert."""
    files = sorted(os.listdir(DEFINITIONS))
    groups, alerts = [], {}
    for name in files:
        with open(f"{DEFINITIONS}/{name}", encoding="utf-8") as file:
            text = file.read()
        groups += re.findall(r"^  - name: (\S+)$", text, re.MULTILINE)
        found = dict(re.findall(r"^ +- alert: (\w+)\n +expr: \|-\n((?:.*\n)*?) +for:", text, re.MULTILINE))
        if len(found) != text.count("- alert: "):
            sys.exit(f"rule_differential.py: cannot read the rules of {name}")
        alerts.update(found)
    return files, groups, alerts


class Workspace:
    """A folder with the rules and tests of one history."""

    def __init__(self, args, folder, series, step_seconds, steps):
        self.args, self.folder, self.series, self.step, self.steps = args, folder, series, step_seconds, steps
        self.files, self.groups, self.shipped = shipped_rules()
        for name in self.files:
            shutil.copy(f"{DEFINITIONS}/{name}", folder)

    def run(self, name, content, alerts, expressions, steps):
        """What Hakem and promtool get of these alerts and expressions at these steps."""
        with open(f"{self.folder}/generated.yml", "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
        order = [*self.groups, *(group["name"] for group in content["groups"])]
        tools.write_test(f"{self.folder}/{name}", [*self.files, "generated.yml"], order, self.series, self.step, steps, alerts,
                         expressions)
        return tools.run_both(self.args.hakem, self.args.promtool, self.folder, name)

    def leave_out_failing(self, content, comparison):
        """A rule that fails ends a test: those that fail must do so in both, at the same step, and are then left out."""
        while True:
            hakem, promtool = self.run("failing.yml", content, [], ["vector(1)"], [self.steps - 1])
            if not hakem.errors and not promtool.errors:
                return
            comparison.compare_errors(hakem.errors, promtool.errors)
            failed = {name for name, _, _ in hakem.errors | promtool.errors}
            for group in content["groups"]:
                group["rules"] = [rule for rule in group["rules"] if name_of(rule) not in failed]
            content["groups"] = [group for group in content["groups"] if group["rules"]]

    def compare(self, rng):
        """Compares the shipped rules and generated ones at every step."""
        generator = generated_rules.Generator(rng, generated_rules.catalogue(self.series, self.step), self.step)
        content = generator.groups(generator.rules(self.args.rules))
        comparison = tools.Comparison()
        began = time.monotonic()
        self.leave_out_failing(content, comparison)
        rules = [rule for group in content["groups"] for rule in group["rules"]]
        alerts = [*self.shipped, *(rule["alert"] for rule in rules if "alert" in rule)]
        comparison.compare(*self.run("test.yml", content, alerts, EXPRESSIONS, range(self.steps)))
        self.report(comparison, rules, time.monotonic() - began)
        return comparison

    def report(self, comparison, rules, took):
        active = sum(name_of(rule) in comparison.fired | comparison.recorded for rule in rules)
        print(f"{len(self.shipped)} shipped and {len(rules)} generated rules over {len(self.series)} series, {self.steps} steps: "
              f"{comparison.samples} samples, {comparison.alerts} firing alerts with {comparison.annotations} annotations; "
              f"{active} of the generated rules had results, {comparison.failed} others failed; "
              f"{comparison.rounded} cases equal but for the last digits; {took:.0f} s")
        for difference in comparison.differences[:20]:
            print("DIFFERENT:", difference[:3000])
        if len(comparison.differences) > 20:
            print(f"... {len(comparison.differences)} differences")


def name_of(rule):
    return rule.get("alert") or rule["record"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hakem", required=True)
    parser.add_argument("--promtool", default=f"{os.environ.get('HAKEM_ORACLE_TREE', '')}/usr/bin/promtool")
    parser.add_argument("--minutes", type=int, default=1440)
    parser.add_argument("--rules", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="a folder in which the files are left")
    args = parser.parse_args()
    if not os.path.exists(args.promtool):
        print("skipped: HAKEM_ORACLE_TREE names no folder with Prometheus 3.5's usr/bin/promtool")
        return SKIPPED
    print(f"seed {args.seed}")
    rng = random.Random(args.seed)
    series = history.synthetic(rng, args.minutes) + causes.provoking(rng, shipped_rules()[2], args.minutes)
    if args.keep:
        os.makedirs(args.keep, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        comparison = Workspace(args, args.keep or temporary, series, 60, args.minutes).compare(rng)
    silent = sorted(set(shipped_rules()[2]) - comparison.fired)
    if silent:
        print("shipped alerts that never fired:", ", ".join(silent))
    return 1 if comparison.differences or silent else 0


if __name__ == "__main__":
    sys.exit(main())
