// Any bytes are parsed to the same requests, however they are split, and within the limits.

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/fuzz_target.h"
#include "web/gateway/request_parser.h"

namespace hakem::web {
namespace {

constexpr RequestLimits kLimits{.head_bytes = 2000, .fields = 10, .body_bytes = 500};

struct Taken {
  std::vector<Request> requests;
  int rejected = 0;

  bool operator==(const Taken& other) const {
    return rejected == other.rejected &&
           std::equal(requests.begin(), requests.end(), other.requests.begin(),
                      other.requests.end(), [](const Request& a, const Request& b) {
                        return a.method == b.method && a.path == b.path && a.query == b.query &&
                               a.headers == b.headers && a.body == b.body;
                      });
  }
};

void Require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

Taken TakeAll(std::string_view bytes, std::size_t step) {
  Taken taken;
  RequestParser parser(kLimits);
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    while (!piece.empty()) {
      piece.remove_prefix(parser.Take(piece));
      if (parser.stage() == RequestParser::Stage::kRejected) {
        taken.rejected = parser.rejection().status;
        return taken;
      }
      if (parser.stage() == RequestParser::Stage::kWhole) {
        Require(parser.request().body.size() <= kLimits.body_bytes);
        Require(parser.request().headers.size() <= kLimits.fields);
        taken.requests.push_back(std::move(parser.request()));
        parser.Reset();
      }
    }
  }
  return taken;
}

}  // namespace
}  // namespace hakem::web

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hakem::web::TakeAll;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = TakeAll(bytes, bytes.size() + 1);
  hakem::web::Require(whole == TakeAll(bytes, 1) && whole == TakeAll(bytes, 7));
  return 0;
}
