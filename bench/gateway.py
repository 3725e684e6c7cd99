#!/usr/bin/env python3
"""How long two builds of hakem take to answer: a small page, one of 150 KB, one of 5 MB and a query,
on new and on kept connections, asked of the two in turns so that both see the same machine.

    bench/gateway.py OLD NEW [--rounds 2000]
"""

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import tempfile
import time

SERIES = 45_000  # About 5 MB at /federate.


class Program:
    def __init__(self, path, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [path, "serve", "--import", f"{folder}/data.om", "--state.directory", f"{folder}/state-{self.port}",
             "--web.listen-address", f"127.0.0.1:{self.port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"]})
        self.kept = None
        for _ in range(400):
            try:
                self.ask("/-/healthy", False)
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{path} does not answer")

    def ask(self, path, keep):
        """Seconds until all of the answer has come."""
        begin = time.perf_counter()
        connection = self.kept if keep and self.kept else http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        body = connection.getresponse().read()
        taken = time.perf_counter() - begin
        if keep:
            self.kept = connection
        else:
            connection.close()
        self.bytes = len(body)
        return taken


CASES = [
    ("small", "/-/healthy", 1.0),
    ("metrics", "/metrics", 1.0),
    ("query", "/api/v1/query?query=count(bench{i=\"7\"})%2B1", 1.0),
    ("150 KB", "/federate?match[]={j=\"0\"}", 0.2),
    ("5 MB", "/federate?match[]=bench", 0.05),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--rounds", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/data.om", "w", encoding="utf-8") as data:
            now = int(time.time())
            data.write("# TYPE bench gauge\n")
            data.writelines(f'bench{{i="{i}",j="{i % 30}",k="a value that takes its place in the text"}} {i} {now}\n'
                            for i in range(SERIES))
            data.write("# EOF\n")
        old, new = Program(options.old, folder), Program(options.new, folder)
        for keep in (False, True):
            for name, path, share in CASES:
                times = {old: [], new: []}
                for _ in range(max(20, int(options.rounds * share))):
                    for program, taken in times.items():
                        taken.append(program.ask(path, keep))
                a, b = (statistics.median(t) * 1e3 for t in times.values())
                p, q = (statistics.quantiles(t, n=100)[98] * 1e3 for t in times.values())
                print(f"{name:8} {'kept' if keep else 'new':5} {new.bytes:9} bytes: median {a:8.3f} -> {b:8.3f} ms "
                      f"({b - a:+.3f} ms, {(b / a - 1) * 100:+.0f} %), 99 % {p:8.3f} -> {q:8.3f} ms", flush=True)
        for program in (old, new):
            program.process.terminate()
            program.process.wait(10)


if __name__ == "__main__":
    main()
