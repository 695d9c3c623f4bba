// LHEH5: Les Houches events in HDF5, as Sherpa and Pythia exchange them (arXiv:1905.05120, arXiv:2309.13154).
//
// Version 2 has two matrices, "events" (9 columns, then weights) and "particles" (13 columns). Version 1 has
// the same columns as datasets of the groups "event" and "particle".
#include <algorithm>
#include <cmath>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/base/trouble.hpp"
#include "host/data/claimed_ranges.hpp"
#include "host/data/event_table.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/hdf5_handle.hpp"
#include "host/data/hdf5_nodes.hpp"
#include "host/data/hdf5_values.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kEventsTogether = 4096;  ///< are read together
constexpr std::size_t kParticlesTogether = std::size_t{1} << 16;
constexpr std::size_t kMostParticlesOfOne = 100000;  ///< of one event
constexpr std::size_t kMostEventColumns = 10000;
constexpr const char* kEventNames[] = {"pid",    "nparticles", "start", "trials", "scale",
                                       "fscale", "rscale",     "aqed",  "aqcd"};
constexpr const char* kParticleNames[] = {"id", "status", "mother1", "mother2", "color1",   "color2", "px",
                                          "py", "pz",     "e",       "m",       "lifetime", "spin"};
constexpr const char* kPartsRead[] = {"id", "status", "px", "py", "pz", "e", "m"};
constexpr std::uint64_t kHdf5BestRatio = 1032;  ///< deflate's own limit: more was never stored

bool has_dataset(hid_t file, const char* path) {
  const Hdf5Handle dataset(H5Dopen2(file, path, H5P_DEFAULT), H5Dclose);
  return bool(dataset);
}

/// Numbers of a matrix or column.
class Lheh5Dataset {
 public:
  Lheh5Dataset(hid_t file, const std::string& name, const std::string& path, std::vector<std::string>& notes)
      : title_(name + " (" + path + ")") {
    dataset_ = Hdf5Handle(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose);
    if (!dataset_) throw DataError(title_ + " is missing or cannot be opened, and LHEH5 files have it");
    const Hdf5Handle space(H5Dget_space(dataset_.get()), H5Sclose);
    const Hdf5Handle type(H5Dget_type(dataset_.get()), H5Tclose);
    const int rank = H5Sget_simple_extent_ndims(space.get());
    const H5T_class_t kind = H5Tget_class(type.get());
    if (rank < 1 || rank > 2 || (kind != H5T_FLOAT && kind != H5T_INTEGER))
      throw DataError(title_ + " is no matrix or column of numbers");
    hsize_t shape[2] = {0, 1};
    H5Sget_simple_extent_dims(space.get(), shape, nullptr);
    rank_ = rank;
    rows_ = shape[0];
    columns_ = shape[1];
    single_ = kind == H5T_FLOAT && H5Tget_size(type.get()) <= 4;
    check_storage(H5Tget_size(type.get()));
    check_hdf5_storage(dataset_.get(), name, title_, notes);
  }

  std::uint64_t rows() const { return rows_; }
  std::uint64_t columns() const { return columns_; }
  bool single() const { return single_; }

