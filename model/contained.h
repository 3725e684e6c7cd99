#pragma once

#include <exception>
#include <string_view>
#include <utility>

#include "model/log.h"

namespace hakem {

/// Runs one iteration of a thread's loop. An exception, std::bad_alloc above all, ends the
/// iteration but not the process: it is logged with `message`, if there is memory for that. Returns
/// whether nothing was thrown.
template <typename Work>
bool RunContained(const Logger& log, std::string_view message, Work&& work) noexcept {
  try {
    std::forward<Work>(work)();
    return true;
  } catch (const std::exception& exception) {
    try {
      log.Error(message, {{"error", exception.what()}});
    } catch (...) {  // No memory for the log line either.
    }
  } catch (...) {  // Hakem's own code throws nothing else.
  }
  return false;
}

}  // namespace hakem
