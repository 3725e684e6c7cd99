#!/usr/bin/env python3
"""Evaluates rules in Hakem and in a Prometheus 3 that scrapes it, for ten minutes, and compares what both make of them.

A script sets the number of games in a database, stops the database and starts it again. Hakem collects each 5 seconds and
evaluates with `rules.evaluation: aligned`; Prometheus scrapes Hakem's page and evaluates the same files, both each 5 seconds.
Equal must be:

- the transitions of each alert, in the same order, from the samples of ALERTS in both histories. Prometheus scrapes and evaluates
  at its own phases: a transition is due there at the first evaluation after the first scrape after the last collection that
  Hakem's evaluation saw. It may come at most one interval of its group earlier or later. Later, because a scrape may begin while
  Hakem still collects, or an evaluation while Prometheus still scrapes; earlier, because Hakem may have evaluated while it
  collected, or because an interval has several collections and the first of them was enough. In the script, each condition lasts
  two intervals longer or shorter than the `for` of its alert, so that these moments do not decide whether an alert fires;
- labels, annotations and values of each alert in /api/v1/rules and /api/v1/alerts, health and last error of each rule, and what
  both say of the rules themselves: expression, durations, labels, templates. Two texts differ: Hakem puts the address of its own
  runbook into `runbook_url` (docs/rules.md), and its error about equal label sets also shows the labels;
- the keys of these answers;
- labels and generatorURL of each alert that is sent: by Hakem to a webhook, by Prometheus to an Alertmanager.

Each alert of the script must have fired in each pass.

Needs the program of a Prometheus 3; without one, it is skipped with status 77. Starts a PostgreSQL, Hakem and Prometheus of its
own in a temporary folder, and stops them again.
"""

import argparse
import bisect
import contextlib
import html
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from alert_kill import ROOT, Game
from free_port import free_port  # alert_kill has made its folder known.

SKIPPED = 77
INTERVAL = 5  # Seconds between collections, scrapes and evaluations.
POLL_SECONDS = 1
SETTLING = 8 * INTERVAL  # Until both programs have evaluated all rules several times.

# Seconds, and the number of games of each type meanwhile; None: the database is stopped.
STEPS = (
    (25, {"standard": 1}),
    (40, {"standard": 2, "ranked": 1}),
    (25, {"standard": 4, "ranked": 2}),
    (25, {"standard": 2}),
    (35, {"standard": 2, "ranked": 1, "friendly": 1}),
    (15, {}),
    (25, {"standard": 1}),
    (40, None),
    (40, {}),
)

# `evaluated` has a sample for each evaluation of its group.
RULES = """groups:
- name: games
  labels: {origin: script}
  rules:
  - {record: evaluated, expr: vector(1), labels: {of: games}}
  - {record: 'game_type:games:sum', expr: 'sum by (job, instance, server, game_type) (game_sessions{status="active"})'}
  - alert: AnyGame
    expr: game_type:games:sum > 0
    labels: {severity: '{{ if gt $value 3.0 }}critical{{ else }}warning{{ end }}', origin: '{{ $externalLabels.site }}'}
    annotations:
      summary: '{{ $labels.game_type | title }}: {{ $value }} games ({{ printf "%.2f" $value }}), at {{ $externalURL }}'
      types: '{{ range query "game_type:games:sum > 0" | sortByLabel "game_type" }}{{ .Labels.game_type }}={{ .Value }} {{ end }}'
  - alert: ManyGames
    expr: sum by (job, instance, server) (game_type:games:sum) > 2
    for: 20s
    annotations: {summary: '{{ $value | humanize }} games of {{ with $labels.missing }}{{ . }}{{ else }}all{{ end }} types'}
  - alert: Crowd
    expr: game_active_games > 4
    for: 10s
    keep_firing_for: 20s
    annotations: {summary: '{{ $value }} <games> & "more"'}
  - alert: NoGames
    expr: game_active_games == 0
    for: 30s
- name: database
  rules:
  - {record: evaluated, expr: vector(1), labels: {of: database}}
  - {alert: Down, expr: pg_up == 0, for: 10s, annotations: {summary: '{{ $labels.server }} is down'}}
  - {alert: Blind, expr: 'absent(game_active_games{job="hakem"})', labels: {job: ''}}
- name: slow
  interval: 10s
  query_offset: 5s
  rules:
  - {record: evaluated, expr: vector(1), labels: {of: slow}}
  - {alert: ThreeGames, expr: game_active_games > 2, annotations: {share: '{{ query "game_active_games / 10" | len }}'}}
- name: limited
  limit: 2
  rules:
  - {record: evaluated, expr: vector(1), labels: {of: limited}}
  - {alert: Limited, expr: 'game_sessions{status="active"} > 0'}
- name: failing
  rules:
  - {record: evaluated, expr: vector(1), labels: {of: failing}}
  - {alert: Same, expr: 'game_sessions{status="active"} > 0', labels: {game_type: any}}
"""
GROUP_OF = {"AnyGame": "games", "ManyGames": "games", "Crowd": "games", "NoGames": "games", "Down": "database",
            "Blind": "database", "ThreeGames": "slow", "Limited": "limited", "Same": "failing"}
