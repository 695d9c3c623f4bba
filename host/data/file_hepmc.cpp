// HepMC event files: Asciiv3 of HepMC3 and IO_GenEvent of HepMC2, read line by line.
//
// Counts in the file are compared with what follows, and never allocated for.
#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/event_table.hpp"
#include "host/data/event_words.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/hepmc_weights.hpp"

namespace symscan {
namespace {

constexpr std::size_t kLinesToLookAt = 20;  ///< before the listing begins
constexpr double kMevPerGev = 1000;

enum class HepmcDialect { none, ascii3, gen_event };

class HepmcReader {
 public:
  HepmcReader(ByteSource& source, const std::string& name, const FileOptions& options)
      : source_(source),
        lines_(source, name),
        name_(name),
        events_(name, options),
        weights_(name, options.weights) {}

  Table read() {
    read_events();
    return events_.finish();
  }

  std::vector<ContentItem> contents() {
    read_events();
    return events_.contents(weights_.contents());
  }

 private:
  std::string line_name() const { return name_ + " line " + std::to_string(lines_.number()); }
  bool in_ascii3() const { return dialect_ == HepmcDialect::ascii3; }
  auto place() const {
    return [this] { return line_name(); };
  }

  void read_events() {
    std::string_view line;
    while (!events_.full() && lines_.next(line)) {
      if (lines_.number() == 1) check_first_line(line);
      if (line.starts_with("HepMC")) {
        take_mark(line);
      } else if (!without_blanks(line).empty()) {
        take_line(line);
      }
    }
    if (events_.full()) return;
    end_of_file();
  }

  void check_first_line(std::string_view& line) const {
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF") ||
        (line.size() > 1 && line[0] != '\0' && line[1] == '\0'))
      throw DataError(name_ + " is UTF-16 text, as some shells write it; save it as UTF-8");
    const std::string convert = "; convert it with HepMC3 (WriterAscii) or pyhepmc";
    if (line.starts_with("root")) throw DataError(name_ + " is a ROOT file of events, not text" + convert);
    if (line.starts_with("hmpb")) throw DataError(name_ + " is a HepMC3 protobuf file, not text" + convert);
    if (line.starts_with("<"))
      throw DataError(name_ + " looks like a Les Houches file; set dataset.format=lhe");
    if (line.find('\r') != std::string_view::npos)
      throw DataError(
          name_ + " has lines that end with CR only; convert them to LF, for example with tr '\\r' '\\n'");
  }

  /// HepMC::Version, and the marks around a listing.
  void take_mark(std::string_view line) {
    if (line.starts_with("HepMC::Version")) return;
    end_event();
    const std::string_view mark = without_blanks(line);
    const bool begins = mark.ends_with("-START_EVENT_LISTING");
    if (!begins && !mark.ends_with("-END_EVENT_LISTING"))
      throw DataError(line_name() + " is " + printable(mark) + ", which begins or ends no list of events");
    const bool ascii3 = mark.starts_with("HepMC::Asciiv3-");
    if (!ascii3 && !mark.starts_with("HepMC::IO_GenEvent-")) {
      throw DataError(
          line_name() + " begins " + printable(mark) +
          "; Asciiv3 (HepMC3) and IO_GenEvent (HepMC2) are read: convert the file with HepMC3 or pyhepmc");
    }
    dialect_ = !begins ? HepmcDialect::none : ascii3 ? HepmcDialect::ascii3 : HepmcDialect::gen_event;
    listed_ = true;
    if (begins) weights_.begin_listing();
  }

  void take_line(std::string_view line) {
    if (dialect_ == HepmcDialect::none) return refuse_without_listing(line);
    if (!lines_.line_was_complete()) {  // it may hold half a number
      half_line_ = line.front() == 'P' || line.front() == 'V';
      return;
    }
    const char kind = line.front();
    const std::string_view whole = line;
    if (line.size() < 2 || line[1] != ' ') refuse_line(line);
    line.remove_prefix(2);
    if (kind == 'E') return begin_event(line);
    if (in_ascii3() && !in_event_ && kind == 'W') return weights_.set_names(line);
    if (kind == 'A' || kind == 'T' || kind == 'F' || kind == 'H' || kind == 'C') return;  // said of the event
    if (!in_event_) throw DataError(line_name() + " holds a part of an event before its E line");
    if (kind == 'P') return take_particle(line);
    if (kind == 'V') return take_vertex(line);
    if (kind == 'U') return take_units(line);
    if (kind == 'N' && !in_ascii3()) return take_names(line);
    if (kind == 'W' && in_ascii3()) return take_weights(line);
    refuse_line(whole);
  }

