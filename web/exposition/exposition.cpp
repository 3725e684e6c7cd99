#include "web/exposition/exposition.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cmath>
#include <iterator>
#include <utility>

#include "model/check.h"

namespace hakem::web {
namespace {

constexpr std::size_t kLineBytes = 96;  // A guess, so that the page is allocated once.
constexpr int kGzipWindow = 15 + 16;    // zlib: the largest window, and a gzip header around it.

void AppendHelp(std::string& page, std::string_view help) {
  for (const char c : help) {
    if (c == '\\') {
      page += "\\\\";
    } else if (c == '\n') {
      page += "\\n";
    } else {
      page += c;
    }
  }
}

void AppendValue(std::string& page, double value) {
  if (std::isnan(value)) {
    page += "NaN";
  } else if (std::isinf(value)) {
    page += value > 0 ? "+Inf" : "-Inf";
  } else {
    fmt::format_to(std::back_inserter(page), "{}", value);
  }
}

void AppendFamily(std::string& page, const MetricFamily& family) {
  page.append("# HELP ").append(family.name).append(" ");
  AppendHelp(page, family.help);
  page.append("\n# TYPE ").append(family.name).append(" ").append(ToString(family.type));
  page += '\n';
  for (const Sample& sample : family.samples) {
    page.append(sample.series->text).append(" ");
    AppendValue(page, sample.value);
    page += '\n';
  }
}

std::size_t CountLines(const Snapshot& snapshot) {
  std::size_t lines = 0;
  for (const MetricFamily& family : snapshot.families) {
    lines += family.samples.size() + 2;
  }
  return lines;
}

}  // namespace

std::string RenderText(const Snapshot& snapshot) {
  std::string page;
  page.reserve(CountLines(snapshot) * kLineBytes);
  for (const MetricFamily& family : snapshot.families) {
    if (!family.samples.empty()) {
      AppendFamily(page, family);
    }
  }
  return page;
}

std::string Gzip(std::string_view text) {
  z_stream stream{};
  HAKEM_CHECK(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, MAX_MEM_LEVEL,
                           Z_DEFAULT_STRATEGY) == Z_OK);
  std::string compressed(deflateBound(&stream, text.size()), '\0');
  // zlib wants a mutable pointer and does not write to it.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  HAKEM_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

RenderedPage::RenderedPage(std::shared_ptr<const Snapshot> snapshot)
    : snapshot_(std::move(snapshot)) {}

RenderedPage::Text RenderedPage::PlainText() const {
  std::call_once(rendered_, [this] {
    text_ = std::make_shared<const std::string>(snapshot_ ? RenderText(*snapshot_) : "");
  });
  return text_;
}

RenderedPage::Text RenderedPage::Gzipped() const {
  const Text text = PlainText();
  std::call_once(compressed_, [&] { gzipped_ = std::make_shared<const std::string>(Gzip(*text)); });
  return gzipped_;
}

std::shared_ptr<const RenderedPage> PageCache::PageOf(
    const std::shared_ptr<const Snapshot>& snapshot) {
  const MutexLock lock(mutex_);
  if (page_ == nullptr || page_->snapshot() != snapshot) {
    page_ = std::make_shared<const RenderedPage>(snapshot);
  }
  return page_;
}

}  // namespace hakem::web
