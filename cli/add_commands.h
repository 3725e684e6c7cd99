#pragma once

#include "cli/commands.h"
#include "cli/line/option_kinds.h"

namespace hakem::exporter {

// Each adds one command with its options.

void AddServe(const Commands& commands);
void AddSetup(const Commands& commands);
void AddCollect(const Commands& commands);
void AddAlerts(const Commands& commands);
void AddQuery(const Commands& commands);
void AddExplain(const Commands& commands);
void AddSimulate(const Commands& commands);
void AddDemo(const Commands& commands);
void AddConfig(const Commands& commands);
void AddVersion(const Commands& commands);

/// `hakem` and its version.
std::string VersionLine();

}  // namespace hakem::exporter
