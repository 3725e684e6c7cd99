#pragma once

#include <string>
#include <string_view>

#include "model/snapshot.h"
#include "web/exposition/page_format.h"

namespace hakem::web {

/// The snapshot as a metrics page: HELP, TYPE and samples of each family that has any, in the
/// snapshot's order; values in the shortest form that reads back as the same double. Both formats
/// have the same series, labels and values, letter for letter; they differ in what is said of them:
///
/// - a counter's OpenMetrics name ends before `_total`; one whose name does not end so, or whose
///   shortened name is another family's, is of type `unknown`, as is what is untyped;
/// - OpenMetrics tells the unit of a name that ends in one (`# UNIT x_seconds seconds`), escapes
///   `"` in HELP, and ends with `# EOF`.
///
/// There are no `_created` samples: when a counter of the database began is not known of each.
std::string Render(const Snapshot& snapshot, PageFormat format);

// Its pieces.

/// What a page says of a family before its samples.
void AppendHead(std::string& page, const MetricFamily& family, const Snapshot& snapshot,
                PageFormat format);

/// A line for each, the same in both formats, without `target_labels`. Requires: there are any.
void AppendSamples(std::string& page, const Samples& samples, const Labels& target_labels = {});

/// What comes after the last family.
std::string_view EndOf(PageFormat format);

/// Render as PageFormat::kText.
std::string RenderText(const Snapshot& snapshot);

}  // namespace hakem::web
