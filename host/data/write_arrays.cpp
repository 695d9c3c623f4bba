// Binary formats: NumPy arrays and archives, HDF5. Little-endian, like every machine that symscan runs on.
#include <zip.h>

#include <algorithm>
#include <bit>
#include <cerrno>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/hdf5_handle.hpp"
#include "host/data/write_formats.hpp"
#include "host/data/zip_errno.hpp"

namespace symscan {
namespace {

static_assert(std::endian::native == std::endian::little);

/// Magic, version 1.0 and a header padded so that the data start at a multiple of 64 bytes, as NumPy wants
/// it.
std::string npy_header(const std::string& element, const std::string& shape) {
  std::string header = "{'descr': '" + element + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string start("\x93NUMPY\x01\x00", 8);
  start += static_cast<char>(header.size() & 0xff);
  start += static_cast<char>(header.size() >> 8);
  return start + header;
}

std::string npy_of_values(const Table& table) {
  const std::vector<float> values = written_values(table);
  std::string bytes =
      npy_header("<f4", std::to_string(table.rows) + ", " + std::to_string(written_columns(table).size()));
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return bytes;
}

/// Texts as NumPy's fixed-width UCS-4, so that no pickle is needed.
std::string npy_of_texts(const std::vector<std::string>& texts) {
  std::size_t width = 1;
  std::vector<std::u32string> characters;
  for (const std::string& text : texts) {
    characters.push_back(decode_utf8(text));
    width = std::max(width, characters.back().size());
  }
  std::string bytes = npy_header("<U" + std::to_string(width), std::to_string(texts.size()) + ",");
  for (const std::u32string& text : characters) {
    for (std::size_t i = 0; i < width; ++i) {
      const char32_t c = i < text.size() ? text[i] : U'\0';
      bytes.append(reinterpret_cast<const char*>(&c), sizeof c);
    }
  }
  return bytes;
}

[[noreturn]] void fail_zip(zip_t* archive, const std::filesystem::path& path) {
  throw_write_trouble(path, zip_errno(zip_get_error(archive)));
}

void add_entry(zip_t* archive, const char* name, const std::string& bytes,
               const std::filesystem::path& path) {
  zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  const zip_int64_t index = source ? zip_file_add(archive, name, source, 0) : -1;
  if (index < 0) {
    if (source) zip_source_free(source);
    fail_zip(archive, path);
  }
  // 1980-01-01, the oldest time that zip knows: equal tables give equal bytes.
  zip_file_set_dostime(archive, static_cast<zip_uint64_t>(index), 0, (1 << 5) | 1, 0);
}

void check_hdf5(bool good, const std::filesystem::path& path) {
  if (good) return;
  throw_write_trouble(path, hdf5_errno());
}

void write_column_attribute(hid_t dataset, const std::vector<std::string>& columns,
                            const std::filesystem::path& path) {
  std::vector<const char*> texts;
  texts.reserve(columns.size());
  for (const std::string& column : columns) texts.push_back(column.c_str());
  const hsize_t count = texts.size();
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
  const Hdf5Handle attribute(
      H5Acreate2(dataset, "columns", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  check_hdf5(attribute && H5Awrite(attribute.get(), type.get(), texts.data()) >= 0, path);
}

}  // namespace

void write_npy(const Table& table, const std::filesystem::path& path, bool compressed) {
  const std::string bytes = npy_of_values(table);
  TextOutput out(path, compressed);
  out.write(bytes);
  out.close();
}

void write_npz(const Table& table, const std::filesystem::path& path) {
  const std::string data = npy_of_values(table), columns = npy_of_texts(written_columns(table));
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (!archive) throw_write_trouble(path, errno);
  try {
    add_entry(archive, "data.npy", data, path);
    add_entry(archive, "columns.npy", columns, path);
    if (zip_close(archive) != 0) fail_zip(archive, path);
  } catch (...) {
    zip_discard(archive);
    throw;
  }
}

void write_hdf5(const Table& table, const std::filesystem::path& path) {
  const Hdf5Silence silence;
  const std::vector<std::string> columns = written_columns(table);
  const std::vector<float> values = written_values(table);
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // Thousands of column names do not fit into the attributes of the oldest format.
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_LATEST);
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access.get(), false, true);  // nobody else knows this file
#endif
  const Hdf5Handle whole(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_obj_track_times(whole.get(), false);  // equal tables give equal bytes
  Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, whole.get(), access.get()), H5Fclose);
  check_hdf5(bool(file), path);
  {
    const hsize_t shape[2] = {table.rows, columns.size()};
    const Hdf5Handle space(H5Screate_simple(2, shape, nullptr), H5Sclose);
    const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(creation.get(), false);
    Hdf5Handle dataset(
        H5Dcreate2(file.get(), "data", H5T_IEEE_F32LE, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
        H5Dclose);
    check_hdf5(dataset && H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                   values.data()) >= 0,
               path);
    write_column_attribute(dataset.get(), columns, path);
    check_hdf5(dataset.close_now(), path);  // small tables are written here
  }
  check_hdf5(H5Fflush(file.get(), H5F_SCOPE_GLOBAL) >= 0, path);
  check_hdf5(file.close_now(), path);  // writes, too
}

}  // namespace symscan
