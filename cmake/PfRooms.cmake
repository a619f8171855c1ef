# A room is a folder: one library of its sources, one test program of its *_test.cpp, one fuzz target for
# each *_fuzz.cpp, one benchmark program of its *_bench.cpp.
#
#   pf_room(core/fec LINK core/base PRIVATE OpenSSL::Crypto TEST_LINK testing)
#
# A name with a slash, or the name of a top-level room, means another room. What a room does not link, it
# cannot use; tools/check_layers.py checks the includes besides.

function(_pf_targets out)
  set(result "")
  foreach(name IN LISTS ARGN)
    string(REPLACE "/" "_" flat "${name}")
    if(TARGET pf_${flat} OR (name MATCHES "/" AND NOT name MATCHES "^[/-]") OR name MATCHES "^(pattern|testing|sim)$")
      list(APPEND result pf_${flat})
    else()
      list(APPEND result ${name})
    endif()
  endforeach()
  set(${out} "${result}" PARENT_SCOPE)
endfunction()

# `make test` gives ctest two slots for each core and one besides. A test that computes takes two, and one that mostly
# waits, for a stream or a process, takes one: so the cores are busy, and no more than that.
set(PF_COMPUTING_TEST_SLOTS 2)

function(pf_room room)
  cmake_parse_arguments(ARG "" "" "LINK;PRIVATE;TEST_LINK" ${ARGN})
  string(REPLACE "/" "_" flat "${room}")
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cpp)
  file(GLOB fuzzers CONFIGURE_DEPENDS *_fuzz.cpp)
  file(GLOB benches CONFIGURE_DEPENDS *_bench.cpp)
  set(programs ${sources})
  list(FILTER programs INCLUDE REGEX "/main\\.cpp$")
  list(REMOVE_ITEM sources ${tests} ${fuzzers} ${benches} ${programs})
  _pf_targets(link ${ARG_LINK})
  _pf_targets(private ${ARG_PRIVATE})
  _pf_targets(test_link ${ARG_TEST_LINK})

  if(sources)
    add_library(pf_${flat} STATIC ${sources})
    target_link_libraries(pf_${flat} PUBLIC pf_flags ${link} PRIVATE ${private})
    pf_precompile(pf_${flat} room)
  else()
    add_library(pf_${flat} INTERFACE)
    target_link_libraries(pf_${flat} INTERFACE pf_flags ${link} ${private})
  endif()

  if(PF_TESTS AND tests)
    add_executable(${flat}_test ${tests})
    pf_test_flags(${flat}_test)
    pf_precompile(${flat}_test test)
    target_link_libraries(${flat}_test PRIVATE pf_${flat} ${private} ${test_link} GTest::gtest_main)
    target_compile_definitions(${flat}_test PRIVATE PF_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
    add_test(NAME ${room} COMMAND ${flat}_test)
    set_tests_properties(${room} PROPERTIES TIMEOUT 300 PROCESSORS ${PF_COMPUTING_TEST_SLOTS})
  endif()

  foreach(fuzzer IN LISTS fuzzers)
    get_filename_component(name "${fuzzer}" NAME_WE)
    if(PF_FUZZ)
      add_executable(${name} ${fuzzer})
      target_link_libraries(${name} PRIVATE pf_${flat} ${private} ${test_link})
      target_link_options(${name} PRIVATE -fsanitize=fuzzer)
      set_property(GLOBAL APPEND PROPERTY PF_FUZZERS ${name})
    elseif(PF_TESTS)
      # The committed corpus, and every truncation of it, is a regression test without libFuzzer.
      add_executable(${name}_replay ${fuzzer} $<TARGET_OBJECTS:pf_replay_main>)
      pf_test_flags(${name}_replay)
      pf_precompile(${name}_replay replay)
      target_link_libraries(${name}_replay PRIVATE pf_${flat} ${private} ${test_link})
      string(REGEX REPLACE "_fuzz$" "" subject "${name}")
      add_test(NAME ${room}/${name} COMMAND ${name}_replay "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${subject}")
      set_tests_properties(${room}/${name} PROPERTIES TIMEOUT 120 PROCESSORS ${PF_COMPUTING_TEST_SLOTS})
    endif()
  endforeach()

  if(PF_BENCH AND benches)
    add_executable(${flat}_bench ${benches})
    target_link_libraries(${flat}_bench PRIVATE pf_${flat} ${private} ${test_link} benchmark::benchmark_main)
    set_property(GLOBAL APPEND PROPERTY PF_BENCHES ${flat}_bench)
  endif()
endfunction()

# pf_program(punktfunk-host host/app LINK …): the main.cpp of the current folder.
function(pf_program name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  _pf_targets(link ${ARG_LINK})
  add_executable(${name} main.cpp)
  target_link_libraries(${name} PRIVATE pf_flags ${link})
endfunction()
