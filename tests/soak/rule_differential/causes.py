"""Series that provoke each shipped alert for a while, several times, and let it end.

Each alert has a host of its own, with the metrics that its rule reads. They have their usual values, and in episodes those that
the alert is meant for.
"""

import re

from history import MISSING, STALE, Series

# Limits, as hakem_threshold has them.
LIMITS = {
    "max_active_games": 100, "max_concurrent_players": 400, "max_game_duration_seconds": 7200, "min_moves_per_minute": 10,
    "max_moves_per_minute": 500, "max_matchmaking_wait_seconds": 300, "max_abandoned_percent": 30, "min_finished_games": 10,
    "max_disconnection_percent": 20, "min_disconnections": 10, "max_move_response_seconds": 10, "min_created_games": 5,
    "max_players_without_games": 10, "min_average_duration_seconds": 300, "max_average_duration_seconds": 7200,
    "connection_warning_percent": 80, "connection_critical_percent": 95, "min_cache_hit_percent": 90,
    "min_blocks_read_per_second": 100, "max_statement_seconds": 1, "max_lock_waits": 5, "max_transaction_seconds": 300,
    "max_idle_in_transaction_seconds": 300, "max_deadlocks": 1, "max_rollback_percent": 20, "min_transactions_per_second": 1,
    "max_bloat_percent": 50, "min_bloat_bytes": 1e8, "max_dead_rows_percent": 20, "min_dead_rows": 10000,
    "transaction_id_age_warning": 1e9, "transaction_id_age_critical": 1.5e9,
    "max_sequence_percent": 80, "max_wal_percent": 150, "disk_warning_percent": 80, "disk_critical_percent": 90,
    "max_requested_checkpoints": 5, "replication_lag_warning_seconds": 30, "replication_lag_critical_seconds": 300,
    "max_replication_lag_bytes": 1e9, "max_slot_retained_bytes": 1e10, "max_data_age_seconds": 60, "max_failed_notifications": 3,
}


class Gauge:
    """Any whole number between two."""

    def __init__(self, low, high=None):
        self.low, self.high = low, low if high is None else high

    def next(self, rng, previous, _):
        return self.low if self.low == self.high else rng.randint(self.low, self.high)


class Counter:
    """Grows by any whole number between two each minute."""

    def __init__(self, low, high=None):
        self.low, self.high = low, low if high is None else high

    def next(self, rng, previous, _):
        return (previous or 0) + rng.randint(self.low, self.high)


class Now:
    """The time of the sample."""

    def next(self, rng, previous, seconds):
        return seconds


class Same:
    """The value that it had last."""

    def next(self, rng, previous, _):
        return previous or 0


class Absent:
    def next(self, rng, previous, _):
        return MISSING


GAME = {"game": "hokm"}
DATABASE = {"datid": "5", "datname": "hokm"}
TABLE = {"datname": "hokm", "schemaname": "hokm_game", "relname": "moves"}
SESSION = {"datname": "hokm", "usename": "app", "application_name": "server", "backend_type": "client backend"}
STANDBY = {"application_name": "standby1", "client_addr": "10.0.0.2", "state": "streaming", "slot_name": "standby1"}
RESPONSES = {"1": (40, 10), "5": (95, 30), "10": (99, 50), "30": (100, 90), "+Inf": (100, 100)}

