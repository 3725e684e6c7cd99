#pragma once

#include <cstddef>
#include <cstdint>

/// Called by libFuzzer with generated inputs, and by replay.cpp with those of the corpus. An input
/// for which it does not return is a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
