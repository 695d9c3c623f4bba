// The values of HDF5 datasets as columns, or as events of particles.
#include "host/data/hdf5_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{8} << 20;
constexpr std::size_t kMostParts = 65536;
constexpr int kDeepestType = 16;
constexpr double kExactIntegers = 0x1p53;  ///< from here on some integers are rounded
constexpr int kMostEnumWords = 12;         ///< of an enumeration, in a note

/// HDF5 trusts the places of members, and would read beyond the record of a damaged file.
void check_members(hid_t type, const std::string& title) {
  std::vector<std::pair<std::size_t, std::size_t>> places;  // first byte, and the one behind the last
  for (int i = 0; i < H5Tget_nmembers(type); ++i) {
    const auto number = static_cast<unsigned>(i);
    const Hdf5Handle member(H5Tget_member_type(type, number), H5Tclose);
    const std::size_t offset = H5Tget_member_offset(type, number);
    places.emplace_back(offset, offset + (member ? H5Tget_size(member.get()) : 0));
  }
  std::sort(places.begin(), places.end());
  std::size_t end = 0;
  for (const auto& [first, last] : places) {
    if (first < end || last <= first || last > H5Tget_size(type))
      throw DataError(title + " is damaged: the parts of its records overlap");
    end = last;
  }
}

/// The words of an enumeration and their numbers; nothing for those of truth values.
std::string enum_words(hid_t type) {
  const Hdf5Handle super(H5Tget_super(type), H5Tclose);
  const int count = H5Tget_nmembers(type);
  if (!super || H5Tget_size(super.get()) > 8) return "";
  std::vector<std::string> words;
  std::string lower;
  for (int i = 0; i < count && i < kMostEnumWords; ++i) {
    unsigned char value[8] = {};
    char* text = H5Tget_member_name(type, static_cast<unsigned>(i));
    const std::string word = text ? text : "";
    H5free_memory(text);
    if (H5Tget_member_value(type, static_cast<unsigned>(i), value) < 0) return "";
    if (H5Tconvert(super.get(), H5T_NATIVE_INT64, 1, value, nullptr, H5P_DEFAULT) < 0) return "";
    std::int64_t number = 0;
    std::memcpy(&number, value, sizeof number);
    words.push_back(word + " = " + std::to_string(number));
    lower += lower_case(words.back()) + ";";
  }
  if (lower == "false = 0;true = 1;" || lower == "true = 1;false = 0;") return "";
  return join_names(words) + (count > kMostEnumWords ? ", ..." : "");
}

/// Builds the type in memory, and the list of the numbers in it.
class PartsOfType {
 public:
  explicit PartsOfType(const std::string& title) : title_(title) {}

  /// The parts are added to `parts`, at `offset` and named after `name`. No handle: nothing can be read.
  Hdf5Handle build(hid_t type, const std::string& name, std::size_t offset, int depth,
                   std::vector<Hdf5Part>& parts) const {
    if (depth > kDeepestType || parts.size() > kMostParts)
      throw DataError(title_ + " has more than 65536 parts in each record");
    const H5T_class_t kind = H5Tget_class(type);
    if (kind == H5T_ARRAY) return array(type, name, offset, depth, parts);
    const Hdf5Trouble trouble = hdf5_trouble(type);
    if (!trouble.what.empty()) {
      parts.push_back({.name = name, .trouble = trouble});
      return {};
    }
    if (kind == H5T_COMPOUND) return compound(type, name, offset, depth, parts);
    Hdf5Part part{.name = name, .precision = hdf5_precision(type), .offset = offset};
    if (kind == H5T_ENUM) part.words = enum_words(type);
    const bool large = kind == H5T_INTEGER && H5Tget_size(type) > 4 && H5Tget_size(type) <= 8;
    if (kind == H5T_BITFIELD) part.bits = H5Tget_size(type);
    if (large) part.bits = 8;
    if (large) part.with_sign = H5Tget_sign(type) == H5T_SGN_2;
    parts.push_back(part);
    if (large) return {H5Tcopy(part.with_sign ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64), H5Tclose};
    if (kind == H5T_BITFIELD) return {H5Tget_native_type(type, H5T_DIR_ASCEND), H5Tclose};
    return {H5Tcopy(H5T_NATIVE_DOUBLE), H5Tclose};
  }

