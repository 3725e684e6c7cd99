#include "web/exposition/gzip.h"

#include <zlib.h>

#include "model/check.h"

namespace hakem::web {
namespace {

constexpr int kWindow = 15 + 16;  // The largest window, and a gzip header around it.

}  // namespace

std::string Gzip(std::string_view text) {
  z_stream stream{};
  HAKEM_CHECK(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kWindow, MAX_MEM_LEVEL,
                           Z_DEFAULT_STRATEGY) == Z_OK);
  std::string compressed(deflateBound(&stream, text.size()), '\0');
  // zlib wants a mutable pointer and does not write to it.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  HAKEM_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

}  // namespace hakem::web
