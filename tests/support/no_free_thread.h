#pragma once

#include <pthread.h>

#include <cstddef>

namespace hakem {

/// While this exists, the system has no memory for the stack of a new thread: each would be larger
/// than the address space.
class NoFreeThread {
 public:
  NoFreeThread() {
    pthread_attr_init(&before_);
    pthread_getattr_default_np(&before_);
    pthread_attr_t huge{};
    pthread_attr_init(&huge);
    pthread_attr_setstacksize(&huge, std::size_t{1} << 47);
    pthread_setattr_default_np(&huge);
    pthread_attr_destroy(&huge);
  }

  NoFreeThread(const NoFreeThread&) = delete;
  NoFreeThread& operator=(const NoFreeThread&) = delete;

  ~NoFreeThread() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_{};
};

}  // namespace hakem
