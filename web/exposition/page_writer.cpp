#include "web/exposition/page_writer.h"

#include <utility>

#include "web/exposition/exposition.h"

namespace hakem::web {
namespace {

/// Families with at least this many samples are a part of their own.
constexpr std::size_t kLargeFamily = 100;

std::shared_ptr<const std::string> Shared(std::string text) {
  text.shrink_to_fit();
  return std::make_shared<const std::string>(std::move(text));
}

}  // namespace

PageParts PageWriter::Write(const Snapshot& snapshot, PageFormat format) {
  PageParts parts;
  std::string small;
  std::map<std::string, Lines> lines;
  const MutexLock lock(mutex_);
  for (const MetricFamily& family : snapshot.families) {
    if (family.samples.empty()) {
      continue;
    }
    AppendHead(small, family, snapshot, format);
    if (family.samples.size() < kLargeFamily) {
      AppendSamples(small, family.samples, snapshot.target_labels);
      continue;
    }
    Lines& written = lines[family.name] = std::move(lines_[family.name]);
    if (!written.samples.Shares(family.samples)) {
      written =
          {};  // Frees the old lines first: once a minute, most of a page is replaced at once.
      std::string text;
      AppendSamples(text, family.samples, snapshot.target_labels);
      written = {family.samples, Shared(std::move(text))};
    }
    parts.push_back(Shared(std::exchange(small, {})));
    parts.push_back(written.text);
  }
  lines_ = std::move(lines);
  small += EndOf(format);
  parts.push_back(Shared(std::move(small)));
  return parts;
}

}  // namespace hakem::web
