#include "tsdb/persistence/block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/support/matchers.h"
#include "tsdb/persistence/labels_text.h"

namespace hakem::tsdb {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr Timestamp kStart{seconds(1'767'225'600)};

using Bits = std::vector<std::pair<Timestamp, std::uint64_t>>;
using BySeries = std::map<SavedId, Bits>;

/// Points by series id; times in seconds from the start.
class Input {
 public:
  void Add(SavedId id, int second, double value) {
    points_.resize(std::max<std::size_t>(points_.size(), id + 1));
    points_[id].push_back({kStart + seconds(second), value});
  }

  std::string Encode(BlockEncoder& encoder, bool is_key) const {
    return encoder.Encode(std::vector<SavedPoints>(points_.begin(), points_.end()), is_key);
  }

  BySeries Shown() const {
    BySeries all;
    for (std::size_t id = 0; id < points_.size(); ++id) {
      for (const Point& point : points_[id]) {
        all[static_cast<SavedId>(id)].emplace_back(point.time,
                                                   std::bit_cast<std::uint64_t>(point.value));
      }
    }
    return all;
  }

 private:
  std::vector<std::vector<Point>> points_;
};

Result<BySeries> Decode(BlockDecoder& decoder, std::string_view block) {
  BySeries all;
  return decoder
      .Decode(block,
              [&](SavedId id, std::span<const Point> points) {
                for (const Point& point : points) {
                  all[id].emplace_back(point.time, std::bit_cast<std::uint64_t>(point.value));
                }
              })
      .transform([&] { return all; });
}

TEST(Block, ReadsBackWhatWasWritten) {
  std::mt19937_64 random(5);
  BlockEncoder encoder;
  BlockDecoder decoder;
  for (int block = 0; block < 50; ++block) {
    Input input;
    for (SavedId id = 0; id < 200; ++id) {
      for (int second = 0; second < 30; second += 5) {
        const bool is_there = id % 3 == 0 || (id % 3 == 1 && random() % 2 == 0) || id > 180;
        if (is_there) {
          input.Add(id, 30 * block + second,
                    id % 2 == 0 ? 7 : std::bit_cast<double>(random() >> (random() % 60)));
        }
      }
    }
    EXPECT_THAT(Decode(decoder, input.Encode(encoder, block % 20 == 0)),
                IsOkAndHolds(input.Shown()));
  }
}

TEST(Block, TakesOneBitForASeriesThatHasNotChanged) {
  Input input;
  for (SavedId id = 0; id < 8000; ++id) {
    for (int second = 0; second < 30; second += 5) {
      input.Add(id, second, 0.1 * id);
    }
  }
  BlockEncoder encoder;
  input.Encode(encoder, true);
  EXPECT_LE(input.Encode(encoder, false).size(), 8000U / 8 + 40);
}

TEST(Block, CanOnlyBeReadAfterThePreviousBlock) {
  Input input;
  input.Add(0, 0, 1.5);
  BlockEncoder encoder;
  const std::string key = input.Encode(encoder, true);
  const std::string second = input.Encode(encoder, false);
  const std::string third = input.Encode(encoder, false);
  BlockDecoder decoder;
  EXPECT_THAT(Decode(decoder, second), HasMessage("the block before it is missing"));
  EXPECT_THAT(Decode(decoder, key), IsOk());
  EXPECT_THAT(Decode(decoder, third), HasMessage("the block before it is missing"));
  EXPECT_THAT(Decode(decoder, second), HasMessage("the block before it is missing"));
  EXPECT_THAT(Decode(decoder, key), IsOk());
  EXPECT_THAT(Decode(decoder, second), IsOk());
}

TEST(Block, IsRejectedWhenItHasAnotherVersion) {
  BlockDecoder decoder;
  EXPECT_THAT(Decode(decoder, "\x02"), HasMessage("its version is 2"));
}

TEST(Block, IsReadSafelyWhenDamaged) {
  Input input;
  for (SavedId id = 0; id < 20; ++id) {
    for (int second = 0; second < 30; second += 5) {
      input.Add(id, second, second * 1.1);
    }
  }
  BlockEncoder encoder;
  const std::string good = input.Encode(encoder, true);
  std::mt19937 random(6);
  int refused = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string bad = good.substr(0, random() % (good.size() + 1));
    for (unsigned flips = random() % 4; flips > 0 && !bad.empty(); --flips) {
      char& byte = bad[random() % bad.size()];
      byte = static_cast<char>(byte ^ (1 << random() % 8));
    }
    BlockDecoder decoder;
    refused += Decode(decoder, bad) ? 0 : 1;
  }
  EXPECT_GT(refused, 2000);
}

TEST(LabelsText, ReadsBackWhatWasWritten) {
  const Labels labels{{"__name__", "up"}, {"empty", ""}, {"x", std::string("\0\xff", 2)}};
  EXPECT_THAT(LabelsFromBytes(ToBytes(labels)), IsOkAndHolds(labels));
  EXPECT_THAT(LabelsFromBytes(""), IsOkAndHolds(Labels()));
  const std::string bytes = ToBytes(labels);
  EXPECT_THAT(LabelsFromBytes(bytes.substr(0, bytes.size() - 1)), HasMessage("labels are cut off"));
  EXPECT_THAT(LabelsFromBytes(bytes.substr(0, 2)), HasMessage("labels are cut off"));
}

}  // namespace
}  // namespace hakem::tsdb
