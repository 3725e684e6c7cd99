#include "web/exposition/metrics_handler.h"

#include <memory>

#include "web/exposition/exposition.h"

namespace hakem::web {

Handler MetricsHandler(const Published<Snapshot>& snapshot) {
  return [&snapshot, cache = std::make_shared<PageCache>()](const Request& request) {
    const auto page = cache->PageOf(snapshot.Get());
    Response response{
        .headers = {{"Content-Type", std::string(kTextFormat)}, {"Vary", "Accept-Encoding"}}};
    if (AcceptsGzip(request.Header("Accept-Encoding"))) {
      response.headers.push_back({"Content-Encoding", "gzip"});
      response.body = page->Gzipped();
    } else {
      response.body = page->PlainText();
    }
    return response;
  };
}

}  // namespace hakem::web
