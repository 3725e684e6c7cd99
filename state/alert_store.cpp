#include "state/alert_store.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "state/columns.h"

namespace hakem::state {
namespace {

using rules::ActiveAlert;
using rules::AlertChange;
using rules::AlertState;

Value TimeValue(std::optional<Timestamp> time) {
  return time ? Value(std::int64_t{time->time_since_epoch().count()}) : Value(nullptr);
}

std::optional<Timestamp> TimeAt(const Row& row, int column) {
  return row.IsNull(column) ? std::nullopt
                            : std::optional(Timestamp(Duration(row.Integer(column))));
}

/// Returns the alert of a row; nothing if the row is damaged.
std::optional<rules::StoredAlert> ReadAlert(const Row& row) {
  rules::StoredAlert stored{.rule = std::string(row.Text(0)), .alert = {}};
  ActiveAlert& alert = stored.alert;
  const std::optional<Labels> labels = LabelsAt(row, 1);
  auto annotations = TextsAt(row, 2);
  const std::int64_t state = row.Integer(4);
  const std::optional<Timestamp> active_at = TimeAt(row, 5);
  const bool is_state = state >= 0 && state <= static_cast<std::int64_t>(AlertState::kFiring);
  const std::optional<Labels> sent_labels = LabelsAt(row, 10);
  if (!labels || !annotations || !is_state || !active_at || !sent_labels) {
    return std::nullopt;
  }
  alert.labels = *labels;
  alert.annotations = *std::move(annotations);
  alert.value = NumberAt(row, 3);
  alert.state = static_cast<AlertState>(state);
  alert.active_at = *active_at;
  alert.fired_at = TimeAt(row, 6);
  alert.keep_firing_since = TimeAt(row, 7);
  alert.resolved_at = TimeAt(row, 8);
  alert.kept_until = TimeAt(row, 9);
  if (!row.IsNull(10)) {
    alert.sent = rules::SentAlert{*sent_labels, std::string(row.Text(11))};
  }
  // The state machine relies on these times.
  const bool is_complete = (alert.state != AlertState::kFiring || alert.fired_at) &&
                           (alert.state != AlertState::kInactive || alert.resolved_at);
  return is_complete ? std::optional(std::move(stored)) : std::nullopt;
}

Result<void> SaveChange(Database::Transaction& transaction, Timestamp time,
                        const AlertChange& change) {
  const std::string labels = Encode(change.labels);
  const ActiveAlert* const alert = change.alert;
  Result<void> saved;
  if (alert == nullptr) {
    saved = transaction.Run("DELETE FROM alert WHERE rule = ?1 AND labels = ?2",
                            {change.rule, Blob{labels}});
  } else {
    const std::string annotations = Encode(alert->annotations);
    const std::string sent_labels = alert->sent ? Encode(alert->sent->labels) : "";
    saved = transaction.Run(
        "INSERT OR REPLACE INTO alert (rule, labels, annotations, value, state, active_at, "
        "fired_at, keep_firing_since, resolved_at, kept_until, sent_labels, generator_url) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        {change.rule, Blob{labels}, Blob{annotations}, NumberValue(alert->value),
         static_cast<std::int64_t>(alert->state), TimeValue(alert->active_at),
         TimeValue(alert->fired_at), TimeValue(alert->keep_firing_since),
         TimeValue(alert->resolved_at), TimeValue(alert->kept_until),
         alert->sent ? Value(Blob{sent_labels}) : Value(nullptr),
         alert->sent ? Value(std::string_view(alert->sent->generator_url)) : Value(nullptr)});
  }
  if (!saved || !change.is_transition) {
    return saved;
  }
  return transaction.Run(
      "INSERT INTO alert_journal (time, rule, labels, state, value) VALUES (?1, ?2, ?3, ?4, ?5)",
      {TimeValue(time), change.rule, Blob{labels},
       alert == nullptr ? Value(nullptr) : Value(static_cast<std::int64_t>(alert->state)),
       alert == nullptr ? Value(nullptr) : NumberValue(alert->value)});
}

/// Saves the changes, and limits the journal.
Result<void> SaveChanges(Database::Transaction& transaction, Timestamp time,
                         std::span<const AlertChange> changes) {
  Result<void> saved;
  for (auto change = changes.begin(); saved && change != changes.end(); ++change) {
    saved = SaveChange(transaction, time, *change);
  }
  if (!saved || changes.empty()) {
    return saved;
  }
  return transaction.Run(
      "DELETE FROM alert_journal WHERE id <= (SELECT max(id) FROM alert_journal) - ?1",
      {kJournalLength});
}

}  // namespace

