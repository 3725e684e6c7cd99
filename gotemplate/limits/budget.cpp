#include "gotemplate/limits/budget.h"

#include <fmt/format.h>

#include "model/interruption.h"

namespace hakem::gotemplate {

void Budget::Spend(std::size_t steps) {
  CheckInterrupted();
  if (steps > left_) {
    throw LimitExceeded(fmt::format("the expansion takes more than {} steps", kMaxSteps));
  }
  left_ -= steps;
}

void LimitedText::MakeRoom(std::size_t bytes) const {
  if (bytes > kMaxTextBytes - text_.size()) {
    throw LimitExceeded(fmt::format("the text is longer than {} bytes", kMaxTextBytes));
  }
}

void LimitedText::Append(std::string_view piece) {
  MakeRoom(piece.size());
  text_ += piece;
}

void LimitedText::Append(std::size_t count, char c) {
  MakeRoom(count);
  text_.append(count, c);
}

}  // namespace hakem::gotemplate
