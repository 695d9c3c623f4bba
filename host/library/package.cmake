# The library for other programs: find_package(symscan CONFIG), target symscan::symscan. It is shared, so that a program
# that uses it needs none of the libraries behind it, and made of the same objects as the command line.
include(CMakePackageConfigHelpers)

add_library(symscan_library SHARED)
target_link_libraries(symscan_library PRIVATE symscan_host)
target_link_options(symscan_library PRIVATE -Wl,--no-undefined)
target_compile_features(symscan_library INTERFACE cxx_std_20)
target_include_directories(symscan_library INTERFACE $<INSTALL_INTERFACE:include> $<INSTALL_INTERFACE:include/symscan>)
set_target_properties(symscan_library PROPERTIES OUTPUT_NAME symscan EXPORT_NAME symscan LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

# Headers include each other by their paths in the source tree.
install(FILES library/symscan.hpp DESTINATION include/symscan)
foreach(header analysis/field_kind.hpp base/error.hpp base/statistics.hpp data/table.hpp findings/density_model.hpp findings/further_model.hpp findings/model.hpp
    findings/options.hpp)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION include/symscan/host/${folder})
endforeach()

install(TARGETS symscan_library EXPORT symscan LIBRARY DESTINATION lib)
install(EXPORT symscan NAMESPACE symscan:: FILE symscanConfig.cmake DESTINATION lib/cmake/symscan)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/symscanConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/symscanConfigVersion.cmake DESTINATION lib/cmake/symscan)