Result<rules::StoredAlerts> AlertStore::Load() {
  rules::StoredAlerts stored;
  std::vector<RowKey> damaged;
  const auto loaded =
      database_
          .Query(
              "SELECT rule, labels, annotations, value, state, active_at, "
              "fired_at, keep_firing_since, resolved_at, kept_until, sent_labels, generator_url "
              "FROM alert",
              {},
              [&](const Row& row) {
                if (auto alert = ReadAlert(row)) {
                  stored.alerts.push_back(*std::move(alert));
                } else {
                  damaged.push_back({std::string(row.Text(0)), std::string(row.Text(1))});
                }
              })
          .and_then([&] {
            return database_.Query(
                "SELECT name, evaluated_at FROM alert_group", {}, [&](const Row& row) {
                  stored.groups.emplace_back(std::string(row.Text(0)),
                                             Timestamp(Duration(row.Integer(1))));
                });
          });
  {
    const MutexLock lock(mutex_);
    has_unread_ = !loaded;
  }
  if (!loaded) {
    return Fail(loaded.error());
  }
  Delete(damaged);
  return stored;
}

void AlertStore::Delete(const std::vector<RowKey>& damaged) {
  if (damaged.empty()) {
    return;
  }
  const auto deleted = database_.InTransaction([&](Database::Transaction& transaction) {
    Result<void> result;
    for (auto key = damaged.begin(); result && key != damaged.end(); ++key) {
      result = transaction.Run("DELETE FROM alert WHERE rule = ?1 AND CAST(labels AS BLOB) = ?2",
                               {std::string_view(key->rule), Blob{key->labels}});
    }
    return result;
  });
  log_.Error("saved alerts are damaged: they are forgotten",
             {{"alerts", damaged.size()},
              {"rule", damaged.front().rule},
              {"deleted", deleted ? "yes" : deleted.error().message}});
}

Result<void> AlertStore::Save(std::string_view group, Timestamp time,
                              std::span<const AlertChange> changes) {
  return Change([&](Database::Transaction& transaction) {
    return transaction
        .Run("INSERT OR REPLACE INTO alert_group (name, evaluated_at) VALUES (?1, ?2)",
             {group, TimeValue(time)})
        .and_then([&] { return SaveChanges(transaction, time, changes); });
  });
}

Result<void> AlertStore::DeleteGroups(std::span<const std::string> groups, Timestamp time,
                                      std::span<const AlertChange> changes) {
  return Change([&](Database::Transaction& transaction) {
    Result<void> deleted;
    for (auto group = groups.begin(); deleted && group != groups.end(); ++group) {
      deleted =
          transaction.Run("DELETE FROM alert_group WHERE name = ?1", {std::string_view(*group)});
    }
    return deleted.and_then([&] { return SaveChanges(transaction, time, changes); });
  });
}

/// Deletes first what could not be loaded: nobody knows of it, and it would come back after the
/// next restart. Once for all threads: none deletes what another one has saved.
Result<void> AlertStore::Change(const std::function<Result<void>(Database::Transaction&)>& change) {
  const MutexLock lock(mutex_);
  const bool has_unread = has_unread_;
  Result<void> changed = database_.InTransaction([&](Database::Transaction& transaction) {
    Result<void> ready;
    if (has_unread) {
      ready = transaction.Run("DELETE FROM alert").and_then([&] {
        return transaction.Run("DELETE FROM alert_group");
      });
    }
    return ready.and_then([&] { return change(transaction); });
  });
  if (changed && has_unread) {
    has_unread_ = false;
    log_.Warn("alerts of before the restart are forgotten: they could not be loaded");
  }
  return changed;
}

}  // namespace hakem::state
