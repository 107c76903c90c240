# The structure of the house as tests (ctest -L structure): what the pure rooms may call, who may include whom, the two engines side
# by side, sizes, and headers that compile alone.
function(tandem_check name)
  add_test(NAME structure/${name} COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/scripts/check-${name} ${ARGN})
  set_tests_properties(structure/${name} PROPERTIES LABELS structure TIMEOUT 120)
endfunction()

set(pure_archives)
foreach(room base state bgp rib session config api capture recording speaker replay)
  get_target_property(type tandem_${room} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    list(APPEND pure_archives $<TARGET_FILE:tandem_${room}>)
  endif()
endforeach()
tandem_check(purity --nm ${CMAKE_NM} ${pure_archives})
tandem_check(asio --nm ${CMAKE_NM} $<TARGET_FILE:tandem_engine_async> $<TARGET_FILE:tandem_engine_uring>)
tandem_check(includes)
tandem_check(mirror)
tandem_check(sizes)
tandem_check(citations)
tandem_check(run-ctest)
tandem_check(docs ${PROJECT_SOURCE_DIR} $<TARGET_FILE:tandem>)
tandem_check(contract ${PROJECT_SOURCE_DIR} $<TARGET_FILE:contract_test> $<TARGET_FILE:contract_slow_test>)

# One translation unit a header that has no source file of its own; the others are the first #include of theirs
# (scripts/check-includes). Not part of `all`: the test builds it.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/common/*.hpp ${PROJECT_SOURCE_DIR}/engine_sync/*.hpp ${PROJECT_SOURCE_DIR}/engine_async/*.hpp ${PROJECT_SOURCE_DIR}/engine_uring/*.hpp
  ${PROJECT_SOURCE_DIR}/tandem/*.hpp ${PROJECT_SOURCE_DIR}/harness/*.hpp ${PROJECT_SOURCE_DIR}/conformance/*.hpp)
set(header_units)
foreach(header ${headers})
  string(REGEX REPLACE "\\.hpp$" ".cpp" own_source ${header})
  if(EXISTS ${PROJECT_SOURCE_DIR}/${own_source})
    continue()
  endif()
  string(MAKE_C_IDENTIFIER ${header} unit)
  set(unit ${PROJECT_BINARY_DIR}/headers/${unit}.cpp)
  file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"${header}\"\n")
  list(APPEND header_units ${unit})
endforeach()
add_library(headers_alone OBJECT EXCLUDE_FROM_ALL ${header_units})
target_link_libraries(headers_alone PRIVATE tandem_program tandem_sim GTest::gmock)
target_compile_options(headers_alone PRIVATE -O0 -g0 -Wno-unused)
add_test(NAME structure/headers COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target headers_alone)
set_tests_properties(structure/headers PROPERTIES LABELS structure TIMEOUT 900 RUN_SERIAL TRUE)

# What scripts/test runs with sanitizers, as one target: every test program but those that need other daemons.
get_property(sanitized_tests GLOBAL PROPERTY TANDEM_SANITIZED_TESTS)
add_custom_target(tandem-sanitized-tests DEPENDS ${sanitized_tests})
