#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/snapshot.h"
#include "rules/status.h"
#include "web/context/program_facts.h"

namespace hakem::web {

/// The contents of the page at `/`. Pointers are null until something has been published.
struct LandingFacts {
  std::string version;
  Timestamp now;
  const Snapshot* snapshot = nullptr;
  const rules::RulesStatus* rules = nullptr;
  std::span<const TargetStatus> targets = {};
  std::string base = "";  ///< See PageHead::base.
};

/// Renders the page at `/` as HTML: what Hakem is, the state of its targets, figures of the games,
/// firing and pending alerts, and links. Has no script; loads `/style.css`.
std::string RenderLandingPage(const LandingFacts& facts);

}  // namespace hakem::web
