# embed_text(TARGET SYMBOL FILE...): the files, one after the other, become one text of the target:
#   extern "C" const char SYMBOL[], SYMBOL_end[];

set(SYMSCAN_EMBED_TEXT "${CMAKE_CURRENT_LIST_DIR}/embed_text.S.in")

function(embed_text target embedded_symbol)
  set(assembly "${CMAKE_CURRENT_BINARY_DIR}/${embedded_symbol}.S")
  set(embedded_lines "")
  set(embedded_files "")
  foreach(file ${ARGN})
    string(APPEND embedded_lines ".incbin \"${file}\"\n")
    get_filename_component(name "${file}" NAME)
    list(APPEND embedded_files "${name}")
  endforeach()
  list(JOIN embedded_files ", " embedded_files)
  configure_file("${SYMSCAN_EMBED_TEXT}" "${assembly}" @ONLY)
  set_property(SOURCE "${assembly}" PROPERTY OBJECT_DEPENDS "${ARGN}")
  target_sources(${target} PRIVATE "${assembly}")
endfunction()
