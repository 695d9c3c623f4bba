#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/data/byte_source.hpp"
#include "host/data/contents.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// The readers. `name` is the file's name in messages. All throw DataError (Error where the system
/// refuses) and, whatever the bytes are,
/// allocate only in proportion to them. They leave non-finite values in; finish_rows() deals with those (the
/// CSV reader refuses them itself where that is asked for, because it knows the lines).
Table read_csv(ByteSource& source, const std::string& name, const FileOptions& options);
Table read_npy(ByteSource& source, const std::string& name, const FileOptions& options);
Table read_npy(const std::string& path, const FileOptions& options);
Table read_npz(const std::string& path, const FileOptions& options);
Table read_npz(std::string_view bytes, const std::string& name, const FileOptions& options);
Table read_hdf5(const std::string& path, const FileOptions& options);
Table read_lhe(ByteSource& source, const std::string& name, const FileOptions& options);
Table read_hepmc(ByteSource& source, const std::string& name, const FileOptions& options);
/// What a file of events holds, see FileFormat::contents.
std::vector<ContentItem> lhe_contents(const FileOptions& options);
std::vector<ContentItem> hepmc_contents(const FileOptions& options);
/// Whether an HDF5 file holds events as LHEH5 has them; false for what cannot be opened.
bool holds_lheh5(const std::string& path);
/// HDF5 of either kind: without dataset.array, events are recognised.
Table read_hdf5_or_events(const std::string& path, const FileOptions& options);
Table read_lheh5(const std::string& path, const FileOptions& options);
std::vector<ContentItem> hdf5_or_events_contents(const FileOptions& options);
std::vector<ContentItem> lheh5_contents(const FileOptions& options);

/// FileFormat::contents of the array formats: every array, how to choose it, or why it cannot be taken.
std::vector<ContentItem> npy_contents(const FileOptions& options);
std::vector<ContentItem> npz_contents(const FileOptions& options);
std::vector<ContentItem> hdf5_contents(const FileOptions& options);

}  // namespace symscan
