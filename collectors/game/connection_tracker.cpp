#include "collectors/game/connection_tracker.h"

#include <string_view>
#include <unordered_set>

namespace hakem::collectors {

ConnectionTracker::News ConnectionTracker::See(const std::vector<std::string>& active,
                                               const std::vector<ConnectionRow>& asked) {
  News news;
  ++looks_;
  std::unordered_set<std::string_view> answered;
  for (const ConnectionRow& row : asked) {
    answered.insert(row.id);
    if (!row.active && seen_.erase(row.id) > 0) {
      news.closed.push_back(row.reason);
    }
  }
  for (const std::string& id : wanted_) {
    if (!answered.contains(id) && seen_.erase(id) > 0) {
      news.closed.emplace_back();  // A server that deletes the row of a closed connection.
    }
  }
  for (const std::string& id : active) {
    const bool opened = seen_.insert_or_assign(id, looks_).second;
    news.opened += opened && looks_ > 1 ? 1 : 0;
  }
  wanted_.clear();
  for (const auto& [id, look] : seen_) {
    if (look != looks_ && wanted_.size() < kMostWanted) {
      wanted_.push_back(id);
    }
  }
  return news;
}

}  // namespace hakem::collectors
