"""Generates rules over given series: expressions that cannot fail, and annotations of templates.

Expressions return no two elements with the same labels, and no result depends on the order of series: sums of what is not exact
may differ in the last digits, which the comparison allows. The functions externalURL and pathPrefix are left out: promtool 3.5
fails in them.
"""

import collections
import dataclasses
import json
import math

COUNTER_ENDS = ("_total", "_count", "_sum", "_bucket", "blks_hit", "blks_read", "xact_commit", "xact_rollback", "deadlocks")


@dataclasses.dataclass
class Metric:
    """The series of one name."""

    name: str
    members: list  # The labels of each series.
    labels: dict  # The values of each label.
    varies: bool
    typical: float  # A value in the middle.
    growth: float  # Of a counter: by how much it grows each second, typically.

    def is_counter(self):
        return self.name.endswith(COUNTER_ENDS)


@dataclasses.dataclass
class Expr:
    """An expression for an instant vector: its labels, and a value in the middle of those that it may have."""

    text: str
    labels: tuple
    typical: float


def catalogue(series, step_seconds):
    """The metrics of these series by their names."""
    by_name = collections.defaultdict(list)
    for each in series:
        by_name[each.name].append(each)
    return {name: metric_of(name, members, step_seconds) for name, members in by_name.items()}


def metric_of(name, members, step_seconds):
    labels = collections.defaultdict(list)
    finite, growths = [], []
    for each in members:
        for label, value in each.labels.items():
            if value not in labels[label]:
                labels[label].append(value)
        numbers = [value for value in each.numbers() if math.isfinite(value)]
        finite += numbers[::17] or numbers
        growths += [(after - before) / step_seconds for before, after in zip(numbers, numbers[1:]) if after > before][::17]
    varies = any(len(set(each.values)) > 2 for each in members)
    return Metric(name, [each.labels for each in members], dict(labels), varies, middle(finite), middle(growths))


