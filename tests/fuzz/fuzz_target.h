#pragma once

#include <cstddef>
#include <cstdint>

/// What libFuzzer calls with one input after the other, and replay.cpp with those of the corpus.
/// Finds something when it does not return.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
