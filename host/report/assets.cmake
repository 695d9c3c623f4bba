# Embeds the files of the report (page, style, scripts, plotly.js) in the program, so that report.html is one
# file that opens offline. Runs in the scope of host/CMakeLists.txt, where target symscan_host exists.

find_file(SYMSCAN_PLOTLY_JS
  NAMES plotly.min.js plotly.js
  PATHS /usr/lib/python3/dist-packages/plotly/package_data /usr/share/python3-plotly
  NO_DEFAULT_PATH
  DOC "plotly.min.js or plotly.js, to be embedded in reports")
if(NOT SYMSCAN_PLOTLY_JS OR NOT EXISTS "${SYMSCAN_PLOTLY_JS}")
  message(FATAL_ERROR "The report needs plotly.js: install the Debian package python3-plotly, "
    "or set -DSYMSCAN_PLOTLY_JS=/path/to/plotly.min.js.")
endif()

# Debian ships plotly.js as its authors wrote it (8.7 MB). Where esbuild is installed it is shortened to 3.8 MB,
# licence comments kept; where it is not, reports are larger and otherwise the same.
find_program(SYMSCAN_ESBUILD esbuild DOC "esbuild, which shortens plotly.js (optional)")
set(report_plotly_js "${SYMSCAN_PLOTLY_JS}")
if(SYMSCAN_ESBUILD AND NOT SYMSCAN_PLOTLY_JS MATCHES "\\.min\\.js$")
  set(report_plotly_js "${CMAKE_CURRENT_BINARY_DIR}/plotly.min.js")
  add_custom_command(OUTPUT "${report_plotly_js}"
    COMMAND "${SYMSCAN_ESBUILD}" --minify --legal-comments=inline --log-level=warning
      "${SYMSCAN_PLOTLY_JS}" "--outfile=${report_plotly_js}"
    DEPENDS "${SYMSCAN_PLOTLY_JS}"
    COMMENT "Shortening plotly.js for the report"
    VERBATIM)
elseif(NOT SYMSCAN_PLOTLY_JS MATCHES "\\.min\\.js$")
  message(STATUS "esbuild was not found: reports embed the long form of plotly.js (8.7 MB instead of 3.8 MB)")
endif()

# Every file of the folder is embedded; report.html names those that it takes, in their order.
set(report_assembly "${CMAKE_CURRENT_BINARY_DIR}/report_assets.S")
file(GLOB report_asset_files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/report/assets/*")
set(report_asset_lines "asset plotly.js, \"${report_plotly_js}\"")
foreach(file ${report_asset_files})
  get_filename_component(name "${file}" NAME)
  string(APPEND report_asset_lines "\nasset ${name}, \"${file}\"")
endforeach()
configure_file(report/assets.S.in "${report_assembly}" @ONLY)
set_property(SOURCE "${report_assembly}" PROPERTY OBJECT_DEPENDS "${report_asset_files};${report_plotly_js}")
target_sources(symscan_host PRIVATE "${report_assembly}")
