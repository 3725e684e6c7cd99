#include "web/server/server.h"

#include <fmt/format.h>

#include <fstream>
#include <latch>
#include <thread>
#include <vector>

#include "model/clock.h"
#include "tests/support/http/connection_count.h"
#include "tests/support/http/http_get.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/shell.h"

namespace hakem::web {
namespace {

using testing::EndsWith;

Result<std::unique_ptr<Server>> Start(Handler handler, std::uint16_t port = 0) {
  return Server::Start({.address = {"127.0.0.1", port}, .max_body_bytes = 1000}, std::move(handler),
                       Log::Silent().For("web"));
}

Response Echo(const Request& request) {
  return TextResponse(
      200, fmt::format("{} {} {} {}", request.method, request.path, request.query, request.body));
}

/// Longer than a stop takes on a machine that is busy, and far less than idle clients may wait.
constexpr double kSoonSeconds = 5;

double StopSeconds(Server& server) {
  const SteadyTime begin = SystemClock().SteadyNow();
  server.Stop();
  return ToSeconds(SystemClock().SteadyNow() - begin);
}

TEST(Server, PassesTheWholeRequestToTheHandler) {
  const auto server = Start(Echo);
  ASSERT_THAT(server, IsOk());
  HttpConnection client((*server)->port());
  const auto reply = client.Exchange(HttpRequestText("POST", "/a%20b?c=%20d", "", "body"));
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "POST /a b c=%20d body\n");
  EXPECT_EQ(reply->Header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(reply->Header("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(reply->Header("Date"), EndsWith(" GMT"));
}

TEST(Server, KeepsAConnectionForTheNextRequest) {
  const auto server = Start(Echo);
  ASSERT_THAT(server, IsOk());
  HttpConnection client((*server)->port());
  for (int i = 0; i < 3; ++i) {
    const auto reply = client.Exchange(HttpRequestText("GET", "/"));
    ASSERT_THAT(reply, IsOk());
    EXPECT_EQ(reply->Header("Connection"), "keep-alive");
  }
}

TEST(Server, AnswersHeadWithTheLengthAndWithoutTheBody) {
  const auto server = Start([](const Request&) { return TextResponse(200, "twelve bytes"); });
  ASSERT_THAT(server, IsOk());
  HttpConnection client((*server)->port());
  const auto head = client.Exchange(HttpRequestText("HEAD", "/"), false);
  ASSERT_THAT(head, IsOk());
  EXPECT_EQ(head->Header("Content-Length"), "13");
  EXPECT_EQ(head->body, "");
  EXPECT_THAT(client.Exchange(HttpRequestText("GET", "/")), IsOk()) << "the connection is in step";
}

TEST(Server, SendsABodyLargerThanTheSocketsBuffer) {
  const auto big = std::make_shared<const std::string>(8 << 20, 'x');
  const auto server = Start([&](const Request&) { return Response{.body = big}; });
  ASSERT_THAT(server, IsOk());
  const auto reply = HttpGet((*server)->port(), "/");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->body, *big);
}

TEST(Server, LetsTheHandlerSeeThatItsClientHasGone) {
  std::latch asked(1);
  std::latch noticed(1);
  const auto server = Start([&](const Request& request) {
    asked.count_down();
    while (!request.client_gone()) {
      std::this_thread::yield();
    }
    noticed.count_down();
    return TextResponse(200, "for nobody");
  });
  ASSERT_THAT(server, IsOk());
  {
    HttpConnection client((*server)->port());
    client.Send(HttpRequestText("GET", "/"));
    asked.wait();
  }
  noticed.wait();
}

TEST(Server, DoesNotCancelAHandlerWhoseClientWaits) {
  const SteadyTime end = SystemClock().SteadyNow() + std::chrono::milliseconds(300);
  const auto server = Start([&](const Request& request) {
    bool gone = false;
    while (!gone && SystemClock().SteadyNow() < end) {
      gone = request.client_gone();
    }
    return TextResponse(200, gone ? "gone" : "there");
  });
  ASSERT_THAT(server, IsOk());
  const auto reply = HttpGet((*server)->port(), "/");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->body, "there\n");
}

/// The server ends the connection while much of the response is still on its way.
TEST(Server, SendsTheWholeResponseBeforeItClosesTheConnection) {
  const auto big = std::make_shared<const std::string>(8 << 20, 'x');
  const auto server = Start([&](const Request&) { return Response{.body = big}; });
  ASSERT_THAT(server, IsOk());
  HttpConnection client((*server)->port());
  client.Send(HttpRequestText("GET", "/", "Connection: close\r\n"));
  client.EndSending();
  const auto reply = client.Exchange("");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->body.size(), big->size());
}

TEST(Server, RefusesABodyBeyondTheLimit) {
  const auto server = Start(Echo);
  ASSERT_THAT(server, IsOk());
  HttpConnection client((*server)->port());
  const auto reply = client.Exchange(HttpRequestText("POST", "/", "", std::string(1001, 'x')));
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->status, 413);
  EXPECT_EQ(reply->body, "the body is longer than 1000 bytes\n");
}

TEST(Server, AnswersAMalformedRequestWithTheReason) {
  const auto server = Start(Echo);
  ASSERT_THAT(server, IsOk());
  HttpConnection client((*server)->port());
  const auto reply = client.Exchange("nonsense\r\n\r\n");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->status, 400);
  EXPECT_EQ(reply->body, "the request line is not METHOD TARGET HTTP/1.1\n");
}

