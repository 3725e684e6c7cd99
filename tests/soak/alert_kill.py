#!/usr/bin/env python3
"""Kills Hakem with SIGKILL at random moments while alerts become pending, fire and end, and compares with an undisturbed run.

A script sets the number of active games in a database: one pass takes 52 seconds and takes four alerts through all their
states. The first pass is undisturbed. In each of the others Hakem is killed once, at a random moment, and started again after
up to three seconds. Its clock (tests/support/programs/clock_shim.cpp) stands still while it is down, and so does the script.

In each pass the journal of hakem.db must have the same transitions as in the first one, at most SLACK seconds earlier or later,
and the webhook must get the same messages, each as often. Only a message that was delivered within UNSAVED seconds before the
kill may come again, because Hakem may not have saved yet that it was delivered: docs/rules.md says so. These are counted.

A pass that differs is reported, and the others are still run.
"""

import argparse
import contextlib
import http.server
import json
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, f"{ROOT}/tests/support/programs")
from free_port import free_port  # noqa: E402
from private_postgres import Postgres  # noqa: E402

# Seconds, and the number of active games meanwhile.
SCRIPT = ((8, 1), (12, 2), (4, 3), (6, 1), (3, 2), (9, 1), (10, 0))
SLACK = 3.5  # An interval, a round of a busy machine, and the start, which is no time for the script but for keep_firing_for.

RULES = """groups:
- name: script
  rules:
  - {alert: Any, expr: game_active_games > 0}
  - {alert: Long, expr: game_active_games > 0, for: 20s}
  - {alert: Held, expr: game_active_games > 1, for: 6s}
  - {alert: Kept, expr: game_active_games > 2, keep_firing_for: 10s}
"""
UNSAVED = 0.5  # Seconds between the delivery of a message and the end of the transaction that saves it, on a busy machine.

STATES = {None: "forgotten", 0: "inactive", 1: "pending", 2: "firing"}


class Webhook:
    """Keeps the alerts of all messages: (time by the machine's clock, "[FIRING] Any", when it began or ended by Hakem's)."""

    def __init__(self):
        self.alerts = []
        alerts = self.alerts

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                alerts.extend((time.time(), each["fallback"], each["ts"]) for each in message["attachments"])
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Game(Postgres):
    """A server with the tables of the game, in which a script sets the number of active games."""

    def __init__(self, folder):
        super().__init__(folder)
        with open(f"{ROOT}/simulator/database/schema.sql", encoding="utf-8") as schema:
            self.sql(schema.read())

    def set_games(self, count):
        self.sql("BEGIN; DELETE FROM hokm_game.game_sessions; INSERT INTO hokm_game.game_sessions (room_id, status, started_at) "
                 f"SELECT 'script', 'active', now() FROM generate_series(1, {count}); COMMIT;")


class Hakem:
    """A `hakem serve` whose clock stands still while it is down. All times are seconds."""

    def __init__(self, program, shim, folder, postgres, webhook):
        self.program, self.folder, self.port = program, folder, free_port()
        with open(f"{folder}/rules.yml", "w", encoding="ascii") as file:
            file.write(RULES)
        with open(f"{folder}/hakem.yml", "w", encoding="ascii") as file:
            file.write(f"targets: [{{name: script, dsn: '{postgres.dsn()}'}}]\ncollect: {{lanes: {{fast: 1s}}, budget: 0}}\n"
                       f"rules: {{files: [rules.yml]}}\nstate: {{directory: {folder}/state}}\n")
        self.environment = {**os.environ, "LD_PRELOAD": shim, "CLOCK_STEP_FILE": f"{folder}/step", "ALERT_WEBHOOK": webhook.url}
        self.behind = 0.0  # How far its clock is behind the machine's.
        self.killed = None  # By the machine's clock.
        self.starting = 0.0  # How long its starts have taken, by its clock.
        self.process = None

    def start(self):
        begun = time.time()
        if self.killed is not None:
            self.behind += begun - self.killed
        with open(f"{self.folder}/step", "wb") as file:
            file.write(struct.pack("=q", int(-self.behind * 1e9)))
        with open(f"{self.folder}/hakem.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--config", "hakem.yml", f"--web.listen-address=127.0.0.1:{self.port}"], cwd=self.folder,
                env=self.environment, stdout=log, stderr=log)
        for _ in range(1200):
            if self.has_evaluated():
                self.starting += time.time() - begun
                return
            time.sleep(0.05)
        sys.exit("alert_kill.py: Hakem does not evaluate rules; its log:\n" + self.log())

    def has_evaluated(self):
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as page:
                text = page.read().decode()
            return any(line.startswith("prometheus_rule_group_iterations_total{") and not line.endswith(" 0")
                       for line in text.splitlines()) and "game_active_games{" in text
        return False

    def kill(self):
        self.killed = time.time()
        self.process.kill()
        self.process.wait()

    def script_time(self):
        """The time that has passed for the script: that of Hakem's clock, without its starts."""
        return time.time() - self.behind - self.starting

    def transitions(self, after):
        """The journal's rows after that one: its last number, and (alert, state, time by Hakem's clock) of each."""
        with contextlib.closing(sqlite3.connect(f"{self.folder}/state/hakem.db", timeout=30)) as database:
            rows = database.execute("SELECT id, rule, state, time FROM alert_journal WHERE id > ? ORDER BY id", (after,)).fetchall()
        last = rows[-1][0] if rows else after
        return last, [(rule.split(";")[2], STATES[state], at / 1000) for _, rule, state, at in rows]

    def log(self):
        with open(f"{self.folder}/hakem.log", encoding="utf-8", errors="replace") as log:
            return log.read()


