#pragma once

#include <array>
#include <string_view>

namespace hakem::state {

/// The migrations of hakem.db. A released one is never changed; a new one is appended.
inline constexpr std::array<std::string_view, 3> kMainMigrations{
    "CREATE TABLE game (name TEXT PRIMARY KEY, saved_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE game_record (game TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,"
    " PRIMARY KEY (game, key)) WITHOUT ROWID",
    // Times are milliseconds since 1970. A state is 0: inactive, 1: pending, 2: firing; NULL in the
    // journal: the alert is forgotten.
    "CREATE TABLE alert (rule TEXT NOT NULL, labels BLOB NOT NULL, annotations BLOB NOT NULL,"
    " value REAL, state INTEGER NOT NULL, active_at INTEGER NOT NULL, fired_at INTEGER,"
    " keep_firing_since INTEGER, resolved_at INTEGER, PRIMARY KEY (rule, labels)) WITHOUT ROWID;"
    "CREATE TABLE alert_group (name TEXT PRIMARY KEY, evaluated_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE alert_journal (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, rule TEXT NOT NULL,"
    " labels BLOB NOT NULL, state INTEGER, value REAL)",
    // `sent_labels`: those that receivers know an alert by. `outcome`: an alertmanager::Outcome.
    "ALTER TABLE alert ADD COLUMN kept_until INTEGER;"
    "ALTER TABLE alert ADD COLUMN sent_labels BLOB;"
    "ALTER TABLE alert ADD COLUMN generator_url TEXT;"
    "CREATE TABLE notified (receiver TEXT NOT NULL, integration TEXT NOT NULL,"
    " fingerprint INTEGER NOT NULL, starts_at INTEGER NOT NULL, outcome INTEGER NOT NULL,"
    " labels BLOB NOT NULL, annotations BLOB NOT NULL, generator_url TEXT NOT NULL, value REAL,"
    " PRIMARY KEY (receiver, integration, fingerprint)) WITHOUT ROWID",
};

/// The migrations of history.db. A block has the samples between two saves: see
/// docs/decisions/006-history-in-blocks.md. Times are milliseconds since 1970.
inline constexpr std::array<std::string_view, 1> kHistoryMigrations{
    "CREATE TABLE series (id INTEGER PRIMARY KEY, labels BLOB NOT NULL);"
    "CREATE TABLE block (id INTEGER PRIMARY KEY, is_key INTEGER NOT NULL,"
    " min_time INTEGER NOT NULL, max_time INTEGER NOT NULL, data BLOB NOT NULL);"
    "CREATE INDEX key_block ON block (min_time) WHERE is_key",
};

}  // namespace hakem::state