# Metric, labels, usual values, and other values while an alert is provoked.
METRICS = [
    ("game_active_games", GAME, Gauge(3, 20), {"ManyActiveGames": Gauge(150, 200)}),
    ("game_online_players", GAME, Gauge(12, 80), {"ManyOnlinePlayers": Gauge(450, 500)}),
    ("game_long_running_games", GAME, Gauge(0), {"LongRunningGame": Gauge(1, 4)}),
    ("game_oldest_active_game_age_seconds", GAME, Gauge(60, 3000), {"LongRunningGame": Gauge(8000, 9000)}),
    ("game_moves_per_minute", GAME, Gauge(50, 300), {"LowActivity": Gauge(0, 8), "VeryHighActivity": Gauge(600, 900)}),
    ("game_sessions_playing", GAME, Gauge(2, 15), {"PlayersWithoutGames": Gauge(0)}),
    ("game_oldest_waiting_game_age_seconds", GAME, Gauge(0, 200), {"MatchmakingStarved": Gauge(400, 4000)}),
    ("game_sessions_finished_total", {**GAME, "outcome": "abandoned"}, Counter(0, 1), {"AbandonedGamesSurge": Counter(5, 9)}),
    ("game_sessions_finished_total", {**GAME, "outcome": "completed"}, Counter(3, 6), {"AbandonedGamesSurge": Counter(1, 2)}),
    ("game_disconnections_total", GAME, Counter(0, 1), {"DisconnectionSurge": Counter(20, 30)}),
    *(("game_move_response_seconds_bucket", {**GAME, "le": bound}, Counter(usual), {"SlowMoveResponse": Counter(slow)})
      for bound, (usual, slow) in RESPONSES.items()),
    ("game_sessions_created_total", GAME, Counter(2, 4), {}),
    ("game_sessions_started_total", GAME, Counter(1, 3), {"GamesNotStarting": Counter(0)}),
    ("game_average_duration_seconds", GAME, Gauge(900, 2400), {"UnusualGameDuration": Gauge(20, 200)}),
    ("pg_up", {}, Gauge(1), {"DatabaseDown": Gauge(0), "PrimaryDown": Gauge(0)}),
    ("pg_stat_database_numbackends", DATABASE, Gauge(15, 40),
     {"ConnectionsNearLimit": Gauge(82, 90), "ConnectionsExhausted": Gauge(95, 97)}),
    ("pg_settings_max_connections", {}, Gauge(100), {}),
    ("pg_settings_superuser_reserved_connections", {}, Gauge(3), {}),
    ("pg_stat_database_blks_hit", DATABASE, Counter(50000, 60000), {}),
    ("pg_stat_database_blks_read", DATABASE, Counter(100, 600), {"LowCacheHitRatio": Counter(50000, 60000)}),
    ("pg_stat_statements_seconds_total", {"user": "app", "datname": "hokm", "queryid": "1"}, Counter(1, 6),
     {"SlowQueries": Counter(120, 200)}),
    ("pg_stat_statements_calls_total", {"user": "app", "datname": "hokm", "queryid": "1"}, Counter(60), {}),
    ("pg_stat_activity_count", {"datname": "hokm", "state": "active", "usename": "app", "wait_event_type": "Lock"}, Gauge(0, 3),
     {"LockWaits": Gauge(8, 12)}),
    ("pg_stat_activity_max_tx_duration", {**SESSION, "state": "active"}, Gauge(0, 20), {"LongTransaction": Gauge(400, 500)}),
    ("pg_stat_activity_max_tx_duration", {**SESSION, "state": "idle in transaction"}, Gauge(0, 20),
     {"IdleInTransaction": Gauge(400, 500)}),
    ("pg_stat_database_deadlocks", DATABASE, Counter(0), {"Deadlocks": Counter(1, 3)}),
    ("pg_stat_database_xact_rollback", DATABASE, Counter(0, 10), {"HighRollbackRate": Counter(500, 600)}),
    ("pg_stat_database_xact_commit", DATABASE, Counter(900, 1000), {}),
    ("pg_stat_user_tables_n_dead_tup", TABLE, Gauge(100, 2000), {"TableBloat": Gauge(40000, 50000)}),
    ("pg_stat_user_tables_n_live_tup", TABLE, Gauge(100000), {}),
    ("pg_table_bloat_bytes", TABLE, Gauge(0, 10 ** 8), {"TableBloat": Gauge(6 * 10 ** 8, 7 * 10 ** 8)}),
    ("pg_table_bloat_heap_bytes", TABLE, Gauge(10 ** 9), {}),
    ("pg_database_wraparound_age_datfrozenxid_seconds", {"datname": "hokm"}, Gauge(200000000, 200009999),
     {"WraparoundNear": Gauge(1200000000, 1200009999), "WraparoundImminent": Gauge(1600000000, 1600009999)}),
    ("pg_sequence_used_ratio", {"datname": "hokm", "schemaname": "hokm_game", "sequencename": "moves_id_seq"}, Gauge(0),
     {"SequenceExhaustion": Gauge(0.875)}),
    ("pg_wal_size_bytes", {}, Gauge(10 ** 8, 10 ** 9), {"WalGrowing": Gauge(2 * 10 ** 9, 3 * 10 ** 9)}),
    ("pg_settings_max_wal_size_bytes", {}, Gauge(1 << 30), {}),
    ("pg_settings_wal_keep_size_bytes", {}, Gauge(0), {}),
    ("pg_data_disk_free_bytes", {}, Gauge(5 * 10 ** 10),
     {"DiskFullSoon": Counter(-10 ** 8, -8 * 10 ** 7), "DiskSpaceLow": Gauge(15 * 10 ** 9),
      "DiskSpaceCritical": Gauge(5 * 10 ** 9)}),
    ("pg_data_disk_size_bytes", {}, Gauge(10 ** 11), {}),
    ("pg_stat_bgwriter_checkpoints_req_total", {}, Counter(0), {"CheckpointPressure": Counter(1)}),
    ("pg_stat_archiver_failed_count", {}, Counter(0), {"ArchiverFailing": Counter(1, 2)}),
    ("pg_stat_archiver_archived_count", {}, Counter(1, 2), {"ArchiverFailing": Counter(0)}),
    ("pg_replication_is_replica", {}, Gauge(0), {"FailoverHappened": Gauge(1)}),
    ("pg_stat_replication_pg_wal_lsn_diff", STANDBY, Gauge(0, 5000),
     {"ReplicaDown": Absent(), "ReplicationLagBytes": Gauge(2 * 10 ** 9, 3 * 10 ** 9)}),
    ("pg_sync_standby_needed", {}, Gauge(1), {}),
    ("pg_sync_standby_connected", {}, Gauge(1), {"NoSynchronousStandby": Gauge(0)}),
    ("pg_replication_lag_seconds", {}, Gauge(0, 5), {"ReplicationLag": Gauge(60, 100), "ReplicationLagCritical": Gauge(400, 500)}),
    ("pg_stat_replication_replay_lag_seconds", STANDBY, Gauge(0, 5),
     {"ReplicationLag": Gauge(60, 100), "ReplicationLagCritical": Gauge(400, 500)}),
    ("pg_replication_lag_bytes", {}, Gauge(0, 5000), {"ReplicationLagBytes": Gauge(2 * 10 ** 9, 3 * 10 ** 9)}),
    ("pg_replication_slots_pg_wal_lsn_diff", {"slot_name": "standby1", "slot_type": "physical"}, Gauge(0, 5000),
     {"SlotRetainsWal": Gauge(11 * 10 ** 9, 12 * 10 ** 9)}),
    ("pg_replication_slots_wal_status", {"slot_name": "standby1", "wal_status": "lost"}, Absent(), {"SlotLosesWal": Gauge(1)}),
    ("hakem_collector_success", {"collector": "locks"}, Gauge(1), {"CollectorFailing": Gauge(0)}),
    ("hakem_collector_duration_seconds", {"collector": "locks"}, Gauge(1, 2), {}),
    ("hakem_collector_last_success_timestamp_seconds", {"collector": "locks"}, Now(), {"DataStale": Same()}),
    ("hakem_collector_interval_seconds", {"collector": "locks"}, Gauge(15), {}),
    ("hakem_notifications_failed_total", {"receiver": "chat", "integration": "slack"}, Counter(0),
     {"NotificationsFailing": Counter(1, 2)}),
    ("hakem_database_cost_ratio", {}, Gauge(0), {"CostBudgetExceeded": Gauge(0.5)}),
    ("hakem_database_cost_budget_ratio", {}, Gauge(0.25), {}),
    ("hakem_rule_input_missing", {"rule_group": "gaming.yml;gaming", "rule": "ManyActiveGames"}, Gauge(0),
     {"RuleInputMissing": Gauge(1)}),
]

