# tandem_room(NAME [LARGE_FRAMES] [LINK rooms...])   one static library tandem_NAME of all *.cpp in this folder (and below) that are neither
#                                     tests nor samples; LINK names the rooms and libraries it may include. A room that includes
#                                     another without linking it fails scripts/check-includes. *_samples.cpp are tandem_NAME_samples:
#                                     tables that tests and fuzz targets ask the same questions of.
#                                     LARGE_FRAMES: nothing of it is run by a generator.
# tandem_test(NAME SOURCES... [LINK ...] [LABELS ...] [SANITIZED filters...])   one GoogleTest program registered with ctest.
#                                     SANITIZED: the parts that are run in builds with sanitizers, side by side; default: all.
function(tandem_room name)
  cmake_parse_arguments(ROOM "LARGE_FRAMES" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  set(samples ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|samples)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER samples INCLUDE REGEX "_samples\\.cpp$")
  if(sources)
    add_library(tandem_${name} STATIC ${sources})
    tandem_precompile(tandem_${name} rooms)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT ROOM_LARGE_FRAMES)
      # Generators run what is in the rooms on stacks of 64 KiB, and a large frame steps over the page that guards them.
      target_compile_options(tandem_${name} PRIVATE -Wframe-larger-than=8192)
    endif()
    set(scope PUBLIC)
  else()
    add_library(tandem_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(tandem_${name} ${scope} tandem_options ${ROOM_LINK})
  set_property(GLOBAL APPEND PROPERTY TANDEM_ROOMS tandem_${name})
  if(samples AND TANDEM_TESTS)
    # Objects, not an archive: the tables are put together by what runs before main, which no linker would look for.
    add_library(tandem_${name}_samples OBJECT ${samples})
    tandem_precompile(tandem_${name}_samples rooms)
    set_target_properties(tandem_${name}_samples PROPERTIES TANDEM_IS_TEST ON)
    target_link_libraries(tandem_${name}_samples PUBLIC tandem_${name})
    set(with_samples tandem_${name}_samples)
  endif()
  if(tests)
    tandem_test(${name}_test SOURCES ${tests} LINK tandem_${name} ${with_samples} LABELS unit)
  endif()
endfunction()

# What takes longest with sanitizers, in seconds (of the longest part): ctest begins with it, so that at the end no processor has nothing to do.
# It knows by itself only what it has run before.
set(TANDEM_SANITIZED_SECONDS_tandem_test 400)
set(TANDEM_SANITIZED_SECONDS_contract_test 250)
set(TANDEM_SANITIZED_SECONDS_fuzz_test 150)
set(TANDEM_SANITIZED_SECONDS_rib_test 120)

include(GoogleTest)
function(tandem_test name)
  cmake_parse_arguments(TEST "" "TIMEOUT" "SOURCES;LINK;LABELS;PROPERTIES;SANITIZED" ${ARGN})
  if(NOT TANDEM_TESTS)
    return()
  endif()
  if(NOT TEST_SOURCES)
    return()  # a part that has no test of this kind yet
  endif()
  add_executable(${name} ${TEST_SOURCES})
  set_target_properties(${name} PROPERTIES TANDEM_IS_TEST ON)
  target_compile_options(${name} PRIVATE ${TANDEM_TEST_OPTIONS})
  tandem_precompile(${name} tests)
  target_link_libraries(${name} PRIVATE tandem_options ${TEST_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  if(NOT TEST_LABELS MATCHES "interop")
    set_property(GLOBAL APPEND PROPERTY TANDEM_SANITIZED_TESTS ${name})
  endif()
  if(TANDEM_SANITIZE)
    # A sanitized program takes longer to start than most of its tests to run: one ctest test a program, or a part of it. The simulator
    # plays one seed a scenario here, for the many of every other build it would take a quarter of an hour.
    if(NOT TEST_SANITIZED)
      set(TEST_SANITIZED "*")
    endif()
    set(cost 0)
    if(DEFINED TANDEM_SANITIZED_SECONDS_${name})
      set(cost ${TANDEM_SANITIZED_SECONDS_${name}})
    endif()
    foreach(filter ${TEST_SANITIZED})
      add_test(NAME "${name} ${filter}" COMMAND ${name} --gtest_filter=${filter})
      set_tests_properties("${name} ${filter}" PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT 1800 COST ${cost}
        ENVIRONMENT "TANDEM_SIM_SEED=1;TANDEM_STORM_SEEDS=1")
    endforeach()
    return()
  endif()
  # A list of labels would end the properties at its first semicolon; ctest -L matches a part of the label as well.
  list(JOIN TEST_LABELS " " labels)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${labels}" TIMEOUT ${TEST_TIMEOUT} ${TEST_PROPERTIES})
endfunction()
