# What makes faults of memory harder to use: tables of the linker that cannot be written, checks of the stack and of the
# C library's buffers, and indirect jumps that land where they may. (Debian's compilers make position-independent
# programs by themselves.) It is for programs that users run: sanitizers have checks of their own, and without
# optimisation _FORTIFY_SOURCE means nothing. tests/integration/program/hardening_test.cpp reads the program for it.
set(hardened $<CONFIG:RelWithDebInfo,Release>)
set(flags -fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND flags -fcf-protection)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  list(APPEND flags -mbranch-protection=standard)
endif()
foreach(flag IN LISTS flags)
  add_compile_options($<${hardened}:${flag}>)
endforeach()
add_link_options($<${hardened}:LINKER:-z,relro,-z,now,-z,noexecstack>)
