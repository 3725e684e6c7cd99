#pragma once

#include <utility>

namespace hakem {

/// Calls a function at the end of its scope, whether that is reached or left by an exception. The
/// function must not throw.
template <typename Function>
class Finally {
 public:
  explicit Finally(Function function) : function_(std::move(function)) {}

  Finally(const Finally&) = delete;
  Finally& operator=(const Finally&) = delete;

  ~Finally() { function_(); }

 private:
  const Function function_;
};

}  // namespace hakem
