#include "web/http/gzip.h"

#include <zlib.h>

#include <new>
#include <utility>

#include "model/check.h"

namespace hakem::web {
namespace {

constexpr int kWindow = 15 + 16;  // The largest window, with a gzip header.

/// Owns zlib's state.
struct Deflater {
  Deflater() {
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kWindow, MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();  // It fails for no other reason.
    }
  }

  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  ~Deflater() { deflateEnd(&stream); }

  z_stream stream{};
};

/// Compresses a text that is given in pieces.
class Compressor {
 public:
  /// `size` is that of all pieces together.
  explicit Compressor(std::size_t size) {
    compressed_.resize(deflateBound(&stream_, size));
    stream_.next_out = reinterpret_cast<Bytef*>(compressed_.data());
    stream_.avail_out = static_cast<uInt>(compressed_.size());
  }

  void Add(std::string_view text) {
    // zlib takes a mutable pointer but does not write to it.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    HAKEM_CHECK(text.empty() || (deflate(&stream_, Z_NO_FLUSH) == Z_OK && stream_.avail_in == 0));
  }

  std::string Finish() {
    HAKEM_CHECK(deflate(&stream_, Z_FINISH) == Z_STREAM_END);
    compressed_.resize(stream_.total_out);
    compressed_.shrink_to_fit();
    return std::move(compressed_);
  }

 private:
  Deflater deflater_;
  z_stream& stream_ = deflater_.stream;
  std::string compressed_;
};

}  // namespace

std::string Gzip(std::string_view text) {
  Compressor compressor(text.size());
  compressor.Add(text);
  return compressor.Finish();
}

std::string Gzip(std::span<const std::shared_ptr<const std::string>> parts) {
  std::size_t size = 0;
  for (const auto& part : parts) {
    size += part->size();
  }
  Compressor compressor(size);
  for (const auto& part : parts) {
    compressor.Add(*part);
  }
  return compressor.Finish();
}

}  // namespace hakem::web
