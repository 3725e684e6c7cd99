"""A PostgreSQL server of one's own, for benchmarks and long tests."""

import glob
import os
import pwd
import signal
import subprocess
import time

from free_port import free_port


class Postgres:
    """The newest installed PostgreSQL on a free port of 127.0.0.1, with its files in `folder`. Everyone may log in."""

    def __init__(self, folder, settings=None):
        self.binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.port = free_port()
        self.user = "postgres" if os.geteuid() == 0 else None  # It refuses to run as root.
        self.data = f"{folder}/data"
        self.log_path = f"{folder}/postgres.log"
        os.mkdir(self.data)
        if self.user:
            account = pwd.getpwnam(self.user)
            os.chown(self.data, account.pw_uid, account.pw_gid)
            os.chmod(folder, 0o711)  # The account must reach the data.
        subprocess.run([f"{self.binaries}/initdb", "-D", self.data, "-U", "postgres", "--no-sync", "--auth=trust"],
                       user=self.user, cwd="/", check=True, stdout=subprocess.DEVNULL)
        own = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        with open(f"{self.data}/postgresql.conf", "a", encoding="ascii") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in {**own, **(settings or {})}.items())
        self.start()

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([f"{self.binaries}/postgres", "-D", self.data], user=self.user, cwd="/",
                                            stdout=log, stderr=log)
        for _ in range(600):
            if subprocess.run([f"{self.binaries}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0:
                return
            time.sleep(0.1)
        self.stop()
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            raise SystemExit(f"PostgreSQL does not start; its log:\n{log.read()}")

    def is_running(self):
        return self.process.poll() is None

    def dsn(self, database="postgres"):
        return f"host=127.0.0.1 port={self.port} dbname={database} user=postgres sslmode=disable"

    def sql(self, text, database="postgres"):
        subprocess.run([f"{self.binaries}/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.dsn(database)], input=text,
                       text=True, check=True, stdout=subprocess.DEVNULL)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
