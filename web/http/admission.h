#pragma once

#include <string>
#include <string_view>

#include "web/http/http.h"

namespace hakem::web {

/// Who may change something, besides clients that web.yml authenticates: `web.admin` in hakem.yml.
enum class AdminPolicy {
  kLocal,  ///< Programs and browsers on this machine.
  kOpen,   ///< Everyone who can connect to the port.
};

/// Whether a request that changes something is granted, and why.
enum class Admission {
  kOpen,           ///< `web.admin: open`.
  kAuthenticated,  ///< By a password or a certificate of web.yml.
  kLocal,          ///< From this machine, with a Host of this machine.
  kForeignOrigin,  ///< A browser sent it for a page of another origin.
  kForeignClient,  ///< From another machine.
  kForwarded,      ///< From a proxy on this machine, so that its origin is unknown.
  kForeignHost,    ///< Its Host is not a name of this machine (DNS rebinding).
  kNotJson,        ///< Its body is not JSON; pages of other origins can send such bodies.
};

/// Decides on a request to a route that changes something.
Admission JudgeChange(const Request& request, AdminPolicy policy);

/// Whether `admission` is one of the first three.
bool IsGranted(Admission admission);

/// Explains why a request is refused, and names the setting that would allow it. Requires:
/// !IsGranted(admission).
std::string Explain(Admission admission, const Request& request);

/// Whether it is a loopback address: 127.0.0.0/8, ::1 or ::ffff:127.0.0.0/104.
bool IsLoopback(std::string_view address);

}  // namespace hakem::web
