"""Runs unit tests of rules in Hakem and in promtool, reads what each says to have got, and compares the two."""

import concurrent.futures
import json
import math
import re
import subprocess
import sys

from history import notation

QUOTED = r'"(?:[^"\\]|\\.)*"'
LABEL = re.compile(rf"({QUOTED}|[a-zA-Z_][a-zA-Z0-9_]*)(?:=({QUOTED}))?(?:, |$)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]Inf")
ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)")
SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", '"': '"', "\\": "\\"}
UNITS = {"y": 31536000, "w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
TOLERANCE = 1e-9  # Of sums that were added in another order: promtool's series have no order.


class Unreadable(Exception):
    """Output that has no known form."""


def unquote(text):
    """The text of a literal with Go's escapes. Most texts come many times, of both tools, and are kept once."""
    return sys.intern(ESCAPE.sub(lambda found: SIMPLE[found[1]] if found[1] in SIMPLE else chr(int(found[1][1:], 16)), text[1:-1]))


def seconds(text):
    return sum(float(count) * UNITS[unit] for count, unit in re.findall(r"(\d+)(ms|[ywdhms])", text))


class Reader:
    """Reads labels; each text only once, since most come again at every step."""

    def __init__(self):
        self.known = {}

    def labels(self, text):
        """`a="1", b="2"`, perhaps with the name of a metric in quotes, as a sorted tuple of pairs."""
        if text not in self.known:
            self.known[text] = self.parse(text)
        return self.known[text]

    def parse(self, text):
        pairs = []
        at = 0
        while at < len(text):
            found = LABEL.match(text, at)
            if not found:
                raise Unreadable(f"labels {text}")
            name, value = found.groups()
            if value is None:
                name, value = "__name__", name
            pairs.append((unquote(name) if name[0] == '"' else name, unquote(value)))
            at = found.end()
        return tuple(sorted(pairs))

    def sample(self, text):
        """`name{a="1"} 2` or `{__name__="name", a="1"} 2E+00`: the labels and the value."""
        series, value = text.rsplit(" ", 1)
        name, _, inner = series.partition("{")
        labels = self.labels(inner.removesuffix("}"))
        number = float(value.replace("Inf", "inf"))
        return (tuple(sorted((*labels, ("__name__", name)))) if name else labels), "NaN" if number != number else number


class Results:
    """What a tool has got: {("alert", name, seconds): [(labels, annotations)], ("expr", text, seconds): [(labels, value)]}."""

    def __init__(self):
        self.got = {}
        self.errors = set()  # (rule, seconds, message)

    def add(self, kind, subject, time, items):
        self.got[kind, subject, seconds(time)] = sorted(items, key=lambda item: item[0])


def read_promtool(output):
    reader, results = Reader(), Results()
    lines = iter(output.split("\n"))
    for line in lines:
        if found := re.fullmatch(rf"    expr: ({QUOTED}), time: (\S+),", line):
            next(lines)  # What was expected: nothing.
            got = next(lines).strip().removeprefix("got: ")
            samples = re.findall(rf"\{{(?:[^\"}}]|{QUOTED})*\}} [^\s,]+", got)
            if ", ".join(samples) != got:
                raise Unreadable(got)
            results.add("expr", unquote(found[1]), found[2], [reader.sample(each) for each in samples])
        elif found := re.fullmatch(r"    alertname: (\S+), time: (\S+), ", line):
            next(lines)
            results.add("alert", found[1], found[2], promtool_alerts(reader, lines))
        elif found := re.fullmatch(r"    rule: (\S+), time: (\S+), err: (.*)", line):
            results.errors.add((found[1], seconds(found[2]), found[3]))
        elif line.strip() not in ("", "FAILED:", "SUCCESS") and not line.startswith("Unit Testing: "):
            raise Unreadable(line)
    return results


def promtool_alerts(reader, lines):
    alerts = []
    if next(lines).strip() == "got:[]":
        return alerts
    while (number := next(lines).strip()) != "]":
        if not number.rstrip(":").isdigit():
            raise Unreadable(number)
        labels = next(lines).strip().removeprefix("Labels:{").removesuffix("}")
        annotations = next(lines).strip().removeprefix("Annotations:{").removesuffix(",").removesuffix("}")
        alerts.append((reader.labels(labels), reader.parse(annotations)))
    return alerts


def read_hakem(output):
    reader, results = Reader(), Results()
    lines = output.split("\n")
    at = 1  # After the line of the file.
    while at < len(lines) and lines[at]:
        subject = re.fullmatch(rf"    \S+: test {QUOTED}: (expression|alert|rule) ({QUOTED}|\S+) at (\w+):(?: (.*))?", lines[at])
        if not subject:
            raise Unreadable(lines[at])
        kind, name, time, error = subject.groups()
        if kind == "rule":
            results.errors.add((name, seconds(time), error))
            at += 1
            continue
        if lines[at + 1:at + 3] != ["      expected: nothing", "      got:"]:
            raise Unreadable("\n".join(lines[at:at + 3]))
        at += 3
        begin = at
        while at < len(lines) and lines[at].startswith("        "):
            at += 1
        items = [line[8:] for line in lines[begin:at]]
        if kind == "alert":
            results.add(kind, name, time, hakem_alerts(reader, items))
        else:
            results.add("expr", unquote(name), time, [reader.sample(each) for each in items])
    return results


def hakem_alerts(reader, lines):
    alerts = []
    for line in lines:
        if line.startswith("{"):
            alerts.append((reader.labels(line[1:-1]), []))
        else:
            name, text = line.strip().split(": ", 1)
            alerts[-1][1].append((name, unquote(text)))
    return [(labels, tuple(sorted(annotations))) for labels, annotations in alerts]


def write_test(path, rule_files, groups, series, interval, times, step, alerts, expressions):
    """Writes a test file that expects nothing of any alert and expression at these times, so that both tools say what they got.

    Samples are `interval` seconds apart, evaluations `step` seconds.
    """
    times = [f"{time}s" for time in times]
    lines = [f"rule_files: {json.dumps(rule_files)}", f"evaluation_interval: {step}s",
             f"group_eval_order: {json.dumps(groups)}", "tests:", f"- interval: {interval}s",
             "  external_labels: {cluster: north}", "  external_url: http://hakem.example/alerts", "  input_series:"]
    lines += [f"  - {{series: {json.dumps(each.selector(), ensure_ascii=False)}, values: '{notation(each.values)}'}}"
              for each in series]
    lines.append("  alert_rule_test:")
    lines += [f"  - {{eval_time: {time}, alertname: {alert}}}" for time in times for alert in alerts]
    lines.append("  promql_expr_test:")
    lines += [f"  - {{eval_time: {time}, expr: {json.dumps(expr)}}}" for time in times for expr in expressions]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def run_both(hakem, promtool, folder, test):
    """What Hakem and promtool got in a test file. They run side by side."""
    def run(program):
        return subprocess.run([program, "test", "rules", test], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = list(pool.map(run, (hakem, promtool)))
    for each in runs:
        if each.returncode not in (0, 1):
            raise Unreadable(f"{each.args[0]} exited with {each.returncode}: {each.stdout[:2000]}")
    return read_hakem(runs[0].stdout.decode()), read_promtool(runs[1].stdout.decode())


class Comparison:
    """Counts what was compared and collects what differs."""

    def __init__(self):
        self.samples = self.alerts = self.annotations = self.rounded = self.failed = 0
        self.differences = []
        self.fired = set()
        self.recorded = set()

    def compare(self, hakem, promtool):
        self.compare_errors(hakem.errors, promtool.errors)
        for key in sorted(hakem.got.keys() | promtool.got.keys(), key=lambda key: (key[2], key[0], key[1])):
            self.compare_case(key, hakem.got.get(key, []), promtool.got.get(key, []))

    def compare_errors(self, hakem, promtool):
        """Rules must fail at the same step. Since 3.5 Prometheus says more behind the message: of which labels it speaks."""
        self.failed += len(promtool)
        matched = len(hakem) == len(promtool) and all(
            one[:2] == other[:2] and in_order(one[2]).startswith(in_order(other[2]))
            for one, other in zip(sorted(hakem), sorted(promtool)))
        if not matched:
            self.differences.append(f"errors of rules\n  Hakem: {sorted(hakem)}\n  promtool: {sorted(promtool)}")

    def compare_case(self, key, hakem, promtool):
        kind, subject, time = key
        if kind == "alert":
            self.alerts += len(promtool)
            self.annotations += sum(len(annotations) for _, annotations in promtool)
            self.fired.update([subject] if promtool else [])
        else:
            self.samples += len(promtool)
            self.recorded.update(dict(labels).get("__name__") for labels, _ in promtool)
        if hakem == promtool:
            return
        if len(hakem) == len(promtool) and all(alike(one, other) for one, other in zip(hakem, promtool)):
            self.rounded += 1
            return
        # The last digits of a label may also have changed the order.
        only_hakem = [item for item in hakem if not any(alike(item, other) for other in promtool)]
        only_promtool = [item for item in promtool if not any(alike(item, other) for other in hakem)]
        if only_hakem or only_promtool or len(hakem) != len(promtool):
            self.differences.append(
                f"{kind} {subject} at {time:g} s:\n  only Hakem: {only_hakem}\n  only promtool: {only_promtool}\n"
                f"  {len(hakem)} and {len(promtool)} in all")


def in_order(message):
    """A message whose list of series is sorted: promtool's series have no order."""
    return re.sub(r"(?<=\[)\{.*\}(?=\])", lambda found: "}, ".join(sorted(found[0].removesuffix("}").split("}, "))), message)


def alike(one, other):
    """Whether two values, labels or annotations are equal but for the last digits of numbers."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(alike(left, right) for left, right in zip(one, other))
    if isinstance(one, float):
        return one == other or one != one and other != other or math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    if one == other:
        return True
    return NUMBER.sub("#", one) == NUMBER.sub("#", other) and all(
        alike(float(left.replace("Inf", "inf")), float(right.replace("Inf", "inf")))
        for left, right in zip(NUMBER.findall(one), NUMBER.findall(other)))
