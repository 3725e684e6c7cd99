#!/usr/bin/env python3
"""How soon Hakem answers while clients misuse its port: by thousands of idle connections, by requests
that drip in, by heavy requests whose clients hang up. Loopback only.

Hakem runs on one core and the attacker on another. During each attack /metrics and /-/healthy are
asked in turns, each time on a new connection; afterwards memory and descriptors are compared with
those before. Exit status 1 when a figure misses its bound.

    bench/attack.py build/release/hakem [--requests 1000] [--only KIND] [--nofile 1024]
"""

import argparse
import os
import resource
import select
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

HEAVY = [
    "/api/v1/query?query=count({__name__=~\".%2B\"})",
    "/api/v1/query_range?query=sum(rate(bench[5m]))&start=0&end=3600&step=1",
    "/api/v1/series?" + "&".join(["match[]={i!=\"\"}"] * 200),
    "/api/v1/labels?" + "&".join(["match[]={i!=\"\"}"] * 200),
    "/api/v1/label/i/values?" + "&".join(["match[]={i!=\"\"}"] * 200),
    "/federate?" + "&".join(["match[]={i!=\"\"}"] * 200),
    "/api/v1/status/tsdb",
    "/api/v1/metadata",
]


CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CONTEXT.check_hostname = False
CONTEXT.verify_mode = ssl.CERT_NONE


def connect(port, tls, timeout=5):
    client = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    return CONTEXT.wrap_socket(client) if tls else client


def get(port, path, tls):
    """Status of an answer on a new connection, with all of its bytes read."""
    with connect(port, tls) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        data = b""
        while chunk := client.recv(1 << 16):
            data += chunk
    return int(data[9:12]) if data.startswith(b"HTTP/1.1 ") else 0


# What the attacker does. Each runs until it is killed and says "ready" once it is at full strength.


def ready():
    print("ready", flush=True)


def attack_idle(port, tls, count):
    """Holds connections without a word, and opens new ones for those that are closed."""
    poller = select.epoll()
    held = {}
    opened = 0
    total = 0
    while True:
        while len(held) < count and opened < 500:
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
            held[client.fileno()] = client
            poller.register(client.fileno(), select.EPOLLRDHUP)
            opened += 1
        total += opened
        opened = 0
        if total >= count:
            say_once()
        for fd, _ in poller.poll(0.01, 1000):
            poller.unregister(fd)
            held.pop(fd).close()


SAID = []


def say_once():
    if not SAID:
        SAID.append(True)
        ready()


def attack_drip(port, tls, count, chunked):
    """Sends bodies a byte at a time, each connection every 200 ms."""
    begin = b"POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\n"
    begin += b"Transfer-Encoding: chunked\r\n\r\nFFFF\r\n" if chunked else b"Content-Length: 60000\r\n\r\n"
    held = []
    while True:
        for _ in range(count - len(held)):
            try:
                client = connect(port, tls)
                client.sendall(begin)
                client.setblocking(False)
                held.append(client)
            except OSError:
                pass
        say_once()
        alive = []
        for client in held:
            try:
                client.send(b"x")
                alive.append(client)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                alive.append(client)
            except OSError:
                client.close()
        held = alive
        time.sleep(0.2)


def attack_abort(port, tls, count):
    """Asks for what is expensive and hangs up, `count` times for each endpoint, again and again."""
    say_once()
    while True:
        for path in HEAVY:
            clients = []
            for _ in range(count):
                try:
                    client = connect(port, tls)
                    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                    clients.append(client)
                except OSError:
                    pass
                if len(clients) >= 50:
                    for each in clients:
                        each.close()
                    clients = []
            for each in clients:
                each.close()


KINDS = {
    "idle": (False, lambda port: attack_idle(port, False, 10000)),
    "idle-tls": (True, lambda port: attack_idle(port, True, 10000)),
    "drip-length": (False, lambda port: attack_drip(port, False, 500, False)),
    "drip-chunked": (False, lambda port: attack_drip(port, False, 500, True)),
    "drip-length-tls": (True, lambda port: attack_drip(port, True, 500, False)),
    "drip-chunked-tls": (True, lambda port: attack_drip(port, True, 500, True)),
    "abort": (False, lambda port: attack_abort(port, False, 500)),
}


