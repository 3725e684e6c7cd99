#!/usr/bin/env python3
"""Times the same PromQL queries on the same data over HTTP, in Hakem and in a Prometheus, and prints the ratios.

The shapes are those of the benchmark of Prometheus' own engine: rates, sums, joins, quantiles of histograms, subqueries,
over 1, 100 and 1,000 series, at one instant and at 1,000 steps. The two are asked in turn; of each the fastest answer
counts, which is the one that other work on the machine has disturbed least.

An exchange without a query (/-/ready) is timed beside, for each number of series: of an answer within a tenth of a
millisecond it is the larger part, on both sides.
"""

import argparse
import math
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, f"{ROOT}/tests/support/programs")
from free_port import free_port  # noqa: E402

INTERVAL = 15
STEP = 5
STEPS = 1000
SPAN = STEPS * STEP + 3600 + 600  # All steps, the longest window before the first, and the lookback.
SIZES = (1, 100, 1000)
BLOCK = 7200  # Prometheus' blocks begin at multiples of two hours.
READY = "/-/ready"
SHORT_SECONDS = 0.3
LEAST_MS = 0.001  # What is reported for a query that took no longer than an exchange without one.
BUCKETS = ("0.1", "0.5", "1", "5", "+Inf")

SHAPES = (
    "a_N",
    "rate(a_N[1m])",
    "rate(a_N[10m])",
    "increase(a_N[1h])",
    "sum_over_time(a_N[10m])",
    "max_over_time(a_N[1h])",
    "quantile_over_time(0.9, a_N[10m])",
    "-a_N",
    "a_N - b_N",
    "a_N and b_N{l=~'.*[0-4]$'}",
    "a_N or b_N{l=~'.*[0-4]$'}",
    "a_N > 1000",
    "abs(a_N)",
    "label_replace(a_N, 'l2', '$1', 'l', '(.*)')",
    "sum(a_N)",
    "sum by (g) (a_N)",
    "sum without (l) (rate(a_N[1m]))",
    "sum by (g) (rate(a_N[1m])) / sum by (g) (rate(b_N[1m]))",
    "avg(a_N)",
    "quantile(0.9, a_N)",
    "count_values('value', b_N)",
    "topk(1, a_N)",
    "topk(5, a_N)",
    "a_N + on (l) group_right a_one",
    "rate(a_N[1m]) + rate(b_N[1m])",
    "histogram_quantile(0.9, rate(h_N_bucket[5m]))",
    "histogram_quantile(0.9, sum by (le) (rate(h_N_bucket[5m])))",
    "max_over_time(rate(a_N[1m])[10m:1m])",
    "sum(rate(a_N[1m] offset 5m))",
)


def write_data(path, start):
    """OpenMetrics with a sample every 15 seconds; the names say how many series there are."""
    source = random.Random(1)
    with open(path, "w", encoding="ascii") as out:

        def course(name, labels):
            value = source.random() * 1000
            for t in range(start, start + SPAN + 1, INTERVAL):
                value += source.random() * 10
                out.write(f"{name}{{{labels}}} {value:.3f} {t}\n")

        course("a_one", 'l="0"')
        for size in SIZES:
            for metric in ("a", "b"):
                for i in range(size):
                    course(f"{metric}_{size}", f'g="{i % 10}",l="{i}"')
            for i in range(math.ceil(size / len(BUCKETS))):
                counts = [0.0] * len(BUCKETS)
                for t in range(start, start + SPAN + 1, INTERVAL):
                    below = 0
                    for bucket, bound in enumerate(BUCKETS):
                        below += source.randrange(20)
                        counts[bucket] += below
                        out.write(f'h_{size}_bucket{{l="{i}",le="{bound}"}} {counts[bucket]} {t}\n')
        out.write("# EOF\n")


