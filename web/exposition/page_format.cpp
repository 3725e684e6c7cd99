#include "web/exposition/page_format.h"

#include "web/http/accept_header.h"

namespace hakem::web {
namespace {

/// A media range of the Accept header and the format that matches it.
struct Offer {
  std::string_view media_type;
  std::string_view version;  ///< "" for any.
  ChosenFormat chosen;
};

constexpr ChosenFormat kText{};
constexpr ChosenFormat kOpenMetrics100{
    PageFormat::kOpenMetrics, "application/openmetrics-text; version=1.0.0; charset=utf-8"};
constexpr ChosenFormat kOpenMetrics001{
    PageFormat::kOpenMetrics, "application/openmetrics-text; version=0.0.1; charset=utf-8"};

constexpr Offer kOffers[] = {
    {"application/openmetrics-text", "1.0.0", kOpenMetrics100},
    {"application/openmetrics-text", "0.0.1", kOpenMetrics001},
    {"application/openmetrics-text", "", kOpenMetrics100},
    {"text/plain", "0.0.4", kText},
    {"text/plain", "", kText},
    {"text/*", "", kText},
    {"*/*", "", kText},
};

const Offer* FindOffer(const WeightedItem& range) {
  for (const Offer& offer : kOffers) {
    if (EqualIgnoringCase(range.name, offer.media_type) &&
        range.Parameter("version") == offer.version) {
      return &offer;
    }
  }
  return nullptr;
}

}  // namespace

ChosenFormat ChooseFormat(std::string_view accept) {
  ChosenFormat chosen;
  double dearest = 0;
  for (const WeightedItem& range : ParseAcceptHeader(accept)) {
    const Offer* const offer = FindOffer(range);
    if (offer != nullptr && range.weight > dearest) {
      dearest = range.weight;
      chosen = offer->chosen;
    }
  }
  return chosen;
}

}  // namespace hakem::web
