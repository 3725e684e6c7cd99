#pragma once

#include <string>
#include <string_view>

#include "model/snapshot.h"
#include "web/exposition/page_format.h"

namespace hakem::web {

/// Writes a snapshot as a metrics page: HELP, TYPE and samples of each family that has samples, in
/// the snapshot's order. Values are written in the shortest form that parses as the same double.
/// The lines of samples are the same in both formats. The differences are:
///
/// - In OpenMetrics the family name of a counter has no `_total`. A counter whose name does not end
///   in `_total`, or whose shortened name is that of another family, is of type `unknown`, as are
///   untyped families.
/// - OpenMetrics has a unit if the name ends in one (`# UNIT x_seconds seconds`), escapes `"` in
///   HELP, and ends with `# EOF`.
///
/// There are no `_created` samples, because the start of the database's counters is not known.
std::string Render(const Snapshot& snapshot, PageFormat format);

// The parts of a page.

/// Appends the lines of a family that come before its samples.
void AppendHead(std::string& page, const MetricFamily& family, const Snapshot& snapshot,
                PageFormat format);

/// Appends a line for each sample, without `target_labels`. Requires: `samples` is not empty.
void AppendSamples(std::string& page, const Samples& samples, const Labels& target_labels = {});

/// The text after the last family.
std::string_view EndOf(PageFormat format);

/// Render() with PageFormat::kText.
std::string RenderText(const Snapshot& snapshot);

}  // namespace hakem::web
