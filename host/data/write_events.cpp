// Events of particle collisions: Les Houches files and HepMC3 (Asciiv3), plain or gzip-compressed.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "host/base/error.hpp"
#include "host/data/pdg.hpp"
#include "host/data/text_values.hpp"
#include "host/data/write_formats.hpp"

namespace symscan {
namespace {

constexpr std::size_t kTextBlock = std::size_t{1} << 20;

/// The shortest decimals that give back this float64, with an exponent as other generators write it.
void append_momentum(std::string& text, double value) {
  char digits[40];
  text += ' ';
  text.append(digits,
              std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific).ptr);
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

std::optional<int> id_of_name(const std::string& particle) {
  if (const auto id = particle_id(particle)) return id;
  return particle_id(particle.substr(0, particle.rfind(' ')));
}

std::vector<OutgoingParticle> outgoing_particles(const Table& table, const std::string& format) {
  std::vector<OutgoingParticle> particles;
  std::map<std::string, std::size_t> places;
  for (std::size_t column = 0; column < table.features(); ++column) {
    std::size_t place = 0;
    std::string name;
    const bool known = split_column(table.columns[column], place, name);
    const std::optional<int> id = known ? id_of_name(name) : std::nullopt;
    if (!id) {
      throw DataError("cannot write " + format + ": the column " + printable(table.columns[column]) +
                      " is not E, px, py or pz of a known particle, like E(mu-); write another format, for "
                      "example .csv");
    }
    const auto [found, fresh] = places.emplace(name, particles.size());
    if (fresh) particles.push_back({.id = *id});
    OutgoingParticle& particle = particles[found->second];
    particle.columns[place] = column;
    particle.found |= 1 << place;
  }
  for (const auto& [name, place] : places) {
    if (particles[place].found != 15)
      throw DataError("cannot write " + format + ": the particle " + name + " lacks one of E, px, py, pz");
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

/// px, py, pz, E and mass.
void append_momenta(std::string& text, const double* row, const OutgoingParticle& particle) {
  std::array<double, 4> p{};
  for (std::size_t i = 0; i < 4; ++i) {
    p[i] = row[particle.columns[i]];
    append_momentum(text, p[i]);
  }
  append_momentum(text, mass_of(particle.id, p));
}

void append_lhe_event(std::string& text, const Table& table, std::size_t row,
                      const std::vector<OutgoingParticle>& particles) {
  text += "<event>\n " + std::to_string(particles.size()) + " 1";
  append_momentum(text, table.weights.empty() ? 1.0 : table.weights[row]);
  text += " -1 -1 -1\n";
  for (const OutgoingParticle& particle : particles) {
    text += ' ' + std::to_string(particle.id) + " 1 0 0 0 0";
    append_momenta(text, table.values.data() + row * table.features(), particle);
    text += " 0 9\n";
  }
  text += "</event>\n";
}

/// One vertex with two incoming particles, of which nothing is known, as HepMC demands incoming ones.
void append_hepmc_event(std::string& text, const Table& table, std::size_t row,
                        const std::vector<OutgoingParticle>& particles) {
  constexpr std::size_t beams = 2;
  text += "E " + std::to_string(row) + " 1 " + std::to_string(particles.size() + beams) + "\nU GEV MM\n";
  if (!table.weights.empty()) {
    text += 'W';
    append_momentum(text, table.weights[row]);
    text += '\n';
  }
  text += "P 1 0 0 0 0 0 0 0 4\nP 2 0 0 0 0 0 0 0 4\nV -1 0 [1,2]\n";
  for (std::size_t i = 0; i < particles.size(); ++i) {
    text += "P " + std::to_string(i + 1 + beams) + " -1 " + std::to_string(particles[i].id);
    append_momenta(text, table.values.data() + row * table.features(), particles[i]);
    text += " 1\n";
  }
}

using AppendEvent = void (*)(std::string&, const Table&, std::size_t, const std::vector<OutgoingParticle>&);

void write_events(const Table& table, TextOutput& out, const std::vector<OutgoingParticle>& particles,
                  const std::string& before, const std::string& after, AppendEvent append_event) {
  std::string text = before;
  for (std::size_t row = 0; row < table.rows; ++row) {
    append_event(text, table, row, particles);
    if (text.size() < kTextBlock) continue;
    out.write(text);
    text.clear();
  }
  out.write(text + after);
  out.close();
}

}  // namespace

void write_lhe(const Table& table, const std::filesystem::path& path, bool compressed) {
  const std::vector<OutgoingParticle> particles = outgoing_particles(table, "an LHE file");
  TextOutput out(path, compressed);
  write_events(
      table, out, particles,
      "<LesHouchesEvents version=\"3.0\">\n<!--\nWritten by symscan: outgoing particles only; beams, scales "
      "and couplings are not known.\n-->\n<init>\n 0 0 0 0 0 0 0 0 3 1\n 1 0 1 1\n</init>\n",
      "</LesHouchesEvents>\n", append_lhe_event);
}

void write_hepmc(const Table& table, const std::filesystem::path& path, bool compressed) {
  const std::vector<OutgoingParticle> particles = outgoing_particles(table, "a HepMC file");
  TextOutput out(path, compressed);
  const std::string names = table.weights.empty() ? "" : "W weight\n";
  write_events(table, out, particles,
               "HepMC::Version 3.02.05\nHepMC::Asciiv3-START_EVENT_LISTING\n" + names +
                   "T symscan\\|\\|outgoing particles only, the beams are not known\n",
               "HepMC::Asciiv3-END_EVENT_LISTING\n\n", append_hepmc_event);
}

}  // namespace symscan
