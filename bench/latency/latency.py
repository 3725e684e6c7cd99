#!/usr/bin/env python3
"""How long it takes from the COMMIT of a row that breaks a threshold until the alert fires, in Hakem and in a Prometheus.

Each commit adds an active game, at a random phase of the interval, and breaks the threshold of a rule of its own:
`game_active_games > 0`, `> 1`, and so on. Both evaluate the same rules. Hakem collects at the interval. Prometheus scrapes and
evaluates at the same interval; its exporter is a second Hakem, whose /metrics?fresh=1 collects when it is asked, as other
exporters do. The time of a commit is that at which COMMIT was sent; the alert is there when `ALERTS` has it, asked each 5
milliseconds.

Starts a PostgreSQL, both Hakems and a Prometheus of its own in a temporary folder, and stops them again.
"""

import argparse
import contextlib
import http.client
import math
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, f"{ROOT}/tests/support/programs")
from free_port import free_port  # noqa: E402
from private_postgres import Postgres  # noqa: E402
POLL_SECONDS = 0.005
ALLOWANCE_SECONDS = 0.05  # What detection may take beyond the interval.


class Writer:
    """Commits games through a psql that stays connected."""

    def __init__(self, postgres):
        self.psql = subprocess.Popen([f"{postgres.binaries}/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", postgres.dsn()],
                                     stdin=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, statement):
        self.psql.stdin.write(f"{statement};\n\\warn done\n".encode())
        self.psql.stdin.flush()
        line = self.psql.stderr.readline()
        if line != b"done\n":
            sys.exit(f"latency.py: psql says: {line.decode(errors='replace')}")

    def add_game(self):
        """Returns when COMMIT was sent."""
        self.run("BEGIN")
        self.run("INSERT INTO hokm_game.game_sessions (room_id, status, started_at) VALUES ('bench', 'active', now())")
        begun = time.monotonic()
        self.run("COMMIT")
        return begun

    def stop(self):
        self.psql.stdin.close()
        self.psql.wait()


class Program:
    """A server with Prometheus' API."""

    def __init__(self, name, argv, port, folder):
        self.name, self.port = name, port
        self.log_path = f"{folder}/{name}.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(argv, cwd=folder, stdout=log, stderr=log)

    def await_result(self, query):
        connection = self.connect()
        for _ in range(600):
            with contextlib.suppress(OSError, http.client.HTTPException):
                if has_result(connection, query):
                    return
            connection.close()
            time.sleep(0.1)
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            sys.exit(f"latency.py: {self.name} has no {query}; its log:\n{log.read()}")

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def has_result(connection, query):
    connection.request("GET", "/api/v1/query?query=" + urllib.parse.quote(query))
    return b'"metric"' in connection.getresponse().read()


class Watcher(threading.Thread):
    """Waits for the alerts of one program, one after the other."""

    def __init__(self, program):
        super().__init__(daemon=True)
        self.program, self.commits, self.latencies, self.failure = program, queue.Queue(), [], None

    def run(self):
        try:
            connection = self.program.connect()
            while (commit := self.commits.get()) is not None:
                number, begun = commit
                while not has_result(connection, f'ALERTS{{alertname="Games{number}"}}'):
                    time.sleep(POLL_SECONDS)
                    if time.monotonic() - begun > 120:
                        raise TimeoutError(f"{self.program.name} has not noticed commit {number}")
                self.latencies.append(time.monotonic() - begun)
        except Exception as error:  # Reported by the main thread.
            self.failure = error


def write_rules(path, commits):
    with open(path, "w", encoding="ascii") as file:
        file.write("groups:\n- name: latency\n  rules:\n")
        for number in range(commits):
            file.write(f"  - {{alert: Games{number}, expr: 'game_active_games > {number}'}}\n")