def middle(values):
    return sorted(values)[len(values) // 2] if values else 0.0


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def number(value):
    return f"{value:.6g}"


class Generator:
    def __init__(self, rng, metrics, step_seconds):
        self.rng = rng
        self.metrics = [metric for metric in metrics.values() if metric.name != "hakem_threshold"]
        self.counters = [metric for metric in self.metrics if metric.is_counter()]
        self.gauges = [metric for metric in self.metrics if not metric.is_counter() and (metric.varies or rng.random() < 0.1)]
        self.histograms = [metric for metric in self.metrics if metric.name.endswith("_bucket")]
        self.step = step_seconds
        self.recorded = []  # Expr of each rule so far.

    # Expressions.

    def duration(self, low, high):
        """As a text and in seconds, not always a multiple of the step. `low`, `high`: steps."""
        seconds = int(self.rng.uniform(low, high) * self.step)
        if self.rng.random() < 0.7:
            seconds -= seconds % self.step
        seconds = max(seconds, 1)
        return (f"{seconds // 60}m" if seconds % 60 == 0 else f"{seconds}s"), seconds

    def selector(self, metric):
        """The text of a selector without a range, which selects at least one series."""
        member = self.rng.choice(metric.members)
        matchers = [self.matcher(label, value, metric.labels[label]) for label, value in member.items() if self.rng.random() < 0.2]
        return metric.name + ("{" + ", ".join(matchers) + "}" if matchers else "")

    def matcher(self, label, value, values):
        """A matcher that matches the value."""
        others = [other for other in values if other != value]
        if others and self.rng.random() < 0.5:
            return f"{label}!={quoted(self.rng.choice(others))}"
        word = "".join(letter for letter in value if letter.isalnum() and letter.isascii())[:3]
        return self.rng.choice([f"{label}={quoted(value)}", f"{label}!~{quoted('no|such')}",
                                f"{label}=~{quoted('.*' + word + '.*' if word in value else '.+')}"])

    def offset(self):
        return f" offset {self.duration(1, 15)[0]}" if self.rng.random() < 0.15 else ""

    def plain(self):
        if self.recorded and self.rng.random() < 0.2:
            return self.rng.choice(self.recorded)
        metric = self.rng.choice(self.gauges)
        return Expr(self.selector(metric) + self.offset(), tuple(metric.labels), metric.typical)

    def ranged(self):
        if self.counters and self.rng.random() < 0.5:
            metric = self.rng.choice(self.counters)
            function = self.rng.choice(["rate", "rate", "increase", "irate", "resets", "changes"])
            text, seconds = self.duration(2, 20)
            typical = {"rate": metric.growth, "irate": metric.growth, "increase": metric.growth * seconds}.get(function, 1)
            return Expr(f"{function}({self.selector(metric)}[{text}]{self.offset()})", tuple(metric.labels), typical)
        metric = self.rng.choice(self.gauges)
        text = f"{self.selector(metric)}[{self.duration(2, 40)[0]}]{self.offset()}"
        over = self.rng.choice(["avg", "min", "max", "sum", "count", "last", "stddev", "present", "quantile"])
        if over == "quantile":
            return Expr(f"quantile_over_time({self.rng.choice(['0.5', '0.9', '1'])}, {text})", tuple(metric.labels), metric.typical)
        other = self.rng.choice(["changes", "delta", "deriv", "idelta", "predict_linear", "timestamp", ""])
        if other == "predict_linear":
            return Expr(f"predict_linear({text}, {self.rng.choice([60, 600, 3600])})", tuple(metric.labels), metric.typical)
        if other in ("changes", "delta", "deriv", "idelta"):
            return Expr(f"{other}({text})", tuple(metric.labels), 1 if other == "changes" else 0)
        typical = 1 if over == "present" else 10 if over == "count" else metric.typical
        return Expr(f"{over}_over_time({text})", tuple(metric.labels), typical)

    def subquery(self):
        inner = self.aggregated() if self.rng.random() < 0.5 else self.plain()
        over = self.rng.choice(["avg", "min", "max", "sum", "count", "last"])
        step = self.rng.choice(["", self.duration(1, 6)[0]])
        text = f"{over}_over_time(({inner.text})[{self.duration(5, 30)[0]}:{step}])"
        return Expr(text, inner.labels, 10 if over == "count" else inner.typical)

    def labels_of(self, expr, share=0.5):
        return tuple(label for label in expr.labels if self.rng.random() < share)

    def aggregated(self, by=None):
        inner = self.rng.choice([self.plain, self.ranged])()
        labels = self.labels_of(inner) if by is None else by
        how = self.rng.choice(["sum", "avg", "min", "max", "count", "group", "stddev", "quantile", "topk"])
        if by is None and labels and self.rng.random() < 0.3:
            kept = tuple(label for label in inner.labels if label not in labels)
            how = self.rng.choice(["sum", "max", "count"])
            return Expr(f"{how} without ({', '.join(labels)}) ({inner.text})", kept, inner.typical)
        grouping = f"by ({', '.join(labels)}) "
        if how == "quantile":
            return Expr(f"quantile {grouping}(0.75, {inner.text})", labels, inner.typical)
        if how == "topk":  # The sum, since which of equal elements are left out is not defined.
            return Expr(f"sum {grouping}(topk {grouping}(2, {inner.text}))", labels, 2 * inner.typical)
        typical = {"count": 2, "group": 1, "stddev": 0}.get(how, inner.typical)
        return Expr(f"{how} {grouping}({inner.text})", labels, typical)

    def arithmetic(self):
        inner = self.vector()
        constant = self.rng.choice([0.5, 2, 3, 10, 100])
        form, value = self.rng.choice([
            (f"({inner.text}) * {constant}", inner.typical * constant), (f"({inner.text}) / {constant}", inner.typical / constant),
            (f"{constant} - ({inner.text})", constant - inner.typical), (f"-({inner.text})", -inner.typical),
            (f"({inner.text}) + {constant}", inner.typical + constant), (f"abs({inner.text})", abs(inner.typical)),
            (f"round({inner.text}, {constant})", inner.typical), (f"ceil({inner.text})", inner.typical),
            (f"clamp_min({inner.text}, {constant})", max(inner.typical, constant)), (f"sgn({inner.text})", 1),
            (f"sqrt(abs({inner.text}))", math.sqrt(abs(inner.typical))),
            (f"({inner.text}) > bool {number(self.threshold(inner))}", 1)])
        return Expr(form, inner.labels, value)

    def joined(self):
        """Many elements with one each, whose labels they have."""
        many = self.rng.choice([self.plain, self.ranged])()
        labels = self.labels_of(many)
        one = self.aggregated(by=labels) if self.rng.random() < 0.3 else Expr(
            f"max by ({', '.join(labels)}) ({many.text})", labels, many.typical)
        operator = self.rng.choice(["/", "-", "*", "+", ">=", "<", ">= bool"])
        typical = 1 if operator in ("/", ">= bool") else 0 if operator == "-" else many.typical
        return Expr(f"{many.text} {operator} on ({', '.join(labels)}) group_left () {one.text}", many.labels, typical)

    def enriched(self):
        """The limit of each queue, with its tier, if there are queues; else the value beside that of some time before."""
        names = {metric.name: metric for metric in self.metrics}
        if "queue_limit" in names and self.rng.random() < 0.6:
            return Expr("queue_length / on (queue, job) group_left (tier) queue_limit", ("queue", "shard", "job", "tier"), 1)
        many = self.plain()
        shift = self.duration(2, 20)[0]
        operator = self.rng.choice(["-", ">", "<="])
        other = f"last_over_time(({many.text})[{shift}:{self.step}s] offset {shift})"
        return Expr(f"({many.text}) {operator} {other}", many.labels, 0 if operator == "-" else many.typical)

    def combined(self):
        left = self.vector()
        right = self.vector()
        common = tuple(label for label in left.labels if label in right.labels and self.rng.random() < 0.6)
        operator = self.rng.choice(["and", "unless", "or"])
        matching = f" on ({', '.join(common)})" if operator != "or" else ""
        return Expr(f"({left.text}) {operator}{matching} ({right.text})", left.labels, left.typical)

    def odd(self):
        """Functions that need no series, or whose result is there when series are not."""
        metric = self.rng.choice(self.gauges)
        wave = self.rng.choice([7, 10, 45])
        picked = self.rng.choice(self.metrics)
        label, values = self.rng.choice(sorted(picked.labels.items()) or [("job", ["none"])])
        one = f"{picked.name}{{{label}={quoted(self.rng.choice(values))}}}"
        window = self.duration(1, 10)[0]
        return self.rng.choice([
            Expr(f"absent({one})", (label,), 1), Expr(f"absent_over_time({one}[{window}])", (label,), 1),
            Expr(f"vector(time() % {wave * self.step})", (), wave * self.step / 2),
            Expr(f"time() - timestamp({self.selector(metric)})", tuple(metric.labels), self.step),
            Expr(f"vector(scalar({one}))", (), picked.typical), Expr("minute()", (), 30),
            Expr('count by (job) (ALERTS{alertstate="firing"})', ("job",), 2),
            Expr('max by (job) (time() - ALERTS_FOR_STATE)', ("job",), 20 * self.step),
            Expr(f'label_replace({self.selector(metric)}, "short", "$1", "instance", "([^:]*).*")', (*metric.labels, "short"),
                 metric.typical),
            Expr(f'label_join({self.selector(metric)}, "both", "/", "job", "{label}")', (*metric.labels, "both"), metric.typical),
            Expr(f'count_values("value", round({self.selector(metric)}, {number(max(abs(metric.typical), 1))}))', ("value",), 1)])

    def quantile(self):
        if not self.histograms:
            return self.aggregated()
        metric = self.rng.choice(self.histograms)
        labels = tuple(label for label in metric.labels if label != "le" and self.rng.random() < 0.6)
        inner = f"sum by ({', '.join((*labels, 'le'))}) (rate({metric.name}[{self.duration(3, 15)[0]}]))"
        return Expr(f"histogram_quantile({self.rng.choice(['0.5', '0.9', '0.99'])}, {inner})", labels, 1)

    def vector(self):
        kinds = [(4, self.plain), (4, self.ranged), (3, self.aggregated), (2, self.joined), (1, self.enriched), (1, self.subquery),
                 (1, self.quantile), (1, self.odd)]
        return self.rng.choices([make for _, make in kinds], [weight for weight, _ in kinds])[0]()

    def expr(self):
        chance = self.rng.random()
        return self.combined() if chance < 0.12 else self.arithmetic() if chance < 0.3 else self.vector()

    def threshold(self, expr, share=0.2):
        """A limit near the usual values, seldom one that a value equals. `share`: by how much it may differ."""
        return expr.typical + abs(expr.typical) * self.rng.uniform(-share, share) + self.rng.choice([-0.003, 0.003])

    def comparison(self, expr):
        """Mostly one that many values fulfil."""
        operator = self.rng.choice([">", ">=", "<", "<=", "!="])
        limit = expr.typical + abs(expr.typical) * self.rng.uniform(0, 0.3) * (-1 if ">" in operator else 1)
        limit += self.rng.choice([0.003, 0.1]) * (-1 if ">" in operator else 1)
        return f" {operator} {number(limit if self.rng.random() < 0.85 else self.threshold(expr))}"

    # Templates.

    def query_in_template(self):
        """A query whose result is sorted or has one element."""
        metric = self.rng.choice(self.gauges)
        label = self.rng.choice(sorted(metric.labels))
        return (f"max by ({label}) ({metric.name})", label) if self.rng.random() < 0.7 else ("count(no_such_metric)", "job")

    def fragment(self, expr):
        label = f"$labels.{self.rng.choice(expr.labels or ('missing',))}"
        query, query_label = self.query_in_template()
        query = query.replace('"', '\\"')
        sorted_query = f'query "{query}" | sortByLabel "{query_label}"'
        part = f'"part{self.rng.randrange(10 ** 9)}"'
        limit = number(self.threshold(expr))
        return self.rng.choice([
            f"{{{{ {label} }}}}", f"{{{{ .Labels.{query_label} }}}} is it", "{{ $value }}", "{{ .Value }}",
            "{{ $labels.missing }}",
            '{{ $value | printf "%.2f" }}', "{{ $value | humanize }}", "{{ humanize1024 $value }}B",
            "{{ $value | humanizeDuration }}", "{{ $value | humanizePercentage }}", "{{ $value | humanizeTimestamp }}",
            '{{ printf "%v %5.1f %e" $value $value $value }}', "{{ len $labels }} labels: {{ $labels }}",
            "{{ range $name, $value := $labels }}{{ $name }}={{ $value }};{{ end }}",
            f"{{{{ with {sorted_query} }}}}{{{{ . | first | value | humanize }}}}{{{{ else }}}}nothing{{{{ end }}}}",
            f"{{{{ range {sorted_query} }}}}{{{{ .Labels.{query_label} }}}}={{{{ .Value }}}} {{{{ end }}}}",
            f'{{{{ {sorted_query} | first | label "{query_label}" }}}}',
            f"{{{{ if gt $value {limit} }}}}much{{{{ else if eq $value 0.0 }}}}zero{{{{ else }}}}little{{{{ end }}}}",
            f'{{{{ $short := reReplaceAll "([a-z]+).*" "<$1>" {label} }}}}{{{{ $short | toUpper }}}}',
            f'{{{{ if match "^[a-m]" {label} -}}}} early {{{{- else -}}}} late {{{{- end }}}}',
            f"{{{{ {label} | title }}}} {{{{ stripPort {label} }}}} {{{{ stripDomain {label} }}}}",
            "{{ $externalLabels.cluster }} {{ $externalURL }} {{ .ExternalLabels }}",
            f'{{{{ graphLink "{query}" }}}} {{{{ tableLink "up > 1" }}}}',
            f"{{{{ define {part} }}}}[{{{{ . }}}}]{{{{ end }}}}{{{{ template {part} $value }}}}",
            '{{ parseDuration "1h30m" }} {{ toTime 60.5 }}', '{{ query "sum(" }}', '{{ query "none" | first }}',
            "{{ index $labels 1 }}", "{{ $value | toUpper }}", "{{ $value | strvalue }}", "{{/* nothing */}}é ✓ 100 %",
            f'{{{{ {label} | safeHtml | html }}}} {{{{ urlquery {label} }}}} {{{{ printf "%q" {label} }}}}',
            '{{ and (lt $value 1e9) (ne $labels.job "none") }} {{ not true }}'])

    def template(self, expr):
        return " ".join(self.fragment(expr) for _ in range(self.rng.choice([1, 1, 2, 3])))

    # Rules.

    def alert(self, name):
        expr = self.expr()
        comparison = self.comparison(expr) if self.rng.random() < 0.85 else ""
        rule = {"alert": name, "expr": f"({expr.text}){comparison}"}
        if self.rng.random() < 0.6:
            rule["for"] = self.duration(0, 12)[0]
        if self.rng.random() < 0.4:
            rule["keep_firing_for"] = self.duration(1, 15)[0]
        labels = {}
        if self.rng.random() < 0.6:
            labels["severity"] = self.rng.choice(["info", "warning", "critical"])
        if self.rng.random() < 0.25:
            labels["level"] = f"{{{{ if gt $value {number(self.threshold(expr))} }}}}high{{{{ else }}}}low{{{{ end }}}}"
        if self.rng.random() < 0.15:
            labels["about"] = self.template(expr)
        if "instance" in expr.labels and self.rng.random() < 0.2:
            labels["instance"] = "at {{ $labels.instance }}"
        if labels:
            rule["labels"] = labels
        rule["annotations"] = {key: self.template(expr) for key in self.rng.sample(["summary", "description", "more"], 2)}
        return rule

    def recording(self, name):
        expr = self.expr()
        rule = {"record": name, "expr": expr.text}
        labels = expr.labels
        if self.rng.random() < 0.3:
            rule["labels"] = {"origin": "rule", "text": "{{ $value }}"}
            labels = (*labels, "origin", "text")
        self.recorded.append(Expr(name, labels, expr.typical))
        return rule

    def rules(self, count):
        return [self.alert(f"G{at}") if self.rng.random() < 0.65 else self.recording(f"generated:r{at}") for at in range(count)]

    def groups(self, rules):
        """Puts rules into groups, in their order, as the content of a rule file."""
        groups = []
        at = 0
        while at < len(rules):
            size = self.rng.randint(1, 9)
            group = {"name": f"generated {len(groups)}", "rules": rules[at:at + size]}
            at += size
            if self.rng.random() < 0.2:
                group["query_offset"] = self.duration(0, 4)[0]
            if self.rng.random() < 0.2:
                group["interval"] = self.duration(1, 9)[0]
            if self.rng.random() < 0.2:
                group["limit"] = 100000
            if self.rng.random() < 0.2:
                group["labels"] = {"group": "some", "severity": "of the group"}
            groups.append(group)
        return {"groups": groups}