INTERVAL_OF = {group: INTERVAL for group in GROUP_OF.values()} | {"slow": 10}
SHIPPED = f"{ROOT}/rules/definitions/gaming.yml"  # Its alert ManyActiveGames fires; it is in /api/v1 and in what is sent.


class Receiver:
    """An HTTP server that keeps the bodies that are posted to it."""

    def __init__(self):
        self.bodies = []
        bodies = self.bodies

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()


class Program:
    """A server with Prometheus' API."""

    def __init__(self, name, argv, port, folder, environment=None):
        self.name, self.url = name, f"http://127.0.0.1:{port}"
        self.log_path = f"{folder}/{name}.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(argv, cwd=folder, stdout=log, stderr=log, env={**os.environ, **(environment or {})})

    def get(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=30) as response:
            return json.load(response)["data"]

    def samples(self, selector, at, seconds):
        """The samples before `at`: [(labels, [(time, value)])]."""
        result = self.get("query", query=f"{selector}[{int(seconds)}s]", time=at)["result"]
        return [(each["metric"], [(float(when), float(value)) for when, value in each["values"]]) for each in result]

    def await_result(self, query):
        for _ in range(600):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                if self.get("query", query=query)["result"]:
                    return
            time.sleep(0.1)
        sys.exit(f"{self.name} has no {query}; its log:\n{self.log()}")

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()[-4000:]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def frozen(labels):
    """Labels as a key of a dictionary."""
    return tuple(sorted(labels.items()))


def shown(key):
    return "{" + ", ".join(f"{name}={value!r}" for name, value in key) + "}"


class Observed:
    """What one program answered and sent. Of texts that follow each other, only those that differ from the one before."""

    def __init__(self, program):
        self.program = program
        self.keys = set()  # Paths such as "rules: groups[].rules[].name".
        self.rules = {}  # {(group, number, key): what is said of the rule itself}
        self.health = {}  # {(group, number): [(health, last error)]}
        self.alerts = {}  # {(alert, labels): [(annotations, value)]}, of /api/v1/rules.
        self.listed = {}  # The same of /api/v1/alerts.
        self.sent = set()  # {(labels, generatorURL)}

    def poll(self):
        rules = self.program.get("rules")
        self.add_keys("rules: ", rules)
        for group in rules["groups"]:
            for number, rule in enumerate(group["rules"]):
                self.add_rule(group, number, rule)
        alerts = self.program.get("alerts")
        self.add_keys("alerts: ", alerts)
        for alert in alerts["alerts"]:
            add_alert(self.listed, alert)

    def add_rule(self, group, number, rule):
        of_rule = {key: group[key] for key in ("file", "interval", "limit")}
        of_rule |= {key: rule.get(key) for key in ("type", "name", "query", "duration", "keepFiringFor", "labels", "annotations")}
        self.rules |= {(group["name"], number, key): with_own_runbook(value) for key, value in of_rule.items()}
        add_news(self.health.setdefault((group["name"], number), []), (rule["health"], without_labels(rule.get("lastError"))))
        for alert in rule.get("alerts", []):
            add_alert(self.alerts, alert)

    def add_keys(self, path, value):
        if isinstance(value, list):
            for each in value:
                self.add_keys(path + "[]", each)
        elif isinstance(value, dict) and not path.endswith((".labels", ".annotations")):
            for key, each in value.items():
                self.keys.add(f"{path}.{key}")
                self.add_keys(f"{path}.{key}", each)