  [[noreturn]] void refuse_line(std::string_view line) const {
    throw DataError(line_name() + " begins with none of the letters of HepMC lines: " + printable(line));
  }

  void refuse_without_listing(std::string_view line) const {
    if (listed_)
      throw DataError(line_name() + " stands after the end of the list of events: " + printable(line));
    if (lines_.number() < kLinesToLookAt && !(line.starts_with("E ") || line.starts_with("P "))) return;
    throw DataError(
        name_ + " has no line HepMC::Asciiv3-START_EVENT_LISTING or HepMC::IO_GenEvent-START_EVENT_LISTING" +
        (line.starts_with("E ") ? " before its events: is it HEPEVT? Convert it with HepMC3 or pyhepmc"
                                : ": is it a HepMC file?"));
  }

  void begin_event(std::string_view line) {
    end_event();
    in_event_ = true;
    event_line_ = lines_.number();
    particles_read_ = vertices_read_ = 0;
    expected_in_vertices_ = 0;
    in_gev_ = true;
    have_units_ = false;
    events_.begin_event();
    weights_.begin_event();
    integer_word_64(line, "event number");
    if (in_ascii3()) {
      integer_word(line, "number of vertices", place());
      particles_ = integer_word(line, "number of particles", place());
      return;
    }
    integer_word_64(line, "number of interactions");
    for (const char* what : {"scale", "alpha QCD", "alpha QED"}) number_word(line, what, place());
    integer_word_64(line, "process");
    integer_word_64(line, "barcode of the signal vertex");
    vertices_ = integer_word(line, "number of vertices", place());
    for (int i = 0; i < 2; ++i) integer_word_64(line, "barcode of a beam");
    for (int states = integer_word(line, "number of random states", place()); states > 0; --states)
      integer_word_64(line, "random state");
    const int weights = integer_word(line, "number of weights", place());
    for (int i = 0; i < weights; ++i) weights_.add(number_word(line, "weight", place()));
  }

  /// Numbers that mean nothing here, and may need 64 bits.
  void integer_word_64(std::string_view& line, const char* what) const { number_word(line, what, place()); }

  void take_vertex(std::string_view line) {
    ++vertices_read_;
    if (in_ascii3()) return;
    integer_word(line, "barcode of a vertex", place());
    integer_word(line, "vertex id", place());
    for (const char* what : {"x", "y", "z", "time"}) number_word(line, what, place());
    for (const char* what : {"number of orphans", "number of outgoing particles"})
      expected_in_vertices_ += static_cast<std::size_t>(std::max(0, integer_word(line, what, place())));
  }

  void take_units(std::string_view line) {
    const std::string_view unit = next_word(line);
    if (unit != "GEV" && unit != "MEV")
      throw DataError(line_name() + ": the unit of momenta is " + printable(unit) +
                      ", which is neither GEV nor MEV");
    if (particles_read_ > 0) throw DataError(line_name() + " states the units after the first particle");
    in_gev_ = unit == "GEV";
    have_units_ = true;
  }

  void take_names(std::string_view line) {
    // A name ends in its line: otherwise a lost mark would swallow the lines of events.
    if (std::count(line.begin(), line.end(), '"') % 2 == 1) {
      throw DataError(line_name() + " holds an odd number of \", so that a name of a weight has no end: " +
                      printable(line));
    }
    weights_.set_quoted_names(line);
  }

  void take_weights(std::string_view line) {
    if (particles_read_ + vertices_read_ > 0 ||
        weights_.count() > 0) {  // the run information of a further listing
      end_event();
      return weights_.set_names(line);
    }
    while (!without_blanks(line).empty()) weights_.add(number_word(line, "weight", place()));
  }

