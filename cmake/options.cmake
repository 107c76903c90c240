# Compiler warnings, sanitizers, coverage, ccache: everything that is a choice of the build and not of a room.
set(TANDEM_SANITIZE "" CACHE STRING "sanitizers for -fsanitize=, for example address,undefined")
option(TANDEM_FUZZ "build the libFuzzer targets (clang)" OFF)
option(TANDEM_COVERAGE "instrument for gcov" OFF)
# The standard library's headers are half of the time that a file takes to compile. Builds with clang go without: there a file that
# forgets to include what it uses is found.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(precompile ON)
else()
  set(precompile OFF)
endif()
option(TANDEM_PRECOMPILE "precompile the headers that nearly every file includes" ${precompile})

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(TANDEM_TEST_OPTIONS -O1)  # what is tested is optimised; the tests themselves need not be
  # What is run for every route is in the rooms.
  set(TANDEM_PROGRAM_OPTIONS -O1)
endif()

find_program(TANDEM_CCACHE ccache)
if(TANDEM_CCACHE)
  # Paths relative to the tree: a clone elsewhere finds what this one has compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    # What it asks for before it keeps what was made with precompiled headers; those are large: their hashes are kept, too.
    CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_INODECACHE=1 ${TANDEM_CCACHE})
endif()

add_library(tandem_options INTERFACE)
target_compile_options(tandem_options INTERFACE -Wall -Wextra -Wpedantic -Werror)
target_include_directories(tandem_options INTERFACE ${PROJECT_SOURCE_DIR})
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # false positives of g++ 12 in the inlined standard library at -O2 and above
  target_compile_options(tandem_options INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-stringop-overread -Wno-maybe-uninitialized)
endif()
if(TANDEM_SANITIZE)
  # What is tested is checked for undefined behaviour, the tests are not: that would take a third of the time to compile them.
  # It is optimised a little, which makes the tests three times as fast and takes half as long again to compile; the tests are not.
  target_compile_options(tandem_options INTERFACE -fsanitize=${TANDEM_SANITIZE} -fno-omit-frame-pointer
    $<IF:$<BOOL:$<TARGET_PROPERTY:TANDEM_IS_TEST>>,-fno-sanitize=undefined,-O1>)
  target_link_options(tandem_options INTERFACE -fsanitize=${TANDEM_SANITIZE})
  if(TANDEM_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # clang 14 cannot split a coroutine that carries the type in front of its code ("difference across sections"), and its check of
    # vtables needs a pipe: where a test has no descriptor left it sees faults that are none.
    target_compile_options(tandem_options INTERFACE -fno-sanitize=function,vptr)
  endif()
  if(TANDEM_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 says that it does not see std::atomic_thread_fence, which Asio uses between threads; an engine has one.
    target_compile_options(tandem_options INTERFACE -Wno-tsan)
  endif()
endif()
if(TANDEM_FUZZ)
  target_compile_options(tandem_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(TANDEM_COVERAGE)
  target_compile_options(tandem_options INTERFACE --coverage)
  target_link_options(tandem_options INTERFACE --coverage)
endif()
