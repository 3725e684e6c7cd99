#include "web/exposition/page_cache.h"

#include <utility>

#include "web/http/gzip.h"

namespace hakem::web {

RenderedPage::RenderedPage(std::shared_ptr<const Snapshot> snapshot,
                           std::shared_ptr<PageWriter> writer)
    : snapshot_(std::move(snapshot)), writer_(std::move(writer)) {}

const PageParts& RenderedPage::Plain(PageFormat format) const {
  Page& page = pages_[static_cast<std::size_t>(format)];
  std::call_once(page.rendered, [&] {
    page.parts = writer_->Write(snapshot_ != nullptr ? *snapshot_ : Snapshot{}, format);
  });
  return page.parts;
}

std::shared_ptr<const std::string> RenderedPage::Gzipped(PageFormat format) const {
  const PageParts& parts = Plain(format);
  Page& page = pages_[static_cast<std::size_t>(format)];
  std::call_once(page.compressed,
                 [&] { page.gzipped = std::make_shared<const std::string>(Gzip(parts)); });
  return page.gzipped;
}

std::shared_ptr<const RenderedPage> PageCache::PageOf(
    const std::shared_ptr<const Snapshot>& snapshot) {
  const MutexLock lock(mutex_);
  if (page_ == nullptr || page_->snapshot() != snapshot) {
    page_ = std::make_shared<const RenderedPage>(snapshot, writer_);
  }
  return page_;
}

}  // namespace hakem::web
