"""Series for unit tests of rules: their notation, and a synthetic history that has what real ones have."""

import dataclasses
import json
import re

MISSING = None
STALE = "stale"
UNREPEATED = (STALE, "NaN", "Inf", "-Inf")


@dataclasses.dataclass
class Series:
    """A series with one value for each step: a number, MISSING or STALE."""

    name: str
    labels: dict
    values: list

    def selector(self):
        return self.name + "{" + ", ".join(f"{name}={json.dumps(value)}" for name, value in self.labels.items()) + "}"

    def numbers(self):
        return [value for value in self.values if value is not MISSING and value is not STALE]


def number_text(value):
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def notation(values):
    """The values in the notation of input_series: repeated numbers and missing values are written once."""
    texts = ["_" if value is MISSING else STALE if value is STALE else number_text(value) for value in values]
    parts = []
    begin = 0
    for end in range(1, len(texts) + 1):
        if end == len(texts) or texts[end] != texts[begin] or texts[begin] in UNREPEATED:
            count = end - begin
            if count == 1:
                parts.append(texts[begin])
            else:
                parts.append(f"_x{count}" if texts[begin] == "_" else f"{texts[begin]}x{count - 1}")
            begin = end
    return " ".join(parts)


def values_of(text):
    """The values of a notation."""
    values = []
    for part in text.split():
        word, _, times = part.partition("x")
        value = MISSING if word == "_" else STALE if word == STALE else float(word.replace("Inf", "inf"))
        values += [value] * (int(times) + (word != "_") if times else 1)
    return values


def read_recording(path):
    """The series of a file with one of them on each line, as record.py writes it."""
    series = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            selector, values = re.fullmatch(r"(.*\}) (.*)\n", line).groups()
            name, _, labels = selector.partition("{")
            labels = {label: json.loads(value) for label, value in re.findall(r'(\w+)=("(?:[^"\\]|\\.)*")', labels)}
            series.append(Series(name, labels, values_of(values)))
    return series


def walk(rng, steps, low, high, step=0.25):
    """A gauge that wanders between two values, always a multiple of `step`: sums of such numbers are exact in any order."""
    value = rng.uniform(low, high)
    values = []
    for _ in range(steps):
        value += rng.gauss(0, (high - low) / 12)
        value = min(max(value, low), high)
        values.append(round(value / step) * step)
    return values


def count(rng, steps, rate, reset_share=0.004):
    """A counter whose rate changes at times and which begins anew at times, as after a restart."""
    value = rng.randrange(1000)
    factor = 1
    values = []
    for _ in range(steps):
        if rng.random() < 0.02:
            factor = rng.choice([0, 0.2, 1, 1, 1, 3, 8])
        value += rng.randrange(int(2 * rate * factor) + 1)
        if rng.random() < reset_share:
            value = rng.choice([0, 0, 1, 7])
        values.append(value)
    return values


def flag(rng, steps, change=0.05):
    values = []
    value = 1
    for _ in range(steps):
        if rng.random() < (change if value == 1 else 3 * change):
            value = 1 - value
        values.append(value)
    return values


def punch_holes(rng, values, share=0.01, longest=12):
    """Removes samples: holes shorter and longer than the lookback of five minutes, some of which begin with a stale marker."""
    at = 0
    while at < len(values):
        if rng.random() < share:
            length = rng.randint(1, longest)
            for place in range(at, min(at + length, len(values))):
                values[place] = MISSING
            if rng.random() < 0.5:
                values[at] = STALE
            at += length
        at += 1
    return values


def live_for_a_while(rng, values):
    """The series appears late or vanishes early, with or without a marker."""
    begin = rng.choice([0, rng.randrange(len(values) // 2)])
    end = rng.choice([len(values), rng.randrange(len(values) // 2, len(values))])
    kept = [value if begin <= at < end else MISSING for at, value in enumerate(values)]
    if end < len(values) and rng.random() < 0.6:
        kept[end] = STALE
    return kept


def histogram(rng, steps, name, labels):
    """Buckets, sum and count of a histogram."""
    bounds = ["0.1", "0.5", "1", "5", "+Inf"]
    counts = [0] * len(bounds)
    total = 0.0
    buckets = [[] for _ in bounds]
    sums = []
    slow = False
    for _ in range(steps):
        slow = slow != (rng.random() < 0.03)
        for _ in range(rng.randrange(20)):
            value = rng.choice([1, 2, 3, 8, 12, 30] if slow else [0.0625, 0.0625, 0.25, 0.25, 0.75, 2])
            total += value
            for at, bound in enumerate(bounds):
                counts[at] += value <= float(bound)
        if rng.random() < 0.003:
            counts, total = [0] * len(bounds), 0.0
        for at, each in enumerate(buckets):
            each.append(counts[at])
        sums.append(total)
    series = [Series(f"{name}_bucket", {**labels, "le": bound}, each) for bound, each in zip(bounds, buckets)]
    return series + [Series(f"{name}_sum", dict(labels), sums), Series(f"{name}_count", dict(labels), list(buckets[-1]))]


def sprinkle(rng, values, odd, share=0.02):
    return [rng.choice(odd) if rng.random() < share else value for value in values]


def synthetic(rng, steps):
    """Series of an imagined service: gauges, counters, flags, histograms, labels that come and go, values that are no numbers."""
    series = []
    for instance in ("a:9100", "b:9100", "c:9100"):
        where = {"job": "node", "instance": instance}
        series.append(Series("node_up", where, punch_holes(rng, flag(rng, steps))))
        for code in ("200", "404", "500"):
            for method in ("get", "post"):
                series.append(Series("http_requests_total", {**where, "method": method, "code": code},
                                     punch_holes(rng, count(rng, steps, 400 if code == "200" else 12))))
        series.append(Series("memory_free_bytes", where, punch_holes(rng, walk(rng, steps, 1e8, 8e9, 4096))))
        for version in ("1.0", "1.1", "2.0-rc1"):
            series.append(Series("build_info", {**where, "version": version}, live_for_a_while(rng, [1] * steps)))
        series += histogram(rng, steps, "job_duration_seconds", where)
    for queue in ("mail", "match making", 'say "hi"', "back\\slash", "صف", "line\nbreak"):
        for shard in ("0", "1"):
            values = live_for_a_while(rng, punch_holes(rng, walk(rng, steps, 0, 100), 0.03))
            series.append(Series("queue_length", {"queue": queue, "shard": shard, "job": "queues"}, values))
        series.append(Series("queue_limit", {"queue": queue, "job": "queues", "tier": rng.choice(["gold", "iron"])},
                             live_for_a_while(rng, [rng.choice([25, 50, 75])] * steps)))
    odd = [float("nan"), float("inf"), float("-inf"), 0.0]
    for room in ("cellar", "roof"):
        series.append(Series("temperature", {"room": room}, sprinkle(rng, walk(rng, steps, -20, 40), odd)))
    sparse = [value if at % 7 == 0 else MISSING for at, value in enumerate(walk(rng, steps, 0, 10))]
    series.append(Series("sparse", {"job": "cron"}, sparse))
    series.append(Series("last_backup_timestamp_seconds", {"job": "cron"},
                         [60 * (at - at % rng.choice([30, 45, 90])) for at in range(steps)]))
    return series
