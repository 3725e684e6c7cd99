#pragma once

#include <cstddef>
#include <memory>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem {

/// What a file holds. It decides how large the file may be and what may stand in it.
enum class FileKind {
  kText,    ///< Configuration or rules: UTF-8, not blank, at most 16 MiB. A byte order mark is cut.
  kPem,     ///< Certificates or a key: not blank, no NUL byte, at most 4 MiB.
  kSecret,  ///< A password or a DSN: not blank, no NUL byte, at most 64 KiB. A mark is cut as well.
  kSystem,  ///< Of /proc: whatever it holds, also nothing, at most 16 MiB.
};

/// Reads a whole file. It never waits for anybody: of a pipe it takes what comes within 5 s; a
/// directory, a socket and a device are refused. A file that changes while it is read is read
/// again, three times at most.
/// Errors: kInvalidInput: `cannot read PATH: CAUSE`. The cause never repeats the content.
Result<std::string> ReadFile(const std::string& path, FileKind kind = FileKind::kText);

/// Reads a password or a token: the first line of a kSecret file, without its end, be that `\n` or
/// `\r\n`. Errors: as ReadFile's; also when the first line is empty.
Result<std::string> ReadSecretLine(const std::string& path);

/// A large file to be read piece by piece, as the buffer of a std::istream. The stream just ends
/// where reading fails; `error()` then has the reason. Used by one thread.
class FileReader final : public std::streambuf {
 public:
  /// Opens a regular file or a pipe. Errors: kInvalidInput: as ReadFile's.
  static Result<std::unique_ptr<FileReader>> Open(const std::string& path);

  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;
  ~FileReader() override;

  /// Why reading ended before the end of the file, if it did: the system's reason, a line of more
  /// than 16 MiB, or a pipe that nothing came from for 5 s.
  const Result<void>& error() const { return error_; }

 protected:
  int_type underflow() override;

 private:
  FileReader(std::string path, int file);

  const std::string path_;
  const int file_;
  std::vector<char> buffer_;
  std::size_t line_bytes_ = 0;  ///< Of the line that the buffer ends in.
  Result<void> error_;
};

}  // namespace hakem
