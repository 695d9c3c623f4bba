#pragma once
#include <hdf5.h>
#include <zip.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "tests/host/data/data_files.hpp"

namespace symscan::test {

// NPY, NPZ and HDF5, as bytes that NumPy and the libraries themselves would write.

using Names = std::vector<std::string>;
using Values = std::vector<double>;

template <class T>
std::string bytes_of(std::initializer_list<T> values) {
  std::string bytes;
  for (const T value : values) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  return bytes;
}

inline std::string swapped(std::string bytes, std::size_t size) {
  for (std::size_t at = 0; at < bytes.size(); at += size)
    std::reverse(bytes.begin() + at, bytes.begin() + at + size);
  return bytes;
}

inline std::string npy(const std::string& descr, const std::string& shape, const std::string& data,
                       bool fortran = false, int version = 1) {
  std::string header = "{'descr': " + descr + ", 'fortran_order': " + (fortran ? "True" : "False") +
                       ", 'shape': " + shape + ", }";
  while ((header.size() + 11) % 64) header += ' ';
  header += '\n';
  std::string length = bytes_of<std::uint32_t>({static_cast<std::uint32_t>(header.size())});
  if (version == 1) length.resize(2);
  return std::string("\x93NUMPY") + static_cast<char>(version) + '\0' + length + header + data;
}

inline std::string npz(const DataFolder& folder,
                       const std::vector<std::pair<std::string, std::string>>& entries, bool deflate = true) {
  const std::string path = folder.path("t.npz");
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, bytes] : entries) {
    const auto index =
        zip_file_add(archive, name.c_str(), zip_source_buffer(archive, bytes.data(), bytes.size(), 0), 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index),
                             deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
  }
  zip_close(archive);
  return path;
}

/// A small HDF5 file made by `fill`.
template <class Fill>
std::string hdf5(const DataFolder& folder, Fill fill) {
  const std::string path = folder.path("t.h5");
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  fill(file);
  H5Fclose(file);
  return path;
}

template <class T>
void add_dataset(hid_t file, const char* name, hid_t type, std::vector<hsize_t> shape,
                 const std::vector<T>& values, hid_t creation = H5P_DEFAULT) {
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(dataset);
  H5Sclose(space);
}

inline void add_text_attribute(hid_t object, const char* name, const std::string& text) {
  const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
  H5Tset_size(type, text.size() + 1);
  const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(attribute, type, text.c_str());
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
}

/// An attribute of an object that is there.
inline void describe(hid_t file, const char* path, const char* name, const std::string& text) {
  const hid_t object = H5Oopen(file, path, H5P_DEFAULT);
  add_text_attribute(object, name, text);
  H5Oclose(object);
}

inline void add_group(hid_t file, const char* path) {
  H5Gclose(H5Gcreate2(file, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

/// Texts of fixed length, as labels are written.
inline void add_labels(hid_t file, const char* path, std::size_t length, const std::string& letters) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, length);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  add_dataset<char>(file, path, type, {letters.size() / length}, {letters.begin(), letters.end()});
  H5Tclose(type);
}

}  // namespace symscan::test
