# Lets clang-tidy read the sources instead of compiling them: objects are mere marks, and nothing can be linked.
option(HAKEM_TIDY "clang-tidy instead of a compiler" OFF)
if(NOT HAKEM_TIDY)
  return()
endif()

set(tidy ${CMAKE_CURRENT_LIST_DIR}/tidy_instead.sh)
if(CCACHE_PROGRAM)
  # With CCACHE_DEPEND ccache compares whole files: findings depend on comments too.
  list(INSERT CMAKE_CXX_COMPILER_LAUNCHER 3 CCACHE_DEPEND=1 CCACHE_PREFIX=${tidy})
else()
  set(CMAKE_CXX_COMPILER_LAUNCHER ${tidy})
endif()

# A macro that nobody reads: ninja and ccache start anew when what is checked has changed.
set(tidy_files .clang-tidy bench/.clang-tidy tests/.clang-tidy cmake/tidy_instead.sh cmake/tidy_scope.cpp)
foreach(file IN LISTS tidy_files)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
  file(SHA256 ${PROJECT_SOURCE_DIR}/${file} hash)
  string(APPEND hashes ${hash})
endforeach()
string(SHA256 hashes ${hashes})
add_compile_definitions(HAKEM_CHECKS_${hashes})

# The plug-in is compiled here, because the build compiles nothing.
set(plugin ${PROJECT_BINARY_DIR}/tidy_scope.so)
if(${CMAKE_CURRENT_LIST_DIR}/tidy_scope.cpp IS_NEWER_THAN ${plugin})
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-resource-dir
    OUTPUT_VARIABLE resources OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -std=c++17 -O1 -fno-rtti -fPIC -shared -I${resources}/../../../include
    ${CMAKE_CURRENT_LIST_DIR}/tidy_scope.cpp -o ${plugin} COMMAND_ERROR_IS_FATAL ANY)
endif()
