# The structure of the house as tests (ctest -L structure): what the pure rooms may call, who may include whom, the two engines side
# by side, sizes, and headers that compile alone.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(tandem_check name)
  add_test(NAME structure/${name} COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/scripts/check-${name} ${ARGN})
  set_tests_properties(structure/${name} PROPERTIES LABELS structure TIMEOUT 120)
endfunction()

set(pure_archives)
foreach(room base bgp rib session config api speaker)
  get_target_property(type tandem_${room} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    list(APPEND pure_archives $<TARGET_FILE:tandem_${room}>)
  endif()
endforeach()
tandem_check(purity --nm ${CMAKE_NM} ${pure_archives})
tandem_check(includes)
tandem_check(mirror)
tandem_check(sizes)
tandem_check(docs ${PROJECT_SOURCE_DIR} $<TARGET_FILE:tandem>)

# One translation unit a header. Not part of `all`: the test builds it.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/common/*.hpp ${PROJECT_SOURCE_DIR}/engine_sync/*.hpp ${PROJECT_SOURCE_DIR}/engine_async/*.hpp
  ${PROJECT_SOURCE_DIR}/tandem/*.hpp ${PROJECT_SOURCE_DIR}/conformance/*.hpp)
set(header_units)
foreach(header ${headers})
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

# The unit tests as one target, for builds with sanitizers (scripts/test): every *_test of the rooms and the program.
set(unit_tests)
foreach(room base bgp rib session config api process log speaker)
  list(APPEND unit_tests ${room}_test)
endforeach()
list(APPEND unit_tests engine_sync_test reactor_test tandem_test peer_test fuzz_test)
add_custom_target(tandem-unit-tests)
foreach(test ${unit_tests})
  if(TARGET ${test})
    add_dependencies(tandem-unit-tests ${test})
  endif()
endforeach()
