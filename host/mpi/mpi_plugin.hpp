#pragma once
#include <string>
#include <vector>

#include "host/mpi/mpi_api.hpp"

namespace symscan {

/// The library that speaks MPI.
struct MpiPlugin {
  const MpiApi* api = nullptr;
  std::string path;     ///< the library that was opened
  std::string why_not;  ///< why there is no api: a clause
  bool built = true;    ///< false: it is in none of the places where it is looked for
};

/// libsymscan_mpi.so beside the executable or in ../lib/symscan from there; SYMSCAN_MPI_PLUGIN=FILE in the
/// environment takes the place of these. Opened by the first call and kept.
const MpiPlugin& mpi_plugin();

/// Opens the first library of the list that is there.
MpiPlugin open_mpi_plugin(const std::vector<std::string>& files);

/// Processes that an MPI launcher started together with this one, by what it left in the environment:
/// Open MPI, launchers that speak PMI (MPICH, Intel MPI), and srun --mpi=pmix. 1: none, or SYMSCAN_MPI=off
/// says that each trains by itself. A job array or plain srun is none.
int launched_processes();

}  // namespace symscan
