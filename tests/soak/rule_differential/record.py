#!/usr/bin/env python3
"""Records half an hour of the metrics page of a Hakem that watches simulated games, in which each gaming alert is provoked once.

As in `hakem demo`, there are a private PostgreSQL, `hakem simulate` and Hakem with its shipped rules. SQL brings about what the
simulator does not do. The recording has the series that shipped rules read, at five seconds, in the notation of unit tests of
rules. The test reads recording.txt; run this to make another one.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

from history import MISSING, STALE, Series, notation

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from alert_kill import ROOT, Game  # noqa: E402
from free_port import free_port  # noqa: E402

STEP = 5
MINUTES = 30
LIMITS = {"max_active_games": 30, "max_concurrent_players": 100, "max_game_duration_seconds": 7200, "min_moves_per_minute": 10,
          "max_moves_per_minute": 500, "max_matchmaking_wait_seconds": 60, "max_abandoned_percent": 30, "min_finished_games": 5,
          "max_disconnection_percent": 20, "min_disconnections": 10, "max_move_response_seconds": 30, "min_created_games": 2,
          "max_players_without_games": 10, "min_average_duration_seconds": 300, "max_average_duration_seconds": 7200}
SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')

LONG_GAME = """INSERT INTO hokm_game.game_sessions (room_id, status, created_at, started_at)
  VALUES ('long', 'active', now() - interval '3 hours', now() - interval '3 hours')"""
END_LONG_GAME = "UPDATE hokm_game.game_sessions SET status = 'cancelled' WHERE room_id = 'long'"
LOBBY = "INSERT INTO hokm_game.game_sessions (room_id) VALUES ('lobby')"
END_LOBBIES = "UPDATE hokm_game.game_sessions SET status = 'cancelled' WHERE status = 'waiting' AND room_id = 'lobby'"
SLOW_MOVES = """INSERT INTO hokm_game.game_moves
  (game_session_id, player_id, move_type, round_number, sequence_number, response_time)
  SELECT s.id, (SELECT id FROM hokm_game.players LIMIT 1), 'play_card', 1,
         n + (SELECT count(*) FROM hokm_game.game_moves WHERE game_session_id = s.id), interval '45 seconds'
  FROM hokm_game.game_sessions s, generate_series(1, 6) n WHERE s.room_id = 'slow'"""
SLOW_GAME = "INSERT INTO hokm_game.game_sessions (room_id, status, started_at) VALUES ('slow', 'active', now())"
END_SLOW_GAME = "UPDATE hokm_game.game_sessions SET status = 'cancelled' WHERE room_id = 'slow'"
CONNECT = """INSERT INTO hokm_game.websocket_connections (player_id, connection_quality)
  SELECT id, 'poor' FROM hokm_game.players ORDER BY id LIMIT 60"""
DISCONNECT = """UPDATE hokm_game.websocket_connections
  SET is_active = false, disconnected_at = now(), disconnect_reason = 'ping_timeout'
  WHERE connection_quality = 'poor' AND is_active"""
PING = "UPDATE hokm_game.websocket_connections SET last_ping = now() WHERE is_active"
ABANDON = "UPDATE hokm_game.game_sessions SET status = 'abandoned' WHERE status IN ('starting', 'active', 'paused')"
LONG_GAMES_OF_BEFORE = """INSERT INTO hokm_game.game_sessions (room_id, status, created_at, started_at, completed_at)
  SELECT 'before', 'completed', now() - interval '1 hour', now() - interval '1 hour', now() FROM generate_series(1, 200)"""


def script(start, kill):
    """(minute, what is done then), in order. `start(games, moves a second, minutes)` starts a simulator, `kill()` ends it."""
    one_of = [(0, lambda: start(12, 6, None)), (2, lambda: start(30, 10, 2.5)), (3, LONG_GAME), (3, LOBBY), (5, SLOW_GAME),
              (6, END_LONG_GAME), (7, END_LOBBIES), (11, CONNECT), (11.9, END_SLOW_GAME), (12, DISCONNECT),
              # Games are there, but nobody moves, and no game starts; then all are abandoned, and their players stay.
              (13, kill), (20, ABANDON), (26, END_LOBBIES), (26, lambda: start(12, 6, None)), (26, LONG_GAMES_OF_BEFORE)]
    slow = [(5 + at / 12, SLOW_MOVES) for at in range(1, 82)]
    lobbies = [(minute, LOBBY) for minute in range(14, 26, 2)]
    pings = [(13 + at / 2, PING) for at in range(1, 26)]
    return sorted(one_of + slow + lobbies + pings, key=lambda action: action[0])


class Recording:
    def __init__(self, names, steps):
        self.names, self.steps = names, steps
        self.series = {}

    def add(self, step, begun, page):
        for line in page.splitlines():
            found = SAMPLE.fullmatch(line)
            if found and found[1] in self.names:
                value = float(found[3].replace("Inf", "inf"))
                if found[1].endswith("_timestamp_seconds"):  # The time of a unit test begins at 0.
                    value = round(max(value - begun, 0), 3)
                if value == value and value % 1 != 0:
                    value = float(f"{value:.6g}")  # Six digits suffice, and keep the recording small.
                values = self.series.setdefault((found[1], found[2] or ""), [MISSING] * self.steps)
                values[step] = value

    def result(self):
        """The series with stale markers where a page no longer has them."""
        for (name, labels), values in sorted(self.series.items()):
            marked = [STALE if at > 0 and value is MISSING and values[at - 1] is not MISSING else value
                      for at, value in enumerate(values)]
            named = {"job": "hakem", "instance": "demo:9187",
                     **{label: json.loads(f'"{text}"') for label, text in LABEL.findall(labels)}}
            yield Series(name, named, marked)


class Processes:
    def __init__(self, hakem, folder, postgres):
        self.hakem, self.folder, self.postgres = hakem, folder, postgres
        self.port = free_port()
        self.simulators = []
        limits = ", ".join(f"{name}: {value}" for name, value in LIMITS.items())
        with open(f"{folder}/hakem.yml", "w", encoding="ascii") as file:
            file.write(f"targets: [{{name: demo, dsn: '{postgres.dsn()}', games: [{{name: hokm, thresholds: {{{limits}}}}}]}}]\n"
                       f"collect: {{lanes: {{fast: {STEP}s}}}}\nstate: {{directory: {folder}/state}}\n")
        self.serve = self.spawn("serve", "--config", f"{folder}/hakem.yml", f"--web.listen-address=127.0.0.1:{self.port}")

    def spawn(self, *arguments):
        with open(f"{self.folder}/log", "ab") as log:
            return subprocess.Popen([self.hakem, *arguments], stdout=log, stderr=log)

    def start_simulator(self, games, moves, minutes):
        length = ["--duration", f"{int(minutes * 60)}s"] if minutes else []
        self.simulators.append(self.spawn(
            "simulate", "--dsn", self.postgres.dsn(), "--games", str(games), "--moves-per-second", str(moves),
            "--rounds-to-win", "1", "--players", "400", "--seed", str(len(self.simulators) + 1), *length))

    def kill_simulators(self):
        for each in self.simulators:
            each.kill()  # Their games stay as they are.
            each.wait()

    def page(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=4) as page:
            return page.read().decode()

    def await_page(self):
        for _ in range(300):
            try:
                if "game_active_games{" in self.page():
                    return
            except OSError:
                pass
            time.sleep(0.2)
        sys.exit("record.py: Hakem has no page of metrics; its log:\n" + open(f"{self.folder}/log", encoding="utf-8").read())

    def stop(self):
        for each in (*self.simulators, self.serve):
            if each.poll() is None:
                each.send_signal(signal.SIGTERM)
                each.wait()


def metrics_of_rules():
    folder = f"{ROOT}/rules/definitions"
    texts = [open(f"{folder}/{name}", encoding="utf-8").read() for name in sorted(os.listdir(folder))]
    return set(re.findall(r"\b(?:game|pg|hakem)_[a-z0-9_]+", "".join(texts)))


def record(processes, postgres, minutes):
    steps = minutes * 60 // STEP
    recording = Recording(metrics_of_rules(), steps)
    actions = script(processes.start_simulator, processes.kill_simulators)
    begun = time.time()
    for step in range(steps):
        time.sleep(max(0, begun + step * STEP - time.time()))
        recording.add(step, begun, processes.page())
        while actions and actions[0][0] * 60 <= step * STEP:
            action = actions.pop(0)[1]
            if callable(action):
                action()
            else:
                postgres.sql(action)
        if step % 12 == 0:
            print(f"minute {step // 12}", flush=True)
    return recording


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hakem", required=True)
    parser.add_argument("--minutes", type=int, default=MINUTES)
    parser.add_argument("output")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        postgres = Game(folder)
        processes = Processes(args.hakem, folder, postgres)
        try:
            processes.await_page()
            recording = record(processes, postgres, args.minutes)
        finally:
            processes.stop()
            postgres.stop()
    with open(args.output, "w", encoding="utf-8") as file:
        for series in recording.result():
            file.write(f"{series.selector()} {notation(series.values)}\n")


if __name__ == "__main__":
    main()
