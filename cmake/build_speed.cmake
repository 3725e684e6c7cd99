# What makes a build quick: ccache, and one precompiled header for what nearly every file includes.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Paths below the project count as relative ones, so that a checkout in another folder finds the same objects. What a
  # precompiled header defines is part of its own hash. Its list of headers is written right before it is compiled, which
  # ccache would otherwise not trust.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()

# clang's checks read the sources without it, and so prove that each file includes what it uses.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
else()
  add_compile_options(-fpch-preprocess)  # ccache must see which precompiled header an object was made with.
  add_compile_options(-pthread)          # Some libraries ask for it: its macro must be the same everywhere.
endif()

set(hakem_precompiled <algorithm> <array> <atomic> <chrono> <condition_variable> <cstddef> <cstdint> <deque> <functional>
  <limits> <map> <memory> <mutex> <optional> <set> <span> <stop_token> <string> <string_view> <thread> <type_traits>
  <unordered_map> <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)

# hakem_precompile(NAME headers HEADERS <vector> … DEPS fmt::fmt …)
# Compiles the headers once; targets take them by `target_precompile_headers(target REUSE_FROM hakem_<NAME>)`. Macros of
# DEPS must be those of every such target.
function(hakem_precompile)
  cmake_parse_arguments(ARG "" "NAME" "HEADERS;DEPS" ${ARGN})
  set(source ${PROJECT_BINARY_DIR}/hakem_${ARG_NAME}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Carries a precompiled header.\n")
  add_library(hakem_${ARG_NAME} OBJECT ${source})
  target_link_libraries(hakem_${ARG_NAME} PRIVATE hakem_warnings ${ARG_DEPS})  # -Wpedantic sets macros.
  target_precompile_headers(hakem_${ARG_NAME} PRIVATE ${ARG_HEADERS})
endfunction()

hakem_precompile(NAME headers HEADERS ${hakem_precompiled} DEPS fmt::fmt tl::expected)
