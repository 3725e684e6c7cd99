#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hakem::collectors {

/// So many live sessions, and as many connections, are followed by their ids: each costs about 1
/// KB.
inline constexpr std::size_t kMostFollowed = 50'000;

/// The ids of rows that are live, and of which of them the next look at the database must tell
/// more: by primary key, where no index tells what became of them. A look is one snapshot: it
/// answers for the ids that were wanted, and lists what is live now.
class FollowedRows {
 public:
  static constexpr std::size_t kMostWanted = 1000;

  /// Takes the ids that this look answers for. From here on nothing is wanted yet.
  std::vector<std::string> BeginLook();

  /// Only tells what there is: what happened before it is not news.
  bool is_first_look() const { return looks_ <= 1; }

  /// A row that is live in this look. False: it was followed before, or there are kMostFollowed
  /// already; then it is followed when another one has ended.
  bool See(const std::string& id);

  /// A row that is known of otherwise; the next look tells whether it is still live. Not more than
  /// kMostFollowed.
  void Follow(std::string_view id);

  /// False: it was not followed.
  bool Drop(const std::string& id) { return rows_.erase(id) > 0; }

  bool Has(const std::string& id) const { return rows_.contains(id); }

  /// The next look must tell of it, or a later one when too many are wanted.
  void Want(const std::string& id);

  /// Want, for all that this look did not show.
  void WantVanished();

  /// At most kMostWanted.
  const std::vector<std::string>& wanted() const { return wanted_; }

  /// Of all, in no order. Valid until the next change.
  std::vector<std::string_view> ids() const;

  /// As if there had been one look: what is not live at the next one has ended since.
  void Resume() { looks_ = 1; }

 private:
  std::size_t looks_ = 0;
  std::unordered_map<std::string, std::size_t> rows_;  ///< The last look that showed each.
  std::vector<std::string> wanted_;
};

}  // namespace hakem::collectors
