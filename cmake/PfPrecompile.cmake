# Headers that nearly every file includes, parsed once instead of some 300 times: a cold `make test` takes half the time.
# For the presets that build everything only (PF_PRECOMPILE). The others, and make lint, compile every file as it
# stands, so that a file which forgets an include is found there.

option(PF_PRECOMPILE "Precompile the common headers" OFF)
if(NOT PF_PRECOMPILE)
  function(pf_precompile)
  endfunction()
  function(pf_compile_together)
  endfunction()
  return()
endif()

# Each kind of program lends its headers to all of that kind: the flags have to be the same to the letter.
set(common <algorithm> <array> <atomic> <chrono> <cmath> <cstdint> <cstdio> <cstring> <deque> <functional> <map> <memory>
  <mutex> <optional> <span> <string> <string_view> <thread> <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)

# pf_precompile(pf_core_fec room): kind is room, test or replay.
function(pf_precompile target kind)
  target_precompile_headers(${target} REUSE_FROM pf_precompiled_${kind})
endfunction()

# pf_compile_together(pf_host_app): what the files of a room all include, a command line's parser or JSON, is compiled once
# for a dozen of them: such rooms take a fifth of the time. Their files may not use one name for two things.
function(pf_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
endfunction()

file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/precompiled.cpp" CONTENT "int main() { return 0; }\n")
add_library(pf_precompiled_room STATIC EXCLUDE_FROM_ALL "${CMAKE_BINARY_DIR}/precompiled.cpp")
# Programs, because those are compiled with -fPIE and libraries with -fPIC.
foreach(kind test replay)
  add_executable(pf_precompiled_${kind} EXCLUDE_FROM_ALL "${CMAKE_BINARY_DIR}/precompiled.cpp")
  set_target_properties(pf_precompiled_${kind} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
  pf_test_flags(pf_precompiled_${kind})
endforeach()
foreach(kind room test replay)
  target_link_libraries(pf_precompiled_${kind} PRIVATE pf_flags fmt::fmt)
  target_precompile_headers(pf_precompiled_${kind} PRIVATE ${common})
endforeach()
target_link_libraries(pf_precompiled_test PRIVATE GTest::gtest)
target_precompile_headers(pf_precompiled_test PRIVATE <fstream> <set> <gtest/gtest.h> <nlohmann/json.hpp>)

# ccache knows precompiled headers, but wants to be told that their defines are none of its business.
if(PF_CCACHE)
  foreach(language C CXX)
    set(CMAKE_${language}_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${PF_CCACHE}")
  endforeach()
endif()
