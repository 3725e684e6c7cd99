#include "collectors/game/counting/connection_tracker.h"

#include <string_view>
#include <unordered_set>

#include "collectors/game/counting/record_codec.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kSocket = "socket/";

}  // namespace

ConnectionTracker::News ConnectionTracker::See(const Look& look) {
  News news;
  if (look.scanned) {
    SeeAsked(look, active_.BeginLook(), news);
  }
  SeeEnded(look, news);
  if (look.scanned) {
    SeeActive(look, news);
  }
  told_.Forget(look.bound);
  return news;
}

void ConnectionTracker::SeeAsked(const Look& look, const std::vector<std::string>& asked,
                                 News& news) {
  std::unordered_set<std::string_view> answered;
  for (const ConnectionRow& row : look.asked) {
    answered.insert(row.id);
    if (row.active || !active_.Drop(row.id)) {
      continue;
    }
    news.closed.push_back(row.reason);
    if (row.closed) {
      told_.Tell(row.id, *row.closed);
    }
  }
  for (const std::string& id : asked) {
    if (!answered.contains(id) && active_.Drop(id)) {
      news.closed.emplace_back();  // A server that deletes the row of a closed connection.
    }
  }
}

void ConnectionTracker::SeeEnded(const Look& look, News& news) {
  for (const ClosedConnection& row : look.ended) {
    if (told_.Has(row.id)) {
      continue;
    }
    const bool opened_unseen = !active_.Drop(row.id);
    if (opened_unseen && !active_.is_first_look()) {
      ++news.opened;
    }
    news.closed.push_back(row.reason);
  }
}

void ConnectionTracker::SeeActive(const Look& look, News& news) {
  for (const std::string& id : look.active) {
    const bool opened = active_.See(id);
    if (opened && !active_.is_first_look()) {
      ++news.opened;
    }
  }
  active_.WantVanished();
}

void ConnectionTracker::Write(GameRecords& records) const {
  for (const std::string_view id : active_.ids()) {
    records.emplace(std::string(kSocket).append(id), "");
  }
  told_.Write(records);
}

bool ConnectionTracker::Read(const GameRecords& records) {
  active_.Resume();
  for (const auto& [key, value] : RecordsUnder(kSocket, records)) {
    active_.Follow(std::string_view(key).substr(kSocket.size()));
  }
  return told_.Read(records);
}

}  // namespace hakem::collectors
