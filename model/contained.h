#pragma once

#include <exception>
#include <string_view>
#include <utility>

#include "model/log.h"

namespace hakem {

/// Does one round of what a thread does again and again. What it throws, for want of memory above
/// all, costs this round and never the process: it is logged under `message`, if there is memory
/// for that. True when nothing was thrown.
template <typename Work>
bool RunContained(const Logger& log, std::string_view message, Work&& work) noexcept {
  try {
    std::forward<Work>(work)();
    return true;
  } catch (const std::exception& exception) {
    try {
      log.Error(message, {{"error", exception.what()}});
    } catch (...) {  // Not even the line could be made.
    }
  } catch (...) {  // Nothing of ours throws anything else.
  }
  return false;
}

}  // namespace hakem
