# Makes memory errors harder to exploit: position-independent code, read-only relocations (RELRO), stack protection, checked
# functions of the C library and protected indirect jumps. It is for programs that users run: sanitizers have their own
# checks, and _FORTIFY_SOURCE has no effect without optimization, as in debug builds.
# tests/integration/program/hardening_test.cpp checks the program.
include(CheckCXXCompilerFlag)

set(hardened $<CONFIG:RelWithDebInfo,Release>)
foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection -mbranch-protection=standard)
  string(MAKE_C_IDENTIFIER "has${flag}" has_flag)
  check_cxx_compiler_flag(${flag} ${has_flag})  # The last two are for one processor family each.
  if(${has_flag})
    add_compile_options($<${hardened}:${flag}>)
  endif()
endforeach()
# CMAKE_POSITION_INDEPENDENT_CODE would compile libraries with -fPIC, which prevents inlining of functions that could be
# replaced at run time. All our libraries are linked into programs.
add_compile_options($<${hardened}:-fPIE>)
# Some compilers define it themselves.
add_compile_options($<${hardened}:-U_FORTIFY_SOURCE> $<${hardened}:-D_FORTIFY_SOURCE=3>)
add_link_options($<${hardened}:-pie> $<${hardened}:LINKER:-z,relro,-z,now,-z,noexecstack>)
