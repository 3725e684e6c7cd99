#include <malloc.h>

#include "exporter/commands/cli.h"

namespace {

/// Heaps that all threads share. glibc would make up to eight a core, and each keeps what a page of
/// megabytes was once made in: 30,000 series took 128 MiB, with two heaps 66.
constexpr int kHeaps = 2;

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_ARENA_MAX, kHeaps);
  return hakem::exporter::RunCommandLine(argc, argv);
}
