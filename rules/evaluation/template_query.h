#pragma once

#include "gotemplate/values/environment.h"
#include "model/time.h"
#include "promql/evaluation/engine_options.h"
#include "tsdb/series/queryable.h"

namespace hakem::rules {

/// Makes the function with which templates query the samples at the time `now`. A scalar becomes a
/// sample without labels. `samples` must outlive the function. `options`: also say with which
/// features it parses. Errors of the function: those of the parser and the engine; kInvalidInput if
/// the result is neither a vector nor a scalar.
gotemplate::Environment::Query MakeTemplateQuery(const tsdb::Queryable& samples, Timestamp now,
                                                 const promql::EngineOptions& options);

}  // namespace hakem::rules