class Run:
    """Plays the script and collects what Hakem makes of it."""

    def __init__(self, hakem, postgres, webhook):
        self.hakem, self.postgres, self.webhook = hakem, postgres, webhook
        self.row = 0

    def wait(self, seconds):
        time.sleep(max(0, seconds))

    def play(self, kill_at):
        """One pass. Returns the transitions as {alert: [(state, seconds into the script)]} and the messages.

        The messages are {"[FIRING] Any": [(when it came, when the alert began or ended)]}.
        """
        begun = self.hakem.script_time()
        starts = [(self.hakem.starting, 0)]  # Starting times up to now, from this time of Hakem's clock on.
        first_message = len(self.webhook.alerts)
        at = 0
        for seconds, games in SCRIPT:
            self.postgres.set_games(games)
            end = at + seconds
            if kill_at is not None and at <= kill_at < end:
                self.wait(kill_at - (self.hakem.script_time() - begun))
                self.hakem.kill()
                time.sleep(random.uniform(0, 3))
                self.hakem.start()
                starts.append((self.hakem.starting, time.time() - self.hakem.behind))
            self.wait(end - (self.hakem.script_time() - begun))
            at = end
        self.row, rows = self.hakem.transitions(self.row)
        transitions = {}
        for alert, state, when in rows:
            starting = max((taken for taken, since in starts if since <= when), default=starts[0][0])
            transitions.setdefault(alert, []).append((state, when - starting - begun))
        messages = {}
        for came, fallback, when in self.webhook.alerts[first_message:]:
            messages.setdefault(fallback, []).append((came, when))
        return transitions, messages


def repetitions(messages, killed):
    """How many of one alert's messages repeat one that came just before the kill. `killed` is None without a kill."""
    came_first = {}
    repeated = 0
    for came, when in messages:
        first = came_first.setdefault(when, came)
        if killed is not None and abs(killed - first) <= UNSAVED and came > first:
            repeated += 1
    return repeated


def compare_messages(expected, found, killed):
    """What is different in the messages; nothing if they are all right."""
    if expected.keys() != found.keys():
        return f"messages {sorted(found)} instead of {sorted(expected)}"
    for fallback, messages in found.items():
        count = len(messages) - repetitions(messages, killed)
        if count != len(expected[fallback]):
            came = ", ".join(f"{came - killed:+.2f} s" for came, _ in messages)
            return f"{fallback}: {count} messages instead of {len(expected[fallback])}; they came {came} from the kill"
    return None


def compare(expected, found, killed):
    """What is different in a disturbed pass; nothing if it is all right."""
    (transitions, messages), (found_transitions, found_messages) = expected, found
    for alert in sorted(transitions.keys() | found_transitions.keys()):
        states = [state for state, _ in transitions.get(alert, [])]
        found_states = [state for state, _ in found_transitions.get(alert, [])]
        if states != found_states:
            return f"{alert}: {found_states} instead of {states}"
        for (state, due), (_, when) in zip(transitions[alert], found_transitions[alert]):
            if abs(when - due) > SLACK:
                return f"{alert}: {state} after {when:.1f} s instead of {due:.1f} s"
    return compare_messages(messages, found_messages, killed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hakem", default="build/release/hakem", help="the program (default %(default)s)")
    parser.add_argument("--shim", default="build/release/tests/libclock_shim.so", help="the clock (default %(default)s)")
    parser.add_argument("--kills", type=int, default=100, help="how often it is killed (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default %(default)s)")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    folder = tempfile.mkdtemp(prefix="hakem-alert-kill-")
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        webhook = Webhook()
        postgres = Game(folder)
        stack.callback(postgres.stop)
        hakem = Hakem(os.path.abspath(arguments.hakem), os.path.abspath(arguments.shim), folder, postgres, webhook)
        hakem.start()
        stack.callback(hakem.kill)
        run = Run(hakem, postgres, webhook)
        expected = run.play(None)
        print(f"seed {arguments.seed}; the undisturbed pass:")
        for alert, states in sorted(expected[0].items()):
            print(f"  {alert}:", ", ".join(f"{state} {when:.1f} s" for state, when in states), flush=True)
        if {alert for alert in expected[0]} != {"Any", "Held", "Kept", "Long"}:
            sys.exit("alert_kill.py: not all alerts were provoked; the log:\n" + hakem.log())
        furthest = 0.0
        repeated = 0
        different = 0
        for number in range(1, arguments.kills + 1):
            kill_at = random.uniform(0, sum(seconds for seconds, _ in SCRIPT))
            log_before = len(hakem.log())
            found = run.play(kill_at)
            difference = compare(expected, found, hakem.killed)
            if difference:
                different += 1
                print(f"kill {number}, after {kill_at:.1f} s: {difference}\n{hakem.log()[log_before:][-4000:]}", flush=True)
                continue
            for alert, states in found[0].items():
                furthest = max(furthest, *(abs(when - due) for (_, when), (_, due) in zip(states, expected[0][alert])))
            repeated += sum(repetitions(messages, hakem.killed) for messages in found[1].values())
        if different:
            sys.exit(f"alert_kill.py: {different} of {arguments.kills} passes differ")
        print(f"{arguments.kills} kills: the same transitions, at most {furthest:.1f} s earlier or later; the same messages, "
              f"{repeated} of them repeated because they were delivered just before the kill")


if __name__ == "__main__":
    main()
