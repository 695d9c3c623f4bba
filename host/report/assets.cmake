# Embeds the files of the report (page, style, scripts) in the program, so that report.html is one file that opens offline, and the
# scripts of the figures once more for the JavaScript engine that draws them without a browser. Runs in the scope of
# host/CMakeLists.txt, where target symscan_host exists.

# Every file of the folder is embedded; report.html names those that it takes, in their order.
set(report_assets "${CMAKE_CURRENT_SOURCE_DIR}/report/assets")
file(GLOB report_asset_files CONFIGURE_DEPENDS "${report_assets}/*")
set(report_asset_lines "")
foreach(file ${report_asset_files})
  get_filename_component(name "${file}" NAME)
  list(APPEND report_asset_lines "asset ${name}, \"${file}\"")
endforeach()

# The engine is Duktape, which knows ECMAScript 5; TypeScript's compiler lowers the scripts to that. Without either `symscan report
# --figures` says so, and all else is the same.
option(SYMSCAN_FIGURES "figures as files without a browser (needs duktape and tsc)" ON)
pkg_check_modules(DUKTAPE IMPORTED_TARGET duktape)
find_program(SYMSCAN_TSC tsc DOC "TypeScript's compiler, which lowers the report's scripts for the engine in the program")
if(SYMSCAN_FIGURES AND DUKTAPE_FOUND AND SYMSCAN_TSC)
  # Those that report.html takes before the parts that need a document (marked there), between polyfills and export.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${report_assets}/report.html")
  file(READ "${report_assets}/report.html" report_page)
  string(REGEX REPLACE ".*<script id=\"figures\">(.*)<script id=\"page\">.*" "\\1" report_figures "${report_page}")
  string(REGEX MATCHALL "[a-z_]+\\.js" report_figures "${report_figures}")
  list(TRANSFORM report_figures PREPEND "${report_assets}/")
  list(APPEND report_figures "${report_assets}/export.js")
  set(report_figures_es5 "${CMAKE_CURRENT_BINARY_DIR}/figures.es5.js")
  add_custom_command(OUTPUT "${report_figures_es5}"
    COMMAND "${CMAKE_COMMAND}" "-DTSC=${SYMSCAN_TSC}" "-DPOLYFILLS=${report_assets}/polyfills.js" "-DSCRIPTS=${report_figures}"
      "-DOUT=${report_figures_es5}" -P "${CMAKE_CURRENT_SOURCE_DIR}/report/lower_scripts.cmake"
    DEPENDS ${report_figures} "${report_assets}/polyfills.js" "${CMAKE_CURRENT_SOURCE_DIR}/report/lower_scripts.cmake"
    COMMENT "Lowering the scripts of the report's figures"
    VERBATIM)
  list(APPEND report_asset_lines "asset figures.es5.js, \"${report_figures_es5}\"")
  target_link_libraries(symscan_host PUBLIC PkgConfig::DUKTAPE)
  set_source_files_properties(report/figure_engine.cpp PROPERTIES COMPILE_DEFINITIONS SYMSCAN_HAS_DUKTAPE)
else()
  message(STATUS "duktape or tsc was not found: 'symscan report --figures' is left out")
endif()

set(report_assembly "${CMAKE_CURRENT_BINARY_DIR}/report_assets.S")
list(JOIN report_asset_lines "\n" report_asset_lines)
configure_file(report/assets.S.in "${report_assembly}" @ONLY)
set_property(SOURCE "${report_assembly}" PROPERTY OBJECT_DEPENDS "${report_asset_files};${report_figures_es5}")
target_sources(symscan_host PRIVATE "${report_assembly}")
