// Clients that misbehave must not keep the server from answering others.

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <latch>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "model/clock.h"
#include "model/mutex.h"
#include "tests/support/http/connection_count.h"
#include "tests/support/http/http_get.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"
#include "web/server/server.h"

namespace hakem::web {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Clients = std::vector<std::unique_ptr<HttpConnection>>;

int Count(std::string_view text, std::string_view part) {
  int count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

/// A server that records the paths of requests.
class GatewayTest : public testing::Test {
 protected:
  void Serve(ServerOptions options = {}) {
    options.address = {"127.0.0.1", 0};
    options.instruments = &instruments_;
    options.answers_at_once = [](const Request& request) {
      return request.path.ends_with("/-/healthy") || request.path.ends_with("/metrics");
    };
    auto server = Server::Start(
        options, [this](const Request& request) { return Answer(request); },
        Log::Silent().For("web"));
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  Response Answer(const Request& request) {
    {
      const MutexLock lock(mutex_);
      paths_.push_back(request.path);
    }
    if (request.path.find("/wait") != request.path.npos) {
      release_.wait();
    }
    if (request.path == "/big") {
      return {.body = big_};
    }
    if (request.path == "/throw") {
      throw std::bad_alloc();
    }
    return TextResponse(200, request.path + request.body);
  }

  std::vector<std::string> Paths() {
    const MutexLock lock(mutex_);
    return paths_;
  }

  std::uint16_t port() const { return server_->port(); }

  double Refused(std::string_view reason) const {
    return instruments_.Value("hakem_http_refused_total", {reason});
  }

  Clients Connect(std::size_t count, std::string_view first = "") const {
    Clients clients;
    for (std::size_t i = 0; i < count; ++i) {
      clients.push_back(std::make_unique<HttpConnection>(port()));
      clients.back()->Send(first);
    }
    return clients;
  }

  RecordedInstruments instruments_;
  std::latch release_{1};
  const std::shared_ptr<const std::string> big_ =
      std::make_shared<const std::string>(16 << 20, 'x');
  Mutex mutex_;
  std::vector<std::string> paths_;
  std::unique_ptr<Server> server_;
};

struct Smuggling {
  const char* name;
  std::string text;
};

class SmugglingTest : public GatewayTest, public testing::WithParamInterface<Smuggling> {};

TEST_P(SmugglingTest, IsAnsweredAtMostOnce) {
  Serve();
  HttpConnection client(port());
  client.Send(GetParam().text);
  const std::string answers = client.ReadToEnd();
  EXPECT_EQ(Count(answers, "HTTP/1.1 "), 1) << answers;
  EXPECT_THAT(answers, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(Paths(), Not(Contains("/smuggled")));
}

const std::string kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string Post(std::string_view fields, std::string_view body = kSmuggled) {
  return fmt::format("POST /x HTTP/1.1\r\nHost: localhost\r\n{}\r\n{}", fields, body);
}

std::string ManyFields(int count) {
  std::string fields;
  for (int i = 0; i < count; ++i) {
    fields += fmt::format("X{}: a\r\n", i);
  }
  return fields;
}

const std::string kLength = fmt::format("Content-Length: {}\r\n", kSmuggled.size());

INSTANTIATE_TEST_SUITE_P(
    Forms, SmugglingTest,
    testing::Values(
        Smuggling{"BehindThe63rdField", Post(ManyFields(63) + kLength + "Connection: close\r\n")},
        Smuggling{"BehindThe101stField", Post(ManyFields(101) + kLength)},
        Smuggling{"TwoLengths", Post("Content-Length: 0\r\n" + kLength)},
        Smuggling{"TwoEqualLengths", Post(kLength + kLength)},
        Smuggling{"ListOfLengths", Post("Content-Length: 0, 0\r\n")},
        Smuggling{"LengthWithSign", Post("Content-Length: +0\r\n")},
        Smuggling{"LengthAndChunks",
                  Post(kLength + "Transfer-Encoding: chunked\r\n", "0\r\n\r\n" + kSmuggled)},
        Smuggling{"ChunksAndLength", Post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                                          "0\r\n\r\n" + kSmuggled)},
        Smuggling{"UnknownCoding",
                  Post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + kSmuggled)},
        Smuggling{"CodingWithBlank", Post("Transfer-Encoding : chunked\r\n", kSmuggled)},
        Smuggling{"CodingAfterFold", Post("X: a\r\n Transfer-Encoding: chunked\r\n", kSmuggled)},
        Smuggling{"ChunkedInHttp10",
                  "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + kSmuggled},
        Smuggling{"ChunkSizeWithSign",
                  Post("Transfer-Encoding: chunked\r\n", "+0\r\n\r\n" + kSmuggled)},
        Smuggling{"ChunkSizeWith0x",
                  Post("Transfer-Encoding: chunked\r\n", "0x0\r\n\r\n" + kSmuggled)},
        Smuggling{"ChunkThatIsTooLong",
                  Post("Transfer-Encoding: chunked\r\n", "1\r\nabc\r\n0\r\n\r\n" + kSmuggled)},
        Smuggling{"BareLineFeeds", "POST /x HTTP/1.1\nHost: localhost\n\n" + kSmuggled},
        Smuggling{"BareLineFeedBeforeLength", Post("X: a\n" + kLength)},
        Smuggling{"NulInField", Post(std::string("X: a\0b\r\n", 8))},
        Smuggling{"NoHost", "GET /x HTTP/1.1\r\n\r\n" + kSmuggled},
        Smuggling{"TwoHosts", Post("Host: other\r\n")},
        Smuggling{"OtherVersion", "GET /x HTTP/3.0\r\nHost: localhost\r\n\r\n" + kSmuggled},
        Smuggling{"BodyBeyondTheLimit", Post("Content-Length: 99999999\r\n")},
        Smuggling{"BodyOfAGet", fmt::format("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{}"
                                            "\r\n{}",
                                            kLength, kSmuggled)}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(GatewayTest, AnswersPipelinedRequestsInTheirOrder) {
  Serve();
  HttpConnection client(port());
  client.Send(HttpRequestText("POST", "/a", "", "body") + HttpRequestText("GET", "/b") +
              HttpRequestText("GET", "/c", "Connection: close\r\n"));
  const std::string answers = client.ReadToEnd();
  EXPECT_EQ(Count(answers, "HTTP/1.1 200 OK"), 3);
  EXPECT_LT(answers.find("/abody\n"), answers.find("/b\n"));
  EXPECT_THAT(answers, EndsWith("/c\n"));
}

TEST_F(GatewayTest, SendsContinueToAClientThatExpectsIt) {
  Serve();
  HttpConnection client(port());
  const auto go_on = client.Exchange(
      HttpRequestText("POST", "/a", "Expect: 100-continue\r\nContent-Length: 4\r\n"), false);
  ASSERT_THAT(go_on, IsOk());
  EXPECT_EQ(go_on->status, 100);
  const auto reply = client.Exchange("body");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->body, "/abody\n");
}

TEST_F(GatewayTest, DecodesChunks) {
  Serve();
  HttpConnection client(port());
  const auto reply =
      client.Exchange(HttpRequestText("POST", "/a", "Transfer-Encoding: chunked\r\n") +
                      "3\r\nabc\r\n1;x\r\nd\r\n0\r\n\r\n");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->body, "/aabcd\n");
}

TEST_F(GatewayTest, AcceptsAHeadOfAlmostAMebibyte) {
  Serve();
  HttpConnection client(port());
  const auto reply =
      client.Exchange(HttpRequestText("GET", "/a?x=" + std::string((1 << 20) - 1000, 'x')));
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->status, 200);
}

TEST_F(GatewayTest, ReportsTooLargeHeadsBelowApiInTheEnvelope) {
  Serve();
  HttpConnection client(port());
  client.Send(HttpRequestText("GET", "/api/v1/labels", "Cookie: " + std::string(2 << 20, 'x')));
  const std::string answer = client.ReadToEnd();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
  EXPECT_THAT(answer, HasSubstr(R"({"status":"error","errorType":"bad_data","error":")"));
  EXPECT_THAT(answer, HasSubstr("longer than 1048576 bytes"));
}

/// Sends a byte repeatedly until the server closes or answers. Returns all that it sent.
std::string Drip(std::uint16_t port, std::string_view first) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  (void)connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  send(fd, first.data(), first.size(), MSG_NOSIGNAL);
  const SteadyTime end = SystemClock().SteadyNow() + std::chrono::seconds(5);
  std::string text;
  pollfd state{.fd = fd, .events = POLLIN, .revents = 0};
  while (SystemClock().SteadyNow() < end) {
    if (poll(&state, 1, 20) == 0) {
      send(fd, "1", 1, MSG_NOSIGNAL);
      continue;
    }
    char bytes[4096];
    const ssize_t got = recv(fd, bytes, sizeof(bytes), 0);
    if (got <= 0) {
      break;
    }
    text.append(bytes, static_cast<std::size_t>(got));
  }
  close(fd);
  return text;
}

TEST_F(GatewayTest, EndsARequestThatArrivesTooSlowly) {
  Serve({.address = {}, .timeouts = {.request = milliseconds(300)}});
  for (const std::string& first :
       {std::string("GET /"), HttpRequestText("POST", "/", "Content-Length: 100000\r\n"),
        HttpRequestText("POST", "/", "Transfer-Encoding: chunked\r\n") + "10000\r\n"}) {
    EXPECT_THAT(Drip(port(), first), StartsWith("HTTP/1.1 408 Request Timeout\r\n")) << first;
  }
  EXPECT_THAT(Paths(), testing::IsEmpty());
}

TEST_F(GatewayTest, CountsRequestsThatItRefusesByReason) {
  Serve({.address = {}, .max_body_bytes = 1000, .timeouts = {.request = milliseconds(300)}});
  for (const char* reason :
       {"malformed", "too_large", "too_slow", "overloaded", "connections", "memory", "tls"}) {
    EXPECT_TRUE(instruments_.Has("hakem_http_refused_total", {reason})) << reason;
  }
  const auto send = [this](const std::string& text) {
    HttpConnection client(port());
    client.Send(text);
    return client.ReadToEnd();
  };
  EXPECT_THAT(send("GET / HTTP/1.1\r\n\r\n"), HasSubstr("400 Bad Request"));
  EXPECT_THAT(send("GET / HTTP/3.0\r\n\r\n"), HasSubstr(" 505 "));
  EXPECT_EQ(Refused("malformed"), 2);
  EXPECT_THAT(send(Post("Content-Length: 1001\r\n", "")), HasSubstr(" 413 "));
  EXPECT_THAT(send(Post(ManyFields(101), "")), HasSubstr(" 431 "));
  EXPECT_EQ(Refused("too_large"), 2);
  EXPECT_THAT(send("GET /"), HasSubstr(" 408 "));
  EXPECT_EQ(Refused("too_slow"), 1);
  EXPECT_THAT(HttpGet(port(), "/"), IsOk());
  EXPECT_EQ(Refused("overloaded") + Refused("connections") + Refused("memory"), 0);
}

TEST_F(GatewayTest, ClosesSilentConnections) {
  Serve({.address = {},
         .timeouts = {.first_byte = milliseconds(300), .next_request = milliseconds(300)}});
  HttpConnection silent(port());
  HttpConnection once(port());
  ASSERT_THAT(once.Exchange(HttpRequestText("GET", "/")), IsOk());
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_TRUE(silent.AwaitClose());
  EXPECT_TRUE(once.AwaitClose());
}

TEST_F(GatewayTest, AnswersWhileManyBodiesArriveSlowly) {
  Serve();
  const Clients slow =
      Connect(MoreThanWorkers(200),
              HttpRequestText("POST", "/", "Content-Length: 1000\r\n") + "some of it");
  EXPECT_THAT(HttpGet(port(), "/-/healthy"), IsOk());
  EXPECT_THAT(Paths(), testing::ElementsAre("/-/healthy"));
}

TEST_F(GatewayTest, ClosesTheOldestWaitingConnectionForANewOne) {
  Serve({.address = {}, .most_connections = 4});
  const Clients idle = Connect(4);
  EXPECT_THAT(HttpGet(port(), "/"), IsOk());
  EXPECT_TRUE(idle.front()->AwaitClose());
  EXPECT_EQ(Refused("connections"), 1);
  EXPECT_THAT(idle.back()->Exchange(HttpRequestText("GET", "/")), IsOk());
}

/// Opens sockets for clients before all descriptors are used up.
std::vector<int> Sockets(int count) {
  std::vector<int> sockets;
  for (int i = 0; i < count; ++i) {
    sockets.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }
  return sockets;
}

TEST_F(GatewayTest, AnswersWhenNoDescriptorIsLeft) {
  Serve();
  const std::vector<int> clients = Sockets(30);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(clients.back()) + 6;
  setrlimit(RLIMIT_NOFILE, &few);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (const int client : clients) {
    (void)connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  }
  const std::string request = HttpRequestText("GET", "/", "Connection: close\r\n");
  send(clients.back(), request.data(), request.size(), MSG_NOSIGNAL);
  pollfd state{.fd = clients.back(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&state, 1, 5000), 1);
  char bytes[100] = "";
  EXPECT_GT(recv(clients.back(), bytes, sizeof(bytes) - 1, 0), 0);
  EXPECT_THAT(std::string(bytes), StartsWith("HTTP/1.1 200"));
  setrlimit(RLIMIT_NOFILE, &before);
  for (const int client : clients) {
    close(client);
  }
}

TEST_F(GatewayTest, BoundsTheMemoryOfIncompleteRequests) {
  Serve({.address = {}, .buffer_bytes = 200'000});
  const Clients greedy = Connect(
      6, HttpRequestText("POST", "/", "Content-Length: 100000\r\n") + std::string(60'000, 'x'));
  EXPECT_THAT(HttpGet(port(), "/"), IsOk());
  int closed = 0;
  for (const auto& client : greedy) {
    closed += client->Exchange(std::string(40'000, 'x')) ? 0 : 1;
  }
  EXPECT_GE(closed, 2);
  EXPECT_GE(Refused("memory"), 2);
  EXPECT_LT(closed, 6);
}

TEST_F(GatewayTest, DoesNotOccupyWorkersForSlowReaders) {
  Serve();
  const Clients slow = Connect(80, HttpRequestText("GET", "/big"));
  EXPECT_THAT(HttpGet(port(), "/-/healthy"), IsOk());
}

TEST_F(GatewayTest, KeepsWorkersForPagesWhileQueriesWait) {
  Serve();
  const Clients queries = Connect(70, HttpRequestText("GET", "/api/v1/wait"));
  EXPECT_THAT(HttpGet(port(), "/-/healthy"), IsOk());
  EXPECT_THAT(HttpGet(port(), "/metrics"), IsOk());
  release_.count_down();
  for (const auto& client : queries) {
    EXPECT_THAT(client->Exchange(""), IsOk());
  }
}

TEST_F(GatewayTest, KeepsWorkersForPagesWhateverThePathsOfQueries) {
  Serve();
  const Clients queries = Connect(35, HttpRequestText("GET", "/hakem/api/v1/wait"));
  const Clients pages = Connect(35, HttpRequestText("GET", "/graph/wait"));
  EXPECT_THAT(HttpGet(port(), "/hakem/-/healthy"), IsOk());
  EXPECT_THAT(HttpGet(port(), "/hakem/metrics"), IsOk());
  release_.count_down();
}

TEST_F(GatewayTest, ReportsThatNoWorkerWasFreeInTime) {
  Serve({.address = {}, .timeouts = {.worker = milliseconds(300)}});
  const Clients queries = Connect(48, HttpRequestText("GET", "/api/v1/wait"));
  HttpConnection late(port());
  const auto reply = late.Exchange(HttpRequestText("GET", "/api/v1/wait/late"));
  release_.count_down();
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(reply->Header("Retry-After"), "1");
  EXPECT_THAT(reply->body, HasSubstr("\"errorType\":\"unavailable\""));
  EXPECT_EQ(Refused("overloaded"), 1);
}

TEST_F(GatewayTest, ClosesOnlyTheConnectionOfAHandlerThatThrows) {
  Serve();
  for (int i = 0; i < 70; ++i) {
    EXPECT_FALSE(HttpGet(port(), "/throw"));
  }
  EXPECT_THAT(HttpGet(port(), "/"), IsOk());
}

TEST(Exchange, DoesNotAnswerWithoutTheSecret) {
  Exchange exchange(2);
  const auto never = [](const Request&) -> Response {
    ADD_FAILURE() << "the handler was asked";
    return {};
  };
  const std::string wake_request = exchange.WakeRequest(1);
  const std::string path = wake_request.substr(4, wake_request.find(" HTTP") - 4);
  EXPECT_TRUE(exchange.Answer(path, never)) << "nothing was asked";
  for (const std::string& wrong :
       {std::string("/"), std::string("/metrics"), path.substr(1), path + "9",
        std::string(path).replace(1, 1, "x"), path.substr(0, path.size() - 1) + "2"}) {
    EXPECT_FALSE(exchange.Answer(wrong, never)) << wrong;
  }
  EXPECT_NE(Exchange(1).WakeRequest(0), Exchange(1).WakeRequest(0));
}

}  // namespace
}  // namespace hakem::web
