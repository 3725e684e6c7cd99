#include "model/deep_thread.h"

#include <system_error>
#include <utility>

namespace hakem {
namespace {

void Require(int error, const char* what) {
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), what);
  }
}

/// Thread attributes with a deep stack; released by the destructor.
class DeepAttributes {
 public:
  DeepAttributes() {
    Require(pthread_attr_init(&attributes_), "prepare a thread");
    if (const int error = pthread_attr_setstacksize(&attributes_, kDeepStackBytes); error != 0) {
      pthread_attr_destroy(&attributes_);
      Require(error, "give a thread its stack");
    }
  }

  ~DeepAttributes() { pthread_attr_destroy(&attributes_); }

  DeepAttributes(const DeepAttributes&) = delete;
  DeepAttributes& operator=(const DeepAttributes&) = delete;

  const pthread_attr_t* get() const { return &attributes_; }

 private:
  pthread_attr_t attributes_{};
};

}  // namespace

DeepThread::DeepThread(std::function<void()> work) : work_(std::move(work)) {
  const DeepAttributes attributes;
  Require(pthread_create(&thread_, attributes.get(), &Main, this), "start a thread");
  joinable_ = true;
}

DeepThread::~DeepThread() {
  if (joinable_) {
    pthread_join(thread_, nullptr);
  }
}

void DeepThread::Join() {
  pthread_join(thread_, nullptr);
  joinable_ = false;
  if (thrown_ != nullptr) {
    std::rethrow_exception(std::exchange(thrown_, nullptr));
  }
}

void* DeepThread::Main(void* self) {
  auto& thread = *static_cast<DeepThread*>(self);
  try {
    thread.work_();
  } catch (...) {  // Never a forced unwind, since nobody calls pthread_exit.
    thread.thrown_ = std::current_exception();
  }
  return nullptr;
}

void RunDeep(std::function<void()> work) {
  DeepThread(std::move(work)).Join();
}

void MakeStacksDeep() {
  const DeepAttributes attributes;
  Require(pthread_setattr_default_np(attributes.get()), "set the stack of threads");
}

}  // namespace hakem
