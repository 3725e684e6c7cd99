#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hakem::web {

/// Counts the bytes that the gateway keeps in memory for all clients together: requests that are
/// not complete, and responses that are not sent yet. A body that is sent to several clients counts
/// once. Used by one thread.
class BufferBudget {
 public:
  using Bodies = std::vector<std::shared_ptr<const std::string>>;

  explicit BufferBudget(std::size_t limit) : limit_(limit) {}

  void Add(std::size_t bytes) { used_ += bytes; }

  void Remove(std::size_t bytes) { used_ -= bytes; }

  void AddBodies(const Bodies& bodies) {
    for (const auto& body : bodies) {
      used_ += readers_[body.get()]++ == 0 ? body->size() : 0;
    }
  }

  void RemoveBodies(const Bodies& bodies) {
    for (const auto& body : bodies) {
      const auto found = readers_.find(body.get());
      if (--found->second == 0) {
        used_ -= body->size();
        readers_.erase(found);
      }
    }
  }

  std::size_t limit() const { return limit_; }

  std::size_t used() const { return used_; }

  bool is_short() const { return used_ > limit_; }

 private:
  const std::size_t limit_;
  std::size_t used_ = 0;
  std::map<const std::string*, std::size_t> readers_;  ///< Number of clients by body.
};

}  // namespace hakem::web
