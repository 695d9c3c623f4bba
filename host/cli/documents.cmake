# Man page and completions, written by the program itself whenever it is linked. Runs in the scope of
# host/CMakeLists.txt, where target symscan exists.
include(GNUInstallDirs)
set(document_files
  man/man1/symscan.1 bash-completion/completions/symscan zsh/site-functions/_symscan
  fish/vendor_completions.d/symscan.fish)
set(document_commands "man" "completion bash" "completion zsh" "completion fish")
foreach(file command IN ZIP_LISTS document_files document_commands)
  get_filename_component(folder "${file}" DIRECTORY)
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/share/${folder}")
  add_custom_command(TARGET symscan POST_BUILD VERBATIM
    COMMAND sh -c "'$<TARGET_FILE:symscan>' ${command} > '${CMAKE_BINARY_DIR}/share/${file}'")
  install(FILES "${CMAKE_BINARY_DIR}/share/${file}" DESTINATION "${CMAKE_INSTALL_DATADIR}/${folder}")
endforeach()
