#include "collectors/game/counting/followed_rows.h"

#include <utility>

namespace hakem::collectors {

std::vector<std::string> FollowedRows::BeginLook() {
  ++looks_;
  return std::exchange(wanted_, {});
}

void FollowedRows::Want(const std::string& id) {
  if (wanted_.size() < kMostWanted) {
    wanted_.push_back(id);
  }
}

void FollowedRows::WantVanished() {
  for (const auto& [id, seen] : rows_) {
    if (seen != looks_) {
      Want(id);
    }
  }
}

std::vector<std::string_view> FollowedRows::ids() const {
  std::vector<std::string_view> ids;
  ids.reserve(rows_.size());
  for (const auto& [id, seen] : rows_) {
    ids.push_back(id);
  }
  return ids;
}

}  // namespace hakem::collectors
