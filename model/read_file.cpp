#include "model/read_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "format/utf8.h"

namespace hakem {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;
constexpr std::size_t kLongestLine = 16U << 20;
constexpr std::chrono::seconds kPipePatience(5);
constexpr int kAttempts = 3;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlank = " \t\r\n\v\f";

/// What a file of a kind may contain.
struct Rules {
  std::size_t max_bytes;
  bool may_be_blank;
  bool is_utf8;
  bool may_have_mark;  ///< A byte order mark is allowed, and removed.
};

constexpr Rules RulesOf(FileKind kind) {
  switch (kind) {
    case FileKind::kText:
      return {16U << 20, false, true, true};
    case FileKind::kPem:
      return {4U << 20, false, false, true};
    case FileKind::kSecret:
      return {64U << 10, false, false, true};
    case FileKind::kSystem:
      break;
  }
  return {16U << 20, true, false, false};
}

tl::unexpected<Error> CannotRead(const std::string& path, std::string_view cause) {
  return Fail(ErrorCode::kInvalidInput, fmt::format("cannot read {}: {}", path, cause));
}

tl::unexpected<Error> CannotRead(const std::string& path, int error) {
  return CannotRead(path, std::strerror(error));
}

/// Returns why a file of this type is not read; "" for regular files and pipes.
std::string_view WhyNotRead(mode_t mode) {
  if (S_ISDIR(mode)) {
    return "Is a directory";
  }
  if (S_ISCHR(mode) || S_ISBLK(mode)) {
    return "it is a device, not a file";
  }
  return S_ISREG(mode) || S_ISFIFO(mode) ? "" : "it is not a file";
}

/// An open file, closed with the object.
class OpenFile {
 public:
  static Result<OpenFile> Open(const std::string& path) {
    if (path.find('\0') != path.npos) {
      return CannotRead(path.substr(0, path.find('\0')), "the path has a NUL byte");
    }
    // Without O_NONBLOCK, opening a named pipe would block until somebody writes to it.
    OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.fd_ < 0) {
      return CannotRead(path, errno);
    }
    if (fstat(file.fd_, &file.status_) != 0) {
      return CannotRead(path, errno);
    }
    if (const std::string_view reason = WhyNotRead(file.status_.st_mode); !reason.empty()) {
      return CannotRead(path, reason);
    }
    return file;
  }

  OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), status_(other.status_) {}

  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  ~OpenFile() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }

  int fd() const { return fd_; }

  int Release() { return std::exchange(fd_, -1); }

  bool is_pipe() const { return S_ISFIFO(status_.st_mode); }

  std::size_t bytes() const {
    return static_cast<std::size_t>(std::max<off_t>(status_.st_size, 0));
  }

  /// Whether the file was written to since it was opened.
  bool HasChanged() const {
    struct stat now {};

    return fstat(fd_, &now) != 0 || now.st_size != status_.st_size ||
           now.st_mtim.tv_sec != status_.st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != status_.st_mtim.tv_nsec;
  }

 private:
  explicit OpenFile(int fd) : fd_(fd) {}

  int fd_;

  struct stat status_ {};
};

/// Waits until a pipe has data; returns false at the deadline.
bool AwaitInput(int fd, steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
  pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
  return left.count() > 0 && poll(&waiting, 1, static_cast<int>(left.count())) != 0;
}

/// Reads at most `bytes`. Returns how many were read, 0 at the end. Errors: errno; ETIMEDOUT when
/// no data came until the deadline.
Result<std::size_t, int> ReadSome(int fd, char* target, std::size_t bytes,
                                  steady_clock::time_point deadline) {
  for (;;) {
    const ssize_t count = read(fd, target, bytes);
    if (count >= 0) {
      return static_cast<std::size_t>(count);
    }
    if (errno == EAGAIN) {
      if (!AwaitInput(fd, deadline)) {
        return tl::unexpected<int>(ETIMEDOUT);
      }
    } else if (errno != EINTR) {
      return tl::unexpected<int>(errno);
    }
  }
}

tl::unexpected<Error> TooLarge(const std::string& path, std::size_t max_bytes) {
  return CannotRead(path, max_bytes >= 1U << 20
                              ? fmt::format("it is larger than {} MiB", max_bytes >> 20)
                              : fmt::format("it is larger than {} KiB", max_bytes >> 10));
}

