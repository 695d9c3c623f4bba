// Archives of NumPy arrays: what is in them, and the bytes of an entry.
#include "host/data/npz_archive.hpp"

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/base/trouble.hpp"
#include "host/data/array_table.hpp"
#include "host/data/text_values.hpp"
#include "host/data/zip_errno.hpp"

namespace symscan {
namespace {

constexpr zip_int64_t kMostEntries = 65536;
/// Deflate cannot do better than 1032:1; an entry that claims more is damaged or a trap.
constexpr std::uint64_t kBestMemberRatio = 1032;

/// Throws what is wrong with the archive, or with the system.
[[noreturn]] void throw_zip_trouble(const std::string& name, const char* what, zip_error_t* error) {
  const int system = zip_errno(error);
  const std::string text = zip_error_strerror(error);
  const bool checksum = zip_error_code_zip(error) == ZIP_ER_CRC;
  zip_error_fini(error);
  if (exit_code_of(system) == ExitCode::interrupted) throw_trouble("cannot read", name, system);
  if (checksum)
    throw DataError(name + " is damaged: its bytes do not fit its checksum (CRC-32); copy or save it again");
  throw DataError(name + what + ": " + text);
}

}  // namespace

NpzEntrySource::NpzEntrySource(zip_t* archive, std::uint64_t index, std::uint64_t size,
                               const std::string& name)
    : file_(zip_fopen_index(archive, index, 0)), size_(size), name_(name) {
  if (!file_) throw_zip_trouble(name_, " cannot be unpacked", zip_get_error(archive));
}

std::size_t NpzEntrySource::read(char* buffer, std::size_t size) {
  const zip_int64_t got = zip_fread(file_, buffer, size);
  if (got < 0) throw_zip_trouble(name_, " cannot be unpacked", zip_file_get_error(file_));
  return static_cast<std::size_t>(got);
}

bool NpzEntry::numeric() const {
  return damage.empty() && !header.structured && header.fields[0].type.is_number();
}

bool NpzEntry::gives_values(std::uint64_t rows) const {
  if (!numeric() || axes() == 0 || header.shape[0] != rows) return false;
  return axes() == 1 || (axes() == 2 && header.shape[1] == 1);
}

std::string NpzEntry::description() const {
  if (!damage.empty()) return "damaged";
  const std::string trouble = header.structured ? "" : header.fields[0].type.trouble();
  return shape_text(header.structured ? "records" : trouble.empty() ? "numbers" : trouble, header.shape);
}

NpzArchive::NpzArchive(zip_source_t* source, const std::string& name) : name_(name) {
  zip_error_t error;
  zip_error_init(&error);
  archive_ = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
  if (!archive_) {
    if (source) zip_source_free(source);
    throw_zip_trouble(name, " is not a NPZ (zip) file", &error);
  }
  zip_error_fini(&error);
}

std::string NpzArchive::title(const NpzEntry& entry) const {
  return name_ + " (" + printable(entry.name) + ")";
}

std::vector<NpzEntry> NpzArchive::list() const {
  const zip_int64_t count = zip_get_num_entries(archive_, 0);
  if (count > kMostEntries) throw DataError(name_ + " has more than 65536 entries");
  std::vector<NpzEntry> entries;
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(archive_, static_cast<zip_uint64_t>(i), 0, &stat) != 0 || !stat.name) continue;
    NpzEntry entry;
    entry.name = stat.name;
    if (!entry.name.ends_with(".npy")) continue;
    entry.name.resize(entry.name.size() - 4);
    entry.index = static_cast<std::uint64_t>(i);
    check_size(entry, stat);
    read_header(entry);
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<std::string> NpzArchive::foreign_entries() const {
  std::vector<std::string> names;
  const zip_int64_t count = zip_get_num_entries(archive_, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* text = zip_get_name(archive_, static_cast<zip_uint64_t>(i), 0);
    const std::string name = text ? text : "";
    if (!name.ends_with(".npy") && !name.ends_with("/")) names.push_back(name);
  }
  return names;
}

void NpzArchive::check_size(NpzEntry& entry, const zip_stat_t& stat) const {
  entry.size = stat.size;
  if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE) {
    throw DataError(name_ + " is encrypted; save it without a password");
  }
  if (stat.size / kBestMemberRatio > stat.comp_size + 64) {
    throw DataError(title(entry) + " claims to unpack to " + std::to_string(stat.size) +
                    " bytes, which its " + std::to_string(stat.comp_size) +
                    " compressed bytes cannot hold; the file is damaged");
  }
}

/// Whether it matters that an array cannot be understood is for the reader to say.
void NpzArchive::read_header(NpzEntry& entry) const {
  try {
    NpzEntrySource source = open(entry);
    entry.header = read_npy_header(source, title(entry));
  } catch (const DataError& error) {
    entry.damage = error.what();
  }
}

std::vector<std::string> read_npz_texts(const NpzArchive& archive, const NpzEntry& entry) {
  const NpyHeader& header = entry.header;
  if (!entry.damage.empty() || header.structured || header.shape.size() != 1) return {};
  const ElementType type = header.fields[0].type;
  if ((type.kind != 'U' && type.kind != 'S') || type.size == 0 || type.size > 4096 || header.shape[0] > 65536)
    return {};
  NpzEntrySource source = archive.open(entry);
  read_npy_header(source, archive.title(entry));
  const std::size_t step = type.kind == 'U' ? 4 : 1;
  std::vector<std::string> texts;
  std::vector<char> bytes(type.size);
  for (std::uint64_t i = 0; i < header.shape[0]; ++i) {
    if (!read_fully(source, bytes.data(), bytes.size())) return {};
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      char32_t c = 0;
      for (std::size_t k = 0; k < step; ++k) {
        const std::size_t byte = type.big_endian ? at + step - 1 - k : at + k;
        c |= static_cast<char32_t>(static_cast<unsigned char>(bytes[byte])) << (8 * k);
      }
      if (c == 0) continue;
      if (step == 4) {
        append_utf8(text, c);
      } else {
        text += static_cast<char>(c);  // of an unknown encoding: plan_columns() has the last word
      }
    }
    texts.push_back(std::move(text));
  }
  source.read(bytes.data(), 1);  // the end: libzip compares the checksum
  return texts;
}

}  // namespace symscan
