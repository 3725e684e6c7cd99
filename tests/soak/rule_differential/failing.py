"""Groups of rules that fail, each alone: some only when a second series appears."""

from history import MISSING, Series

STEPS = 8


def series():
    """Two series of `load`, of which one appears later, and one of `limit`."""
    where = [{"instance": "a", "disk": "1"}, {"instance": "a", "disk": "2"}]
    return [Series("load", where[0], [1.0] * STEPS), Series("load", where[1], [MISSING] * 4 + [2.0] * (STEPS - 4)),
            Series("limit", {"instance": "a"}, [0.5] * STEPS)]


def alert(expr, **keys):
    return {"name": "failing", **keys, "rules": [{"alert": "Fails", "expr": expr}]}


def recording(expr, **keys):
    return {"name": "failing", **keys, "rules": [{"record": "fails", "expr": expr}]}


GROUPS = [
    recording("load / on (instance) limit"),
    recording("limit / on (instance) group_left () load"),
    recording("limit / on (instance) load"),
    recording('label_replace(load, "disk", "all", "", "")'),
    alert('label_replace(load, "disk", "all", "", "")'),
    {"name": "failing", "rules": [{"record": "fails", "expr": "load", "labels": {"disk": "all"}}]},
    {"name": "failing", "rules": [{"alert": "Fails", "expr": "load > 0.5", "labels": {"disk": "all"}}]},
    {"name": "failing", "rules": [{"alert": "Fails", "expr": "load > 0.5", "labels": {"disk": "{{ $labels.instance }}"}}]},
    alert("load > 0.5", limit=1),
    recording("load", limit=1),
    recording('label_replace(load, "disk", "$1", "instance", "(")'),
    recording("{__name__=~\"load|limit\"} * 2 or rate({instance=\"a\"}[5m])"),
    recording('{instance="a"} + 1 and on (instance) load'),
    recording("topk(1e30, load)"),
    recording('quantile_over_time(2, load[3m]) > on (instance) limit'),
]
