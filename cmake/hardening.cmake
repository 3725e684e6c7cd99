# What makes faults of memory harder to use: addresses that differ at each start, tables of the linker that cannot be
# written, checks of the stack and of the C library's buffers, and indirect jumps that land where they may. It is for
# programs that users run: sanitizers have checks of their own, and a debug build does not optimise, without which
# _FORTIFY_SOURCE means nothing. tests/integration/program/hardening_test.cpp reads the program for it.
include(CheckCXXCompilerFlag)

set(hardened $<CONFIG:RelWithDebInfo,Release>)
foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection -mbranch-protection=standard)
  string(MAKE_C_IDENTIFIER "has${flag}" has_flag)
  check_cxx_compiler_flag(${flag} ${has_flag})  # The last two are of one processor each.
  if(${has_flag})
    add_compile_options($<${hardened}:${flag}>)
  endif()
endforeach()
# Not CMAKE_POSITION_INDEPENDENT_CODE: libraries would be compiled with -fPIC, which keeps functions that could be
# replaced at run time from being inlined; all of them go into programs.
add_compile_options($<${hardened}:-fPIE>)
# Some compilers define it themselves.
add_compile_options($<${hardened}:-U_FORTIFY_SOURCE> $<${hardened}:-D_FORTIFY_SOURCE=3>)
add_link_options($<${hardened}:-pie> $<${hardened}:LINKER:-z,relro,-z,now,-z,noexecstack>)