  /// [count][columns] from row `first`, which are within the rows.
  void read(std::uint64_t first, std::size_t count, std::vector<double>& values) const {
    values.resize(count * columns_);
    if (values.empty()) return;
    const Hdf5Handle space(H5Dget_space(dataset_.get()), H5Sclose);
    const hsize_t start[2] = {first, 0}, size[2] = {count, columns_};
    const Hdf5Handle memory(H5Screate_simple(rank_, size, nullptr), H5Sclose);
    if (H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start, nullptr, size, nullptr) < 0 ||
        H5Dread(dataset_.get(), H5T_NATIVE_DOUBLE, memory.get(), space.get(), H5P_DEFAULT, values.data()) < 0)
      throw_unreadable();
  }

  /// Texts of the first attribute that has one for each column; empty if there is none.
  std::vector<std::string> column_names() const {
    std::vector<std::string> names;
    const int attributes = H5Aget_num_attrs(dataset_.get());
    for (int i = 0; i < std::min(attributes, 20) && names.empty(); ++i) {
      const Hdf5Handle attribute(H5Aopen_by_idx(dataset_.get(), ".", H5_INDEX_NAME, H5_ITER_INC,
                                                static_cast<hsize_t>(i), H5P_DEFAULT, H5P_DEFAULT),
                                 H5Aclose);
      if (attribute) names = texts_of(attribute.get());
    }
    return names;
  }

 private:
  void check_storage(std::size_t number_size) const {
    const Hdf5Handle creation(H5Dget_create_plist(dataset_.get()), H5Pclose);
    if (H5Pget_external_count(creation.get()) > 0 || H5Pget_layout(creation.get()) == H5D_VIRTUAL)
      throw DataError(title_ +
                      " keeps its numbers in another file, which is not read; copy them with h5repack");
    if (columns_ == 0 || columns_ > kMostEventColumns)
      throw DataError(title_ + " has " + std::to_string(columns_) + " columns, which cannot be right");
    const std::uint64_t stored = H5Dget_storage_size(dataset_.get());
    if (rows_ > UINT64_MAX / columns_ / number_size ||
        rows_ * columns_ * number_size / kHdf5BestRatio > stored + 64) {
      throw DataError(title_ + " declares " + std::to_string(rows_) + " rows, but only " +
                      std::to_string(stored) + " bytes are stored: it was never filled or is damaged");
    }
  }

  [[noreturn]] void throw_unreadable() const {
    if (const int error = hdf5_errno(); exit_code_of(error) == ExitCode::interrupted)
      throw_trouble("cannot read", title_, error);
    throw DataError(title_ + " cannot be read: it is damaged, or needs a filter that is not installed");
  }

  std::vector<std::string> texts_of(hid_t attribute) const {
    std::vector<std::string> names;
    const Hdf5Handle space(H5Aget_space(attribute), H5Sclose);
    const Hdf5Handle type(H5Aget_type(attribute), H5Tclose);
    const hssize_t count = H5Sget_simple_extent_npoints(space.get());
    if (H5Tget_class(type.get()) != H5T_STRING || count != static_cast<hssize_t>(columns_)) return names;
    if (H5Tis_variable_str(type.get()) > 0) {
      std::vector<char*> texts(static_cast<std::size_t>(count), nullptr);
      if (H5Aread(attribute, type.get(), texts.data()) < 0) return names;
      for (const char* text : texts) names.emplace_back(text ? text : "");
      H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, texts.data());
      return names;
    }
    const std::size_t size = H5Tget_size(type.get());
    if (size == 0 || size > 4096) return names;
    std::vector<char> bytes(size * static_cast<std::size_t>(count));
    if (H5Aread(attribute, type.get(), bytes.data()) < 0) return names;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const std::string text(bytes.data() + i * size, size);
      names.push_back(text.substr(0, std::min(text.find('\0'), text.find_last_not_of(' ') + 1)));
    }
    return names;
  }

  std::string title_;
  Hdf5Handle dataset_;
  int rank_ = 1;
  std::uint64_t rows_ = 0, columns_ = 1;
  bool single_ = false;
};

class Lheh5Reader {
 public:
  Lheh5Reader(const std::string& path, const FileOptions& options)
      : name_(path), events_(path, options, "event") {
    file_ = open_hdf5(path);
    has_dataset(file_.get(), "events") ? open_matrices() : open_columns();
    choose_weight();
  }

  Table read() {
    read_events();
    bool single = false;
    for (const Lheh5Dataset& dataset : datasets_) single |= dataset.single();
    events_.set_precision(single ? kFloat32Precision : kFloat64Precision);
    return events_.finish();
  }

  std::vector<ContentItem> contents() {
    read_events();
    std::vector<ContentItem> weights;
    for (const std::string& weight : weight_names_)
      weights.push_back({"weight " + join_names({weight}), "event weight", {"dataset.weights=" + weight}});
    return events_.contents(weights);
  }

