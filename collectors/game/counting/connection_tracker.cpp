#include "collectors/game/counting/connection_tracker.h"

#include <string_view>
#include <unordered_set>

#include "collectors/game/fields.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kSocket = "socket/";
constexpr std::string_view kClosed = "closed/";

}  // namespace

ConnectionTracker::News ConnectionTracker::See(const Look& look) {
  News news;
  if (look.scanned) {
    ++looks_;
    SeeAsked(look, news);
  }
  SeeEnded(look, news);
  if (look.scanned) {
    SeeActive(look, news);
  }
  std::erase_if(told_, [&](const auto& entry) { return entry.second < look.bound; });
  return news;
}

void ConnectionTracker::SeeAsked(const Look& look, News& news) {
  std::unordered_set<std::string_view> answered;
  for (const ConnectionRow& row : look.asked) {
    answered.insert(row.id);
    if (row.active || seen_.erase(row.id) == 0) {
      continue;
    }
    news.closed.push_back(row.reason);
    if (row.closed) {
      told_.emplace(row.id, *row.closed);
    }
  }
  for (const std::string& id : wanted_) {
    if (!answered.contains(id) && seen_.erase(id) > 0) {
      news.closed.emplace_back();  // A server that deletes the row of a closed connection.
    }
  }
}

void ConnectionTracker::SeeEnded(const Look& look, News& news) {
  for (const ClosedConnection& row : look.ended) {
    if (told_.contains(row.id)) {
      continue;
    }
    const bool opened_unseen = seen_.erase(row.id) == 0;
    news.opened += opened_unseen && looks_ > 1 ? 1 : 0;
    news.closed.push_back(row.reason);
  }
}

void ConnectionTracker::SeeActive(const Look& look, News& news) {
  for (const std::string& id : look.active) {
    const bool opened = seen_.insert_or_assign(id, looks_).second;
    news.opened += opened && looks_ > 1 ? 1 : 0;
  }
  wanted_.clear();
  for (const auto& [id, seen] : seen_) {
    if (seen != looks_ && wanted_.size() < kMostWanted) {
      wanted_.push_back(id);
    }
  }
}

void ConnectionTracker::Write(GameRecords& records) const {
  for (const auto& [id, look] : seen_) {
    records.emplace(std::string(kSocket) + id, "");
  }
  for (const auto& [id, closed] : told_) {
    FieldWriter fields;
    fields.Instant(closed);
    records.emplace(std::string(kClosed) + id, fields.Take());
  }
}

bool ConnectionTracker::Read(const GameRecords& records) {
  looks_ = 1;  // What is not active at the next look was closed since.
  for (const auto& [key, value] : RecordsUnder(kSocket, records)) {
    seen_.emplace(key.substr(kSocket.size()), 0);
  }
  for (const auto& [key, value] : RecordsUnder(kClosed, records)) {
    FieldReader fields(value);
    told_.emplace(key.substr(kClosed.size()), fields.Instant());
    if (!fields.done()) {
      return false;
    }
  }
  return true;
}

}  // namespace hakem::collectors