# Minutes that an episode must last so that the alert fires, unless it is short on purpose; 12 for all others.
LONG_ENOUGH = {"TableBloat": 40, "LowCacheHitRatio": 30, "SlowQueries": 25, "WalGrowing": 25, "DiskFullSoon": 70,
               "CostBudgetExceeded": 25, "CheckpointPressure": 20, "ArchiverFailing": 25, "GamesNotStarting": 20,
               "AbandonedGamesSurge": 15, "RuleInputMissing": 18, "UnusualGameDuration": 18}


def episodes(rng, alert, steps):
    """Whether each step is within an episode. The first episode is long enough for the alert to fire."""
    enough = LONG_ENOUGH.get(alert, 16)
    within = [False] * steps
    at, length = rng.randint(max(1, steps // 24), max(2, steps // 12)), enough
    if alert == "DiskFullSoon":
        at = 30  # There must be an hour of history, and then half an hour of the alert.
        length = 110
    while at < steps:
        within[at:at + length] = [True] * len(within[at:at + length])
        at += length + rng.randint(5, max(60, steps // 8))
        length = rng.choice([1, 2, rng.randint(1, enough), enough + rng.randint(0, 60)])
    return within


def values_of(rng, alert, metric, within, step_seconds):
    _, _, usual, others = metric
    other = others.get(alert)
    values = []
    previous = 0
    for step, provoked in enumerate(within):
        doubtful = rng.random() < 0.01 and step > 0 and values[-1] is not MISSING  # A hole in which nobody knows.
        spec = other if provoked and other else usual
        value = spec.next(rng, previous, step * step_seconds)
        previous = previous if value is MISSING else value
        values.append(MISSING if doubtful else value)
    return mark_end(values)


def mark_end(values):
    """Where a series is absent for long, the first step has a stale marker, as after a scrape without it."""
    marked = list(values)
    for at in range(1, len(values) - 1):
        if values[at - 1] is not MISSING and values[at] is MISSING and values[at + 1] is MISSING:
            marked[at] = STALE
    return marked


def provoking(rng, rules, steps, step_seconds=60):
    """The series of all hosts. `rules`: the text of each shipped rule's expression by the alert's name."""
    series = []
    for number, (alert, expr) in enumerate(rules.items()):
        words = set(re.findall(r"[a-zA-Z_][a-zA-Z0-9_]*", expr))
        host = {"job": "hakem", "instance": f"{alert.lower()}:9187"}
        if number % 3 == 0:
            host["server"] = "main"
        within = episodes(rng, alert, steps)
        for metric in METRICS:
            if metric[0] in words:
                series.append(Series(metric[0], {**host, **metric[1]}, values_of(rng, alert, metric, within, step_seconds)))
        of_one_game = GAME if number % 2 == 0 and "game" in words else {}
        for name in re.findall(r'hakem_threshold\{name="([a-z_]+)"', expr):
            labels = {"job": "hakem", "instance": host["instance"], "name": name, **of_one_game}
            if not any(each.labels == labels for each in series):
                series.append(Series("hakem_threshold", labels, [LIMITS[name]] * steps))
    return series
