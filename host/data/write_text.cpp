// Text formats: CSV and Les Houches events, plain or gzip-compressed.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <new>
#include <optional>
#include <utility>

#include "host/base/error.hpp"
#include "host/data/pdg.hpp"
#include "host/data/write_formats.hpp"

namespace symscan {
namespace {

/// The shortest decimals that give back this float64: the table and the file read again are then equal to the
/// last bit, although float32 values get more digits than float32 needs.
void append(std::string& text, double value) {
  char digits[32];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

/// As other generators write them: fixed width, 10 digits after the point (float32 needs 8).
void append_scientific(std::string& text, double value) {
  char digits[40];
  text.append(digits, static_cast<std::size_t>(std::snprintf(digits, sizeof digits, " %.10E", value)));
}

std::string csv_name(const std::string& name) {
  if (name.find_first_of(",;\"\t #") == std::string::npos) return name;
  std::string plain = name;
  std::replace(plain.begin(), plain.end(), '"', '\'');
  return '"' + plain + '"';
}

/// The four columns of one outgoing particle.
struct OutgoingParticle {
  int id = 0;
  std::array<std::size_t, 4> columns{};  ///< px, py, pz, E: the order of the event record
  int found = 0;                         ///< bits of the columns that are there
};

/// "px(mu-)" -> place 0 and "mu-"; a number after the name tells equal particles apart ("px(g 2)").
bool split_column(const std::string& column, std::size_t& place, std::string& particle) {
  static const std::array<std::string, 4> features = {"px", "py", "pz", "E"};
  const std::size_t open = column.find('(');
  if (open == std::string::npos || column.back() != ')') return false;
  const auto feature = std::find(features.begin(), features.end(), column.substr(0, open));
  place = static_cast<std::size_t>(feature - features.begin());
  particle = column.substr(open + 1, column.size() - open - 2);
  return feature != features.end();
}

std::optional<int> id_of(const std::string& particle) {
  if (const auto id = particle_id(particle)) return id;
  return particle_id(particle.substr(0, particle.rfind(' ')));
}

std::vector<OutgoingParticle> outgoing_particles(const Table& table) {
  std::vector<OutgoingParticle> particles;
  std::map<std::string, std::size_t> places;
  for (std::size_t column = 0; column < table.features(); ++column) {
    std::size_t place = 0;
    std::string name;
    const bool known = split_column(table.columns[column], place, name);
    const std::optional<int> id = known ? id_of(name) : std::nullopt;
    if (!id) {
      throw DataError("cannot write an LHE file: the column '" + table.columns[column] +
                      "' is not E, px, py or pz of a known particle, like E(mu-); write another format, for "
                      "example .csv");
    }
    const auto [found, fresh] = places.emplace(name, particles.size());
    if (fresh) particles.push_back({.id = *id});
    OutgoingParticle& particle = particles[found->second];
    particle.columns[place] = column;
    particle.found |= 1 << place;
  }
  for (const auto& [name, place] : places) {
    if (particles[place].found != 15) {
      throw DataError("cannot write an LHE file: the particle " + name + " lacks one of E, px, py, pz");
    }
  }
  return particles;
}

/// From the momenta, unless these agree with the particle's own mass within the precision of float32.
double mass_of(int id, const std::array<double, 4>& p) {
  const double square = p[3] * p[3] - p[0] * p[0] - p[1] * p[1] - p[2] * p[2];
  const Particle* particle = find_particle(id);
  if (particle && std::abs(square - particle->mass * particle->mass) < 1e-6 * p[3] * p[3])
    return particle->mass;
  return std::sqrt(std::max(0.0, square));
}

void append_event(std::string& text, const Table& table, std::size_t row,
                  const std::vector<OutgoingParticle>& particles) {
  const double* values = table.values.data() + row * table.features();
  text += "<event>\n " + std::to_string(particles.size()) + " 1";
  append_scientific(
      text, table.weights.empty() ? 1.0 : static_cast<double>(static_cast<float>(table.weights[row])));
  text += " -1 -1 -1\n";
  for (const OutgoingParticle& particle : particles) {
    text += ' ' + std::to_string(particle.id) + " 1 0 0 0 0";
    std::array<double, 4> p{};
    for (std::size_t i = 0; i < 4; ++i) {
      p[i] = static_cast<double>(static_cast<float>(values[particle.columns[i]]));
      append_scientific(text, p[i]);
    }
    append_scientific(text, mass_of(particle.id, p));
    text += " 0 9\n";
  }
  text += "</event>\n";
}

}  // namespace

TextOutput::TextOutput(const std::filesystem::path& path, bool compressed) : file_(path) {
  if (!compressed) return;
  stream_.reset(new z_stream{});
  constexpr int gzip_header = 16, memory_level = 8;
  if (deflateInit2(stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip_header, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
}

void TextOutput::EndDeflate::operator()(z_stream_s* stream) const {
  deflateEnd(stream);
  delete stream;
}

void TextOutput::compress(std::string_view text, bool last) {
  char block[1 << 16];
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream_->avail_in = static_cast<uInt>(text.size());
  do {
    stream_->next_out = reinterpret_cast<Bytef*>(block);
    stream_->avail_out = sizeof block;
    deflate(stream_.get(), last ? Z_FINISH : Z_NO_FLUSH);
    file_.write({block, sizeof block - stream_->avail_out});
  } while (stream_->avail_out == 0);
}

void TextOutput::write(std::string_view text) {
  if (!stream_) return file_.write(text);
  constexpr std::size_t most = 1u << 30;  // the library counts in 32 bits
  for (; !text.empty(); text.remove_prefix(std::min(most, text.size())))
    compress(text.substr(0, most), false);
}

void TextOutput::close() {
  if (stream_) compress({}, true);
  file_.close();
}

void write_csv(const Table& table, const std::filesystem::path& path, bool compressed) {
  TextOutput out(path, compressed);
  std::string text;
  for (const std::string& column : written_columns(table))
    text += (text.empty() ? "" : ",") + csv_name(column);
  text += '\n';
  const auto special = special_columns(table);
  const std::size_t features = table.features();
  for (std::size_t row = 0; row < table.rows; ++row) {
    for (std::size_t i = 0; i < features; ++i) {
      if (i > 0) text += ',';
      append(text, table.values[row * features + i]);
    }
    for (const auto& column : special) {
      text += ',';
      append(text, (*column.second)[row]);
    }
    text += '\n';
    if (text.size() > (1u << 20)) {
      out.write(text);
      text.clear();
    }
  }
  out.write(text);
  out.close();
}

void write_lhe(const Table& table, const std::filesystem::path& path, bool compressed) {
  const std::vector<OutgoingParticle> particles = outgoing_particles(table);
  TextOutput out(path, compressed);
  std::string text =
      "<LesHouchesEvents version=\"3.0\">\n<!--\nWritten by symscan: outgoing particles only; beams, scales "
      "and couplings "
      "are not known.\n-->\n<init>\n 0 0 0 0 0 0 0 0 3 1\n 1 0 1 1\n</init>\n";
  for (std::size_t row = 0; row < table.rows; ++row) {
    append_event(text, table, row, particles);
    if (text.size() > (1u << 20)) {
      out.write(text);
      text.clear();
    }
  }
  out.write(text + "</LesHouchesEvents>\n");
  out.close();
}

}  // namespace symscan
