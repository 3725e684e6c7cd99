#include "model/secret.h"

namespace hakem {

std::string Secret::Masked() const {
  return value_.empty() ? "" : "<secret>";
}

}  // namespace hakem