TEST(Server, SurvivesAClientThatLeavesDuringTheResponse) {
  const auto big = std::make_shared<const std::string>(8 << 20, 'x');
  const auto server = Start([&](const Request&) { return Response{.body = big}; });
  ASSERT_THAT(server, IsOk());
  for (int i = 0; i < 5; ++i) {
    HttpConnection((*server)->port()).Send(HttpRequestText("GET", "/"));
  }
  EXPECT_THAT(HttpGet((*server)->port(), "/"), IsOk());
}

TEST(Server, NamesABusyPortAndTheFlag) {
  const auto first = Start(Echo);
  ASSERT_THAT(first, IsOk());
  const auto second = Start(Echo, (*first)->port());
  EXPECT_THAT(second, HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(second, HasMessage(fmt::format("listen on 127.0.0.1:{}: address already in use; "
                                             "choose another with --web.listen-address",
                                             (*first)->port())));
}

TEST(Server, ReturnsItsUrl) {
  const auto server = Start(Echo);
  ASSERT_THAT(server, IsOk());
  EXPECT_NE((*server)->port(), 0);
  EXPECT_EQ((*server)->url(), fmt::format("http://127.0.0.1:{}", (*server)->port()));
}

TEST(Server, KeepsMoreConnectionsThanItHasWorkers) {
  const auto server = Start(Echo);
  ASSERT_THAT(server, IsOk());
  std::vector<std::unique_ptr<HttpConnection>> clients;
  for (std::size_t i = 0; i < MoreThanWorkers(100); ++i) {
    clients.push_back(std::make_unique<HttpConnection>((*server)->port()));
  }
  for (int round = 0; round < 2; ++round) {
    for (const auto& client : clients) {
      const auto reply = client->Exchange(HttpRequestText("GET", "/"));
      ASSERT_THAT(reply, IsOk());
      EXPECT_EQ(reply->Header("Connection"), "keep-alive");
    }
  }
}

TEST(Server, StopsAtOnceWithIdleClients) {
  const auto server = Start(Echo);
  ASSERT_THAT(server, IsOk());
  std::vector<std::unique_ptr<HttpConnection>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<HttpConnection>((*server)->port()));
    if (i % 2 == 0) {
      ASSERT_THAT(clients.back()->Exchange(HttpRequestText("GET", "/")), IsOk());
    }
  }
  EXPECT_LT(StopSeconds(**server), kSoonSeconds);
  EXPECT_TRUE(clients.back()->AwaitClose());
}

TEST(Server, StopsSoonWithAClientThatDoesNotRead) {
  const auto big = std::make_shared<const std::string>(64 << 20, 'x');
  const auto server = Start([&](const Request&) { return Response{.body = big}; });
  ASSERT_THAT(server, IsOk());
  HttpConnection client((*server)->port());
  client.Send(HttpRequestText("GET", "/"));
  ASSERT_THAT(HttpGet((*server)->port(), "/"), IsOk());
  EXPECT_LT(StopSeconds(**server), kSoonSeconds);
}

TEST(Server, AnswersARunningRequestWhenStopped) {
  std::latch begun(1);
  std::latch go_on(1);
  const auto server = Start([&](const Request&) {
    begun.count_down();
    go_on.wait();
    return TextResponse(200, "answered");
  });
  ASSERT_THAT(server, IsOk());
  HttpConnection client((*server)->port());
  client.Send(HttpRequestText("GET", "/"));
  begun.wait();
  const std::jthread stopper([&] { (*server)->Stop(); });
  go_on.count_down();
  const auto reply = client.Exchange("");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->body, "answered\n");
}

TEST(Server, RestartsOnTheSamePort) {
  const auto first = Start(Echo);
  ASSERT_THAT(first, IsOk());
  const std::uint16_t port = (*first)->port();
  ASSERT_THAT(HttpGet(port, "/"), IsOk());
  (*first)->Stop();
  EXPECT_THAT(Start(Echo, port), IsOk());
}

/// Whether this machine has an IPv6 address.
bool HasIpv6() {
  return std::ifstream("/proc/net/if_inet6").peek() != std::ifstream::traits_type::eof();
}

TEST(Server, ListensByIpv6) {
  if (!HasIpv6()) {
    GTEST_SKIP() << "this machine has no IPv6";
  }
  const auto server = Server::Start(
      {.address = {"::1", 0}},
      [](const Request& request) { return TextResponse(200, request.client.address); },
      Log::Silent().For("web"));
  ASSERT_THAT(server, IsOk());
  EXPECT_EQ((*server)->url(), fmt::format("http://[::1]:{}", (*server)->port()));
  const ShellOutput reply = RunShell(fmt::format("curl -sg --max-time 10 {}/", (*server)->url()));
  EXPECT_EQ(reply.text, "::1\n");
}

TEST(Server, ListensByIpv4AndIpv6WithoutAHost) {
  const auto server = Server::Start(
      {.address = {"", 0}},
      [](const Request& request) { return TextResponse(200, request.client.address); },
      Log::Silent().For("web"));
  ASSERT_THAT(server, IsOk());
  const auto by_ipv4 = HttpGet((*server)->port(), "/");
  ASSERT_THAT(by_ipv4, IsOk());
  EXPECT_EQ(by_ipv4->body, "127.0.0.1\n");
  if (HasIpv6()) {
    const ShellOutput reply =
        RunShell(fmt::format("curl -sg --max-time 10 http://[::1]:{}/", (*server)->port()));
    EXPECT_EQ(reply.text, "::1\n");
  }
}

}  // namespace
}  // namespace hakem::web
