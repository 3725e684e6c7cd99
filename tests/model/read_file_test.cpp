#include "model/read_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <istream>
#include <thread>

#include "tests/support/matchers.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using testing::EndsWith;

class ReadFileTest : public testing::Test {
 protected:
  std::string Write(std::string_view text) const {
    std::string path = folder_ / "file";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  Result<std::string> Read(std::string_view text, FileKind kind = FileKind::kText) const {
    return ReadFile(Write(text), kind);
  }

  const ScratchFolder folder_;
};

TEST_F(ReadFileTest, ReturnsTheTextUnchanged) {
  EXPECT_THAT(Read("a: 1\r\nb: é\n"), IsOkAndHolds(std::string("a: 1\r\nb: é\n")));
  EXPECT_THAT(Read("\xEF\xBB\xBF"
                   "a: 1"),
              IsOkAndHolds(std::string("a: 1")));
  EXPECT_THAT(Read("p\xE9", FileKind::kSecret), IsOkAndHolds(std::string("p\xE9")));
  EXPECT_THAT(Read("", FileKind::kSystem), IsOkAndHolds(std::string()));
}

TEST_F(ReadFileTest, RejectsPathsThatAreNotFilesWithTheCause) {
  EXPECT_THAT(ReadFile(folder_.path()),
              HasMessage("cannot read " + folder_.path() + ": Is a directory"));
  EXPECT_THAT(ReadFile(folder_ / "none"), HasMessage(EndsWith("No such file or directory")));
  EXPECT_THAT(ReadFile("/dev/zero"),
              HasMessage("cannot read /dev/zero: it is a device, not a file"));
  EXPECT_THAT(ReadFile("/dev/null"), HasMessage(EndsWith("it is a device, not a file")));
  ASSERT_EQ(symlink("loop", (folder_ / "loop").c_str()), 0);
  EXPECT_THAT(ReadFile(folder_ / "loop"),
              HasMessage(EndsWith("Too many levels of symbolic links")));
  EXPECT_THAT(ReadFile(std::string("/etc/passwd\0.yml", 16)),
              HasMessage("cannot read /etc/passwd: the path has a NUL byte"));
}

TEST_F(ReadFileTest, DoesNotBlockOnAPipeWithoutAWriter) {
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(ReadFile(path),
              HasMessage("cannot read " + path + ": nothing was written to this pipe"));
}

TEST_F(ReadFileTest, ReadsAPipe) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::jthread writer([fd = ends[1]] {
    const std::string text(200'000, 'x');  // More than a pipe holds at once.
    EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(fd);
  });
  const Result<std::string> text = ReadFile("/dev/fd/" + std::to_string(ends[0]));
  close(ends[0]);
  ASSERT_THAT(text, IsOk());
  EXPECT_EQ(text->size(), 200'000U);
}

TEST_F(ReadFileTest, RejectsInvalidText) {
  EXPECT_THAT(Read(""), HasMessage(EndsWith(": it is empty")));
  EXPECT_THAT(Read(" \r\n\t\n"), HasMessage(EndsWith(": it is empty")));
  EXPECT_THAT(Read("\xEF\xBB\xBF\n"), HasMessage(EndsWith(": it is empty")));
  EXPECT_THAT(Read(std::string_view("a: 1\nb\0: 2\n", 11)),
              HasMessage(EndsWith(": line 2 has a NUL byte: it is not a text in UTF-8")));
  EXPECT_THAT(Read("a\nb\nc\xE9\n"), HasMessage(EndsWith(": line 3 is not UTF-8")));
  EXPECT_THAT(Read(std::string_view("p\0w", 3), FileKind::kSecret),
              HasMessage(testing::Not(testing::HasSubstr("p"
                                                         "w"))));
}

TEST_F(ReadFileTest, RejectsFilesThatAreTooLarge) {
  EXPECT_THAT(Read(std::string(65'537, 'x'), FileKind::kSecret),
              HasMessage(EndsWith(": it is larger than 64 KiB")));
  const std::string path = folder_ / "sparse";
  std::ofstream(path) << "a: 1\n";
  ASSERT_EQ(truncate(path.c_str(), 1LL << 40), 0);
  EXPECT_THAT(ReadFile(path), HasMessage(EndsWith(": it is larger than 16 MiB")));
}

TEST_F(ReadFileTest, ReturnsTheFirstLineOfASecret) {
  EXPECT_THAT(ReadSecretLine(Write("p w\"d\r\nmore\n")), IsOkAndHolds(std::string("p w\"d")));
  EXPECT_THAT(ReadSecretLine(Write("p w")), IsOkAndHolds(std::string("p w")));
  EXPECT_THAT(ReadSecretLine(Write("\nmore")), HasMessage(EndsWith(": its first line is empty")));
  EXPECT_THAT(ReadSecretLine(Write("")), HasMessage(EndsWith(": it is empty")));
  EXPECT_THAT(ReadSecretLine(folder_.path()), HasMessage(EndsWith(": Is a directory")));
}

TEST_F(ReadFileTest, ReadsALargeFileInPieces) {
  const std::string line(1000, 'x');
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += line + "\n";
  }
  const auto reader = FileReader::Open(Write(all));
  ASSERT_THAT(reader, IsOk());
  std::istream stream(reader->get());
  int lines = 0;
  for (std::string read; std::getline(stream, read);) {
    ASSERT_EQ(read, line);
    ++lines;
  }
  EXPECT_EQ(lines, 200);
  EXPECT_TRUE((*reader)->error());
}

TEST_F(ReadFileTest, StopsAtALineThatIsTooLong) {
  const std::string path = folder_ / "sparse";
  std::ofstream(path) << "a 1\n";
  ASSERT_EQ(truncate(path.c_str(), 1LL << 40), 0);
  const auto reader = FileReader::Open(path);
  ASSERT_THAT(reader, IsOk());
  std::istream stream(reader->get());
  std::string line;
  EXPECT_TRUE(std::getline(stream, line));
  std::getline(stream, line);
  EXPECT_THAT((*reader)->error(), HasMessage(EndsWith(": it has a line of more than 16 MiB")));
  EXPECT_THAT(FileReader::Open(folder_.path()), HasMessage(EndsWith(": Is a directory")));
}

}  // namespace
}  // namespace hakem
