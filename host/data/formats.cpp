// The one list of file formats, and how the ending of a file names one.
#include "host/data/formats.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/helper_table.hpp"
#include "host/data/write_formats.hpp"

namespace symscan {
namespace {

template <Table (*read)(ByteSource&, const std::string&, const FileOptions&)>
Table from_bytes(const FileOptions& options) {
  return read(*open_file(options.path), options.path, options);
}

template <Table (*read)(const std::string&, const FileOptions&)>
Table from_path(const FileOptions& options) {
  refuse_pipe(options.path);
  return read(options.path, options);
}

template <auto read>
auto from_python(const FileOptions& options) {
  refuse_pipe(options.path);
  return read(options);
}

template <void (*write)(const Table&, const std::filesystem::path&)>
void uncompressed(const Table& table, const std::filesystem::path& path, bool) {
  write(table, path);
}

/// What undoes each of the compressions, by their endings.
const std::map<std::string, std::string>& compressions() {
  static const std::map<std::string, std::string> programs = {
      {".gz", "gunzip"}, {".bz2", "bunzip2"}, {".xz", "unxz"}, {".zst", "unzstd"}};
  return programs;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const FileFormat* find_by_ending(const std::string& ending) {
  for (const FileFormat& format : file_formats()) {
    if (contains(format.endings, ending) || contains(format.read_only, ending)) return &format;
  }
  return nullptr;
}

std::vector<std::string> all_endings() {
  std::vector<std::string> endings;
  for (const FileFormat& format : file_formats()) {
    endings.insert(endings.end(), format.endings.begin(), format.endings.end());
    endings.insert(endings.end(), format.read_only.begin(), format.read_only.end());
  }
  return endings;
}

/// Formats that are converted with the tool that their users have at hand.
void refuse_foreign_ending(const std::string& path, const std::string& ending) {
  static const std::map<std::string, std::string> readers = {
      {".pkl", "read_pickle"}, {".pickle", "read_pickle"}, {".xlsx", "read_excel"}};
  const auto reader = readers.find(ending);
  if (reader == readers.end()) return;
  throw DataError(path + " is a " + ending.substr(1) +
                  " file, which is not read here; convert it in Python with pandas, for example pandas." +
                  reader->second + "(file).to_csv('data.csv', index=False), or to .npy with numpy.save");
}

[[noreturn]] void refuse_unknown_ending(const std::string& path, const std::string& ending) {
  if (ending.empty()) {
    throw DataError(path + " has no ending, and the ending names the format; set dataset.format to " +
                    list_words(format_names(), "or"));
  }
  refuse_foreign_ending(path, ending);
  if (ending == ".zip" || ending == ".7z" || ending == ".rar" || ending == ".tar" || ending == ".tgz")
    throw DataError(path + " is an archive, which may hold several files; unpack it first");
  const std::vector<std::string> endings = all_endings();
  const auto nearer = [&](const std::string& a, const std::string& b) {
    return edit_distance(ending, a) < edit_distance(ending, b);
  };
  throw DataError(path + " has the unknown ending '" + ending +
                  "' (nearest known: " + *std::min_element(endings.begin(), endings.end(), nearer) +
                  "); set dataset.format, or use one of " + read_endings());
}

}  // namespace

const std::vector<FileFormat>& file_formats() {
  // clang-format off
  static const std::vector<FileFormat> formats = {
    {"csv", "numbers in columns, with or without a line of names", {".csv"}, {".tsv", ".txt", ".dat"}, true, from_bytes<read_csv>, write_csv},
    {"npy", "a NumPy array with two axes (three with dataset.flatten), or a structured array", {".npy"}, {}, true, from_bytes<read_npy>, write_npy, npy_contents},
    {"npz", "NumPy arrays in one archive", {".npz"}, {}, false, from_path<read_npz>, uncompressed<write_npz>, npz_contents},
    {"hdf5", "a dataset of an HDF5 file, or a group with one dataset per column", {".h5", ".hdf5"}, {".hdf", ".mat"}, false, from_path<read_hdf5_or_events>, uncompressed<write_hdf5>, hdf5_or_events_contents},
    {"root", "a TTree or RNTuple of a ROOT file, with python3 and uproot", {".root"}, {}, false, from_python<read_root>, nullptr, from_python<root_contents>},
    {"parquet", "a Parquet table, with python3 and pyarrow", {".parquet"}, {".pq"}, false, from_python<read_parquet>, uncompressed<write_parquet>, from_python<parquet_contents>, check_parquet_writer},
    {"feather", "a Feather or Arrow file, with python3 and pyarrow", {".feather", ".arrow"}, {".ipc"}, false, from_python<read_feather>, nullptr, from_python<feather_contents>},
    {"lhe", "Les Houches events of particle collisions", {".lhe"}, {}, true, from_bytes<read_lhe>, write_lhe, lhe_contents},
    {"hepmc", "HepMC events of particle collisions, Asciiv3 or IO_GenEvent", {".hepmc"}, {".hepmc2", ".hepmc3"}, true, from_bytes<read_hepmc>, write_hepmc, hepmc_contents},
    {"lheh5", "Les Houches events in HDF5; those in .h5 and .hdf5 are recognised", {}, {".lheh5"}, false, from_path<read_lheh5>, nullptr, lheh5_contents},
  };
  // clang-format on
  return formats;
}

const FileFormat& format_called(const std::string& name) {
  for (const FileFormat& format : file_formats()) {
    if (format.name == name) return format;
  }
  throw DataError("dataset.format is '" + name + "'; it must be auto, " + list_words(format_names(), "or"));
}

const FileFormat& format_of_file(const std::string& path) {
  const auto [ending, compression] = ending_of(path);
  const FileFormat* format = find_by_ending(ending);
  if (format == nullptr) refuse_unknown_ending(path, ending);
  if (!compression.empty() && !format->compressed)
    throw DataError(path + " is a compressed " + format->name + " file; unpack it first (" +
                    compressions().at(compression) + ")");
  return *format;
}

/// The format that a file begins as; empty: it cannot be told. Pipes are not looked into.
std::string format_by_first_bytes(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return "";
  std::string bytes(512, '\0');
  const auto source = open_file(path);
  std::size_t held = 0;
  for (std::size_t got = 1; held < bytes.size() && got > 0; held += got)
    got = source->read(bytes.data() + held, bytes.size() - held);
  bytes.resize(held);
  using Mark = std::pair<std::string_view, const char*>;
  for (const auto& [mark, format] :
       {Mark{"\x93NUMPY", "npy"}, Mark{"\x89HDF\r\n\x1a\n", "hdf5"}, Mark{"PAR1", "parquet"},
        Mark{"ARROW1", "feather"}, Mark{"FEA1", "feather"}}) {
    if (bytes.starts_with(mark)) return format;
  }
  if (bytes.starts_with(std::string_view("root\0", 5))) return "root";
  const std::string_view text =
      std::string_view(bytes).substr(std::min(bytes.find_first_not_of(" \t\r\n"), held));
  if (text.starts_with("<LesHouchesEvents")) return "lhe";
  return text.starts_with("HepMC::") ? "hepmc" : "";
}

const FileFormat& format_of_content(const std::string& path) {
  const std::string begins = format_by_first_bytes(path);
  const FileFormat* named = find_by_ending(ending_of(path).ending);
  // LHEH5 is HDF5; formats with an ending that nobody knows are told by it.
  const bool fits = begins.empty() || (named != nullptr && (named->name == begins || named->name == "lheh5"));
  if (fits) return format_of_file(path);
  throw DataError(path + " begins as " + begins + " files do, and its ending " +
                  (named == nullptr ? "names no format" : "is that of " + named->name + " files") +
                  "; set dataset.format=" + begins);
}

FileEnding ending_of(const std::filesystem::path& path) {
  const std::string last = lower_case(path.extension().string());
  if (!compressions().contains(last)) return {last};
  return {lower_case(path.stem().extension().string()), last};
}

bool is_read_ending(const std::string& ending) {
  return find_by_ending(ending) != nullptr;
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const FileFormat& format : file_formats()) names.push_back(format.name);
  return names;
}

std::string read_endings() {
  std::vector<std::string> compressed;
  for (const FileFormat& format : file_formats()) {
    if (!format.compressed) continue;
    compressed.insert(compressed.end(), format.endings.begin(), format.endings.end());
    compressed.insert(compressed.end(), format.read_only.begin(), format.read_only.end());
  }
  return join_words(all_endings(), " ") + " (" + list_words(compressed) +
         " also with .gz, .bz2, .xz or .zst)";
}

std::string written_endings() {
  std::vector<std::string> endings;
  for (const FileFormat& format : file_formats()) {
    if (format.write == nullptr) continue;
    for (const std::string& ending : format.endings) {
      endings.push_back(ending);
      if (format.compressed) endings.push_back(ending + ".gz");
    }
  }
  return join_words(endings, " ");
}

}  // namespace symscan