 private:
  Hdf5Handle compound(hid_t type, const std::string& name, std::size_t offset, int depth,
                      std::vector<Hdf5Part>& parts) const {
    check_members(type, title_);
    std::vector<Hdf5Values::Member> members;
    std::size_t size = 0;
    const int count = std::max(0, H5Tget_nmembers(type));
    for (int i = 0; i < count; ++i) {
      const auto number = static_cast<unsigned>(i);
      char* text = H5Tget_member_name(type, number);
      const std::string inner = text ? text : "";
      H5free_memory(text);
      const Hdf5Handle member(H5Tget_member_type(type, number), H5Tclose);
      Hdf5Handle memory =
          build(member.get(), name.empty() ? inner : name + "." + inner, offset + size, depth + 1, parts);
      if (!memory) continue;
      size += H5Tget_size(memory.get());
      members.push_back({inner, std::move(memory)});
    }
    if (members.empty()) return {};
    Hdf5Handle memory(H5Tcreate(H5T_COMPOUND, size), H5Tclose);
    std::size_t at = 0;
    for (const Hdf5Values::Member& member : members) {
      H5Tinsert(memory.get(), member.name.c_str(), at, member.type.get());
      at += H5Tget_size(member.type.get());
    }
    return memory;
  }

  Hdf5Handle array(hid_t type, const std::string& name, std::size_t offset, int depth,
                   std::vector<Hdf5Part>& parts) const {
    const Hdf5Handle super(H5Tget_super(type), H5Tclose);
    std::vector<Hdf5Part> unit;
    Hdf5Handle element = build(super.get(), "", 0, depth + 1, unit);
    hsize_t sizes[H5S_MAX_RANK] = {};
    const int rank = H5Tget_array_ndims(type);
    if (!element || rank < 1 || rank > H5S_MAX_RANK || H5Tget_array_dims2(type, sizes) < 0) {
      parts.push_back({.name = name, .trouble = unit.empty() ? Hdf5Trouble{"arrays"} : unit[0].trouble});
      return {};
    }
    std::uint64_t count = 1;
    for (int i = 0; i < rank; ++i) {
      count = sizes[i] <= kMostParts ? count * sizes[i] : kMostParts + 1;
      if (count * unit.size() > kMostParts)
        throw DataError(title_ + " has more than 65536 parts in each record");
    }
    const std::size_t step = H5Tget_size(element.get());
    for (std::uint64_t number = 0; number < count; ++number) {
      std::string index;
      std::uint64_t rest = number;
      for (int i = rank; i-- > 0; rest /= sizes[i])
        index = std::to_string(rest % sizes[i] + 1) + (index.empty() ? "" : ",") + index;
      for (Hdf5Part part : unit) {
        part.name = name + "[" + index + "]" + (part.name.empty() ? "" : ".") + part.name;
        part.offset += offset + static_cast<std::size_t>(number) * step;
        parts.push_back(std::move(part));
      }
    }
    return {H5Tarray_create2(element.get(), static_cast<unsigned>(rank), sizes), H5Tclose};
  }

  const std::string& title_;
};

double value_of(const unsigned char* bytes, std::size_t bits, bool with_sign) {
  if (bits == 0) {
    double value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }
  std::uint64_t value = 0;  // little-endian, like every machine that symscan runs on
  std::memcpy(&value, bytes, bits);
  return with_sign ? static_cast<double>(static_cast<std::int64_t>(value)) : static_cast<double>(value);
}

}  // namespace

Hdf5Values hdf5_values(hid_t type, const std::string& title) {
  Hdf5Values values;
  const PartsOfType builder(title);
  values.records = H5Tget_class(type) == H5T_COMPOUND && hdf5_trouble(type).what.empty();
  const int count = values.records ? std::max(0, H5Tget_nmembers(type)) : 1;
  if (values.records) check_members(type, title);
  for (int i = 0; i < count; ++i) {
    Hdf5Values::Member member;
    Hdf5Handle whole;
    hid_t of = type;
    if (values.records) {
      char* text = H5Tget_member_name(type, static_cast<unsigned>(i));
      member.name = text ? text : "";
      H5free_memory(text);
      whole = Hdf5Handle(H5Tget_member_type(type, static_cast<unsigned>(i)), H5Tclose);
      of = whole.get();
    }
    const std::size_t before = values.parts.size();
    member.type = builder.build(of, member.name, 0, 0, values.parts);
    for (std::size_t k = before; k < values.parts.size(); ++k)
      values.parts[k].member = static_cast<std::size_t>(i);
    values.members.push_back(std::move(member));
  }
  return values;
}