Result<std::string> ReadAll(const std::string& path, const OpenFile& file, std::size_t max_bytes) {
  if (file.bytes() > max_bytes) {
    return TooLarge(path, max_bytes);
  }
  const auto deadline = steady_clock::now() + kPipePatience;
  std::string text;
  std::array<char, kPieceBytes> piece{};
  for (;;) {
    const auto count = ReadSome(file.fd(), piece.data(), piece.size(), deadline);
    if (!count) {
      return count.error() == ETIMEDOUT ? CannotRead(path, "the pipe was not closed within 5 s")
                                        : CannotRead(path, count.error());
    }
    if (*count == 0) {
      return text;
    }
    if (text.size() + *count > max_bytes) {
      return TooLarge(path, max_bytes);
    }
    text.append(piece.data(), *count);
  }
}

std::size_t LineAt(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::size_t>(std::count(
                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

/// Returns the text without its byte order mark. Errors: the content is not allowed for this kind.
Result<std::string> Checked(const std::string& path, std::string text, const Rules& rules) {
  if (rules.may_be_blank) {
    return text;
  }
  if (rules.may_have_mark && text.starts_with(kByteOrderMark)) {
    text.erase(0, kByteOrderMark.size());
  }
  if (text.find_first_not_of(kBlank) == text.npos) {
    return CannotRead(path, "it is empty");
  }
  if (const std::size_t nul = text.find('\0'); nul != text.npos) {
    return CannotRead(
        path, fmt::format("line {} has a NUL byte: it is not a text in UTF-8", LineAt(text, nul)));
  }
  if (rules.is_utf8) {
    if (const std::optional<std::size_t> wrong = FirstInvalidByte(text)) {
      return CannotRead(path, fmt::format("line {} is not UTF-8", LineAt(text, *wrong)));
    }
  }
  return text;
}

}  // namespace

Result<std::string> ReadFile(const std::string& path, FileKind kind) {
  const Rules rules = RulesOf(kind);
  for (int attempt = 1;; ++attempt) {
    const Result<OpenFile> file = OpenFile::Open(path);
    if (!file) {
      return Fail(file.error());
    }
    Result<std::string> text = ReadAll(path, *file, rules.max_bytes);
    if (text && text->empty() && file->is_pipe()) {
      return CannotRead(path, "nothing was written to this pipe");
    }
    if (!text || kind == FileKind::kSystem || file->is_pipe() || !file->HasChanged()) {
      return text ? Checked(path, *std::move(text), rules) : text;
    }
    if (attempt == kAttempts) {
      return CannotRead(path, "it changes while it is read");
    }
  }
}

Result<std::string> ReadSecretLine(const std::string& path) {
  Result<std::string> text = ReadFile(path, FileKind::kSecret);
  if (!text) {
    return text;
  }
  text->resize(std::min(text->size(), text->find('\n')));
  if (text->ends_with('\r')) {
    text->pop_back();
  }
  return text->empty() ? Result<std::string>(CannotRead(path, "its first line is empty")) : text;
}

Result<std::unique_ptr<FileReader>> FileReader::Open(const std::string& path) {
  Result<OpenFile> file = OpenFile::Open(path);
  if (!file) {
    return Fail(file.error());
  }
  return std::unique_ptr<FileReader>(new FileReader(path, file->Release()));
}

FileReader::FileReader(std::string path, int file)
    : path_(std::move(path)), file_(file), buffer_(kPieceBytes) {}

FileReader::~FileReader() {
  close(file_);
}

FileReader::int_type FileReader::underflow() {
  if (!error_) {
    return traits_type::eof();
  }
  const auto count =
      ReadSome(file_, buffer_.data(), buffer_.size(), steady_clock::now() + kPipePatience);
  if (!count) {
    error_ = count.error() == ETIMEDOUT
                 ? CannotRead(path_, "nothing was written to this pipe for 5 s")
                 : CannotRead(path_, count.error());
    return traits_type::eof();
  }
  const std::string_view piece(buffer_.data(), *count);
  const std::size_t newline = piece.rfind('\n');
  line_bytes_ = newline == piece.npos ? line_bytes_ + piece.size() : piece.size() - newline - 1;
  if (line_bytes_ > kLongestLine) {
    error_ = CannotRead(path_, "it has a line of more than 16 MiB");
    return traits_type::eof();
  }
  if (piece.empty()) {
    return traits_type::eof();
  }
  setg(buffer_.data(), buffer_.data(), buffer_.data() + piece.size());
  return traits_type::to_int_type(buffer_.front());
}

}  // namespace hakem
