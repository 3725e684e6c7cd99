#!/usr/bin/env python3
"""What watching costs: Hakem beside postgres_exporter on one server with 1,000 tables and 5 databases.

Prints, for each of them in one run: series, the page's latency while collections run, the exporter's own CPU a scrape and a
series, the database's CPU a minute, memory. Starts a PostgreSQL of its own in a temporary folder and stops it again.

CPU is what the kernel accounted: the exporter's by its process clock, the database's summed over all of PostgreSQL's processes,
those that have ended included. Other work on the machine lengthens latencies, and CPU a little.
"""
import argparse
import contextlib
import gzip
import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, f"{ROOT}/tests/support/programs")
from free_port import free_port  # noqa: E402
from private_postgres import Postgres  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
RAREST = 330  # Seconds: what Hakem reads least often, each five minutes, it reads once in them.


def cpu_of(pid):
    """CPU seconds of a process that lives, all its threads."""
    return time.clock_gettime((~pid << 3) | 2)


class Server(Postgres):
    """A PostgreSQL of our own, quiet but for what is measured."""

    def __init__(self, folder, tables, databases):
        super().__init__(folder, {"autovacuum": "off", "max_connections": 50, "max_locks_per_transaction": 256,
                                  "shared_preload_libraries": "pg_stat_statements"})
        self.fill(tables, databases)
        self.unwatched = 0.0

    def fill(self, tables, databases):
        """All tables in the first database, because the peer sees no other's."""
        for number in range(1, databases + 1):
            self.sql(f"CREATE DATABASE bench_{number}")
        for begin in range(1, tables + 1, 100):
            self.sql("".join(
                f"CREATE TABLE t{n} (id int PRIMARY KEY, v text); INSERT INTO t{n} SELECT g, 'x' FROM generate_series(1, 20) g;"
                for n in range(begin, min(begin + 100, tables + 1))), "bench_1")
        self.sql("VACUUM ANALYZE; CHECKPOINT", "bench_1")

    def cpu(self):
        """CPU seconds of all its processes until now."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        total = cpu_of(self.process.pid) + (int(fields[13]) + int(fields[14])) / TICK
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
            for child in file.read().split():
                with contextlib.suppress(OSError):
                    total += cpu_of(int(child))
        return total


class Exporter:
    """A program that serves /metrics."""

    def __init__(self, name, argv, environment, port, folder):
        self.name, self.port, self.used = name, port, 0.0
        self.log = open(f"{folder}/{name}.log", "w")
        self.process = subprocess.Popen(argv, env={**os.environ, **environment}, stdout=self.log, stderr=self.log)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(200):
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.scrape()
                return
            self.connection.close()
            time.sleep(0.1)
        sys.exit(f"exporter.py: {name} does not answer, see {self.log.name}")

    def scrape(self, compressed=False):
        """One page, and the seconds it took."""
        begun = time.perf_counter()
        if begun - self.used > 1:  # A server may close what is idle.
            self.connection.close()
        self.used = begun
        self.connection.request("GET", "/metrics", headers={"Accept-Encoding": "gzip" if compressed else "identity"})
        answer = self.connection.getresponse()
        body = answer.read()
        taken = time.perf_counter() - begun
        if answer.status != 200:
            raise http.client.HTTPException(f"status {answer.status}")
        return (gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body), taken

    def series(self):
        page, _ = self.scrape()
        return sum(1 for line in page.decode().splitlines() if line and not line.startswith("#"))

    def value(self, series):
        """Of a series without labels."""
        page, _ = self.scrape()
        return next(float(line.split()[1]) for line in page.decode().splitlines() if line.startswith(series + " "))

    def cpu(self):
        return cpu_of(self.process.pid)

    def memory(self):
        """MiB resident that are its own."""
        with open(f"/proc/{self.process.pid}/smaps_rollup") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def unwatched(server, seconds):
    """CPU seconds a second that the database needs for itself."""
    before = server.cpu()
    time.sleep(seconds)
    return (server.cpu() - before) / seconds


def spent(server, exporter, seconds, every, scrape):
    """CPU seconds of exporter and of the database for it while `scrape` is called each `every` seconds, and the latencies."""
    own, database, latencies = exporter.cpu(), server.cpu(), []
    begun = time.perf_counter()
    while (elapsed := time.perf_counter() - begun) < seconds:
        if scrape:
            latencies.append(scrape()[1])
        elapsed = time.perf_counter() - begun
        time.sleep(max(0.0, min(every - elapsed % every, seconds - elapsed)))
    elapsed = time.perf_counter() - begun
    return exporter.cpu() - own, server.cpu() - database - server.unwatched * elapsed, latencies


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def line(label, value):
    print(f"  {label:<68}{value}")


def report_latency(latencies):
    line("page latency p50, p99, worst", f"{statistics.median(latencies) * 1e3:.1f} ms, "
         f"{percentile(latencies, 0.99) * 1e3:.1f} ms, {max(latencies) * 1e3:.1f} ms of {len(latencies)}")


def measure_hakem(server, hakem, seconds, interval):
    time.sleep(interval * 2)  # Both lanes have been round.
    series = hakem.series()
    rounds, whole = seconds / interval, max(seconds, RAREST)
    quiet, database, _ = spent(server, hakem, whole, interval, None)
    quiet *= seconds / whole
    zipped, _, _ = spent(server, hakem, seconds, interval, lambda: hakem.scrape(compressed=True))
    plain, _, _ = spent(server, hakem, seconds, interval, hakem.scrape)
    _, _, latencies = spent(server, hakem, seconds / 2, 0.05, hakem.scrape)
    print("\nHakem")
    line("series", series)
    report_latency(latencies)
    for label, cpu in (("no scrape", quiet), ("gzip scrape", zipped), ("plain scrape", plain)):
        line(f"own CPU of a {interval} s round (slow lane's share in it), {label}",
             f"{cpu / rounds * 1e3:.1f} ms, {cpu / rounds / series * 1e6:.2f} us a series")
    for label, cpu in (("gzip", zipped), ("plain", plain)):
        line(f"own CPU of the {label} scrape alone", f"{(cpu - quiet) / rounds / series * 1e6:.2f} us a series")
    minute = database * 60 / whole
    line(f"the database's CPU a minute, over {whole} s", f"{minute * 1e3:.0f} ms")
    memory = hakem.memory()
    line("memory", f"{memory:.1f} MiB, of which {hakem.value('hakem_tsdb_bytes') / 2**20:.1f} MiB the history, by its own count")
    return minute, memory


def measure_peer(server, peer, scrapes, interval):
    peer.scrape()
    series = peer.series()
    own, database, latencies = spent(server, peer, scrapes, 1, peer.scrape)
    count = len(latencies)
    print("\npostgres_exporter")
    line("series", series)
    report_latency(latencies)
    line("own CPU of a scrape", f"{own / count * 1e3:.1f} ms, {own / count / series * 1e6:.2f} us a series")
    line("the database's CPU a scrape", f"{database / count * 1e3:.0f} ms")
    minute = database / count * 60 / interval
    line(f"the database's CPU a minute, scraped each {interval} s", f"{minute * 1e3:.0f} ms")
    line("memory", f"{peer.memory():.1f} MiB")
    return minute, peer.memory()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hakem", default=f"{ROOT}/build/release/hakem", help="the program to measure")
    parser.add_argument("--peer-root", help="a Debian tree with prometheus-postgres-exporter (default: one is made)")
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--databases", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=60, help="of each phase; the database's cost is that of 330 at least")
    parser.add_argument("--peer-interval", type=int, default=15, help="seconds between the peer's scrapes in the field")
    options = parser.parse_args()
    tree = options.peer_root or subprocess.run(
        [f"{ROOT}/tests/soak/debian_tree.sh", "forky", "prometheus-postgres-exporter"], check=True, text=True,
        stdout=subprocess.PIPE).stdout.strip()

    with contextlib.ExitStack() as stack:
        folder = tempfile.mkdtemp(prefix="hakem-bench-")
        stack.callback(shutil.rmtree, folder)
        server = Server(folder, options.tables, options.databases)
        stack.callback(server.stop)
        print(f"{options.tables} tables, {options.databases} databases")
        server.unwatched = unwatched(server, options.seconds / 2)
        line("the database's CPU a minute, unwatched (taken off below)", f"{server.unwatched * 6e4:.0f} ms")
        port = free_port()
        hakem = Exporter("hakem", [options.hakem, "serve", "--web.listen-address", f"127.0.0.1:{port}",
                                   "--state.directory", f"{folder}/state"],
                         {"DATA_SOURCE_NAME": server.dsn("bench_1")}, port, folder)
        ours = measure_hakem(server, hakem, options.seconds, 5)
        hakem.stop()
        port = free_port()
        peer = Exporter("postgres_exporter",
                        ["chroot", tree, "prometheus-postgres-exporter", f"--web.listen-address=127.0.0.1:{port}"],
                        {"DATA_SOURCE_NAME": server.dsn("bench_1")}, port, folder)
        theirs = measure_peer(server, peer, options.seconds, options.peer_interval)
        peer.stop()
        print("\nHakem of postgres_exporter")
        line("the database's CPU a minute", f"{ours[0] / theirs[0]:.2f}")
        line("memory", f"{ours[1] / theirs[1]:.2f}")


if __name__ == "__main__":
    main()
