#include "exporter/scrape/target_uptime.h"

namespace hakem::exporter {

web::TargetStatus TargetUptime::Describe(const TargetStatus& status, Timestamp now) {
  if (up_ != status.up) {
    up_ = status.up;
    since_ = now;
  }
  return {.name = name_, .up = status.up, .since = since_, .cause = status.up ? "" : status.error};
}

}  // namespace hakem::exporter
