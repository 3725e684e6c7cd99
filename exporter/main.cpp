#include "exporter/commands/cli.h"

int main(int argc, char** argv) {
  return hakem::exporter::RunCommandLine(argc, argv);
}
