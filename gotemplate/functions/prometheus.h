#pragma once

#include <span>

#include "gotemplate/values/value.h"

namespace hakem::gotemplate {

/// The functions that Prometheus adds for the templates of rules: `query`, `humanize`, …
/// Source: prometheus.io/docs/prometheus/latest/configuration/template_reference.
std::span<const Function> PrometheusFunctions();

// The types of query results.
extern const Type kSampleType;         ///< template.sample, with the fields Labels and Value.
extern const Type kSamplePointerType;  ///< *template.sample
extern const Type kQueryResultType;    ///< template.queryResult: a list of *template.sample.

/// template.HTML: a text that the function safeHtml marked.
extern const Type kHtmlType;

}  // namespace hakem::gotemplate
