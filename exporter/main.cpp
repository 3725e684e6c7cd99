#include "exporter/commands/line/cli.h"
#include "exporter/commands/output.h"
#include "exporter/heap.h"

int main(int argc, char** argv) {
  hakem::exporter::OccupyStandardFiles();
  hakem::exporter::TuneHeap();
  return hakem::exporter::RunCommandLine(argc, argv);
}
