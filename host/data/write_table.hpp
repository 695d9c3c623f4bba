#pragma once
#include <filesystem>

#include "host/data/table.hpp"

namespace symscan {

/// Writes a table in the format that the ending names (written_endings() in formats.hpp).
/// Values are float32, except that CSV, LHE and HepMC hold the shortest decimals that give back the table's
/// float64; built-in datasets are read back bit-equal from every format. Weights, if any, become a last
/// column called "weight" (LHE: XWGTUP, HepMC: the only weight), the labels of trajectories a column
/// "trajectory". NPZ holds the arrays "data" and "columns", HDF5 the dataset "data" with the attribute
/// "columns"; both open in NumPy and h5py without pickle. LHE and HepMC need columns E, px, py, pz of named
/// particles, e.g. "E(mu-)". The same table gives the same bytes. The file appears whole or not at all.
/// Throws DataError (unknown ending, columns that events cannot hold) or Error (disk).
void write_table(const Table& table, const std::filesystem::path& path);

}  // namespace symscan