def with_own_runbook(value):
    """Hakem puts this address into the `runbook_url` of all rules."""
    return json.loads(json.dumps(value).replace("http://{{ $labels.instance }}/runbook", "{{ $externalURL }}/runbook"))


def without_labels(error):
    """Hakem adds the labels that several elements have."""
    return re.sub(r"(vector contains metrics with the same labelset after applying alert labels): .*", r"\1", error or "")


def add_news(values, value):
    if not values or values[-1] != value:
        values.append(value)


def add_alert(alerts, alert):
    add_news(alerts.setdefault(frozen(alert["labels"]), []), (alert["annotations"], alert["value"]))


def sent_by_hakem(bodies):
    """Labels and generatorURL of the alerts in messages for Slack. Fields before the labels show value and duration."""
    sent = set()
    for attachment in (attachment for body in bodies for attachment in body["attachments"]):
        fields = {html.unescape(field["title"]): html.unescape(field["value"]) for field in attachment["fields"]}
        labels = {name: value for name, value in fields.items() if name not in ("Value", "Last value", "Fired for")}
        sent.add((frozen(labels), attachment.get("title_link")))
    return sent


def sent_by_prometheus(bodies):
    return {(frozen(alert["labels"]), alert["generatorURL"]) for body in bodies for alert in body}


class Evaluations:
    """When a program collected or scraped, and when it evaluated each group. All times are seconds since 1970."""

    def __init__(self, program, end, seconds):
        self.end = end
        self.reads = sorted(when for _, samples in program.samples("pg_up", end, seconds) for when, _ in samples)
        self.of_group = {labels["of"]: [when for when, _ in samples]
                         for labels, samples in program.samples("evaluated", end, seconds)}

    def transitions(self, program, seconds, since):
        """The transitions after `since`: {labels: [(state, time)]}."""
        states = {}
        for labels, samples in program.samples("ALERTS", self.end, seconds):
            if labels["alertname"] in GROUP_OF:
                state = labels.pop("alertstate")
                del labels["__name__"]
                states.setdefault(frozen(labels), {}).update({when: state for when, _ in samples})
        return {labels: self.changes(GROUP_OF[dict(labels)["alertname"]], at, since) for labels, at in states.items()}

    def changes(self, group, state_at, since):
        changes = []
        state = "inactive"
        for when in self.of_group[group]:
            found = state_at.get(when, "inactive")
            if found != state and when >= since:
                changes.append((found, when))
            state = found
        return changes


def next_after(times, when):
    """The first of the times that is not before `when`; infinite if there is none."""
    at = bisect.bisect_left(times, when)
    return times[at] if at < len(times) else float("inf")


def due_in_prometheus(hakem, prometheus, group, when):
    """When Prometheus should have a transition that Hakem has at `when`."""
    collected = hakem.reads[bisect.bisect_right(hakem.reads, when) - 1]
    return next_after(prometheus.of_group[group], next_after(prometheus.reads, collected))


