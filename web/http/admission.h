#pragma once

#include <string>
#include <string_view>

#include "web/http/http.h"

namespace hakem::web {

/// Who may change something, beside clients that web.yml authenticates: `web.admin` in hakem.yml.
enum class AdminPolicy {
  kLocal,  ///< Programs and browsers on this machine.
  kOpen,   ///< Everyone who reaches the port.
};

/// Why a request that changes something is let in, or is not.
enum class Admission {
  kOpen,           ///< `web.admin: open`.
  kAuthenticated,  ///< By a password or a certificate of web.yml.
  kLocal,          ///< From this machine, and meant for it.
  kForeignOrigin,  ///< A page of somebody else's sent it, in a browser that may well be ours.
  kForeignClient,  ///< From another machine.
  kForwarded,      ///< From a proxy on this machine: whose request it is nobody knows.
  kForeignHost,    ///< For a name that is not this machine's: a name that was rebound to it.
  kNotJson,        ///< A body of another type, which a foreign page can send without being asked.
};

/// Decides on a request to a route that changes something.
Admission JudgeChange(const Request& request, AdminPolicy policy);

/// Whether it is one of the first three.
bool IsGranted(Admission admission);

/// Why it is refused, and the setting that would let it in. Requires: !IsGranted(admission).
std::string Explain(Admission admission, const Request& request);

/// An address of this machine itself: 127.0.0.0/8, ::1, ::ffff:127.0.0.0/104.
bool IsLoopback(std::string_view address);

}  // namespace hakem::web
