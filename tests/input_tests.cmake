# input_tests: configs, overrides and file readers by themselves, with mutated input. Small, so that it can be built with
# sanitizers for every change (make test-inputs); its tests are part of symscan_tests too.
find_package(nlohmann_json 3.9 REQUIRED)
find_package(Eigen3 3.3 REQUIRED)
find_package(HDF5 REQUIRED COMPONENTS C)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)

file(GLOB input_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/host/base/*.cpp ${PROJECT_SOURCE_DIR}/host/config/*.cpp
  ${PROJECT_SOURCE_DIR}/host/data/*.cpp ${PROJECT_SOURCE_DIR}/host/data/builtin/*.cpp)
list(FILTER input_sources EXCLUDE REGEX "host/base/factorisations")
file(GLOB input_tests CONFIGURE_DEPENDS host/config/*_test.cpp host/data/*_test.cpp fuzz/*_test.cpp fuzz/scratch.cpp fuzz/input_targets.cpp)
list(FILTER input_tests EXCLUDE REGEX "(collider|generators|mechanics|truth)_test")  # of what is generated, not read
add_executable(input_tests EXCLUDE_FROM_ALL ${input_sources} ${input_tests})
# Eigen is no reader, and costs most with sanitizers.
set_source_files_properties(${PROJECT_SOURCE_DIR}/host/base/eigenvalues.cpp PROPERTIES COMPILE_OPTIONS -fno-sanitize=all
  SKIP_PRECOMPILE_HEADERS ON)
target_link_libraries(input_tests PRIVATE symscan_flags nlohmann_json::nlohmann_json Eigen3::Eigen ZLIB::ZLIB PkgConfig::LIBZIP
  PkgConfig::XXHASH ${HDF5_C_LIBRARIES} GTest::gtest GTest::gtest_main)
target_include_directories(input_tests SYSTEM PRIVATE ${HDF5_C_INCLUDE_DIRS})
target_compile_definitions(input_tests PRIVATE SYMSCAN_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ${HDF5_C_DEFINITIONS})
target_precompile_headers(input_tests PRIVATE <nlohmann/json.hpp> <gtest/gtest.h> <string> <vector>)
set_target_properties(input_tests PROPERTIES UNITY_BUILD ${SYMSCAN_UNITY} UNITY_BUILD_MODE GROUP)
foreach(folder config data)
  set(together "${input_sources}")
  list(FILTER together INCLUDE REGEX "/host/${folder}/[^/]+$")
  set_source_files_properties(${together} PROPERTIES UNITY_GROUP ${folder})
endforeach()
