# Embeds the script that symscan runs with python3 for ROOT, Parquet and Feather: the files of this folder, one after
# the other. embed_python(TARGET) adds it to a target; host/data/helper_frames.cpp takes it.
include(${PROJECT_SOURCE_DIR}/cmake/embed_text.cmake)

function(embed_python target)
  set(files "")
  foreach(part helper read_root read_arrow rows main)
    list(APPEND files "${PROJECT_SOURCE_DIR}/host/data/python/${part}.py")
  endforeach()
  embed_text(${target} symscan_python_script ${files})
endfunction()
