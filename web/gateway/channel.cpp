#include "web/gateway/channel.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace hakem::web {
namespace {

constexpr std::size_t kMostPartsAtOnce = 16;

bool WouldBlock() {
  return errno == EAGAIN || errno == EINTR;
}

class PlainChannel final : public Channel {
 public:
  explicit PlainChannel(int fd) : fd_(fd) {}

  Progress Handshake() override { return Progress::kDone; }

  Progress Read(std::span<char> buffer, std::size_t& count) override {
    const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
    count = got > 0 ? static_cast<std::size_t>(got) : 0;
    if (got < 0) {
      return WouldBlock() ? Progress::kBlocked : Progress::kFailed;
    }
    return got == 0 ? Progress::kEnded : Progress::kDone;
  }

  Progress Write(std::span<const std::string_view> parts, std::size_t& count) override {
    std::array<iovec, kMostPartsAtOnce> pieces{};
    const std::size_t number = std::min(parts.size(), pieces.size());
    for (std::size_t i = 0; i < number; ++i) {
      pieces[i] = {.iov_base = const_cast<char*>(parts[i].data()), .iov_len = parts[i].size()};
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = number;
    const ssize_t sent = sendmsg(fd_, &message, MSG_NOSIGNAL);
    count = sent > 0 ? static_cast<std::size_t>(sent) : 0;
    if (sent < 0) {
      return WouldBlock() ? Progress::kBlocked : Progress::kFailed;
    }
    return Progress::kDone;
  }

  void EndOutput() override { shutdown(fd_, SHUT_WR); }

 private:
  const int fd_;
};

class TlsChannel final : public Channel {
 public:
  TlsChannel(int fd, std::shared_ptr<const TlsContext> context)
      : context_(std::move(context)), fd_(fd) {}

  ~TlsChannel() override { SSL_free(ssl_); }

  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  Progress Handshake() override {
    ERR_clear_error();
    if (ssl_ == nullptr && !Begin()) {
      failure_ = "there is no memory for TLS";
      return Progress::kFailed;
    }
    return Judge(SSL_do_handshake(ssl_), SSL_ERROR_WANT_READ);
  }

  Progress Read(std::span<char> buffer, std::size_t& count) override {
    ERR_clear_error();
    count = 0;
    return Judge(SSL_read_ex(ssl_, buffer.data(), buffer.size(), &count), SSL_ERROR_WANT_READ);
  }

  Progress Write(std::span<const std::string_view> parts, std::size_t& count) override {
    ERR_clear_error();
    count = 0;
    const std::string_view bytes = parts.front();
    return Judge(SSL_write_ex(ssl_, bytes.data(), bytes.size(), &count), SSL_ERROR_WANT_WRITE);
  }

  void EndOutput() override {
    ERR_clear_error();
    if (ssl_ != nullptr && SSL_is_init_finished(ssl_) != 0 && !broken_) {
      SSL_shutdown(ssl_);
    }
    shutdown(fd_, SHUT_WR);
  }

  bool waits_for_opposite() const override { return waits_for_opposite_; }

  bool is_encrypted() const override { return true; }

  std::string_view failure() const override { return failure_; }

  bool is_verified() const override {
    return context_->verifies_clients() && SSL_get0_peer_certificate(ssl_) != nullptr &&
           SSL_get_verify_result(ssl_) == X509_V_OK;
  }

 private:
  /// Allocates OpenSSL's state, which is 30 times as large as the rest. So it is done only after
  /// the client has sent something.
  bool Begin() {
    ssl_ = SSL_new(context_->native());
    if (ssl_ == nullptr || SSL_set_fd(ssl_, fd_) != 1) {
      return false;
    }
    SSL_set_accept_state(ssl_);
    return true;
  }

  /// Interprets OpenSSL's result. `natural` is the error by which such a call waits for the socket.
  Progress Judge(int answer, int natural) {
    waits_for_opposite_ = false;
    if (answer == 1) {
      return Progress::kDone;
    }
    const int error = SSL_get_error(ssl_, answer);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
      waits_for_opposite_ = error != natural;
      return Progress::kBlocked;
    }
    if (error == SSL_ERROR_ZERO_RETURN) {
      return Progress::kEnded;
    }
    broken_ = true;  // SSL_shutdown must not be called any more.
    const char* const reason = ERR_reason_error_string(ERR_peek_error());
    failure_ = error == SSL_ERROR_SSL && reason != nullptr ? reason : "";
    return Progress::kFailed;
  }

  const std::shared_ptr<const TlsContext> context_;
  SSL* ssl_ = nullptr;
  const int fd_;
  std::string_view failure_;  // OpenSSL's texts are constant.
  bool waits_for_opposite_ = false;
  bool broken_ = false;
};

}  // namespace

std::unique_ptr<Channel> MakePlainChannel(int fd) {
  return std::make_unique<PlainChannel>(fd);
}

std::unique_ptr<Channel> MakeTlsChannel(int fd, std::shared_ptr<const TlsContext> context) {
  return std::make_unique<TlsChannel>(fd, std::move(context));
}

}  // namespace hakem::web
