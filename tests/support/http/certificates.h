#pragma once

#include <string>
#include <string_view>

namespace hakem {

/// A folder with certificates made by openssl, removed with the object:
///
///   ca.pem          signs the next two
///   server.pem/.key for localhost, 127.0.0.1 and ::1
///   client.pem/.key for client.example
///   stranger.pem/.key self-signed, for stranger.example
class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  std::string Path(std::string_view file) const;

  const std::string& folder() const { return folder_; }

  /// Replaces a file of the folder atomically, with a new modification time.
  void Write(std::string_view file, std::string_view text) const;

  /// Replaces the server's certificate and key by new ones.
  void RenewServer() const;

 private:
  void Run(const std::string& command) const;

  const std::string folder_;
};

}  // namespace hakem
