#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/data/byte_source.hpp"

namespace symscan {

/// How one number is stored in an array file.
struct ElementType {
  /// f float, i signed, u unsigned, b boolean; U, S text; M, m dates; c complex; O pickles; V raw bytes.
  char kind = 'f';
  std::size_t size = 8;
  bool big_endian = false;

  bool is_number() const;
  std::string trouble() const;  ///< what it holds instead of numbers; empty: numbers
  bool is_text() const;         ///< text or dates
  bool may_round() const { return size == 8 && (kind == 'i' || kind == 'u'); }
};

/// Relative rounding of values of this type, for Table::precision.
double precision_of(const ElementType& type);

double decode(const unsigned char* bytes, const ElementType& type);
/// Whether it is an integer that decode() had to round.
bool is_rounded(const unsigned char* bytes, const ElementType& type);

/// One named part of a record, or the only, nameless part of a plain array. Parts of records within records
/// are called "outer.inner", those of arrays within records "name[1]", "name[2]".
struct NpyField {
  std::string name;
  ElementType type;
  std::size_t offset = 0;  ///< bytes from the start of the record
};

/// Header of a NumPy array file (numpy.lib.format, versions 1 to 3).
struct NpyHeader {
  std::vector<NpyField> fields;
  std::size_t record_size = 0;  ///< bytes
  bool structured = false;
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
  std::size_t data_offset = 0;  ///< bytes before the data
};

/// Reads magic, version and header; throws DataError. Leaves `source` at the first byte of the data.
NpyHeader read_npy_header(ByteSource& source, const std::string& name);

/// Parses the header's text, a Python dictionary: {'descr': ..., 'fortran_order': ..., 'shape': (...), }.
NpyHeader parse_npy_header(const std::string& text, const std::string& name);

}  // namespace symscan