/// A reading of some parts of all values: the type in memory, and where each value and part is.
struct Hdf5ArrayReader::Block {
  Hdf5Handle type;
  std::size_t value_size = 0;        ///< bytes
  std::vector<std::size_t> offsets;  ///< of the places that are wanted, in a value; plain arrays: 0
  std::vector<std::size_t> bits;
  std::vector<bool> with_sign;
  std::uint64_t values_per_row = 1;
};

std::string Hdf5ArrayReader::title(std::size_t part) const {
  return path_ + " (" + printable(tree_.nodes[part].path) + ")";
}

Hdf5ArrayReader::Opened& Hdf5ArrayReader::open(std::size_t part) {
  Opened& opened = opened_[part];
  if (opened.dataset) return opened;
  opened.dataset = Hdf5Handle(H5Dopen2(file_, tree_.nodes[part].path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!opened.dataset) throw_passing_trouble(title(part));
  const Hdf5Handle type(opened.dataset ? H5Dget_type(opened.dataset.get()) : -1, H5Tclose);
  if (!type) throw DataError(title(part) + " cannot be read: it is damaged");
  opened.values = hdf5_values(type.get(), title(part));
  return opened;
}

const Hdf5Values& Hdf5ArrayReader::values(std::size_t part) {
  return open(part).values;
}

/// What an enumeration says is lost where only its numbers are read.
void Hdf5ArrayReader::note_words(std::size_t part, const std::vector<std::size_t>& columns) {
  const Hdf5Values& values = open(part).values;
  for (const std::size_t column : columns) {
    const Hdf5Part& read = values.parts.at(values.records ? column : 0);
    if (read.words.empty()) continue;
    const std::string note = title(part) + (read.name.empty() ? "" : ": " + printable(read.name)) +
                             " holds words, and their numbers were read: " + read.words;
    if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(note);
  }
}

void Hdf5ArrayReader::count_rounded(std::size_t part, std::size_t place, const unsigned char* bytes) {
  const Hdf5Values& values = open(part).values;
  const Hdf5Part& read = values.parts[values.records ? place : 0];
  std::uint64_t bits = 0;
  if (read.bits == sizeof bits) {
    std::memcpy(&bits, bytes, sizeof bits);
    rounded[{part, place}] += is_rounded_integer(bits, read.with_sign);
  }
}

void Hdf5ArrayReader::check(std::size_t part, const std::vector<std::size_t>& columns) {
  Opened& opened = open(part);
  if (!opened.values.parts.empty()) note_words(part, columns);
  if (!opened.checked) check_hdf5_storage(opened.dataset.get(), path_, title(part), notes_);
  opened.checked = true;
}

Hdf5ArrayReader::Block Hdf5ArrayReader::block_of(std::size_t part, const std::vector<std::size_t>& places) {
  const Hdf5Values& values = open(part).values;
  const Hdf5Node& node = tree_.nodes[part];
  Block block;
  for (std::size_t axis = 0; axis < node.shape.size(); ++axis) {
    if (axis != node.row_axis()) block.values_per_row *= node.shape[axis];
  }
  if (!values.records) {
    if (values.parts.size() != 1 || !values.members[0].type)
      throw DataError(title(part) + " holds no plain numbers");
    block.type = Hdf5Handle(H5Tcopy(values.members[0].type.get()), H5Tclose);
    block.value_size = H5Tget_size(block.type.get());
    block.offsets.assign(places.size(), 0);
    block.bits.assign(places.size(), values.parts[0].bits);
    block.with_sign.assign(places.size(), values.parts[0].with_sign);
    return block;
  }
  std::map<std::size_t, std::size_t> starts;  // members that are read
  for (const std::size_t place : places) {
    const std::size_t member = values.parts.at(place).member;
    if (!values.members[member].type || !starts.emplace(member, block.value_size).second) continue;
    block.value_size += H5Tget_size(values.members[member].type.get());
  }
  block.type = Hdf5Handle(H5Tcreate(H5T_COMPOUND, block.value_size), H5Tclose);
  for (const auto& [member, start] : starts)
    H5Tinsert(block.type.get(), values.members[member].name.c_str(), start,
              values.members[member].type.get());
  for (const std::size_t place : places) {
    block.offsets.push_back(starts.at(values.parts[place].member) + values.parts[place].offset);
    block.bits.push_back(values.parts[place].bits);
    block.with_sign.push_back(values.parts[place].with_sign);
  }
  return block;
}

void Hdf5ArrayReader::read_block(std::size_t part, const Block& block, std::size_t first, std::size_t count,
                                 std::vector<unsigned char>& buffer) {
  const Hdf5Node& node = tree_.nodes[part];
  const hid_t dataset = open(part).dataset.get();
  std::vector<hsize_t> start(node.shape.size(), 0), size = node.shape;
  start[node.row_axis()] = first;
  size[node.row_axis()] = count;
  buffer.resize(static_cast<std::size_t>(block.values_per_row) * count * block.value_size);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const Hdf5Handle memory(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
  if (H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr) >= 0 &&
      H5Dread(dataset, block.type.get(), memory.get(), space.get(), H5P_DEFAULT, buffer.data()) >= 0)
    return;
  throw_passing_trouble(title(part));
  throw DataError(title(part) + " cannot be read: it is damaged");
}

void Hdf5ArrayReader::read_columns(std::size_t part, std::size_t first, std::size_t count,
                                   const std::vector<ColumnTarget>& targets) {
  const Hdf5Node& node = tree_.nodes[part];
  std::vector<std::size_t> places;
  for (const ColumnTarget& target : targets) places.push_back(target.place);
  const Block block = block_of(part, places);
  const std::size_t row_bytes = static_cast<std::size_t>(block.values_per_row) * block.value_size;
  const std::size_t most = std::max<std::size_t>(1, kBlockBytes / row_bytes);
  std::vector<unsigned char> buffer;
  for (std::size_t done = 0; done < count;) {
    const std::size_t now = std::min(most, count - done);
    read_block(part, block, first + done, now, buffer);
    const bool by_column = node.row_axis() > 0;  // the values of a column lie together
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const std::size_t column = node.records ? 0 : targets[i].place;
      const std::size_t step = by_column ? block.value_size : row_bytes;
      const unsigned char* from =
          buffer.data() + block.offsets[i] + column * block.value_size * (by_column ? now : 1);
      double* to = targets[i].out + done * targets[i].step;
      for (std::size_t row = 0; row < now; ++row, from += step, to += targets[i].step) {
        *to = value_of(from, block.bits[i], block.with_sign[i]);
        if (block.bits[i] == 8 && std::abs(*to) >= kExactIntegers)
          count_rounded(part, targets[i].place, from);
      }
    }
    done += now;
  }
}

