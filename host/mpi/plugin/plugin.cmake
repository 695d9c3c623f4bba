# The plugin for MPI, where there is an MPI for C. It alone is linked to MPI; the program opens it when a launcher of MPI
# has started it.
if(SYMSCAN_MPI)
  find_package(MPI QUIET COMPONENTS C)
endif()
if(MPI_C_FOUND)
  add_library(symscan_mpi SHARED ${CMAKE_CURRENT_SOURCE_DIR}/mpi/plugin/mpi_plugin.cpp)
  target_link_libraries(symscan_mpi PRIVATE symscan_flags MPI::MPI_C)
  # The C interface only; MPI_C's flags are for C.
  target_compile_definitions(symscan_mpi PRIVATE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)
  target_link_options(symscan_mpi PRIVATE -Wl,--no-undefined)
  set_target_properties(symscan_mpi PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  # Not in the Debian package, which would then need an MPI.
  install(TARGETS symscan_mpi LIBRARY DESTINATION lib/symscan COMPONENT mpi)
endif()
