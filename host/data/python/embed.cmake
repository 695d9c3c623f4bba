# Embeds the script that symscan runs with python3 for ROOT, Parquet and Feather: the files of this folder, one after
# the other. embed_python(TARGET) adds it to a target.

function(embed_python target)
  set(folder "${PROJECT_SOURCE_DIR}/host/data/python")
  set(assembly "${CMAKE_CURRENT_BINARY_DIR}/python_script.S")
  set(python_script_lines "")
  set(files "")
  foreach(part helper read_root read_arrow rows main)
    list(APPEND files "${folder}/${part}.py")
    string(APPEND python_script_lines ".incbin \"${folder}/${part}.py\"\n")
  endforeach()
  configure_file("${folder}/script.S.in" "${assembly}" @ONLY)
  set_property(SOURCE "${assembly}" PROPERTY OBJECT_DEPENDS "${files}")
  target_sources(${target} PRIVATE "${assembly}")
endfunction()