  void take_particle(std::string_view line) {
    EventParticle p;
    const bool ascii3 = in_ascii3();
    integer_word(line, "number of a particle", place());
    if (ascii3) integer_word(line, "parent of a particle", place());
    p.id = integer_word(line, "particle id", place());
    p.px = number_word(line, "px", place());
    p.py = number_word(line, "py", place());
    p.pz = number_word(line, "pz", place());
    p.e = number_word(line, "energy", place());
    p.m = number_word(line, "mass", place());
    p.status = integer_word(line, "particle status", place());
    if (ascii3 && !without_blanks(line).empty())
      throw DataError(line_name() + " holds more than the ten parts of a particle: " + printable(line));
    if (!in_gev_) {
      for (double* value : {&p.px, &p.py, &p.pz, &p.e, &p.m}) *value /= kMevPerGev;
    }
    events_.add(p);
    ++particles_read_;
  }

  /// What is missing in the event at hand, or nothing.
  std::string lacking() const {
    const auto differs = [](const char* what, std::size_t read, std::size_t announced) {
      return "holds " + std::to_string(read) + " " + what + " where " + std::to_string(announced) +
             " are announced";
    };
    const auto announced = static_cast<std::size_t>(std::max(0, in_ascii3() ? particles_ : vertices_));
    if (in_ascii3())
      return particles_read_ == announced ? "" : differs("particles", particles_read_, announced);
    if (vertices_read_ != announced) return differs("vertices", vertices_read_, announced);
    // Some generators announce too few.
    return particles_read_ >= expected_in_vertices_
               ? ""
               : differs("particles", particles_read_, expected_in_vertices_);
  }

  void end_event() {
    lines_.progress();
    if (!in_event_) return;
    in_event_ = false;
    const std::string lack = lacking();
    if (!lack.empty()) {
      throw DataError(name_ + ": the event that begins in line " + std::to_string(event_line_) + " " + lack +
                      "; the file is damaged");
    }
    keep_event();
  }

  void keep_event() {
    without_units_ += !have_units_ && particles_read_ > 0;
    in_mev_ += !in_gev_;
    const double weight = weights_.value(event_line_);
    events_.end_event(weight, event_line_, weights_.weighted());
  }

  void end_of_file() {
    const bool in_listing = dialect_ != HepmcDialect::none;
    if (in_event_ && (half_line_ || !lacking().empty())) {
      events_.drop_cut_event();
      in_event_ = false;
    } else {
      end_event();
    }
    if (events_.events() == 0) {
      if (events_.cut_events() > 0) throw DataError(name_ + " holds no complete event: it is cut off");
      throw DataError(name_ + (listed_ ? " holds no events" : " holds no events: is it a HepMC file?"));
    }
    note_oddities_of_file(in_listing);
  }

  void note_oddities_of_file(bool in_listing) {
    std::vector<std::string>& notes = events_.notes();
    if (source_.cut_off()) {
      notes.push_back(name_ + " is cut off: its compressed data end early");
    } else if (in_listing && events_.cut_events() == 0) {
      notes.push_back(name_ + " ends without an END_EVENT_LISTING line: it may be cut off");
    }
    if (in_mev_ > 0)
      notes.push_back("momenta of " + plural(in_mev_, "event") + " of " + name_ +
                      " are in MeV and were turned into GeV");
    if (without_units_ > 0)
      notes.push_back(plural(without_units_, "event") + " of " + name_ + " state no units: GeV is assumed");
  }

  ByteSource& source_;
  LineReader lines_;
  std::string name_;
  EventTable events_;
  HepmcWeights weights_;
  HepmcDialect dialect_ = HepmcDialect::none;
  bool listed_ = false;  ///< a listing has begun
  bool in_event_ = false, half_line_ = false;
  bool in_gev_ = true, have_units_ = false;
  std::uint64_t event_line_ = 0;
  int particles_ = 0, vertices_ = 0;  ///< as the E line announces them
  std::size_t particles_read_ = 0, vertices_read_ = 0, expected_in_vertices_ = 0;
  std::size_t without_units_ = 0, in_mev_ = 0;
};

}  // namespace

Table read_hepmc(ByteSource& source, const std::string& name, const FileOptions& options) {
  return HepmcReader(source, name, options).read();
}

std::vector<ContentItem> hepmc_contents(const FileOptions& options) {
  const FileOptions survey = without_particles(options);
  const auto source = open_file(options.path);
  return HepmcReader(*source, options.path, survey).contents();
}

}  // namespace symscan
