// From the bytes of a NumPy array to columns, or to events of particles.
#include "host/data/npy_table.hpp"

#include <algorithm>
#include <cstring>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kNpyBlock = std::size_t{1} << 18;
constexpr std::uint64_t kLargestRow = 1u << 24;  ///< bytes of an event for which memory is taken at once

/// Refuses a header that promises more bytes than a number can count.
void check_product(const NpyLayout& layout, const std::string& name) {
  std::uint64_t row = 0, all = 0;
  if (!__builtin_mul_overflow(layout.items(), std::uint64_t{layout.item_size}, &row) &&
      !__builtin_mul_overflow(layout.rows, row, &all))
    return;
  throw DataError(name + " is damaged: its header promises " + std::to_string(layout.rows) +
                  " rows, more than any file holds");
}

}  // namespace

NpyLayout npy_layout(const NpyHeader& header, const std::string& name) {
  const std::size_t axes = header.shape.size(), most = header.structured ? 2 : 3;
  if (axes == 0 || axes > most) throw DataError(name + " " + shape_advice(header.shape));
  NpyLayout layout;
  layout.rows = header.shape[0];
  layout.named = header.structured;
  layout.element_size = layout.item_size = header.record_size;
  layout.fields = header.fields;
  if (axes == most) layout.particles = header.shape[1];
  if (axes >= 2 && !header.structured) {
    const std::uint64_t features = header.shape.back();
    if (features > 65536) check_table_size(name, 0, features);
    layout.fields.assign(features, header.fields.at(0));
    for (std::size_t i = 0; i < features; ++i) layout.fields[i].offset = i * header.record_size;
    layout.item_size = features * header.record_size;
  }
  const bool empty = std::count(header.shape.begin(), header.shape.end(), 0u) > 0;
  if (empty || layout.fields.empty()) throw DataError(name + " holds an array without values");
  if (layout.item_size == 0) throw DataError(name + " holds values of 0 bytes");
  if (layout.particles > 65536)
    throw DataError(name + " has " + std::to_string(layout.particles) +
                    " particles in each event; at most 65536 are supported");
  check_product(layout, name);
  layout.column_major =
      header.fortran_order && axes > 1 && (layout.particles > 0 || layout.fields.size() > 1);
  return layout;
}

void describe_npy(ArrayTable& table, const NpyLayout& layout, std::size_t part,
                  const std::vector<std::string>& names) {
  std::vector<ArrayColumn> columns(layout.fields.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const NpyField& field = layout.fields[i];
    columns[i] = {.name = (layout.particles > 0 ? "f" : "c") + std::to_string(i),
                  .precision = precision_of(field.type),
                  .trouble = field.type.trouble(),
                  .text = field.type.is_text(),
                  .part = part,
                  .place = i};
    if (layout.named) columns[i].name = field.name;
    if (names.size() == columns.size()) columns[i].name = names[i];
  }
  table.rows = layout.rows;
  table.particles = layout.particles;
  table.records = layout.named;
  table.named = layout.named || names.size() == columns.size();
  if (layout.particles > 0) {
    table.features = std::move(columns);
  } else {
    table.main_columns = columns.size();
    table.columns = std::move(columns);
  }
}

NpyStream::NpyStream(ByteSource& source, std::string name, const NpyLayout& layout, std::uint64_t data_offset)
    : source_(&source),
      name_(std::move(name)),
      layout_(layout),
      data_offset_(data_offset),
      total_(layout.rows * layout.row_size()) {}

/// Whether it cannot be read row by row from a source of unknown length.
bool NpyStream::must_hold() const {
  return layout_.column_major || layout_.row_size() > kLargestRow;
}

bool NpyStream::grows() const {
  return !source_->size() && !must_hold();
}

void NpyStream::check() {
  if (!source_->size()) {
    if (must_hold() && !held_source_) hold_everything();
    return;
  }
  if (held_source_) return;
  const std::uint64_t available = *source_->size() - std::min(data_offset_, *source_->size());
  if (total_ <= available) return;
  throw DataError(name_ + " is cut off or damaged: its header promises " + std::to_string(layout_.rows) +
                  " rows of " + std::to_string(layout_.row_size()) + " bytes, but the file has " +
                  std::to_string(available) + " bytes");
}

/// Takes all bytes into memory, as many as really come.
void NpyStream::hold_everything() {
  check_table_size(name_, layout_.rows * layout_.items(), layout_.fields.size());
  while (held_.size() < total_) {
    const std::size_t before = held_.size();
    const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(kNpyBlock, total_ - before));
    held_.resize(before + now);
    if (!read_fully(*source_, held_.data() + before, now))
      throw DataError(name_ + " is cut off: its header promises more values than follow");
  }
  held_source_ = open_bytes(held_);
}

/// The next `bytes` bytes of the array.
const char* NpyStream::next(std::uint64_t bytes) {
  ByteSource& source = held_source_ ? *held_source_ : *source_;
  if (block_.size() < bytes) block_.resize(static_cast<std::size_t>(bytes));
  if (!read_fully(source, block_.data(), static_cast<std::size_t>(bytes)))
    throw DataError(name_ + " is cut off: its header promises more values than follow");
  used_ += bytes;
  return block_.data();
}

double NpyStream::number(const unsigned char* bytes, std::size_t field) {
  const ElementType& type = layout_.fields[field].type;
  if (is_rounded(bytes, type)) ++rounded_[field];
  return decode(bytes, type);
}

