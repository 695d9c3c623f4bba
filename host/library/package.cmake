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

# The public header and what it includes, by paths in the source tree: these find each other once installed.
install(FILES library/symscan.hpp DESTINATION include/symscan)
set(public_headers library/symscan.hpp)
set(installed "")
while(public_headers)
  list(POP_FRONT public_headers header)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${header})
  file(STRINGS ${header} includes REGEX "^#include \"host/")
  foreach(line IN LISTS includes)
    string(REGEX REPLACE "^#include \"host/([^\"]+)\".*" "\\1" used "${line}")
    if(NOT used IN_LIST installed)
      list(APPEND installed ${used})
      list(APPEND public_headers ${used})
      get_filename_component(folder ${used} DIRECTORY)
      install(FILES ${used} DESTINATION include/symscan/host/${folder})
    endif()
  endforeach()
endwhile()

install(TARGETS symscan_library EXPORT symscan LIBRARY DESTINATION lib)
install(EXPORT symscan NAMESPACE symscan:: FILE symscanConfig.cmake DESTINATION lib/cmake/symscan)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/symscanConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/symscanConfigVersion.cmake DESTINATION lib/cmake/symscan)