class Connection:
    """A kept HTTP/1.1 connection. What the client does is part of every figure, so that it does little."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path):
        """Status, body and seconds."""
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        begin = time.perf_counter()
        self.socket.sendall(request)
        answer = bytearray()
        while (head_size := answer.find(b"\r\n\r\n")) < 0:
            self.read_on(answer)
        head = bytes(answer[:head_size]).lower()
        body = head_size + 4
        length = re.search(rb"\ncontent-length: *(\d+)", head)
        if length:
            while len(answer) < body + int(length[1]):
                self.read_on(answer)
        else:
            while not answer.endswith(b"\r\n0\r\n\r\n"):  # The last of its chunks.
                self.read_on(answer)
        return int(head.split()[1]), bytes(answer[body:]), time.perf_counter() - begin

    def read_on(self, answer):
        received = self.socket.recv(1 << 20)
        if not received:
            raise ConnectionResetError("the server has closed the connection")
        answer += received

    def close(self):
        self.socket.close()


class Server:
    def __init__(self, name, command, port, folder):
        self.name = name
        self.port = port
        self.log_path = os.path.join(folder, name + ".log")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        self.connection = None

    def await_ready(self, limit_seconds=120):
        deadline = time.monotonic() + limit_seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.get(READY)[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            sys.exit(f"{self.name} is not ready; its log:\n{log.read()}")

    def get(self, path):
        """Status, body and seconds; an idle connection may have been closed meanwhile."""
        for attempt in (1, 2):
            try:
                self.connection = self.connection or Connection(self.port)
                return self.connection.get(path)
            except OSError:
                if self.connection:
                    self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def path_of(query, end, steps):
    text = urllib.parse.quote(query)
    if steps == 1:
        return f"/api/v1/query?query={text}&time={end}"
    return f"/api/v1/query_range?query={text}&start={end - STEP * (steps - 1)}&end={end}&step={STEP}"


def compare(servers, path, times):
    """The fastest answer of each, in milliseconds. Short queries are asked again for a while."""
    best = [math.inf] * len(servers)
    begin = time.monotonic()
    asked = 0
    while asked < times or time.monotonic() - begin < SHORT_SECONDS:
        asked += 1
        for i, server in enumerate(servers):
            status, body, seconds = server.get(path)
            if status != 200:
                sys.exit(f"{server.name}: {urllib.parse.unquote(path)}: {body.decode(errors='replace')}")
            best[i] = min(best[i], seconds * 1000)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hakem", default="build/release/hakem", help="the program (default %(default)s)")
    parser.add_argument("--prometheus", default="prometheus", help="the program (default %(default)s)")
    parser.add_argument("--promtool", help="the program (default: beside prometheus)")
    parser.add_argument("--times", type=int, default=10, help="how often each query is asked at least (default %(default)s)")
    parser.add_argument("--filter", default="", help="only shapes with this text in them")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of series (default 1 100 1000)")
    arguments = parser.parse_args()
    prometheus = shutil.which(arguments.prometheus) or sys.exit(f"there is no program {arguments.prometheus}")
    promtool = arguments.promtool or os.path.join(os.path.dirname(prometheus), "promtool")
    hakem = os.path.abspath(arguments.hakem)

    with tempfile.TemporaryDirectory(prefix="hakem-bench-") as folder:
        # Hakem keeps a day, Prometheus what its command line says. The end lies in the middle of one of Prometheus'
        # blocks, whatever the hour: where a block has just begun, short windows have little to decode.
        end = (int(time.time()) - BLOCK) // BLOCK * BLOCK + BLOCK // 2
        start = end - SPAN
        data = os.path.join(folder, "data.om")
        write_data(data, start)
        subprocess.run([promtool, "tsdb", "create-blocks-from", "openmetrics", data, os.path.join(folder, "blocks")],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(os.path.join(folder, "prometheus.yml"), "w", encoding="ascii") as config:
            config.write("global: {}\n")
        ports = free_port(), free_port()
        servers = (
            Server("hakem", [hakem, "serve", "--import", data, "--web.listen-address", f"127.0.0.1:{ports[0]}",
                             "--state.directory", f"{folder}/state"],
                   ports[0], folder),
            Server("prometheus", [prometheus, "--config.file=prometheus.yml", "--storage.tsdb.path=blocks",
                                  "--storage.tsdb.retention.time=10y", f"--web.listen-address=127.0.0.1:{ports[1]}"],
                   ports[1], folder))
        try:
            for server in servers:
                server.await_ready()
            report(servers, arguments, end)
        finally:
            for server in servers:
                server.stop()


def geometric_mean(numbers):
    return math.exp(sum(map(math.log, numbers)) / len(numbers))


def report(servers, arguments, end):
    print("load average of the machine:", *os.getloadavg())
    shapes = [shape for shape in SHAPES if arguments.filter in shape]
    rows = []  # (size, steps, ours, theirs, our exchange without a query, theirs)
    for size in arguments.sizes:
        bare = compare(servers, READY, arguments.times)
        print(f"\nseries: {size}; an exchange without a query, ms:", *(f"{s.name} {ms:.3f}" for s, ms in zip(servers, bare)))
        print(f"{'query':62} {'series':>6} {'steps':>5} {'hakem ms':>9} {'prom ms':>9} {'ratio':>6}")
        for shape in shapes:
            for steps in (1, STEPS):
                query = shape.replace("_N", f"_{size}")
                ours, theirs = compare(servers, path_of(query, end, steps), arguments.times)
                rows.append((size, steps, ours, theirs, *bare))
                print(f"{query:62} {size:6} {steps:5} {ours:9.3f} {theirs:9.3f} {ours / theirs:6.3f}", flush=True)
    print("\nmean: geometric, of the ratios; beyond: the same after each side's exchange without a query was taken off")
    for steps, kind in ((1, "instant"), (STEPS, "range")):
        for size in (*arguments.sizes, None):
            summarize(f"{kind}, {'all' if size is None else size}",
                      [row[2:] for row in rows if row[1] == steps and size in (None, row[0])])


def summarize(name, rows):
    if not rows:
        return
    ratios = [ours / theirs for ours, theirs, _, _ in rows]
    beyond = [max(ours - ours_bare, LEAST_MS) / max(theirs - theirs_bare, LEAST_MS)
              for ours, theirs, ours_bare, theirs_bare in rows]
    print(f"{name:13} mean {geometric_mean(ratios):.3f}, worst {max(ratios):.3f}, beyond {geometric_mean(beyond):.3f}")


if __name__ == "__main__":
    main()
