#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"
#include "promql/evaluation/shared_values.h"
#include "rules/files/rule_file.h"
#include "tsdb/series/queryable.h"

namespace hakem::rules {

/// What an evaluation of an alerting rule uses besides the samples.
struct AlertContext {
  Timestamp time;                   ///< The time of the evaluation, as templates see it.
  Duration query_offset{0};         ///< How far before that time the expression is evaluated.
  const Labels& external_labels;    ///< For templates only: they are not added to alerts.
  const std::string& external_url;  ///< URL of Hakem's pages, without a final slash.
  promql::SharedValues* shared = nullptr;  ///< Values that other rules need too, or null.
  std::size_t* series_read = nullptr;      ///< Gets the number of series read; null: not counted.
};

/// Evaluates a rule's expression and applies the rule's labels and annotations. Each element of the
/// result becomes one AlertSample. Its labels are those of the element without the metric name,
/// then those of the rule, then `alertname`; labels that expand to "" are left out. A scalar
/// becomes one sample without labels of its own. As in Prometheus, templates query the samples at
/// the time of the evaluation, whatever the offset is. Errors: those of the engine; kInvalidInput:
/// the result is neither a vector nor a scalar, or labels and annotations have more than 64 MiB.
/// Throws Interrupted when the time for the rule is over while a label is expanded.
Result<std::vector<AlertSample>> FindAlerts(const AlertRule& rule, const tsdb::Queryable& samples,
                                            const AlertContext& context);

}  // namespace hakem::rules
