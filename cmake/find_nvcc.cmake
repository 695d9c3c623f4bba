# Finds nvcc, enables CUDA, and chooses the architectures; without a compiler that works, SYMSCAN_CUDA is off and a line
# says why. nvcc may be installed, and SYMSCAN_CUDA_ARCHS changed, between two configurations of a build folder.
include(CheckLanguage)
include(cmake/cuda_architectures.cmake)

if(NOT CMAKE_CUDA_COMPILER)
  unset(CMAKE_CUDA_COMPILER CACHE)  # "not found" is not kept
  unset(CMAKE_CUDA_COMPILER)
  if(NOT DEFINED ENV{CUDACXX})
    # Where NVIDIA's packages put it, which is on nobody's PATH by itself.
    find_program(nvcc nvcc HINTS ENV CUDA_HOME ENV CUDA_PATH PATHS /usr/local/cuda /opt/cuda PATH_SUFFIXES bin NO_CACHE)
    if(nvcc)
      set(ENV{CUDACXX} "${nvcc}")
    endif()
  endif()
  if(DEFINED ENV{CUDACXX})
    check_language(CUDA)
  endif()
endif()

if(CMAKE_CUDA_COMPILER)
  if(NOT CMAKE_CUDA_ARCHITECTURES)
    symscan_cuda_architectures("${SYMSCAN_CUDA_ARCHS}" "${CMAKE_CUDA_COMPILER}" SYMSCAN_GPUS_SEEN CMAKE_CUDA_ARCHITECTURES)
    set(SYMSCAN_GPUS_SEEN "${SYMSCAN_GPUS_SEEN}" CACHE INTERNAL "GPUs of this machine when it was last configured")
  endif()
  message(STATUS "CUDA code for ${CMAKE_CUDA_ARCHITECTURES}")
  set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
  enable_language(CUDA)
  find_package(CUDAToolkit REQUIRED)
else()
  if(DEFINED ENV{CUDACXX})
    message(WARNING "$ENV{CUDACXX} does not compile (see CMakeFiles/CMakeError.log in the build folder): "
      "the plugin for GPUs is left out")
  else()
    message(STATUS "no nvcc: the plugin for GPUs is left out")
  endif()
  set(SYMSCAN_CUDA OFF)
endif()
