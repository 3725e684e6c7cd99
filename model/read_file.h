#pragma once

#include <cstddef>
#include <memory>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem {

/// The kind of content that a file must have: its maximum size and the bytes it may contain.
enum class FileKind {
  kText,    ///< Configuration or rules: UTF-8, not blank, at most 16 MiB. A BOM is removed.
  kPem,     ///< Certificates or a key: not blank, no NUL byte, at most 4 MiB.
  kSecret,  ///< A password or a DSN: not blank, no NUL byte, at most 64 KiB. A BOM is removed.
  kSystem,  ///< A file of /proc: any content, also none, at most 16 MiB.
};

/// Reads a whole file. Never blocks for long: a pipe is read for at most 5 s; directories, sockets
/// and devices are refused. A file that changes while it is read is read again, at most three
/// times. Errors: kInvalidInput: `cannot read PATH: CAUSE`. The cause never repeats the content.
Result<std::string> ReadFile(const std::string& path, FileKind kind = FileKind::kText);

/// Reads a password or a token: the first line of a kSecret file, without its line end (`\n` or
/// `\r\n`). Errors: those of ReadFile; kInvalidInput also when the first line is empty.
Result<std::string> ReadSecretLine(const std::string& path);

/// The buffer of a std::istream that reads a large file piece by piece. When reading fails, the
/// stream ends and error() has the reason. Used by one thread.
class FileReader final : public std::streambuf {
 public:
  /// Opens a regular file or a pipe. Errors: those of ReadFile.
  static Result<std::unique_ptr<FileReader>> Open(const std::string& path);

  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;
  ~FileReader() override;

  /// Why reading ended before the end of the file, if it did: the system's error, a line longer
  /// than 16 MiB, or a pipe that was silent for 5 s.
  const Result<void>& error() const { return error_; }

 protected:
  int_type underflow() override;

 private:
  FileReader(std::string path, int file);

  const std::string path_;
  const int file_;
  std::vector<char> buffer_;
  std::size_t line_bytes_ = 0;  ///< Length so far of the line that the buffer ends in.
  Result<void> error_;
};

}  // namespace hakem
