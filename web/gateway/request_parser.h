#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "web/http/http.h"

namespace hakem::web {

/// What one request may be at most.
struct RequestLimits {
  std::size_t head_bytes = 1 << 20;  ///< Request line and fields; as much as Prometheus takes.
  std::size_t fields = 100;          ///< Header fields; trailer fields of a body in chunks.
  std::size_t body_bytes = 1 << 20;  ///< Without the framing of chunks.
};

/// Why a request is not taken.
struct Rejection {
  int status = 400;    ///< 400, 413, 414, 417, 431, 501 or 505.
  std::string reason;  ///< For the client; without a final full stop.
};

/// Reads HTTP/1.x requests from bytes as they come, one after the other. Strict: where two readers
/// could disagree about where a request ends or what it says, it is rejected, and nothing that
/// follows is read. Pure; may throw std::bad_alloc, and is of no more use then.
class RequestParser {
 public:
  enum class Stage {
    kHead,      ///< Bytes of the head are awaited.
    kBody,      ///< The head is complete, the body is not.
    kWhole,     ///< The request is complete.
    kRejected,  ///< See rejection(); the connection must be closed after the answer.
  };

  explicit RequestParser(RequestLimits limits = {}) : limits_(limits) {}

  /// Takes bytes up to the end of the head, or of the request, and returns how many. Takes none
  /// when the stage is kWhole or kRejected.
  std::size_t Take(std::string_view bytes);

  /// Awaits the next request.
  void Reset();

  Stage stage() const { return stage_; }

  /// Whether a byte of the request has come.
  bool has_begun() const { return has_begun_; }

  /// Bytes that it keeps.
  std::size_t bytes() const { return head_.capacity() + request_bytes_ + request_.body.capacity(); }

  /// The request; its body is complete at kWhole. Of use after the head. It may be moved from.
  Request& request() { return request_; }

  /// Whether the connection may be kept after the answer. Of use after the head.
  bool keep_alive() const { return keep_alive_; }

  /// Whether the client waits for `100 Continue` before it sends the body.
  bool expects_continue() const { return expects_continue_; }

  /// Requires: stage() is kRejected.
  const Rejection& rejection() const { return rejection_; }

  /// Where the request was meant for as far as it was read, also when it was rejected: the path,
  /// not decoded.
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

  // Of the head while it comes:
  std::string head_;
  std::size_t lines_ = 0;
  std::size_t line_bytes_ = 0;
  bool after_cr_ = false;
  bool skipped_blank_line_ = false;

  // Of what it says:
  Request request_;
  std::size_t request_bytes_ = 0;
  std::string authority_;  ///< Of a target in absolute form; it counts in place of Host.
  bool is_http_11_ = false;
  bool keep_alive_ = false;
  bool expects_continue_ = false;
  bool is_chunked_ = false;
  std::uint64_t left_ = 0;  ///< Bytes of the body, or of the chunk, that are still to come.

  // Of a body in chunks:
  ChunkStage chunk_stage_ = ChunkStage::kSize;
  std::string line_;
  std::size_t trailer_fields_ = 0;
};

}  // namespace hakem::web
