#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>

#include "tests/support/recorded_instruments.h"
#include "tests/web/fake_program.h"
#include "tsdb/import/openmetrics_import.h"
#include "web/routes.h"

namespace hakem::web {

/// The API over a few series of two targets, around the time of the clock: 2026-01-01T00:00:00Z.
class ApiFixture : public testing::Test {
 protected:
  ApiFixture() { Load(kSeries); }

  /// Replaces the data.
  void Load(const std::string& openmetrics) {
    std::istringstream text(openmetrics);
    program_.store = std::make_unique<tsdb::Store>();
    program_.imported = tsdb::ImportOpenMetrics(text, "test", *program_.store)->descriptions;
    MakeRouter();
  }

  void MakeRouter() {
    router_ = std::make_unique<Router>(MakeRoutes(program_.Context(), endpoints_), instruments_,
                                       Log::Silent().For("web"));
  }

  Response Get(std::string path, std::string query = "") const {
    return router_->Handle({.method = "GET", .path = std::move(path), .query = std::move(query)});
  }

  /// The body of the response.
  std::string Body(std::string path, std::string query = "") const {
    return *Get(std::move(path), std::move(query)).body;
  }

  /// Expects the status 400. Returns the text of the error.
  std::string BadRequest(std::string path, std::string query = "") const {
    const Response response = Get(std::move(path), std::move(query));
    EXPECT_EQ(response.status, 400);
    const std::string prefix = R"({"status":"error","errorType":"bad_data","error":")";
    EXPECT_TRUE(response.body->starts_with(prefix)) << *response.body;
    return response.body->substr(prefix.size(), response.body->size() - prefix.size() - 2);
  }

  static constexpr const char* kSeries =
      "# HELP up Up.\n# TYPE up gauge\n"
      "up{job=\"a\"} 1 1767225590\nup{job=\"b\"} 0 1767225590\n"
      "# HELP moves Moves.\n# TYPE moves counter\n"
      "moves_total{job=\"a\"} 10 1767225540\nmoves_total{job=\"a\"} 40 1767225570\n"
      "moves_total{job=\"a\"} 70.5 1767225600\n"
      "# EOF\n";

  FakeProgram program_;
  EndpointOptions endpoints_;
  RecordedInstruments instruments_;
  std::unique_ptr<Router> router_;
};

}  // namespace hakem::web
