#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "web/http/http.h"

namespace hakem::web {

/// The largest request that is accepted.
struct RequestLimits {
  std::size_t head_bytes = 1 << 20;  ///< Request line and fields; Prometheus' limit.
  std::size_t fields = 100;  ///< Number of header fields, and of trailer fields of a chunked body.
  std::size_t body_bytes = 1 << 20;  ///< Without the framing of chunks.
};

/// Why a request is rejected.
struct Rejection {
  int status = 400;    ///< 400, 413, 414, 417, 431, 501 or 505.
  std::string reason;  ///< For the client; without a final full stop.
};

/// Parses HTTP/1.x requests incrementally, one after the other. Strict: a request that two parsers
/// could understand differently, or whose end they could see at different places, is rejected, and
/// nothing after it is read. Pure. May throw std::bad_alloc, and must not be used after that.
class RequestParser {
 public:
  enum class Stage {
    kHead,      ///< The head is not complete.
    kBody,      ///< The head is complete, the body is not.
    kWhole,     ///< The request is complete.
    kRejected,  ///< See rejection(); the connection must be closed after the answer.
  };

  explicit RequestParser(RequestLimits limits = {}) : limits_(limits) {}

  /// Parses bytes up to the end of the head, or of the request, and returns how many. Parses none
  /// at kWhole or kRejected.
  std::size_t Take(std::string_view bytes);

  /// Forgets the request, to parse the next one.
  void Reset();

  Stage stage() const { return stage_; }

  /// Whether a byte of the request has been parsed.
  bool has_begun() const { return has_begun_; }

  /// Approximate bytes of memory that the request takes.
  std::size_t bytes() const { return head_.capacity() + request_bytes_ + request_.body.capacity(); }

  /// The request. Valid once the head is complete; the body is complete at kWhole. It may be moved
  /// from.
  Request& request() { return request_; }

  /// Whether the connection may be kept after the response. Valid once the head is complete.
  bool keep_alive() const { return keep_alive_; }

  /// Whether the client waits for `100 Continue` before it sends the body.
  bool expects_continue() const { return expects_continue_; }

  /// Requires: stage() is kRejected.
  const Rejection& rejection() const { return rejection_; }

  /// The first 64 bytes of the path, not decoded, as far as they were read. Valid also when the
  /// request was rejected.
  std::string_view target() const { return target_; }

 private:
  enum class ChunkStage { kSize, kData, kDataEnd, kTrailer };

  std::size_t TakeHead(std::string_view bytes);
  std::size_t TakeBody(std::string_view bytes);
  std::size_t TakeSized(std::string_view bytes);
  std::size_t TakeChunked(std::string_view bytes);
  bool TakeLine(std::string_view bytes, std::size_t& taken);
  void EndChunkLine();
  void BeginChunk(std::string_view line);
  void ParseHead();
  void ParseRequestLine(std::string_view line);
  void ParseTarget(std::string_view target);
  void ParseField(std::string_view line);
  void CheckFields();
  void ReadFraming();
  void ReadConnection();
  void Reject(int status, std::string reason);
  void NoteTarget();

  bool is_rejected() const { return stage_ == Stage::kRejected; }

  std::size_t CountOf(std::string_view name) const;

  RequestLimits limits_;
  Stage stage_ = Stage::kHead;
  bool has_begun_ = false;
  Rejection rejection_;
  std::string target_;

  // While the head is read:
  std::string head_;
  std::size_t lines_ = 0;
  std::size_t line_bytes_ = 0;
  bool after_cr_ = false;
  bool skipped_blank_line_ = false;

  // Once the head is parsed:
  Request request_;
  std::size_t request_bytes_ = 0;
  std::string authority_;  ///< From a target in absolute form; replaces Host.
  bool is_http_11_ = false;
  bool keep_alive_ = false;
  bool expects_continue_ = false;
  bool is_chunked_ = false;
  std::uint64_t left_ = 0;  ///< Bytes of the body, or of the chunk, that are missing.

  // While a chunked body is read:
  ChunkStage chunk_stage_ = ChunkStage::kSize;
  std::string line_;
  std::size_t trailer_fields_ = 0;
};

}  // namespace hakem::web
