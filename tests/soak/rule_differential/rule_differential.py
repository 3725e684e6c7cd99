#!/usr/bin/env python3
"""Evaluates the same rules over the same series in Hakem and in promtool 3.5, and compares all that comes of them at every step."""

import argparse
import collections
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import causes
import failing
import generated_rules
import history
import tools

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DEFINITIONS = f"{ROOT}/rules/definitions"
RECORDING = f"{os.path.dirname(os.path.abspath(__file__))}/recording.txt"
SKIPPED = 77  # The status that ctest takes for a skipped test.
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
    """A folder with the rules and tests of one history. `interval`: seconds between samples; `step`: between evaluations."""

    def __init__(self, args, folder, series, interval, step):
        self.args, self.folder, self.series, self.interval, self.step = args, folder, series, interval, step
        self.steps = len(series[0].values) * interval // step
        self.files, self.groups, self.shipped = shipped_rules()
        os.makedirs(folder, exist_ok=True)
        for name in self.files:
            shutil.copy(f"{DEFINITIONS}/{name}", folder)

    def run(self, content):
        """What Hakem and promtool get of each alert and of what rules write, at each step."""
        with open(f"{self.folder}/generated.yml", "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
        order = [*self.groups, *(group["name"] for group in content["groups"])]
        alerts = [*self.shipped, *(rule["alert"] for rule in rules_of(content) if "alert" in rule)]
        tools.write_test(f"{self.folder}/test.yml", [*self.files, "generated.yml"], order, self.series, self.interval,
                         [step * self.step for step in range(self.steps)], self.step, alerts, EXPRESSIONS)
        return tools.run_both(self.args.hakem, self.args.promtool, self.folder, "test.yml")

    def compare(self, rng):
        """Compares the shipped rules and generated ones at every step."""
        generator = generated_rules.Generator(rng, generated_rules.catalogue(self.series, self.interval), self.step)
        content = generator.groups(generator.rules(self.args.rules))
        comparison = tools.Comparison()
        began = time.monotonic()
        hakem, promtool = self.run(content)
        while failed := {name for name, _, _ in hakem.errors | promtool.errors}:  # A rule that fails ends the test.
            comparison.compare_errors(hakem.errors, promtool.errors)
            if failed & set(self.shipped):
                sys.exit(f"rule_differential.py: shipped rules fail: {hakem.errors | promtool.errors}")
            leave_out(content, failed)
            hakem, promtool = self.run(content)
        comparison.compare(hakem, promtool)
        self.report(comparison, rules_of(content), time.monotonic() - began)
        return comparison

    def report(self, comparison, rules, took):
        active = len({name_of(rule) for rule in rules} & (comparison.fired | comparison.recorded))
        having = collections.Counter(key for rule in rules for key in rule)
        print(f"{len(self.shipped)} shipped and {len(rules)} generated rules ({having['alert']} alerts, {having['for']} with for, "
              f"{having['keep_firing_for']} with keep_firing_for) over {len(self.series)} series, {self.steps} steps: "
              f"{comparison.samples} samples, {comparison.alerts} firing alerts with {comparison.annotations} annotations; "
              f"{active} of the generated rules had results, {comparison.failed} others failed; "
              f"{comparison.rounded} cases equal but for the last digits; {took:.0f} s")
        for difference in comparison.differences[:20]:
            print("DIFFERENT:", difference[:3000], flush=True)
        if len(comparison.differences) > 20:
            print(f"... {len(comparison.differences)} differences")


def name_of(rule):
    return rule.get("alert") or rule["record"]


def rules_of(content):
    return [rule for group in content["groups"] for rule in group["rules"]]


def leave_out(content, names):
    for group in content["groups"]:
        group["rules"] = [rule for rule in group["rules"] if name_of(rule) not in names]
    content["groups"] = [group for group in content["groups"] if group["rules"]]


def compare_failing(args, folder):
    """Each failing group alone must fail in both at the same step, or in neither."""
    comparison = tools.Comparison()
    for group in failing.GROUPS:
        with open(f"{folder}/one.yml", "w", encoding="utf-8") as file:
            json.dump({"groups": [group]}, file)
        tools.write_test(f"{folder}/one_test.yml", ["one.yml"], [group["name"]], failing.series(), 60,
                         [60 * (failing.STEPS - 1)], 60, [], ["vector(1)"])
        hakem, promtool = tools.run_both(args.hakem, args.promtool, folder, "one_test.yml")
        comparison.compare(hakem, promtool)
    print(f"{len(failing.GROUPS)} groups for themselves, of which {comparison.failed} fail")
    for difference in comparison.differences:
        print("DIFFERENT:", difference)
    return bool(comparison.failed) and not comparison.differences


def passes(comparison, wanted):
    """Whether nothing differs, and enough was compared. `wanted`: the alerts that the data must make fire."""
    silent = sorted(set(wanted) - comparison.fired)
    if silent:
        print("alerts that never fired:", ", ".join(silent))
    return not comparison.differences and not silent and comparison.samples > 0 and bool(comparison.recorded)


def find_promtool():
    """The promtool of the folder $HAKEM_ORACLE_TREE, or else the installed one; "" if it is older than 3."""
    tree = os.environ.get("HAKEM_ORACLE_TREE")
    path = f"{tree}/usr/bin/promtool" if tree else shutil.which("promtool") or ""
    if not os.path.exists(path):
        return ""
    version = subprocess.run([path, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout
    return "" if "version 2." in version else path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hakem", type=os.path.abspath, required=True, help="the program")
    parser.add_argument("--minutes", type=int, default=1440, help="of the synthetic history")
    parser.add_argument("--recording-step", type=int, default=5, help="seconds between evaluations over the recording")
    parser.add_argument("--rules", type=int, default=200, help="how many are generated")
    parser.add_argument("--seed", type=int, default=random.randrange(10 ** 6))
    parser.add_argument("--keep", help="a folder in which the files of the tests are left")
    args = parser.parse_args()
    args.promtool = find_promtool()
    if not args.promtool:
        print("skipped: neither $HAKEM_ORACLE_TREE/usr/bin/promtool nor an installed promtool is version 3 or later")
        return SKIPPED
    print(f"seed {args.seed}", flush=True)
    rng = random.Random(args.seed)
    shipped = shipped_rules()[2]
    synthetic = history.synthetic(rng, args.minutes) + causes.provoking(rng, shipped, args.minutes)
    recording = history.read_recording(RECORDING)
    gaming = [alert for alert, expr in shipped.items() if "game_" in expr]
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or temporary
        checks = [compare_failing(args, folder),
                  passes(Workspace(args, f"{folder}/recording", recording, 5, args.recording_step).compare(rng), gaming),
                  passes(Workspace(args, f"{folder}/synthetic", synthetic, 60, 60).compare(rng), shipped)]
    return 0 if all(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
