#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/snapshot.h"
#include "rules/status.h"
#include "web/context/program_facts.h"

namespace hakem::web {

/// What the page at `/` is made of; pointers may be null while nothing has been published.
struct LandingFacts {
  std::string version;
  Timestamp now;
  const Snapshot* snapshot = nullptr;
  const rules::RulesStatus* rules = nullptr;
  std::span<const TargetStatus> targets = {};
  std::string base = "";  ///< As PageHead has it.
};

/// The page at `/` as HTML: what Hakem is, how its targets do, the game's figures, the alerts that
/// fire or are pending, and where to look further. Needs no script; loads `/style.css`.
std::string RenderLandingPage(const LandingFacts& facts);

}  // namespace hakem::web
