#include "collectors/game/counting/followed_rows.h"

#include <utility>

namespace hakem::collectors {

std::vector<std::string> FollowedRows::BeginPoll() {
  ++polls_;
  return std::exchange(wanted_, {});
}

bool FollowedRows::Observe(const std::string& id) {
  if (const auto found = rows_.find(id); found != rows_.end()) {
    found->second = polls_;
    return false;
  }
  return rows_.size() < kMaxFollowedRows && rows_.emplace(id, polls_).second;
}

void FollowedRows::Follow(std::string_view id) {
  if (rows_.size() < kMaxFollowedRows) {
    rows_.try_emplace(std::string(id), 0);
  }
}

void FollowedRows::Want(const std::string& id) {
  if (wanted_.size() < kMaxWanted) {
    wanted_.push_back(id);
  }
}

void FollowedRows::WantVanished() {
  for (const auto& [id, seen] : rows_) {
    if (seen != polls_) {
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
