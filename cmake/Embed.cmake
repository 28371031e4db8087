# evtxhound_embed(target file symbol): compiles a text file into `target` as the constant
# `extern const std::string_view evtxhound::embedded::<symbol>`, rebuilt when the file changes.
function(evtxhound_embed target file symbol)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cpp)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -D IN=${file} -D OUT=${out} -D SYMBOL=${symbol}
            -P ${PROJECT_SOURCE_DIR}/cmake/EmbedFile.cmake
    DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/EmbedFile.cmake
    VERBATIM)
  # A library of its own: a target does not see the commands of another folder than its own.
  add_library(embedded_${symbol} OBJECT ${out})
  set_target_properties(embedded_${symbol} PROPERTIES CXX_CLANG_TIDY "")  # generated code
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:embedded_${symbol}>)
endfunction()
