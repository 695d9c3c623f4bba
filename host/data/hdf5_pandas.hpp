#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/data/hdf5_values.hpp"

namespace symscan {

// Tables that pandas keeps in HDF5 files (PyTables). A fixed frame is a group: the labels of its columns
// (axis0) and rows (axis1), and blocks of equal type (blockN_values) with their labels (blockN_items). A
// table is a dataset of records; columns of equal type share a field (values_block_N), and attributes, which
// are pickles, hold their names. Pickles are looked through for texts and whole numbers, and never run.

/// The columns of a fixed frame or series; its index comes behind them and is no feature. May turn the axes
/// of blocks in `tree`.
ArrayTable pandas_fixed_table(hid_t file, Hdf5Tree& tree, const Hdf5Group& group, Hdf5ArrayReader& reader,
                              const std::string& title);

/// Gives the columns of a table their names and order, and puts its index behind them.
void name_pandas_columns(ArrayTable& table, hid_t file, const Hdf5Tree& tree, std::size_t node,
                         Hdf5ArrayReader& reader);

/// The texts and whole numbers of a pickle of protocol 0, in their order; nothing if it holds anything else.
std::optional<std::vector<std::string>> texts_of_pickle(const std::string& pickle);

}  // namespace symscan