 private:
  void open_matrices() {
    for (const char* matrix : {"events", "particles"})
      datasets_.emplace_back(file_.get(), name_, matrix, events_.notes());
    event_columns_ = particle_columns_ = 1;
    const std::vector<std::string> names = names_of(datasets_[0], kEventNames, "events");
    count_place_ = place_of(names, "nparticles");
    start_place_ = place_of(names, "start");
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (std::find(std::begin(kEventNames), std::end(kEventNames), names[i]) != std::end(kEventNames))
        continue;
      weight_names_.push_back(names[i]);
      weight_places_.push_back(i);
    }
    const std::vector<std::string> parts = names_of(datasets_[1], kParticleNames, "particles");
    for (std::size_t i = 0; i < std::size(kPartsRead); ++i) part_places_[i] = place_of(parts, kPartsRead[i]);
  }

  /// Names of the columns: the file's, or those of the format, then weights "0", "1", ...
  template <std::size_t count>
  std::vector<std::string> names_of(const Lheh5Dataset& dataset, const char* const (&known)[count],
                                    const char* what) const {
    std::vector<std::string> names = dataset.column_names();
    if (!names.empty()) return names;
    if (dataset.columns() < count) {
      throw DataError(name_ + " (" + what + ") has " + std::to_string(dataset.columns()) +
                      " columns, and LHEH5 has " + std::to_string(count) + " or more");
    }
    names.assign(std::begin(known), std::end(known));
    for (std::size_t i = count; i < dataset.columns(); ++i) names.push_back(std::to_string(i - count));
    return names;
  }

  std::size_t place_of(const std::vector<std::string>& names, const std::string& wanted) const {
    const auto found = std::find(names.begin(), names.end(), wanted);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    throw DataError(name_ + " has no column " + wanted + ", which LHEH5 files have; it has " +
                    join_names(names));
  }

  void open_columns() {
    const bool indexed = has_dataset(file_.get(), "index/start");
    for (const char* column : {"event/nparticles", indexed ? "index/start" : "event/start", "event/weight"})
      datasets_.emplace_back(file_.get(), name_, column, events_.notes());
    event_columns_ = datasets_.size();
    for (const char* column : kPartsRead)
      datasets_.emplace_back(file_.get(), name_, std::string("particle/") + column, events_.notes());
    particle_columns_ = datasets_.size() - event_columns_;
    for (std::size_t i = 0; i < datasets_.size(); ++i) {
      const std::uint64_t expected = datasets_[i < event_columns_ ? 0 : event_columns_].rows();
      if (datasets_[i].rows() != expected || datasets_[i].columns() != 1)
        throw DataError(name_ + ": the columns of event or particle are not equally long");
    }
    weight_names_ = {"weight"};
    weight_places_ = {0};
  }

  void choose_weight() {
    const std::string wanted = events_.named_weight();
    for (std::size_t i = 0; !wanted.empty() && i < weight_names_.size(); ++i) {
      if (weight_names_[i] != wanted) continue;
      weight_ = i;
      return;
    }
    if (wanted.empty()) return;
    throw DataError(name_ + " has no weight " + printable(wanted) + " (dataset.weights); it has " +
                    (weight_names_.empty() ? "none" : join_names(weight_names_)));
  }

  /// What is read of one event.
  struct Entry {
    std::uint64_t first = 0;  ///< of its particles
    std::size_t particles = 0;
    double weight = 1;
  };

  std::uint64_t count(double value, std::uint64_t event, const char* what, double most) const {
    if (value >= 0 && value <= most && value == std::trunc(value)) return static_cast<std::uint64_t>(value);
    throw DataError(name_ + ": the " + what + " of event " + std::to_string(event + 1) + " is " +
                    number_text(value) + ", which cannot be right");
  }

  void read_events() {
    const std::uint64_t all = datasets_[0].rows();
    if (all == 0) throw DataError(name_ + " holds no events");
    std::vector<Entry> entries;
    for (std::uint64_t event = 0; event < all && !events_.full(); event += kEventsTogether) {
      entries.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kEventsTogether, all - event)));
      read_entries(event, entries);
      for (std::size_t begin = 0; begin < entries.size() && !events_.full();)
        begin = read_particles(event, entries, begin);
    }
  }

  void read_entries(std::uint64_t first, std::vector<Entry>& entries) {
    const std::uint64_t all_particles = datasets_[event_columns_].rows();
    const bool columns = event_columns_ > 1;
    for (std::size_t i = 0; i < event_columns_; ++i) datasets_[i].read(first, entries.size(), numbers_[i]);
    const auto width = static_cast<std::size_t>(datasets_[0].columns());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const double* row = numbers_[0].data() + i * width;
      Entry& entry = entries[i];
      entry.particles =
          count(columns ? row[0] : row[count_place_], first + i, "number of particles", kMostParticlesOfOne);
      entry.first = count(columns ? numbers_[1][i] : row[start_place_], first + i, "first particle", 9e15);
      if (entry.particles > 0 &&
          (entry.first >= all_particles || all_particles - entry.first < entry.particles)) {
        throw DataError(name_ + ": event " + std::to_string(first + i + 1) + " has " +
                        std::to_string(entry.particles) + " particles from number " +
                        std::to_string(entry.first) + ", and there are " + std::to_string(all_particles));
      }
      if (!claimed_.add(entry.first, entry.first + entry.particles)) {
        throw DataError(name_ + ": event " + std::to_string(first + i + 1) + " has " +
                        std::to_string(entry.particles) + " particles from number " +
                        std::to_string(entry.first) +
                        ", and an event before it has some of them too; the file is damaged");
      }
      if (columns) entry.weight = numbers_[2][i];
      if (!columns && !weight_names_.empty()) entry.weight = row[weight_places_[weight_]];
    }
  }

  /// Reads the particles of the events from `begin` that follow each other, and returns the event after them.
  std::size_t read_particles(std::uint64_t first_event, const std::vector<Entry>& entries,
                             std::size_t begin) {
    std::size_t end = begin, together = 0;
    for (; end < entries.size(); ++end) {
      const Entry& entry = entries[end];
      const bool follows = entry.particles == 0 || entry.first == entries[begin].first + together;
      if (end > begin && (!follows || together + entry.particles > kParticlesTogether)) break;
      together += entry.particles;
    }
    for (std::size_t i = 0; i < particle_columns_; ++i)
      datasets_[event_columns_ + i].read(entries[begin].first, together, numbers_[i]);
    std::size_t place = 0;
    for (std::size_t i = begin; i < end && !events_.full(); ++i) {
      events_.begin_event();
      for (std::size_t k = 0; k < entries[i].particles; ++k) events_.add(particle(place++, first_event + i));
      events_.end_event(entries[i].weight, first_event + i + 1, !weight_names_.empty());
    }
    return end;
  }

  int code(double value, std::uint64_t event, const char* what) const {
    if (std::abs(value) <= 2147483647.0 && value == std::trunc(value)) return static_cast<int>(value);
    throw DataError(name_ + ": a " + what + " of event " + std::to_string(event + 1) + " is " +
                    number_text(value) + ", which is not an integer in range");
  }

  EventParticle particle(std::size_t place, std::uint64_t event) const {
    double part[7];  // id, status, px, py, pz, E, m
    if (particle_columns_ > 1) {
      for (std::size_t i = 0; i < 7; ++i) part[i] = numbers_[i][place];
    } else {
      const double* row = numbers_[0].data() + place * static_cast<std::size_t>(datasets_[1].columns());
      for (std::size_t i = 0; i < 7; ++i) part[i] = row[part_places_[i]];
    }
    return {code(part[0], event, "particle id"),
            code(part[1], event, "status code"),
            part[2],
            part[3],
            part[4],
            part[5],
            part[6]};
  }

  std::string name_;
  EventTable events_;
  Hdf5Handle file_;
  std::vector<Lheh5Dataset> datasets_;  ///< of events, then of particles
  std::size_t event_columns_ = 0, particle_columns_ = 0;
  std::vector<std::string> weight_names_;
  std::size_t weight_ = 0;  ///< the chosen one of them
  /// Columns of the matrices.
  std::size_t count_place_ = 0, start_place_ = 0, part_places_[7] = {};
  std::vector<std::size_t> weight_places_;
  ClaimedRanges claimed_;           ///< the particles of the events so far
  std::vector<double> numbers_[7];  ///< what was read of each dataset
};

}  // namespace

