#include "alertmanager/notify/notifier.h"

namespace hakem::alertmanager {

std::vector<Integration> MakeIntegrations(const ReceiverSettings& settings,
                                          const NotifierDeps& deps) {
  std::vector<Integration> integrations;
  for (const NotifierSpec* spec : kNotifiers) {
    if (auto notifier = spec->make(settings, deps)) {
      integrations.push_back({settings.name, std::string(spec->name), std::move(notifier)});
    }
  }
  return integrations;
}

}  // namespace hakem::alertmanager
