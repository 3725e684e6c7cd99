#include "exporter/scrape/target_history.h"

namespace hakem::exporter {

web::TargetStatus TargetHistory::Tell(const TargetStatus& status, Timestamp now) {
  if (up_ != status.up) {
    up_ = status.up;
    since_ = now;
  }
  return {.name = name_, .up = status.up, .since = since_, .cause = status.up ? "" : status.error};
}

}  // namespace hakem::exporter
