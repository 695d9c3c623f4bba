// Whether the values of an HDF5 dataset are really there: HDF5 itself gives zeros for what is missing.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/hdf5_values.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

/// Declared size over stored size beyond which a dataset is taken for a trap (deflate's own limit).
constexpr std::uint64_t kBestRatio = 1032;
constexpr int kMostVirtualLevels = 4;  ///< virtual datasets of virtual datasets
constexpr std::size_t kMostSources = 100000;

class StorageCheck {
 public:
  StorageCheck(const std::string& title, std::vector<std::string>& notes) : title_(title), notes_(notes) {}

  void check(hid_t dataset, const std::string& file, int depth) {
    const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose);
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    const hssize_t points = space ? H5Sget_simple_extent_npoints(space.get()) : -1;
    if (!creation || points < 0) throw DataError(title_ + " cannot be read: it is damaged");
    if (points == 0) throw DataError(title_ + " holds no values");
    refuse_external(creation.get());
    refuse_filters(creation.get());
    if (H5Pget_layout(creation.get()) == H5D_VIRTUAL)
      return check_virtual(dataset, creation.get(), file, static_cast<std::uint64_t>(points), depth);
    check_stored(dataset, static_cast<std::uint64_t>(points));
    if (H5Pget_layout(creation.get()) == H5D_CHUNKED)
      note_missing_blocks(dataset, creation.get(), space.get());
  }

 private:
  void refuse_external(hid_t creation) const {
    if (H5Pget_external_count(creation) <= 0) return;
    char name[256] = {};
    H5Pget_external(creation, 0, sizeof name - 1, name, nullptr, nullptr);
    throw DataError(
        title_ + " keeps its values in another file, " + printable(name) +
        ", which is not read; save them in one file, for example with h5py: new['x'] = old['x'][...]");
  }

  void refuse_filters(hid_t creation) const {
    for (int i = 0; i < H5Pget_nfilters(creation); ++i) {
      unsigned flags = 0, config = 0;
      std::size_t count = 0;
      char name[64] = {};
      const H5Z_filter_t filter = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &count, nullptr,
                                                 sizeof name - 1, name, &config);
      if (filter < 0 || H5Zfilter_avail(filter) > 0) continue;
      throw DataError(
          title_ + " is compressed with the filter " + std::to_string(filter) +
          (name[0] ? " (" + printable(name) + ")" : "") +
          ", which is not installed; install it and set HDF5_PLUGIN_PATH, or save the data with gzip");
    }
  }

  void check_stored(hid_t dataset, std::uint64_t values) const {
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    const std::uint64_t bytes = values * H5Tget_size(type.get()), stored = H5Dget_storage_size(dataset);
    if (stored > 0 && bytes / kBestRatio <= stored + 64) return;
    throw DataError(title_ + " declares " + std::to_string(bytes) + " bytes, but only " +
                    std::to_string(stored) + " are stored: it was never filled or is damaged");
  }

  void note_missing_blocks(hid_t dataset, hid_t creation, hid_t space) {
    hsize_t sizes[H5S_MAX_RANK] = {}, chunk[H5S_MAX_RANK] = {}, there = 0;
    const int rank = H5Sget_simple_extent_dims(space, sizes, nullptr);
    if (rank < 1 || H5Pget_chunk(creation, rank, chunk) != rank) return;
#if H5_VERSION_GE(1, 10, 5)
    if (H5Dget_num_chunks(dataset, space, &there) < 0) return;
#else
    return;
#endif
    std::uint64_t blocks = 1;
    for (int i = 0; i < rank; ++i) blocks *= (sizes[i] + chunk[i] - 1) / std::max<hsize_t>(chunk[i], 1);
    if (there < blocks)
      notes_.push_back(std::to_string(blocks - there) + " of " + plural(blocks, "block") + " of " + title_ +
                       " were never written: their values are those that HDF5 fills in, mostly zeros");
  }

  // Virtual datasets: pieces of datasets, mostly of other files.

  void check_virtual(hid_t dataset, hid_t creation, const std::string& file, std::uint64_t values,
                     int depth) {
    if (depth > kMostVirtualLevels) throw DataError(title_ + " is a virtual dataset of too many levels");
    std::size_t count = 0;
    if (H5Pget_virtual_count(creation, &count) < 0 || count == 0 || count > kMostSources)
      throw DataError(title_ + " is a virtual dataset without sources: its values are not in this file");
    std::uint64_t covered = 0;
    bool open_ended = false;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string source_file = text_of(creation, i, H5Pget_virtual_filename);
      const std::string source_name = text_of(creation, i, H5Pget_virtual_dsetname);
      const Hdf5Handle target(H5Pget_virtual_vspace(creation, i), H5Sclose);
      const hssize_t points = target ? H5Sget_select_npoints(target.get()) : -1;
      if (is_pattern(source_file) || is_pattern(source_name) || points < 0) {
        open_ended = true;
        continue;
      }
      covered += static_cast<std::uint64_t>(points);
      check_source(dataset, creation, i, file, source_file, source_name, depth);
    }
    if (open_ended) return refuse_gaps(dataset);
    if (covered < values)
      throw DataError(title_ + " is a virtual dataset of " + std::to_string(values) +
                      " values, and its sources hold " + std::to_string(covered) + " of them");
  }

  static std::string text_of(hid_t creation, std::size_t number,
                             ssize_t (*get)(hid_t, std::size_t, char*, std::size_t)) {
    const ssize_t length = get(creation, number, nullptr, 0);
    if (length <= 0 || length > 65536) return "";
    std::string text(static_cast<std::size_t>(length) + 1, '\0');
    get(creation, number, text.data(), text.size());
    text.resize(static_cast<std::size_t>(length));
    return text;
  }

  /// "part_%b.h5" stands for as many sources as there are.
  static bool is_pattern(const std::string& name) {
    return name.find("%b") != std::string::npos;
  }

  /// Of sources without end: what is there must not go on behind one that is missing.
  void refuse_gaps(hid_t dataset) const {
    const Hdf5Handle file(H5Iget_file_id(dataset), H5Fclose);
    const ssize_t length = H5Iget_name(dataset, nullptr, 0);
    if (length <= 0) return;
    std::string name(static_cast<std::size_t>(length) + 1, '\0');
    H5Iget_name(dataset, name.data(), name.size());
    std::vector<hsize_t> sizes[2];
    for (const H5D_vds_view_t view : {H5D_VDS_FIRST_MISSING, H5D_VDS_LAST_AVAILABLE}) {
      const Hdf5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
      H5Pset_virtual_view(access.get(), view);
      const Hdf5Handle seen(H5Dopen2(file.get(), name.c_str(), access.get()), H5Dclose);
      const Hdf5Handle space(seen ? H5Dget_space(seen.get()) : -1, H5Sclose);
      const int rank = space ? H5Sget_simple_extent_ndims(space.get()) : 0;
      std::vector<hsize_t>& size = sizes[view == H5D_VDS_FIRST_MISSING ? 0 : 1];
      size.resize(static_cast<std::size_t>(std::max(0, rank)));
      if (rank > 0) H5Sget_simple_extent_dims(space.get(), size.data(), nullptr);
    }
    if (sizes[0] != sizes[1])
      throw DataError(title_ + " is a virtual dataset, and a source in its middle is missing");
  }

  void check_source(hid_t dataset, hid_t creation, std::size_t number, const std::string& file,
                    const std::string& source_file, const std::string& source_name, int depth) {
    std::string path = file;
    Hdf5Handle own;
    hid_t place = -1;
    if (source_file == ".") {
      own = Hdf5Handle(H5Iget_file_id(dataset), H5Fclose);
      place = own.get();
    } else {
      place = open_source(file, source_file, path);
    }
    const Hdf5Handle source(H5Dopen2(place, source_name.c_str(), H5P_DEFAULT), H5Dclose);
    if (!source) {
      throw_passing_trouble(title_);
      throw DataError(title_ + " is a virtual dataset, and its source " + printable(source_name) +
                      " is not in " + printable(source_file));
    }
    const Hdf5Handle mapped(H5Pget_virtual_srcspace(creation, number), H5Sclose);
    const Hdf5Handle space(H5Dget_space(source.get()), H5Sclose);
    hsize_t sizes[H5S_MAX_RANK] = {}, low[H5S_MAX_RANK] = {}, high[H5S_MAX_RANK] = {};
    const int rank = H5Sget_simple_extent_dims(space.get(), sizes, nullptr);
    const bool bounded = mapped && H5Sget_simple_extent_ndims(mapped.get()) == rank &&
                         H5Sget_select_bounds(mapped.get(), low, high) >= 0;
    for (int i = 0; bounded && i < rank; ++i) {
      if (high[i] < sizes[i]) continue;
      throw DataError(title_ + " is a virtual dataset that takes " + std::to_string(high[i] + 1) +
                      " values along axis " + std::to_string(i + 1) + " of its source " +
                      printable(source_name) + " of " + printable(source_file) + ", which has only " +
                      std::to_string(sizes[i]) + ": the source was shortened, or another file has its name");
    }
    // Where all of a source is mapped, HDF5 gives the selection the size that the source has now.
    const Hdf5Handle target(H5Pget_virtual_vspace(creation, number), H5Sclose);
    const hssize_t wanted = target ? H5Sget_select_npoints(target.get()) : -1;
    const hssize_t there = H5Sget_simple_extent_npoints(space.get());
    if (mapped && H5Sget_select_type(mapped.get()) == H5S_SEL_ALL && wanted != there)
      throw DataError(title_ + " is a virtual dataset that takes " + std::to_string(wanted) +
                      " values from its source " + printable(source_name) + " of " + printable(source_file) +
                      ", which has " + std::to_string(there) +
                      ": the source was changed, or another file has its name");
    StorageCheck(title_, notes_).check(source.get(), path, depth + 1);
  }

  /// As HDF5 looks for it: HDF5_VDS_PREFIX, the folder of the file, the working folder.
  hid_t open_source(const std::string& file, const std::string& wanted, std::string& path) {
    const auto found = sources_.find(wanted);
    if (found != sources_.end()) {
      path = found->second.first;
      return found->second.second.get();
    }
    namespace fs = std::filesystem;
    std::vector<fs::path> candidates;
    fs::path name = wanted;
    if (name.is_absolute()) {
      candidates.push_back(name);
      name = name.filename();
    }
    std::error_code ignored;
    const fs::path folder = fs::path(file).parent_path();
    if (const char* prefix = std::getenv("HDF5_VDS_PREFIX"); prefix != nullptr && *prefix != '\0') {
      const std::string text = prefix;
      const bool origin = text.starts_with("${ORIGIN}");
      candidates.push_back((origin ? fs::path(folder.string() + text.substr(9)) : fs::path(text)) / name);
    }
    candidates.push_back(folder / name);
    candidates.push_back(name);
    candidates.push_back(fs::canonical(file, ignored).parent_path() / name);
    for (const fs::path& candidate : candidates) {
      if (!fs::is_regular_file(candidate, ignored)) continue;
      path = candidate.string();
      Hdf5Handle opened = open_hdf5(path);
      const hid_t id = opened.get();
      sources_.emplace(wanted, std::pair{path, std::move(opened)});
      return id;
    }
    throw DataError(title_ + " is a virtual dataset, and its source " + printable(wanted) +
                    " is missing; bring it to the folder of the file");
  }

  const std::string& title_;
  std::vector<std::string>& notes_;
  std::map<std::string, std::pair<std::string, Hdf5Handle>> sources_;
};

}  // namespace

void check_hdf5_storage(hid_t dataset, const std::string& file, const std::string& title,
                        std::vector<std::string>& notes) {
  StorageCheck(title, notes).check(dataset, file, 0);
}

}  // namespace symscan
