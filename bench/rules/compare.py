#!/usr/bin/env python3
"""Evaluates the same alerting rules over the same 20,000 series in Hakem and in a Prometheus, and prints the ratios.

The program rules_bench makes the rules and the samples. It measures Hakem's side itself, on one thread. Prometheus gets
the samples by remote write, 50 minutes of history and then a round each 15 seconds, evaluates the rules as one group each
10 seconds, and reports how long each evaluation took (prometheus_rule_group_last_duration_seconds).

The number of firing alerts must be the same on both sides.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, f"{ROOT}/tests/support/programs")
from free_port import free_port  # noqa: E402

EVALUATIONS = 7
GROUP = "rules.yml;bench"


def measure_hakem(bench, benchmark, rules, repetitions):
    """The times of all repetitions in seconds, and the number of firing alerts."""
    output = subprocess.run(
        [bench, f"--benchmark_filter=^Evaluate/{benchmark}/rules:{rules}$", f"--benchmark_repetitions={repetitions}",
         "--benchmark_format=json"], check=True, capture_output=True, text=True).stdout
    runs = [run for run in json.loads(output)["benchmarks"] if run["run_type"] == "iteration"]
    if any(run["failures"] for run in runs):
        sys.exit("rules failed in Hakem")
    return [run["real_time"] / 1000 for run in runs], int(runs[0]["firing"])


class Prometheus:
    def __init__(self, program, folder):
        self.port = free_port()
        self.folder = folder
        with open(os.path.join(folder, "prometheus.yml"), "w", encoding="ascii") as config:
            config.write("global: {evaluation_interval: 10s}\nrule_files: [rules.yml]\n")
        self.log_path = os.path.join(folder, "prometheus.log")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [program, "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--web.enable-remote-write-receiver",
                 f"--web.listen-address=127.0.0.1:{self.port}"], stdout=log, stderr=log, cwd=folder)

    def await_ready(self):
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready"):
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            sys.exit(f"Prometheus is not ready; its log:\n{log.read()}")

    def push(self, path):
        with open(path, "rb") as body:
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.port}/api/v1/write", data=body.read(), method="POST",
                headers={"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy",
                         "X-Prometheus-Remote-Write-Version": "0.1.0"})
        with urllib.request.urlopen(request, timeout=300):
            pass

    def metric(self, name):
        """The value of a metric of the group."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics") as page:
            for line in page.read().decode().splitlines():
                if line.startswith(f'{name}{{rule_group="{GROUP}"}}'):
                    return float(line.split()[-1])
        return 0.0

    def count(self, query):
        url = f"http://127.0.0.1:{self.port}/api/v1/query?query=" + urllib.parse.quote(query)
        with urllib.request.urlopen(url) as response:
            result = json.load(response)["data"]["result"]
        return int(result[0]["value"][1]) if result else 0

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def pushes(folder):
    """The requests, by the time of their last samples in seconds."""
    names = os.listdir(os.path.join(folder, "push"))
    return sorted((int(name.split(".")[0]) / 1000, os.path.join(folder, "push", name)) for name in names)


def measure_prometheus(bench, program, rules, sharing):
    """The durations of the evaluations in seconds, and the number of firing alerts."""
    with tempfile.TemporaryDirectory(prefix="hakem-bench-") as folder:
        os.mkdir(os.path.join(folder, "push"))
        subprocess.run([bench, "--write", folder, str(rules), *sharing], check=True)
        server = Prometheus(program, folder)
        try:
            server.await_ready()
            waiting = pushes(folder)
            durations = []
            last = 0.0
            caught_up = False
            deadline = time.time() + 500
            while len(durations) < EVALUATIONS and time.time() < deadline:
                while waiting and waiting[0][0] <= time.time():
                    server.push(waiting.pop(0)[1])
                if not caught_up:  # The next evaluation is the first one that sees all samples.
                    last = server.metric("prometheus_rule_group_last_evaluation_timestamp_seconds") + 10
                    caught_up = True
                now = server.metric("prometheus_rule_group_last_evaluation_timestamp_seconds")
                if now > last + 1:
                    last = now
                    durations.append(server.metric("prometheus_rule_group_last_duration_seconds"))
                time.sleep(0.5)
            if server.metric("prometheus_rule_evaluation_failures_total"):
                sys.exit("rules failed in Prometheus")
            return durations, server.count('count(ALERTS{alertstate="firing"})')
        finally:
            server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", default="build/release/bench/rules_bench", help="the program (default %(default)s)")
    parser.add_argument("--prometheus", default="prometheus", help="the program (default %(default)s)")
    parser.add_argument("--rules", type=int, nargs="*", default=(1000, 10000), help="numbers of rules (default 1000 10000)")
    parser.add_argument("--repetitions", type=int, default=7, help="runs of Hakem's side (default %(default)s)")
    arguments = parser.parse_args()
    prometheus = shutil.which(arguments.prometheus) or sys.exit(f"there is no program {arguments.prometheus}")
    bench = os.path.abspath(arguments.bench)

    print(f"{'rules':>6} {'selectors':>9} {'hakem ms':>17} {'prometheus ms':>17} {'ratio':>6} {'firing':>7}")
    print(f"{'':6} {'':9} {'min':>8} {'median':>8} {'min':>8} {'median':>8} {'median':>6}")
    for rules in arguments.rules:
        for benchmark, sharing in (("BM_Rules_Evaluate", ()), ("BM_Rules_EvaluateShared", ("many",))):
            load = os.getloadavg()[0]
            ours, our_firing = measure_hakem(bench, benchmark, rules, arguments.repetitions)
            theirs, their_firing = measure_prometheus(bench, prometheus, rules, sharing)
            if not theirs:
                sys.exit("Prometheus has not evaluated the rules")
            print(f"{rules:6} {'shared' if sharing else 'own':>9} {min(ours) * 1000:8.1f} {statistics.median(ours) * 1000:8.1f} "
                  f"{min(theirs) * 1000:8.1f} {statistics.median(theirs) * 1000:8.1f} "
                  f"{statistics.median(ours) / statistics.median(theirs):6.3f} {our_firing:7}  load {load:.2f}", flush=True)
            if our_firing != their_firing:
                sys.exit(f"{our_firing} alerts fire in Hakem, {their_firing} in Prometheus")


if __name__ == "__main__":
    main()