class Hakem:
    def __init__(self, program, folder, tls, nofile, core):
        text = "# TYPE bench gauge\n" + "".join(
            f'bench{{i="{i}"}} {i} {t}\n' for i in range(2000) for t in (60, 120, 180)) + "# EOF\n"
        with open(f"{folder}/data.om", "w", encoding="utf-8") as data:
            data.write(text)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [program, "serve", "--import", f"{folder}/data.om",
                   "--state.directory", f"{folder}/state",
                   "--web.listen-address", f"127.0.0.1:{self.port}"]
        if tls:
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                 "-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout", f"{folder}/key.pem",
                 "-out", f"{folder}/cert.pem"], check=True, capture_output=True)
            with open(f"{folder}/web.yml", "w", encoding="utf-8") as web:
                web.write("tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n")
            command += ["--web.config.file", f"{folder}/web.yml"]

        def prepare():
            os.sched_setaffinity(0, {core})
            if nofile:
                resource.setrlimit(resource.RLIMIT_NOFILE, (nofile, nofile))

        self.log = open(f"{folder}/log", "w", encoding="utf-8")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log,
                                        env={"PATH": os.environ["PATH"]}, preexec_fn=prepare)
        for _ in range(200):
            try:
                if get(self.port, "/-/healthy", tls):
                    return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("hakem does not answer: " + open(f"{folder}/log", encoding="utf-8").read())

    def figures(self):
        status = open(f"/proc/{self.process.pid}/status", encoding="utf-8").read()
        kib = int(status.split("VmRSS:")[1].split()[0])
        return kib / 1024, len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(10)
        self.log.close()
        return status


def measure(port, tls, requests):
    """Seconds that each request took, and how many failed, by path."""
    results = {"/metrics": [], "/-/healthy": []}
    failed = 0
    for _ in range(requests):
        for path, seconds in results.items():
            begin = time.monotonic()
            try:
                failed += get(port, path, tls) != 200
            except OSError:
                failed += 1
            seconds.append(time.monotonic() - begin)
    return results, failed


def run(options, kind):
    tls, _ = KINDS[kind]
    with tempfile.TemporaryDirectory() as folder:
        hakem = Hakem(options.program, folder, tls, options.nofile, options.cores[0])
        measure(hakem.port, tls, 100)
        for path in HEAVY:  # Pages of the program that only they need are no leak.
            get(hakem.port, path, tls)
        memory, descriptors = hakem.figures()
        attacker = subprocess.Popen(
            [sys.executable, __file__, "--attack", kind, "--port", str(hakem.port), "-"],
            stdout=subprocess.PIPE, preexec_fn=lambda: os.sched_setaffinity(0, {options.cores[1]}))
        attacker.stdout.readline()
        results, failed = measure(hakem.port, tls, options.requests)
        peak, held = hakem.figures()
        attacker.kill()
        attacker.wait()
        time.sleep(10)
        memory_after, descriptors_after = hakem.figures()
        status = hakem.stop()
    good = failed == 0 and status == 0
    for path, seconds in results.items():
        seconds.sort()
        p99 = seconds[int(len(seconds) * 0.99) - 1]
        good = good and p99 <= 0.1 and seconds[-1] <= 1
        print(f"{kind:18} {path:12} median {seconds[len(seconds) // 2] * 1e3:6.2f} ms  "
              f"99 % {p99 * 1e3:7.2f} ms  most {seconds[-1] * 1e3:8.2f} ms")
    good = good and memory_after <= memory * 1.1 and descriptors_after <= descriptors * 1.1
    print(f"{kind:18} failed {failed}, exit {status}; memory {memory:.1f} MB, {peak:.1f} during, "
          f"{memory_after:.1f} after; descriptors {descriptors}, {held} during, {descriptors_after} after"
          f"  {'good' if good else 'MISSED'}", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--only", choices=KINDS, action="append")
    parser.add_argument("--nofile", type=int, help="hakem's limit on descriptors")
    parser.add_argument("--cores", type=int, nargs=2, default=[0, 1], help="hakem's, the attacker's")
    parser.add_argument("--attack", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if options.attack:
        KINDS[options.attack][1](options.port)
    results = [run(options, kind) for kind in options.only or KINDS]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
