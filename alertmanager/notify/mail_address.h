#pragma once

#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::alertmanager {

/// A mailbox of RFC 5322 in its two usual forms. It has no control characters, so it can be used in
/// an envelope and a header.
class MailAddress {
 public:
  /// Reads `ops@example.com` or `Hokm Ops <ops@example.com>`; the name may be any UTF-8 text,
  /// quoted or not. Errors: kInvalidInput.
  static Result<MailAddress> Parse(std::string_view text);

  const std::string& name() const { return name_; }

  /// `ops@example.com`
  const std::string& address() const { return address_; }

  /// `example.com`
  std::string_view domain() const;

 private:
  MailAddress(std::string name, std::string address);

  std::string name_;
  std::string address_;
};

}  // namespace hakem::alertmanager
