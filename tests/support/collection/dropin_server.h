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

/// A server with two databases, each with a table; one has some activity behind it.
class DropinServer {
 public:
  static constexpr std::array kDatabases = {"dropin_one", "dropin_two"};

  /// Throws if the server cannot be started, because the test cannot continue.
  DropinServer();

  /// Returns the superuser's connection string.
  std::string Dsn(std::string_view database) const;

  /// Returns the first cell of the result; "" if it is NULL or there is none.
  std::string Run(const std::string& sql, std::string_view database = "postgres") const;

  double Number(const std::string& sql, std::string_view database = kDatabases[0]) const;

  /// Returns server_version_num.
  int version() const { return version_; }

 private:
  /// Waits until the statistics include everything that was done here. Up to PostgreSQL 14 a
  /// separate process keeps them and publishes them a little later.
  void AwaitStatistics() const;

  std::unique_ptr<process::PrivatePostgres> server_;
  int version_ = 0;
};

/// Returns the server of this process, which the first call starts.
DropinServer& TheServer();

/// The result of a round: values by series, and the types of their families.
struct DropinPage {
  std::map<Labels, double> values;
  std::map<std::string, MetricType, std::less<>> families;

  /// Returns NaN if there is no such series.
  double At(const Labels& series) const;
};

/// Runs one round of every collector except those of the game, enabled by default or not. Fails the
/// test if a collector fails or writes a family that it does not declare.
DropinPage CollectAll();

}  // namespace hakem::collectors
