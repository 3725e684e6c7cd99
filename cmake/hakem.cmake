# Functions for the CMakeLists.txt of each folder.

# Warnings for our code; third-party headers come in as SYSTEM.
add_library(hakem_warnings INTERFACE)
target_compile_options(hakem_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  # GCC 12 reports a bogus -Wrestrict on string concatenation: GCC PR 105329, 105651; and a bogus
  # -Wstringop-overread in std::string_view::find where that comes from a precompiled header.
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wno-restrict -Wno-stringop-overread>)

# hakem_library(NAME promql SOURCES … HEADERS … DEPS … PRIVATE_DEPS …)
# Adds one static library per folder, with the alias hakem::<name>. DEPS are those that its headers include.
function(hakem_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(hakem_${ARG_NAME} STATIC ${ARG_SOURCES})
  add_library(hakem::${ARG_NAME} ALIAS hakem_${ARG_NAME})
  target_sources(hakem_${ARG_NAME} PUBLIC
    FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ARG_HEADERS})
  target_link_libraries(hakem_${ARG_NAME} PUBLIC ${ARG_DEPS} PRIVATE hakem_warnings ${ARG_PRIVATE_DEPS})
  target_precompile_headers(hakem_${ARG_NAME} REUSE_FROM hakem_headers)
endfunction()

# hakem_plugins(TARGET collectors TYPE hakem::collectors::CollectorSpec FOLDER . ARRAY kCollectors)
# One .cpp in FOLDER is one plug-in that defines a constant of TYPE, named as the file; those that EXCLUDE
# names are none. Adds the files to hakem_<TARGET> and generates the array of pointers to those
# constants: a file without its constant is a link error that names it, and the linker can drop none.
function(hakem_plugins)
  cmake_parse_arguments(ARG "" "TARGET;TYPE;FOLDER;ARRAY;HEADER" "EXCLUDE" ${ARGN})
  file(GLOB plugins CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_FOLDER}/*.cpp)
  foreach(file IN LISTS ARG_EXCLUDE)
    list(FILTER plugins EXCLUDE REGEX "/${file}$")
  endforeach()
  list(SORT plugins)
  string(REGEX REPLACE "::[^:]*$" "" namespace ${ARG_TYPE})
  foreach(plugin IN LISTS plugins)
    get_filename_component(name ${plugin} NAME_WE)
    string(APPEND declarations "extern const ${ARG_TYPE} ${name};\n")
    string(APPEND entries "&${name}, ")
  endforeach()
  set(index ${CMAKE_CURRENT_BINARY_DIR}/${ARG_TARGET}_index.cpp)
  file(CONFIGURE OUTPUT ${index} CONTENT [[
#include "@ARG_HEADER@"

namespace @namespace@ {

@declarations@
namespace {
constexpr const @ARG_TYPE@* kIndex[] = {@entries@};
}  // namespace

constinit const std::span<const @ARG_TYPE@* const> @ARG_ARRAY@{kIndex};

}  // namespace @namespace@
]] @ONLY)
  target_sources(hakem_${ARG_TARGET} PRIVATE ${plugins} ${index})
endfunction()

# hakem_embed(TARGET rules SYMBOL hakem::rules::kGamingRules FILE definitions/gaming.yml)
# Puts a file's bytes into the library as `extern const std::string_view SYMBOL`.
function(hakem_embed)
  cmake_parse_arguments(ARG "" "TARGET;SYMBOL;FILE" "" ${ARGN})
  string(REGEX REPLACE "::[^:]*$" "" namespace ${ARG_SYMBOL})
  string(REGEX REPLACE ".*::" "" name ${ARG_SYMBOL})
  set(path ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_FILE})
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/embed_${name}.cpp)
  file(CONFIGURE OUTPUT ${generated} CONTENT [[
#include <string_view>

__asm__(
    ".section .rodata\n"
    "hakem_embed_@name@_begin: .incbin \"@path@\"\n"
    "hakem_embed_@name@_end: .byte 0\n"
    ".text\n");
extern "C" const char hakem_embed_@name@_begin[];
extern "C" const char hakem_embed_@name@_end[];

namespace @namespace@ {
extern const std::string_view @name@;
const std::string_view @name@{
    hakem_embed_@name@_begin,
    static_cast<std::size_t>(hakem_embed_@name@_end - hakem_embed_@name@_begin)};
}  // namespace @namespace@
]] @ONLY)
  set_source_files_properties(${generated} PROPERTIES OBJECT_DEPENDS ${path})
  target_sources(hakem_${ARG_TARGET} PRIVATE ${generated})
endfunction()