void Hdf5ArrayReader::read_events(std::size_t part, const std::vector<std::size_t>& places,
                                  const std::function<bool(const double*)>& use) {
  const Hdf5Node& node = tree_.nodes[part];
  const Block block = block_of(part, places);
  const auto rows = static_cast<std::size_t>(node.rows());
  const auto particles = static_cast<std::size_t>(node.shape[1]);
  const std::size_t row_bytes = static_cast<std::size_t>(block.values_per_row) * block.value_size;
  const std::size_t most = std::max<std::size_t>(1, kBlockBytes / row_bytes), width = places.size();
  std::vector<double> event(particles * width);
  std::vector<unsigned char> buffer;
  for (std::size_t done = 0; done < rows;) {
    const std::size_t now = std::min(most, rows - done);
    read_block(part, block, done, now, buffer);
    // In values: from one event, particle and feature to the next.
    const std::size_t features =
        node.records ? 1 : static_cast<std::size_t>(block.values_per_row) / particles;
    const std::size_t event_step = node.reversed ? 1 : particles * features;
    const std::size_t particle_step = node.reversed ? now : features;
    const std::size_t feature_step = node.reversed ? particles * now : 1;
    for (std::size_t row = 0; row < now; ++row) {
      for (std::size_t k = 0; k < particles; ++k) {
        for (std::size_t i = 0; i < width; ++i) {
          const std::size_t at =
              row * event_step + k * particle_step + (node.records ? 0 : places[i] * feature_step);
          const unsigned char* from = buffer.data() + at * block.value_size + block.offsets[i];
          double& to = event[k * width + i];
          to = value_of(from, block.bits[i], block.with_sign[i]);
          if (block.bits[i] == 8 && std::abs(to) >= kExactIntegers) count_rounded(part, places[i], from);
        }
      }
      if (!use(event.data())) return;
    }
    done += now;
  }
}

void Hdf5ArrayReader::finish(std::vector<std::string>& notes) {
  notes.insert(notes.end(), notes_.begin(), notes_.end());
  notes_.clear();
}

}  // namespace symscan
