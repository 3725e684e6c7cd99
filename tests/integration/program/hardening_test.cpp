// The linked program has the protections against memory errors of cmake/hardening.cmake.

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace hakem {
namespace {

using testing::Contains;
using testing::EndsWith;

/// A 64-bit ELF file, as far as these tests read it.
class ElfFile {
 public:
  explicit ElfFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }

  Elf64_Ehdr header() const { return At<Elf64_Ehdr>(0); }

  std::optional<Elf64_Phdr> Segment(Elf64_Word type) const {
    for (std::size_t i = 0; i < header().e_phnum; ++i) {
      const auto segment = At<Elf64_Phdr>(header().e_phoff + i * sizeof(Elf64_Phdr));
      if (segment.p_type == type) {
        return segment;
      }
    }
    return std::nullopt;
  }

  /// The value of an entry of the dynamic section; 0 without such an entry.
  Elf64_Xword Dynamic(Elf64_Sxword tag) const {
    const auto segment = Segment(PT_DYNAMIC);
    for (std::size_t at = 0; segment && at < segment->p_filesz; at += sizeof(Elf64_Dyn)) {
      const auto entry = At<Elf64_Dyn>(segment->p_offset + at);
      if (entry.d_tag == tag) {
        return entry.d_un.d_val;
      }
    }
    return 0;
  }

  /// The names of imported and exported functions.
  std::vector<std::string> DynamicSymbols() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < header().e_shnum; ++i) {
      const auto section = Section(i);
      if (section.sh_type != SHT_DYNSYM) {
        continue;
      }
      const auto strings = Section(section.sh_link);
      for (std::size_t at = 0; at < section.sh_size; at += sizeof(Elf64_Sym)) {
        const auto symbol = At<Elf64_Sym>(section.sh_offset + at);
        names.emplace_back(bytes_.data() + strings.sh_offset + symbol.st_name);
      }
    }
    return names;
  }

 private:
  template <typename Value>
  Value At(std::size_t offset) const {
    Value value{};
    if (offset + sizeof(Value) <= bytes_.size()) {
      std::memcpy(&value, bytes_.data() + offset, sizeof(Value));
    }
    return value;
  }

  Elf64_Shdr Section(std::size_t number) const {
    return At<Elf64_Shdr>(header().e_shoff + number * sizeof(Elf64_Shdr));
  }

  std::vector<char> bytes_;
};

class Program : public testing::Test {
 protected:
  const ElfFile program_{HakemProgram()};
};

TEST_F(Program, IsPositionIndependent) {
  EXPECT_EQ(program_.header().e_type, ET_DYN);
  EXPECT_NE(program_.Dynamic(DT_FLAGS_1) & DF_1_PIE, 0U);
}

TEST_F(Program, HasFullRelro) {
  EXPECT_TRUE(program_.Segment(PT_GNU_RELRO));
  EXPECT_NE(program_.Dynamic(DT_FLAGS_1) & DF_1_NOW, 0U);
}

TEST_F(Program, HasANonExecutableStack) {
  const auto stack = program_.Segment(PT_GNU_STACK);
  ASSERT_TRUE(stack);
  EXPECT_EQ(stack->p_flags & PF_X, 0U);
}

TEST_F(Program, HasStackProtectorAndFortify) {
  const std::vector<std::string> symbols = program_.DynamicSymbols();
  EXPECT_THAT(symbols, Contains("__stack_chk_fail"));
  std::vector<std::string> checked = symbols;
  std::erase(checked, "__stack_chk_fail");
  EXPECT_THAT(checked, Contains(EndsWith("_chk")));
}

}  // namespace
}  // namespace hakem