def write_configurations(folder, postgres, exporter_port, interval):
    """hakem.yml for the Hakem that is measured, exporter.yml for the one that Prometheus scrapes."""
    for name, lane, rules in (("hakem", interval, "rules.yml"), ("exporter", 60, "")):
        with open(f"{folder}/{name}.yml", "w", encoding="ascii") as file:
            file.write(f"targets: [{{name: bench, dsn: '{postgres.dsn()}'}}]\n"
                       f"collect: {{lanes: {{fast: {lane}s}}, budget: 0}}\n"
                       f"rules: {{files: [{rules}]}}\n")
    with open(f"{folder}/prometheus.yml", "w", encoding="ascii") as file:
        file.write(f"global: {{scrape_interval: {interval}s, evaluation_interval: {interval}s, scrape_timeout: {interval}s}}\n"
                   "rule_files: [rules.yml]\n"
                   f"scrape_configs: [{{job_name: hakem, params: {{fresh: ['1']}}, "
                   f"static_configs: [{{targets: ['127.0.0.1:{exporter_port}']}}]}}]\n")


def measure(arguments, interval, commits):
    """The latencies in Hakem and in Prometheus, in seconds."""
    folder = tempfile.mkdtemp(prefix="hakem-latency-")
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        postgres = Postgres(folder)
        stack.callback(postgres.stop)
        with open(f"{ROOT}/simulator/database/schema.sql", encoding="utf-8") as schema:
            postgres.sql(schema.read())
        ports = {name: free_port() for name in ("hakem", "exporter", "prometheus")}
        write_rules(f"{folder}/rules.yml", commits)
        write_configurations(folder, postgres, ports["exporter"], interval)
        programs = {}
        for name, port in ports.items():
            listening = f"--web.listen-address=127.0.0.1:{port}"
            if name == "prometheus":
                argv = [arguments.prometheus, "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb", listening]
            else:
                argv = [os.path.abspath(arguments.hakem), "serve", "--config", f"{name}.yml", listening,
                        "--state.directory", f"{folder}/state-{name}"]
            programs[name] = Program(name, argv, port, folder)
            stack.callback(programs[name].stop)
            programs[name].await_result("game_active_games")
        writer = Writer(postgres)
        stack.callback(writer.stop)
        time.sleep(2 * interval)
        watchers = [Watcher(programs[name]) for name in ("hakem", "prometheus")]
        for watcher in watchers:
            watcher.start()
        for number in range(commits):
            time.sleep(random.uniform(0.2, 1.2) * min(interval, 2))
            commit = number, writer.add_game()
            for watcher in watchers:
                watcher.commits.put(commit)
        for watcher in watchers:
            watcher.commits.put(None)
            watcher.join()
            if watcher.failure:
                sys.exit(f"latency.py: {watcher.failure}")
        return [watcher.latencies for watcher in watchers]


def quantile(values, share):
    return sorted(values)[math.ceil(share * len(values)) - 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hakem", default="build/release/hakem", help="the program (default %(default)s)")
    parser.add_argument("--prometheus", default="prometheus", help="the program (default %(default)s)")
    parser.add_argument("--commits", type=int, default=300, help="commits at an interval of 1 s (default %(default)s)")
    parser.add_argument("--slow-commits", type=int, default=30, help="commits at an interval of 5 s (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the random phases (default %(default)s)")
    arguments = parser.parse_args()
    arguments.prometheus = shutil.which(arguments.prometheus) or sys.exit(f"there is no program {arguments.prometheus}")
    random.seed(arguments.seed)
    print(f"seed {arguments.seed}; milliseconds from COMMIT until the alert fires")
    print(f"{'interval':>8} {'commits':>7} {'program':>10} {'median':>8} {'p90':>8} {'p99':>8} {'longest':>8}")
    late = False
    for interval, commits in ((1, arguments.commits), (5, arguments.slow_commits)):
        if commits == 0:
            continue
        for name, values in zip(("hakem", "prometheus"), measure(arguments, interval, commits)):
            figures = [quantile(values, share) * 1000 for share in (0.5, 0.9, 0.99, 1)]
            print(f"{interval:7}s {len(values):7} {name:>10}", *(f"{figure:8.0f}" for figure in figures),
                  f" load {os.getloadavg()[0]:.2f}", flush=True)
            late = late or (name == "hakem" and figures[2] > (interval + ALLOWANCE_SECONDS) * 1000)
    if late:
        sys.exit("latency.py: Hakem needs more than the interval and 50 ms")


if __name__ == "__main__":
    main()
