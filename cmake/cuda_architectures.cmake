# Which GPUs the CUDA code is compiled for.
#   symscan_cuda_architectures(WANTED NVCC DETECTED RESULT)
#     WANTED    native (the GPUs of this machine, else sm_90), all, or numbers such as "80,90" or "90-real"
#     NVCC      the compiler, which is asked for the architectures that it knows
#     DETECTED  name of the variable with the architectures found by an earlier call; set when GPUs are found. A machine
#               whose GPU is away for a while (a login node, a container) keeps what it has compiled.
#     RESULT    name of the variable that gets a list for CMAKE_CUDA_ARCHITECTURES
# The newest architecture of native and all also comes as PTX, which the driver compiles for GPUs that are newer still.
# cmake -DWANTED=... -DNVCC=... [-DDETECTED=...] [-DPATIENCE=SECONDS] -P cuda_architectures.cmake prints the list.

set(symscan_oldest_architecture 80)  # the tensor cores of tf32 and bf16

set(symscan_patience 20)  # seconds for nvidia-smi, which waits for a broken GPU

# Compute capabilities of the machine's GPUs, each once, ascending: 80;90. Empty without GPU or driver.
function(symscan_gpus_here result)
  set(${result} "" PARENT_SCOPE)
  find_program(nvidia_smi nvidia-smi PATHS /usr/lib/wsl/lib NO_CACHE)
  if(NOT nvidia_smi)
    return()
  endif()
  execute_process(COMMAND "${nvidia_smi}" --query-gpu=compute_cap --format=csv,noheader
    TIMEOUT ${symscan_patience} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_QUIET)
  if(NOT status EQUAL 0)
    message(STATUS "nvidia-smi did not answer (${status}): the GPU is taken to be absent")
    return()
  endif()
  string(REGEX MATCHALL "[0-9]+\\.[0-9]+" capabilities "${output}")
  list(TRANSFORM capabilities REPLACE "\\." "")
  list(REMOVE_DUPLICATES capabilities)
  list(SORT capabilities COMPARE NATURAL)
  set(${result} "${capabilities}" PARENT_SCOPE)
endfunction()

# What to compile for `gpus` with a compiler that knows the architectures `known`: machine code for each GPU, PTX of the
# newest. A GPU that the compiler does not know yet runs the PTX of the newest that it knows.
function(symscan_code_for gpus known result)
  set(chosen "")
  foreach(gpu IN LISTS gpus)
    if(gpu LESS symscan_oldest_architecture)
      message(STATUS "a GPU of sm_${gpu} is older than what symscan runs on (sm_${symscan_oldest_architecture})")
      continue()
    endif()
    set(code "")
    foreach(architecture IN LISTS known)
      if(architecture LESS_EQUAL gpu)
        set(code ${architecture})
      endif()
    endforeach()
    if(code)
      list(APPEND chosen ${code})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES chosen)
  list(LENGTH chosen count)
  if(count GREATER 0)
    list(POP_BACK chosen newest)
    list(TRANSFORM chosen APPEND "-real")
    list(APPEND chosen ${newest})  # without a suffix: machine code and PTX
  endif()
  set(${result} "${chosen}" PARENT_SCOPE)
endfunction()

function(symscan_cuda_architectures wanted nvcc detected result)
  execute_process(COMMAND "${nvcc}" --list-gpu-code TIMEOUT 60 OUTPUT_VARIABLE output ERROR_QUIET)
  string(REGEX MATCHALL "sm_[0-9]+" known "${output}")
  list(TRANSFORM known REPLACE "sm_" "")
  list(SORT known COMPARE NATURAL)
  if(NOT known)
    set(known 80 90 100 120)  # a compiler that does not tell says by itself what it cannot do
  endif()
  if(wanted STREQUAL "all")
    symscan_code_for("80;90;100;120" "${known}" chosen)
  elseif(wanted STREQUAL "native" OR wanted STREQUAL "")
    symscan_gpus_here(gpus)
    if(NOT gpus)
      set(gpus "${${detected}}")
    endif()
    symscan_code_for("${gpus}" "${known}" chosen)
    if(chosen)
      set(${detected} "${gpus}" PARENT_SCOPE)
    else()
      symscan_code_for(90 "${known}" chosen)
    endif()
  else()
    string(REGEX REPLACE "[ ,;]+" ";" chosen "${wanted}")
    string(REGEX REPLACE "sm_" "" chosen "${chosen}")
    foreach(architecture IN LISTS chosen)
      if(NOT architecture MATCHES "^[0-9]+[af]?(-real|-virtual)?$")
        message(FATAL_ERROR "CUDA_ARCHS is '${wanted}': it is native, all, or numbers such as 80,90")
      endif()
    endforeach()
  endif()
  set(${result} "${chosen}" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  if(PATIENCE)
    set(symscan_patience ${PATIENCE})
  endif()
  symscan_cuda_architectures("${WANTED}" "${NVCC}" DETECTED list)
  execute_process(COMMAND "${CMAKE_COMMAND}" -E echo "${list}")
endif()