class Comparison:
    """Collects what is different."""

    def __init__(self):
        self.differences = []

    def equal(self, what, hakem, prometheus):
        if hakem != prometheus:
            self.differences.append(f"{what}:\n  Hakem:      {hakem}\n  Prometheus: {prometheus}")

    def dictionaries(self, what, hakem, prometheus):
        for key in sorted(hakem.keys() | prometheus.keys()):
            name = shown(key) if key and isinstance(key[0], tuple) else key
            self.equal(f"{what} of {name}", hakem.get(key), prometheus.get(key))

    def transitions(self, hakem, prometheus, due):
        """Returns how much earlier or later than due the transitions of Prometheus are, in seconds."""
        late = []
        for labels in sorted(hakem.keys() | prometheus.keys()):
            ours, theirs = hakem.get(labels, []), prometheus.get(labels, [])
            if [state for state, _ in ours] != [state for state, _ in theirs]:
                self.equal(f"transitions of {shown(labels)}", ours, theirs)
                continue
            group = GROUP_OF[dict(labels)["alertname"]]
            for (state, when), (_, found) in zip(ours, theirs):
                late.append(found - due(group, when))
                if abs(late[-1]) > INTERVAL_OF[group]:
                    self.differences.append(f"{shown(labels)} is {state} in Hakem at {when:.3f}, in Prometheus at {found:.3f}, "
                                            f"{late[-1]:+.1f} s from when it is due")
        return late


def provoked(transitions, passes):
    """The alerts of the script that have not fired in each pass."""
    fired = dict.fromkeys(GROUP_OF, 0)
    for labels, changes in transitions.items():
        fired[dict(labels)["alertname"]] += sum(state == "firing" for state, _ in changes)
    return [f"{alert} has fired {count} times in {passes} passes" for alert, count in fired.items() if count < passes]


def games_sql(games):
    rows = "".join(f"INSERT INTO hokm_game.game_sessions (room_id, status, game_type, started_at) "
                   f"SELECT 'script', 'active', '{game_type}', now() FROM generate_series(1, {count}); "
                   for game_type, count in games.items())
    return f"BEGIN; DELETE FROM hokm_game.game_sessions; {rows} COMMIT;"


def play(postgres, passes):
    at = time.monotonic()
    for seconds, games in STEPS * passes:
        if games is None:
            postgres.stop()
        else:
            if not postgres.is_running():
                postgres.start()
            postgres.sql(games_sql(games))
        at += seconds
        time.sleep(max(0, at - time.monotonic()))


class Polling:
    """Polls the programs in a thread of its own while it is entered."""

    def __init__(self, observed):
        self.observed, self.ended, self.failure = observed, threading.Event(), None
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        try:
            while not self.ended.wait(POLL_SECONDS):
                for each in self.observed:
                    each.poll()
        except Exception as error:  # Reported by the main thread.
            self.failure = error

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        if self.failure:
            sys.exit(f"the programs cannot be polled: {self.failure!r}")


def write_configurations(folder, postgres, port, alertmanager):
    files = f"[{SHIPPED}, {folder}/script.yml]"
    with open(f"{folder}/script.yml", "w", encoding="ascii") as file:
        file.write(RULES)
    with open(f"{folder}/hakem.yml", "w", encoding="ascii") as file:
        file.write(f"targets: [{{name: script, dsn: '{postgres.dsn()}', games: [{{thresholds: {{max_active_games: 2}}}}]}}]\n"
                   f"collect: {{lanes: {{fast: {INTERVAL}s}}, budget: 0}}\n"
                   f"rules: {{files: {files}, evaluation: aligned, interval: {INTERVAL}s, external_labels: {{site: east}}}}\n"
                   f"web: {{listen: '127.0.0.1:{port}', external_url: 'http://127.0.0.1:{port}'}}\n"
                   f"state: {{directory: {folder}/state}}\n")
    with open(f"{folder}/prometheus.yml", "w", encoding="ascii") as file:
        file.write(f"global: {{scrape_interval: {INTERVAL}s, evaluation_interval: {INTERVAL}s, scrape_timeout: {INTERVAL}s, "
                   "external_labels: {site: east}}\n"
                   f"rule_files: {files}\n"
                   f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{alertmanager}']}}]}}]}}\n"
                   f"scrape_configs: [{{job_name: hakem, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n")


