#include "exporter/scrape/tick_time.h"

#include <chrono>

namespace hakem::exporter {

Timestamp TickTime(std::optional<Timestamp> last, Timestamp now, Duration interval) {
  if (!last || now <= *last) {
    return now;
  }
  const auto intervals = (now - *last + interval / 2) / interval;
  const Timestamp regular = *last + intervals * interval;
  return intervals > 0 && std::chrono::abs(now - regular) <= interval / 50 ? regular : now;
}

}  // namespace hakem::exporter
