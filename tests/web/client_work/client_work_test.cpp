#include "web/client_work/client_work.h"

#include <gmock/gmock.h>
#include <pthread.h>

#include <atomic>
#include <future>
#include <string>
#include <vector>

#include "model/deep_thread.h"
#include "model/interruption.h"
#include "tests/support/fake_clock.h"

namespace hakem::web {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr Duration kLong = std::chrono::minutes(1);
constexpr std::size_t kMegabyte = std::size_t{1} << 20;

const Request kApi{.method = "GET", .path = "/api/v1/query"};
const Request kPage{.method = "GET", .path = "/federate"};

Response Text(const std::string& text) {
  return TextResponse(200, text);
}

std::size_t StackOfThisThread() {
  pthread_attr_t attributes{};
  pthread_getattr_np(pthread_self(), &attributes);
  std::size_t size = 0;
  pthread_attr_getstacksize(&attributes, &size);
  pthread_attr_destroy(&attributes);
  return size;
}

class Work : public testing::Test {
 protected:
  WorkLimits limits_{.concurrency = 2,
                     .most_waiting = 2,
                     .shared_bytes = 16 * kMegabyte,
                     .most_bytes = 12 * kMegabyte,
                     .own_bytes = kMegabyte};
  FakeClock clock_;
  std::stop_source stop_;
};

TEST_F(Work, RunsOnADeepStack) {
  ClientWork work(limits_, clock_);
  std::size_t stack = 0;
  const Response response = work.Run(kApi, kLong, [&](Duration waited) {
    stack = StackOfThisThread();
    EXPECT_EQ(waited, Duration(0));
    return Text("done");
  });
  EXPECT_GE(stack, kDeepStackBytes);  // The system may reuse a larger stack.
  EXPECT_EQ(*response.body, "done\n");
}

TEST_F(Work, RefusesRequestsThatNeedMoreMemoryThanOneMayUse) {
  ClientWork work(limits_, clock_);
  const auto greedy = [](Duration) {
    std::vector<std::string> texts;
    for (;;) {
      texts.emplace_back(10'000, 'x');
    }
    return Response();
  };
  const Response refused = work.Run(kApi, kLong, greedy);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(*refused.body,
            R"({"status":"error","errorType":"execution",)"
            R"("error":"the request needs more memory than the 12MiB one may have"})");
  EXPECT_EQ(work.Run(kPage, kLong, greedy).status, 422);
  EXPECT_THAT(*work.Run(kPage, kLong, greedy).body, StartsWith("the request needs more"));
  EXPECT_EQ(work.taken_bytes(), 0U);
}

TEST_F(Work, RefusesOneLargeAllocationBeforeItIsMade) {
  ClientWork work(limits_, clock_);
  const Response refused =
      work.Run(kApi, kLong, [](Duration) { return Text(std::string(std::size_t{1} << 45, 'x')); });
  EXPECT_EQ(refused.status, 422);
}

TEST_F(Work, AnswersSmallRequestsWhileLargeOnesUseAllSharedMemory) {
  ClientWork work(limits_, clock_);
  const auto allocate = [](std::size_t bytes) {
    return [bytes](Duration) {
      const std::string text(bytes, 'x');
      return Text(text.substr(0, 2));
    };
  };
  const Response large = work.Run(kApi, kLong, [&](Duration) {
    const std::string most(11 * kMegabyte, 'x');
    const Response refused = std::async(std::launch::async, [&] {
                               return work.Run(kApi, kLong, allocate(8 * kMegabyte));
                             }).get();
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(*refused.body, HasSubstr(R"("errorType":"unavailable")"));
    EXPECT_THAT(*refused.body, HasSubstr("left of the 16MiB that all requests share: try again"));
    const Response small = std::async(std::launch::async, [&] {
                             return work.Run(kApi, kLong, allocate(kMegabyte / 2));
                           }).get();
    EXPECT_EQ(small.status, 200);
    return Text(most.substr(0, 2));
  });
  EXPECT_EQ(large.status, 200);
  EXPECT_EQ(work.Run(kApi, kLong, allocate(8 * kMegabyte)).status, 200);
}

TEST_F(Work, CountsAResponseUntilItIsSent) {
  ClientWork work(limits_, clock_);
  const auto answer = [](Duration) {
    return Response{.body = std::make_shared<const std::string>(6 * kMegabyte, 'x')};
  };
  auto first = std::make_unique<Response>(work.Run(kApi, kLong, answer));
  const Response second = work.Run(kApi, kLong, answer);
  EXPECT_EQ(first->body->size(), 6 * kMegabyte);
  EXPECT_GE(work.taken_bytes(), 12 * kMegabyte);
  EXPECT_EQ(work.Run(kApi, kLong, answer).status, 503);
  auto kept = first->body;
  first.reset();
  EXPECT_EQ(work.Run(kApi, kLong, answer).status, 503);
  kept.reset();
  EXPECT_EQ(work.Run(kApi, kLong, answer).status, 200);
}

TEST_F(Work, CountsMemoryOfWorkThatRunsAtOnce) {
  limits_.concurrency = 1;
  ClientWork work(limits_, clock_);
  const Response response = work.Run(kApi, kLong, [&](Duration) {
    return work.RunAtOnce(kPage, [] { return Text(std::string(kMegabyte, 'x')); });
  });
  EXPECT_EQ(response.status, 200);
  const Response refused =
      work.RunAtOnce(kPage, [] { return Text(std::string(13 * kMegabyte, 'x')); });
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(*refused.body, StartsWith("the request needs more memory than the 12MiB"));
  EXPECT_EQ(std::string(100 * kMegabyte, 'x').size(), 100 * kMegabyte);
}

TEST_F(Work, RunsManyRequestsAtOnce) {
  limits_.most_waiting = WorkLimits().most_waiting;
  ClientWork work(limits_, clock_);
  std::atomic<std::size_t> running{0};
  std::vector<std::future<int>> clients;
  for (int i = 0; i < 60; ++i) {
    clients.push_back(std::async(std::launch::async, [&] {
      return work
          .Run(kApi, kLong,
               [&](Duration) {
                 EXPECT_LE(++running, limits_.concurrency);
                 --running;
                 return Text("done");
               })
          .status;
    }));
  }
  for (auto& client : clients) {
    EXPECT_EQ(client.get(), 200);
  }
}

TEST_F(Work, EndsWhenItsClientHasGone) {
  ClientWork work(limits_, clock_);
  Request request = kApi;
  request.client_gone = [] { return true; };
  const Response response = work.Run(request, kLong, [](Duration) {
    for (;;) {
      CheckInterrupted();
    }
    return Response();
  });
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(*response.body, HasSubstr(R"("errorType":"canceled","error":"the request was can)"));
}

TEST_F(Work, EndsAtItsTimeout) {
  ClientWork work(limits_, clock_);
  const Response response = work.Run(kApi, std::chrono::seconds(5), [this](Duration) {
    for (;;) {
      clock_.Advance(std::chrono::seconds(1));
      CheckInterrupted();
    }
    return Response();
  });
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(*response.body, HasSubstr(R"("timeout","error":"the request timed out after 5s"})"));
}

TEST_F(Work, EndsWhenTheServerStops) {
  ClientWork work(limits_, clock_, stop_.get_token());
  const Response response = work.Run(kPage, kLong, [this](Duration) {
    stop_.request_stop();
    for (;;) {
      CheckInterrupted();
    }
    return Response();
  });
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(*response.body, "the request was canceled\n");
}

TEST_F(Work, PassesOnOtherExceptions) {
  ClientWork work(limits_, clock_);
  EXPECT_THROW(
      work.Run(kApi, kLong, [](Duration) -> Response { throw std::runtime_error("a bug"); }),
      std::runtime_error);
  EXPECT_EQ(work.Run(kApi, kLong, [](Duration) { return Text(""); }).status, 200);
}

TEST_F(Work, DoesNotInterruptOtherRequests) {
  ClientWork work(limits_, clock_);
  Request request = kApi;
  request.client_gone = [] { return true; };
  work.Run(request, kLong, [](Duration) { return Text(""); });
  for (int i = 0; i < 1000; ++i) {
    EXPECT_NO_THROW(CheckInterrupted());
  }
  EXPECT_EQ(std::string(100 * kMegabyte, 'x').size(), 100 * kMegabyte);
}

}  // namespace
}  // namespace hakem::web