def start_programs(arguments, folder, postgres, stack):
    """Returns what is to be observed of Hakem and of Prometheus, and the receivers of their alerts."""
    webhook, alertmanager = Receiver(), Receiver()
    port, other_port = free_port(), free_port()
    write_configurations(folder, postgres, port, alertmanager.address)
    hakem = Program("hakem", [os.path.abspath(arguments.hakem), "serve", "--config", "hakem.yml"], port, folder,
                    {"ALERT_WEBHOOK": f"http://{webhook.address}/"})
    stack.callback(hakem.stop)
    hakem.await_result("game_active_games")
    prometheus = Program("prometheus", [arguments.prometheus, "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb",
                                        f"--web.listen-address=127.0.0.1:{other_port}",
                                        f"--web.external-url=http://127.0.0.1:{port}"], other_port, folder)
    stack.callback(prometheus.stop)
    prometheus.await_result("game_active_games")
    for program in (hakem, prometheus):
        program.await_result('evaluated{of="slow"}')
    return Observed(hakem), Observed(prometheus), webhook, alertmanager


def compare(hakem, prometheus, began, passes):
    """Prints what was compared. Returns what is different."""
    end = time.time()
    seconds = end - began + SETTLING
    ours, theirs = Evaluations(hakem.program, end, seconds), Evaluations(prometheus.program, end, seconds)
    comparison = Comparison()
    transitions = ours.transitions(hakem.program, seconds, began)
    late = comparison.transitions(transitions, theirs.transitions(prometheus.program, seconds, began),
                                  lambda group, when: due_in_prometheus(ours, theirs, group, when))
    comparison.equal("keys of only one", sorted(hakem.keys - prometheus.keys), sorted(prometheus.keys - hakem.keys))
    comparison.dictionaries("rule", hakem.rules, prometheus.rules)
    comparison.dictionaries("health", hakem.health, prometheus.health)
    comparison.dictionaries("annotations and values", hakem.alerts, prometheus.alerts)
    comparison.dictionaries("annotations and values in /api/v1/alerts", hakem.listed, prometheus.listed)
    comparison.equal("sent only by one", sorted(hakem.sent - prometheus.sent), sorted(prometheus.sent - hakem.sent))
    comparison.differences += provoked(transitions, passes)
    print(f"{len(late)} transitions of {len(transitions)} alerts, {sum(abs(each) < 1 for each in late)} in Prometheus when they "
          f"are due, the others {min(late, default=0):+.1f} to {max(late, default=0):+.1f} s from that; "
          f"{sum(map(len, hakem.alerts.values()))} annotations and values, {len(hakem.sent)} alerts sent, {len(hakem.keys)} keys")
    return comparison.differences


def find_prometheus(program):
    path = shutil.which(program)
    version = subprocess.run([path, "--version"], capture_output=True, text=True).stdout if path else ""
    if not re.match(r"prometheus, version [3-9]", version):
        print(f"skipped: {program} is no Prometheus 3: {version.splitlines()[0] if version else 'there is no such program'}")
        sys.exit(SKIPPED)
    return path


def main():
    tree = os.environ.get("HAKEM_ORACLE_TREE")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hakem", default="build/release/hakem", help="the program (default %(default)s)")
    parser.add_argument("--prometheus", default=f"{tree}/usr/bin/prometheus" if tree else "prometheus",
                        help="the program (default %(default)s, from $HAKEM_ORACLE_TREE or PATH)")
    parser.add_argument("--passes", type=int, default=2,
                        help=f"of the script, {sum(seconds for seconds, _ in STEPS)} seconds each (default %(default)s)")
    arguments = parser.parse_args()
    arguments.prometheus = find_prometheus(arguments.prometheus)
    folder = tempfile.mkdtemp(prefix="hakem-rules-")
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        postgres = Game(folder)
        stack.callback(postgres.stop)
        hakem, prometheus, webhook, alertmanager = start_programs(arguments, folder, postgres, stack)
        time.sleep(SETTLING)
        began = time.time()
        with Polling((hakem, prometheus)):
            play(postgres, arguments.passes)
            time.sleep(2 * SETTLING)  # All alerts of the last step have fired and were sent.
        hakem.sent, prometheus.sent = sent_by_hakem(webhook.bodies), sent_by_prometheus(alertmanager.bodies)
        differences = compare(hakem, prometheus, began, arguments.passes)
        if differences:
            sys.exit("rules_beside_prometheus.py: " + "\n".join(differences) + f"\nHakem's log:\n{hakem.program.log()}")


if __name__ == "__main__":
    main()
