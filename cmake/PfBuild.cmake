# Compiler settings that hold for every target.

option(PF_WERROR "Treat warnings as errors" OFF)
option(PF_FUZZ "Build the libFuzzer targets (clang only)" OFF)
option(PF_BENCH "Build the benchmarks" OFF)
option(PF_TESTS "Build the tests" OFF)
option(PF_CONSOLE "Build the web console into the host (needs npm)" ON)
set(PF_SANITIZE "" CACHE STRING "Value for -fsanitize=, empty for none")

set(CMAKE_C_STANDARD 11)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# All programs land in one folder, so that each finds its siblings and its modules beside it.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

find_program(PF_CCACHE ccache)
if(PF_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${PF_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${PF_CCACHE}")
endif()

add_library(pf_flags INTERFACE)
target_include_directories(pf_flags INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_definitions(pf_flags INTERFACE PF_VERSION="${PROJECT_VERSION}")
target_compile_options(pf_flags INTERFACE -Wall -Wextra -Wshadow -Wimplicit-fallthrough
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
  # Designated initialisers leave the rest at their defaults on purpose.
  -Wno-missing-field-initializers)
if(PF_WERROR)
  target_compile_options(pf_flags INTERFACE -Werror)
endif()
if(PF_SANITIZE)
  add_compile_options(-fsanitize=${PF_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PF_SANITIZE})
  if(PF_SANITIZE MATCHES "address.*undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ puts these at every single access, and they are 40 % of a cold build. The address sanitizer sees what most of
    # them lead to; the fuzz preset, which is clang's, has them all.
    add_compile_options(-fno-sanitize=alignment,null,object-size,pointer-overflow,vptr)
  endif()
  if(PF_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # With its calls in between, g++ 12 no longer sees that an empty std::optional is not read.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()

# What is tested keeps every sanitizer; tests themselves compile in less than half the time this way.
function(pf_test_flags target)
  target_compile_options(${target} PRIVATE -O0)
  if(PF_SANITIZE MATCHES "undefined")
    target_compile_options(${target} PRIVATE -fno-sanitize=undefined)
  endif()
endfunction()

# pf_compile_quickly(options.cpp …): files of the current folder that run once and are slow to optimise, such as command
# lines. No difference to what users run.
function(pf_compile_quickly)
  if(PF_SANITIZE)
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS -O0 SKIP_PRECOMPILE_HEADERS ON)
  endif()
endfunction()

if(PF_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(PF_TESTS)
  enable_testing()
  find_package(GTest REQUIRED)
endif()
if(PF_BENCH)
  find_package(benchmark REQUIRED)
endif()
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