void NpyStream::read_columns(std::size_t first, std::size_t count, const std::vector<ColumnTarget>& targets) {
  if (layout_.column_major) return read_by_column(count, targets);
  static_cast<void>(first);  // from front to back
  const std::size_t per_block = std::max<std::size_t>(1, kNpyBlock / layout_.item_size);
  for (std::size_t done = 0; done < count;) {
    const std::size_t now = std::min(per_block, count - done);
    const char* bytes = next(std::uint64_t{now} * layout_.item_size);
    for (const ColumnTarget& target : targets) {
      const NpyField& field = layout_.fields[target.place];
      const auto* from = reinterpret_cast<const unsigned char*>(bytes + field.offset);
      double* to = target.out + done * target.step;
      for (std::size_t row = 0; row < now; ++row, from += layout_.item_size, to += target.step)
        *to = decode(from, field.type);
      if (!field.type.may_round()) continue;
      from = reinterpret_cast<const unsigned char*>(bytes + field.offset);
      for (std::size_t row = 0; row < now; ++row, from += layout_.item_size)
        if (is_rounded(from, field.type)) ++rounded_[target.place];
    }
    done += now;
  }
}

void NpyStream::read_by_column(std::size_t count, const std::vector<ColumnTarget>& targets) {
  const std::size_t size = layout_.element_size;
  const std::uint64_t per_block = std::max<std::size_t>(1, kNpyBlock / size);
  for (std::size_t column = 0; column < layout_.fields.size(); ++column) {
    for (std::uint64_t done = 0; done < layout_.rows;) {
      const std::uint64_t now = std::min(per_block, layout_.rows - done);
      const auto* bytes = reinterpret_cast<const unsigned char*>(next(now * size));
      for (const ColumnTarget& target : targets) {
        if (target.place != column) continue;
        for (std::uint64_t row = done; row < std::min<std::uint64_t>(done + now, count); ++row)
          target.out[row * target.step] = number(bytes + (row - done) * size, column);
      }
      done += now;
    }
  }
}

void NpyStream::read_events(const std::vector<std::size_t>& places,
                            const std::function<bool(const double*)>& use) {
  if (layout_.column_major) return read_events_by_column(places, use);
  const auto particles = static_cast<std::size_t>(layout_.particles);
  std::vector<double> event(particles * places.size());
  for (std::uint64_t row = 0; row < layout_.rows; ++row) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(next(layout_.row_size()));
    double* out = event.data();
    for (std::size_t i = 0; i < particles; ++i, bytes += layout_.item_size) {
      for (const std::size_t place : places) *out++ = number(bytes + layout_.fields[place].offset, place);
    }
    if (!use(event.data())) return;
  }
}

/// Events lie across the file: all values are read before the first event is complete.
void NpyStream::read_events_by_column(const std::vector<std::size_t>& places,
                                      const std::function<bool(const double*)>& use) {
  const auto rows = static_cast<std::size_t>(layout_.rows),
             particles = static_cast<std::size_t>(layout_.particles);
  check_table_size(name_, rows * particles, places.size());
  const std::size_t width = particles * places.size();
  std::vector<double> values(rows * width);
  // Records lie whole behind each other; of plain numbers each feature has its own stretch.
  const std::size_t stretches = layout_.named ? 1 : layout_.fields.size();
  for (std::size_t stretch = 0; stretch < stretches; ++stretch) {
    for (std::size_t particle = 0; particle < particles; ++particle) {
      for (std::size_t row = 0; row < rows; ++row) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(next(layout_.element_size));
        for (std::size_t i = 0; i < places.size(); ++i) {
          if (!layout_.named && places[i] != stretch) continue;
          const NpyField& field = layout_.fields[places[i]];
          values[row * width + particle * places.size() + i] =
              number(bytes + (layout_.named ? field.offset : 0), places[i]);
        }
      }
    }
  }
  for (std::size_t row = 0; row < rows; ++row) {
    if (!use(values.data() + row * width)) return;
  }
}

void NpyStream::finish(std::vector<std::string>& notes, bool to_the_end) {
  std::uint64_t left = total_ - used_, follow = 0;
  if (!to_the_end && left > 0) {  // only the first rows were wanted
    const std::uint64_t end = data_offset_ + total_;
    if (source_->size().value_or(end) > end)
      notes.push_back(std::to_string(*source_->size() - end) + " bytes follow the array of " + name_ +
                      " and were not read");
    return;
  }
  for (; left > 0; left -= std::min<std::uint64_t>(left, kNpyBlock))
    next(std::min<std::uint64_t>(left, kNpyBlock));
  std::string start;
  block_.resize(kNpyBlock);
  const bool endless = !source_->size();
  for (std::size_t got = source_->read(block_.data(), block_.size()); got > 0;
       got = source_->read(block_.data(), block_.size())) {
    if (start.size() < 6) start.append(block_.data(), std::min<std::size_t>(got, 6));
    follow += got;
    if (endless && follow > kNpyBlock) break;
  }
  if (follow == 0) return;
  if (start.starts_with("\x93NUMPY")) {
    throw DataError(name_ + " holds several arrays, one behind the other, and the first has only " +
                    plural(layout_.rows, "row") + "; save one array, for example with numpy.concatenate");
  }
  notes.push_back((endless ? "bytes follow" : std::to_string(follow) + " bytes follow") + " the array of " +
                  name_ + " and were not read");
}

}  // namespace symscan
