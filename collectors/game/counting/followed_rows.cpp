#include "collectors/game/counting/followed_rows.h"

#include <utility>

namespace hakem::collectors {

std::vector<std::string> FollowedRows::BeginLook() {
  ++looks_;
  return std::exchange(wanted_, {});
}

bool FollowedRows::See(const std::string& id) {
  if (const auto found = rows_.find(id); found != rows_.end()) {
    found->second = looks_;
    return false;
  }
  return rows_.size() < kMostFollowed && rows_.emplace(id, looks_).second;
}

void FollowedRows::Follow(std::string_view id) {
  if (rows_.size() < kMostFollowed) {
    rows_.try_emplace(std::string(id), 0);
  }
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
