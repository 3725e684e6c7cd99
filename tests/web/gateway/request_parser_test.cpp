#include "web/gateway/request_parser.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>

namespace hakem::web {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Stage = RequestParser::Stage;

/// Parses `text` in pieces of `step` bytes.
RequestParser Parsed(std::string_view text, std::size_t step, RequestLimits limits = {}) {
  RequestParser parser(limits);
  for (std::size_t begin = 0; begin < text.size(); begin += step) {
    std::string_view piece = text.substr(begin, step);
    while (!piece.empty() && parser.stage() < Stage::kWhole) {
      piece.remove_prefix(parser.Take(piece));
    }
  }
  return parser;
}

constexpr std::size_t kWhole = 1 << 30;
const std::string kHost = "Host: localhost:9187\r\n";

std::string Get(std::string_view fields) {
  return fmt::format("GET / HTTP/1.1\r\n{}{}\r\n", kHost, fields);
}

std::string Post(std::string_view fields, std::string_view body) {
  return fmt::format("POST / HTTP/1.1\r\n{}{}\r\n{}", kHost, fields, body);
}

struct Case {
  const char* name;
  std::string text;
  int status;  ///< 0 when it is accepted.
};

class RequestParserTest : public testing::TestWithParam<Case> {};

TEST_P(RequestParserTest, GivesTheSameResultHoweverTheBytesAreSplit) {
  for (const std::size_t step : {kWhole, std::size_t{1}, std::size_t{3}}) {
    RequestParser parser = Parsed(GetParam().text, step);
    const int status = parser.stage() == Stage::kRejected ? parser.rejection().status : 0;
    EXPECT_EQ(status, GetParam().status) << "in steps of " << step;
    EXPECT_EQ(parser.stage(), GetParam().status == 0 ? Stage::kWhole : Stage::kRejected);
    if (status != 0) {
      EXPECT_NE(parser.rejection().reason, "");
      EXPECT_FALSE(parser.keep_alive());
    }
  }
}

std::string Fields(int count) {
  std::string fields;
  for (int i = 0; i < count; ++i) {
    fields += fmt::format("X{}: a\r\n", i);
  }
  return fields;
}

INSTANTIATE_TEST_SUITE_P(
    Taken, RequestParserTest,
    testing::Values(
        Case{"Get", Get(""), 0}, Case{"Http10", "GET / HTTP/1.0\r\n\r\n", 0},
        Case{"BlankLineBefore", "\r\n" + Get(""), 0}, Case{"HundredFields", Get(Fields(99)), 0},
        Case{"LongHead", Get("Cookie: " + std::string(1 << 19, 'x') + "\r\n"), 0},
        Case{"EmptyValue", Get("X:\r\n"), 0}, Case{"TabInValue", Get("X:\ta\tb \r\n"), 0},
        Case{"Utf8InValue", Get("X: حکم\r\n"), 0},
        Case{"Utf8InTarget", "GET /?q=حکم HTTP/1.1\r\n" + kHost + "\r\n", 0},
        Case{"Ipv6Host", "GET / HTTP/1.1\r\nHost: [::1]:9187\r\n\r\n", 0},
        Case{"EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0},
        Case{"NoBody", Post("Content-Length: 0\r\n", ""), 0},
        Case{"Sized", Post("Content-Length: 4\r\n", "body"), 0},
        Case{"SizedWithZeros", Post("Content-Length: 0004\r\n", "body"), 0},
        Case{"Chunked", Post("Transfer-Encoding: chunked\r\n", "4\r\nbody\r\n0\r\n\r\n"), 0},
        Case{"ChunkedInAnyCase", Post("transfer-encoding: Chunked\r\n", "0\r\n\r\n"), 0},
        Case{"ChunkExtensions",
             Post("Transfer-Encoding: chunked\r\n", "4;a=\"b\";c\r\nbody\r\n000;x\r\n\r\n"), 0},
        Case{"Trailer",
             Post("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\nExpires: never\r\n\r\n"), 0},
        Case{"Expect", Post("Expect: 100-continue\r\nContent-Length: 1\r\n", "x"), 0},
        Case{"AbsoluteForm", "GET http://localhost/x HTTP/1.1\r\n" + kHost + "\r\n", 0},
        Case{"Asterisk", "OPTIONS * HTTP/1.1\r\n" + kHost + "\r\n", 0}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Lines, RequestParserTest,
    testing::Values(Case{"Nonsense", "nonsense\r\n\r\n", 400}, Case{"Http09", "GET /\r\n\r\n", 400},
                    Case{"TwoBlankLines", "\r\n\r\n" + Get(""), 400},
                    Case{"BareLineFeed", "GET / HTTP/1.1\nHost: x\n\n", 400},
                    Case{"BareLineFeedInField", Get("X: a\nY: b\r\n"), 400},
                    Case{"BareCarriageReturn", Get("X: a\rY: b\r\n"), 400},
                    Case{"CarriageReturnTwice", "GET / HTTP/1.1\r\r\nHost: x\r\n\r\n", 400},
                    Case{"Nul", Get(std::string("X: a\0b\r\n", 8)), 400},
                    Case{"Escape", Get("X: \x1b[2J\r\n"), 400},
                    Case{"Delete", Get("X: \x7f\r\n"), 400},
                    Case{"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
                    Case{"Http12", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505},
                    Case{"LowerCaseVersion", "GET / http/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"BlankAfterVersion", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400},
                    Case{"TwoBlanks", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"Tabs", "GET\t/\tHTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"MethodOfOtherCharacters", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"LongMethod", std::string(40, 'G') + " / HTTP/1.1\r\nHost: x\r\n\r\n",
                         501},
                    Case{"Connect", "CONNECT localhost:22 HTTP/1.1\r\nHost: x\r\n\r\n", 501},
                    Case{"RelativeTarget", "GET metrics HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"OtherScheme", "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"AsteriskGet", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"EmptyAuthority", "GET http:///x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"UserInAuthority", "GET http://a@b/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"Fragment", "GET /#x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"BadEscape", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"CutEscape", "GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Case{"NulByEscape", "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Fields, RequestParserTest,
    testing::Values(
        Case{"TooMany", Get(Fields(100)), 431}, Case{"FarTooMany", Get(Fields(10000)), 431},
        Case{"TooLong", Get("Cookie: " + std::string(1 << 20, 'x') + "\r\n"), 431},
        Case{"LongRequestLine", "GET /" + std::string(1 << 20, 'x') + " HTTP/1.1\r\n\r\n", 414},
        Case{"Folded", Get("X: a\r\n b\r\n"), 400},
        Case{"FoldedByTab", Get("X: a\r\n\tb\r\n"), 400},
        Case{"FoldedFirst", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400},
        Case{"BlankBeforeColon", Get("Content-Length : 4\r\n"), 400},
        Case{"TabBeforeColon", Get("X\t: 4\r\n"), 400}, Case{"NoColon", Get("X\r\n"), 400},
        Case{"NoName", Get(": x\r\n"), 400}, Case{"BlankInName", Get("X Y: x\r\n"), 400},
        Case{"NameOfOtherCharacters", Get("X(: x\r\n"), 400},
        Case{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        Case{"TwoHosts", Get("Host: localhost:9187\r\n"), 400},
        Case{"TwoHostsInHttp10", "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", 400},
        Case{"HostWithPath", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400},
        Case{"HostWithUser", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
        Case{"HostList", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
        Case{"TwoAuthorizations", Get("Authorization: a\r\nAuthorization: b\r\n"), 400},
        Case{"TwoOrigins", Get("Origin: a\r\norigin: b\r\n"), 400},
        Case{"TwoContentTypes", Get("Content-Type: a\r\nContent-Type: b\r\n"), 400},
        Case{"OtherExpectation", Get("Expect: 200-ok\r\n"), 417}),
    [](const auto& test) { return std::string(test.param.name); });

const std::string kChunked = "Transfer-Encoding: chunked\r\n";

INSTANTIATE_TEST_SUITE_P(
    Bodies, RequestParserTest,
    testing::Values(
        Case{"TwoLengths", Post("Content-Length: 4\r\nContent-Length: 5\r\n", "body"), 400},
        Case{"TwoEqualLengths", Post("Content-Length: 4\r\nContent-Length: 4\r\n", "body"), 400},
        Case{"ListOfLengths", Post("Content-Length: 4, 4\r\n", "body"), 400},
        Case{"SignedLength", Post("Content-Length: +4\r\n", "body"), 400},
        Case{"NegativeLength", Post("Content-Length: -4\r\n", "body"), 400},
        Case{"HexadecimalLength", Post("Content-Length: 0x4\r\n", "body"), 400},
        Case{"LengthWithBlank", Post("Content-Length: 4 4\r\n", "body"), 400},
        Case{"NoLength", Post("Content-Length:\r\n", "body"), 400},
        Case{"LengthBeyondTheLimit", Post("Content-Length: 1048577\r\n", ""), 413},
        Case{"LengthBeyond64Bits", Post("Content-Length: 99999999999999999999\r\n", ""), 413},
        Case{"LengthAndChunks", Post("Content-Length: 4\r\n" + kChunked, "0\r\n\r\n"), 400},
        Case{"ChunksAndLength", Post(kChunked + "Content-Length: 4\r\n", "0\r\n\r\n"), 400},
        Case{"ChunkedTwice", Post(kChunked + kChunked, "0\r\n\r\n"), 400},
        Case{"ChunkedInHttp10", "POST / HTTP/1.0\r\n" + kChunked + "\r\n0\r\n\r\n", 400},
        Case{"OtherCoding", Post("Transfer-Encoding: gzip\r\n", ""), 501},
        Case{"Identity", Post("Transfer-Encoding: identity\r\n", ""), 501},
        Case{"GzipAndChunked", Post("Transfer-Encoding: gzip, chunked\r\n", ""), 501},
        Case{"AlmostChunked", Post("Transfer-Encoding: xchunked\r\n", ""), 501},
        Case{"EmptyCoding", Post("Transfer-Encoding:\r\n", ""), 501},
        Case{"NoChunkSize", Post(kChunked, "\r\nbody\r\n"), 400},
        Case{"ChunkSizeOfOtherDigits", Post(kChunked, "4g\r\n"), 400},
        Case{"NegativeChunkSize", Post(kChunked, "-1\r\n"), 400},
        Case{"SignedChunkSize", Post(kChunked, "+4\r\nbody\r\n0\r\n\r\n"), 400},
        Case{"ChunkSizeWith0x", Post(kChunked, "0x4\r\nbody\r\n0\r\n\r\n"), 400},
        Case{"BlankBeforeChunkSize", Post(kChunked, " 4\r\nbody\r\n0\r\n\r\n"), 400},
        Case{"BlankAfterChunkSize", Post(kChunked, "4 \r\nbody\r\n0\r\n\r\n"), 400},
        Case{"LongChunkSize", Post(kChunked, "000000004\r\n"), 400},
        Case{"HugeChunk", Post(kChunked, "ffffffff\r\n"), 413},
        Case{"ChunksBeyondTheLimit",
             Post(kChunked, "80000\r\n" + std::string(0x80000, 'x') + "\r\n80001\r\n"), 413},
        Case{"ChunkLongerThanItsSize", Post(kChunked, "3\r\nbody\r\n0\r\n\r\n"), 400},
        Case{"BareLineFeedAfterSize", Post(kChunked, "4\nbody\r\n0\r\n\r\n"), 400},
        Case{"BareLineFeedAfterData", Post(kChunked, "4\r\nbody\n0\r\n\r\n"), 400},
        Case{"CarriageReturnInExtension", Post(kChunked, "4;\rx\r\nbody\r\n0\r\n\r\n"), 400},
        Case{"LongExtension", Post(kChunked, "4;" + std::string(5000, 'x')), 400},
        Case{"BadTrailer", Post(kChunked, "0\r\nGET / HTTP/1.1\r\n\r\n"), 400},
        Case{"ManyTrailers", Post(kChunked, "0\r\n" + Fields(101) + "\r\n"), 431}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(RequestParser, ParsesTheHead) {
  RequestParser parser = Parsed(
      "POST /a%20b?c=%20d&e HTTP/1.1\r\nHost: x\r\nX-A:  b c \r\n"
      "Content-Length: 4\r\n\r\nbody",
      kWhole);
  const Request& request = parser.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/a b");
  EXPECT_EQ(request.query, "c=%20d&e");
  EXPECT_EQ(request.body, "body");
  EXPECT_THAT(request.headers, ElementsAre(HeaderField{"Host", "x"}, HeaderField{"X-A", "b c"},
                                           HeaderField{"Content-Length", "4"}));
}

TEST(RequestParser, UsesTheHostOfATargetInAbsoluteForm) {
  RequestParser parser =
      Parsed("GET http://evil.example:1/x?y HTTP/1.1\r\nHost: localhost\r\n\r\n", kWhole);
  EXPECT_EQ(parser.request().path, "/x");
  EXPECT_EQ(parser.request().query, "y");
  EXPECT_THAT(parser.request().headers, ElementsAre(HeaderField{"Host", "evil.example:1"}));
  RequestParser bare = Parsed("GET HTTP://x HTTP/1.1\r\nHost: y\r\n\r\n", kWhole);
  EXPECT_EQ(bare.request().path, "/");
}

TEST(RequestParser, JoinsChunks) {
  RequestParser parser =
      Parsed(Post(kChunked, "3\r\nabc\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n"), 1);
  EXPECT_EQ(parser.request().body, "abc0123456789");
  EXPECT_EQ(parser.request().Header("X"), "") << "a trailer adds no field";
}

TEST(RequestParser, LeavesBytesAfterTheRequest) {
  RequestParser parser;
  const std::string first = Post("Content-Length: 4\r\n", "body");
  const std::string both = first + Get("");
  std::size_t taken = parser.Take(both);
  EXPECT_EQ(taken, first.size() - 4) << "up to the end of the head";
  EXPECT_EQ(parser.stage(), Stage::kBody);
  taken += parser.Take(std::string_view(both).substr(taken));
  EXPECT_EQ(taken, first.size());
  EXPECT_EQ(parser.stage(), Stage::kWhole);
  EXPECT_EQ(parser.Take(Get("")), 0U);
  parser.Reset();
  EXPECT_FALSE(parser.has_begun());
  EXPECT_EQ(parser.Take(Get("")), Get("").size());
  EXPECT_EQ(parser.stage(), Stage::kWhole);
  EXPECT_EQ(parser.request().body, "");
}

TEST(RequestParser, KeepsTheConnectionByVersionAndConnectionHeader) {
  const auto keeps = [](std::string_view version, std::string_view connection) {
    return Parsed(fmt::format("GET / HTTP/{}\r\nHost: x\r\n{}\r\n", version, connection), kWhole)
        .keep_alive();
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: TE, Close\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
}

TEST(RequestParser, NotesClientsThatExpectContinue) {
  const std::string fields = "Expect: 100-Continue\r\nContent-Length: 1\r\n";
  RequestParser parser;
  parser.Take(Post(fields, ""));
  EXPECT_TRUE(parser.expects_continue());
  parser.Take("x");
  EXPECT_FALSE(parser.expects_continue());
  EXPECT_FALSE(Parsed(Get("Expect: 100-continue\r\n"), kWhole).expects_continue()) << "no body";
}

TEST(RequestParser, KeepsTheTargetOfARejectedRequest) {
  RequestParser parser = Parsed("GET /api/v1/query?query=1 HTTP/1.1\r\n" + Fields(101), 7);
  ASSERT_EQ(parser.stage(), Stage::kRejected);
  EXPECT_EQ(parser.target(), "/api/v1/query");
  EXPECT_THAT(parser.rejection().reason, HasSubstr("more than 100 header fields"));
}

TEST(RequestParser, ParsesNothingAfterARejection) {
  RequestParser parser;
  parser.Take("nonsense\r\n");
  parser.Take("\r\n");
  ASSERT_EQ(parser.stage(), Stage::kRejected);
  EXPECT_EQ(parser.Take(Get("")), 0U);
}

}  // namespace
}  // namespace hakem::web