bool holds_lheh5(const std::string& path) {
  const Hdf5Silence silence;
  const Hdf5Handle file = open_hdf5(path);
  const auto all = [&](std::initializer_list<const char*> paths) {
    return std::all_of(paths.begin(), paths.end(), [&](const char* p) { return has_dataset(file.get(), p); });
  };
  return all({"events", "particles", "procInfo"}) || all({"event/nparticles", "particle/id", "particle/px"});
}

namespace {

/// What `read` gives. Where the disk failed meanwhile, neither its result nor what it says of the file can be
/// believed.
template <class Read>
auto read_soundly(const std::string& path, Read read) {
  const Hdf5Silence silence;
  hdf5_passing_errno = 0;
  const auto check = [&] {
    if (hdf5_passing_errno != 0) throw_trouble("cannot read", path, hdf5_passing_errno);
  };
  try {
    auto result = read();
    check();
    return result;
  } catch (const DataError& error) {
    if (error.code() == ExitCode::bad_input) check();
    throw;
  }
}

}  // namespace

Table read_hdf5_or_events(const std::string& path, const FileOptions& options) {
  return read_soundly(path, [&] {
    if (options.array.empty() && holds_lheh5(path)) return Lheh5Reader(path, options).read();
    if (!options.particles.empty()) {
      throw DataError("dataset.particles is only for event files (LHE, HepMC, LHEH5), and " + path +
                      " is read as hdf5");
    }
    return read_hdf5(path, options);
  });
}

std::vector<ContentItem> hdf5_or_events_contents(const FileOptions& options) {
  return read_soundly(options.path, [&] {
    return options.array.empty() && holds_lheh5(options.path)
               ? Lheh5Reader(options.path, without_particles(options)).contents()
               : hdf5_contents(options);
  });
}

Table read_lheh5(const std::string& path, const FileOptions& options) {
  return read_soundly(path, [&] { return Lheh5Reader(path, options).read(); });
}

std::vector<ContentItem> lheh5_contents(const FileOptions& options) {
  return read_soundly(options.path,
                      [&] { return Lheh5Reader(options.path, without_particles(options)).contents(); });
}

}  // namespace symscan
