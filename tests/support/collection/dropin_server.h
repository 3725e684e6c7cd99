#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/collector.h"
#include "model/labels.h"
#include "model/metric_family.h"
#include "process/private_postgres.h"

namespace hakem::collectors {

/// A server with two databases that hold a table each, one of them with some history.
class DropinServer {
 public:
  static constexpr std::array kDatabases = {"dropin_one", "dropin_two"};

  /// Throws when it cannot be made: a test cannot go on.
  DropinServer();

  /// libpq's connection string of the superuser.
  std::string Dsn(std::string_view database) const;

  /// The first cell of the answer, "" for NULL and nothing.
  std::string Run(const std::string& sql, std::string_view database = "postgres") const;

  double Number(const std::string& sql, std::string_view database = kDatabases[0]) const;

  /// server_version_num.
  int version() const { return version_; }

 private:
  /// Up to PostgreSQL 14 a process of its own keeps the statistics, and tells them a little later:
  /// waits until they are those of what was done here.
  void AwaitStatistics() const;

  std::unique_ptr<process::PrivatePostgres> server_;
  int version_ = 0;
};

/// The one of this process, made at the first call.
DropinServer& TheServer();

/// What the collectors told: values by series, and the types of their families.
struct DropinPage {
  std::map<Labels, double> values;
  std::map<std::string, MetricType, std::less<>> families;

  /// NaN when there is no such series.
  double At(const Labels& series) const;
};

/// One round of every collector but the game's, on by default or not. A collector that fails, and
/// one that tells what it does not declare, fail the test.
DropinPage CollectAll();

}  // namespace hakem::collectors
