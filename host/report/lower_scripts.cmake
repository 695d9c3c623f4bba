# Makes one ECMAScript 5 file of the scripts: TSC, POLYFILLS, SCRIPTS (a list), OUT.
set(together "${OUT}.dir/figures.js")
file(WRITE "${together}" "")
foreach(script ${SCRIPTS})
  file(READ "${script}" text)
  # Functions in blocks are the engine's for all files; in functions they stay apart.
  string(REGEX REPLACE "\n{\n" "\n(function() {\n" text "${text}")
  string(REGEX REPLACE "\n}\n" "\n})();\n" text "${text}")
  file(APPEND "${together}" "${text}\n")
endforeach()
execute_process(COMMAND "${TSC}" --allowJs --target ES5 --lib es2020 --skipLibCheck --outDir "${OUT}.dir/es5" "${together}"
  OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE failed)
if(NOT EXISTS "${OUT}.dir/es5/figures.js" OR failed)
  message(FATAL_ERROR "tsc could not lower the scripts of the report: ${said}")
endif()
file(READ "${POLYFILLS}" polyfills)
file(READ "${OUT}.dir/es5/figures.js" lowered)
file(WRITE "${OUT}" "${polyfills}\n${lowered}")
