# Everything that reads what strangers may have written (files of data, configs, ledgers, checkpoints, analysis.json,
# formulas) by itself. Small, so that it can be built with sanitizers for every change (make test-inputs); the tests are part of
# symscan_tests too.
find_package(nlohmann_json 3.9 REQUIRED)
find_package(Eigen3 3.3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(HDF5 REQUIRED COMPONENTS C)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(LZMA REQUIRED IMPORTED_TARGET liblzma)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
find_package(BZip2 REQUIRED)

set(host ${PROJECT_SOURCE_DIR}/host)
file(GLOB input_sources CONFIGURE_DEPENDS ${host}/base/*.cpp ${host}/config/*.cpp ${host}/data/*.cpp ${host}/data/builtin/*.cpp
  ${host}/store/*.cpp)
list(FILTER input_sources EXCLUDE REGEX "host/base/factorisations")
list(APPEND input_sources ${host}/analysis/ablation.cpp ${host}/analysis/equation_text.cpp ${host}/analysis/forward_pass.cpp
  ${host}/analysis/normal_chi_squared.cpp ${host}/analysis/phi_k.cpp
  ${host}/analysis/relevance.cpp ${host}/findings/model_json.cpp ${host}/train/convergence.cpp ${host}/train/latent_measures.cpp
  ${host}/train/nonfinite.cpp ${host}/train/replica_memory.cpp ${host}/train/replica_network.cpp ${host}/train/replica_plan.cpp
  ${host}/train/replica_snapshot.cpp ${PROJECT_SOURCE_DIR}/kernels/network.cpp ${PROJECT_SOURCE_DIR}/kernels/workspace.cpp)
add_library(input_readers OBJECT EXCLUDE_FROM_ALL ${input_sources} fuzz/scratch.cpp fuzz/input_targets.cpp fuzz/run_targets.cpp
  fuzz/small_run.cpp fuzz/ledger_edits.cpp fuzz/empty_executor.cpp)
# Eigen is no reader, and costs most with sanitizers.
set_source_files_properties(${host}/base/eigenvalues.cpp PROPERTIES COMPILE_OPTIONS -fno-sanitize=all
  SKIP_PRECOMPILE_HEADERS ON)
target_link_libraries(input_readers PUBLIC symscan_flags nlohmann_json::nlohmann_json Eigen3::Eigen SQLite::SQLite3 ZLIB::ZLIB
  PkgConfig::LIBZIP PkgConfig::XXHASH PkgConfig::LZMA PkgConfig::ZSTD BZip2::BZip2 ${HDF5_C_LIBRARIES})
target_include_directories(input_readers SYSTEM PUBLIC ${HDF5_C_INCLUDE_DIRS})
target_compile_definitions(input_readers PUBLIC SYMSCAN_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SYMSCAN_VERSION="${PROJECT_VERSION}"
  ${HDF5_C_DEFINITIONS})
include(${host}/data/python/embed.cmake)
embed_python(input_readers)
target_precompile_headers(input_readers PRIVATE <nlohmann/json.hpp> <string> <vector>)
set_target_properties(input_readers PROPERTIES UNITY_BUILD ${SYMSCAN_UNITY} UNITY_BUILD_MODE GROUP)
foreach(folder config data store)
  set(together "${input_sources}")
  list(FILTER together INCLUDE REGEX "/host/${folder}/[^/]+$")
  set_source_files_properties(${together} PROPERTIES UNITY_GROUP ${folder})
endforeach()

file(GLOB input_tests CONFIGURE_DEPENDS host/config/*_test.cpp host/data/*_test.cpp fuzz/*_test.cpp)
list(FILTER input_tests EXCLUDE REGEX "(collider|generators|mechanics|truth)_test")  # of what is generated, not read
add_executable(input_tests EXCLUDE_FROM_ALL ${input_tests})
target_link_libraries(input_tests PRIVATE input_readers GTest::gtest GTest::gtest_main)
target_precompile_headers(input_tests PRIVATE <nlohmann/json.hpp> <gtest/gtest.h> <string> <vector>)

# Coverage-guided fuzzing of the same (needs clang): make fuzz
if(SYMSCAN_FUZZ)
  foreach(target csv npy npz lhe hepmc hdf5 root compressed inspect config settings ledger ledger_edits checkpoint analysis beside fields)
    add_executable(fuzz_${target} EXCLUDE_FROM_ALL fuzz/fuzz_main.cpp)
    target_compile_definitions(fuzz_${target} PRIVATE FUZZ_TARGET="${target}")
    target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(fuzz_${target} PRIVATE input_readers)
    list(APPEND fuzzers fuzz_${target})
  endforeach()
  add_custom_target(fuzzers DEPENDS ${fuzzers})
endif()
