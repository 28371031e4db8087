# evtxhound_warnings(target): the warnings every part of the project is clean of.
function(evtxhound_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual
    # GCC 12, when it optimises, takes the inactive members of a moved variant for uninitialised.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    # With GCC, -Wconversion leaves out signs; so that both compilers ask for the same:
    $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>
    $<$<BOOL:${EVTXHOUND_DEVELOPER}>:-Werror>)
endfunction()

if(EVTXHOUND_SANITIZE)
  add_compile_options(-fsanitize=${EVTXHOUND_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${EVTXHOUND_SANITIZE})
endif()

# evtxhound_compiled_soon(target [options...]): not optimised where there are sanitizers, elsewhere
# with these options. Command line options and tests take minutes to compile, and seconds to run.
function(evtxhound_compiled_soon target)
  if(EVTXHOUND_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  else()
    target_compile_options(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# What fuzzers watch is all that the library does.
if(EVTXHOUND_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "EVTXHOUND_FUZZ wants clang: libFuzzer is a part of it")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
