#include "web/exposition/page_cache.h"

#include <utility>

#include "web/exposition/exposition.h"
#include "web/exposition/gzip.h"

namespace hakem::web {

RenderedPage::RenderedPage(std::shared_ptr<const Snapshot> snapshot)
    : snapshot_(std::move(snapshot)) {}

RenderedPage::Text RenderedPage::Plain(PageFormat format) const {
  Page& page = pages_[static_cast<std::size_t>(format)];
  std::call_once(page.rendered, [&] {
    page.text = std::make_shared<const std::string>(
        Render(snapshot_ != nullptr ? *snapshot_ : Snapshot{}, format));
  });
  return page.text;
}

RenderedPage::Text RenderedPage::Gzipped(PageFormat format) const {
  const Text text = Plain(format);
  Page& page = pages_[static_cast<std::size_t>(format)];
  std::call_once(page.compressed,
                 [&] { page.gzipped = std::make_shared<const std::string>(Gzip(*text)); });
  return page.gzipped;
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
