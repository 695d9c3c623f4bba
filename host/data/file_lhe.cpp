// Les Houches event files (hep-ph/0609017, LHEF 3: arXiv:1405.1067).
#include <cmath>

#include "host/base/error.hpp"
#include "host/data/event_table.hpp"
#include "host/data/event_words.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/lhe_markup.hpp"
#include "host/data/lhe_weights.hpp"

namespace symscan {
namespace {

constexpr int kMostParticles = 100000;
constexpr std::size_t kEventWords = 6, kParticleWords = 13;
constexpr int kDigitsOfFloat64 = 16;
constexpr double kShortDecimals = 1e-9;  ///< relative rounding: most generators write about ten digits

int significant_digits(std::string_view word) {
  int digits = 0;
  if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
  for (const char c : word) {
    if (c == '-' || c == '+') break;  // an exponent without its letter
    if (c == 'e' || c == 'E' || c == 'd' || c == 'D') break;
    digits += (c >= '1' && c <= '9') || (c == '0' && digits > 0);
  }
  return digits;
}

/// The weight of the event line is XWGTUP, which dataset.weights=auto takes; that is no id of another weight.
std::string further_weight(const std::string& wanted) {
  return wanted == "XWGTUP" ? "" : wanted;
}

/// Elements that hold events, or nothing. The text of others outside events means nothing here, whatever it
/// looks like: headers, cards and tables of parameters.
bool may_hold_events(std::string_view name) {
  return name == "leshouchesevents" || name == "eventgroup";
}

class LheReader {
 public:
  LheReader(ByteSource& source, const std::string& name, const FileOptions& options)
      : source_(source),
        markup_(source, name),
        name_(name),
        events_(name, options),
        weights_(name, further_weight(events_.named_weight())),
        named_(!further_weight(events_.named_weight()).empty()) {}

  Table read() {
    read_events();
    if (events_.events() == 0) throw_no_events();
    events_.set_precision(digits_ >= kDigitsOfFloat64 ? kFloat64Precision : kShortDecimals);
    return events_.finish();
  }

  std::vector<ContentItem> contents() {
    read_events();
    if (events_.events() == 0) throw_no_events();
    return events_.contents(weights_.contents());
  }

 private:
  /// What the next text is: nothing that counts, the first line of an event, a particle, what follows these.
  enum class State { outside, event_line, particle, tail };

  std::string line_name() const { return name_ + " line " + std::to_string(markup_.line()); }

  void read_events() {
    LheMarkup::Piece piece;
    while (!events_.full() && markup_.next(piece)) {
      if (piece.kind == LheMarkup::Kind::text) {
        take_text(piece);
      } else if (piece.kind == LheMarkup::Kind::open) {
        open_tag(piece);
      } else {
        close_tag(piece);
      }
    }
    if (events_.full()) return;
    if (state_ != State::outside) events_.drop_cut_event();
    if (!foreign_.empty()) events_.notes().push_back(name_ + ": " + unclosed_block());
    if (!markup_.unclosed().empty()) events_.notes().push_back(name_ + ": " + markup_.unclosed());
    note_cut_off();
  }

  void note_cut_off() {
    std::vector<std::string>& notes = events_.notes();
    if (source_.cut_off()) {
      notes.push_back(name_ + " is cut off: its compressed data end early");
    } else if (first_unended_ > 0) {
      notes.push_back(name_ + ": <LesHouchesEvents> of line " + std::to_string(first_unended_) +
                      " has no end tag before the next one: that part may be cut off");
    } else if (body_line_ > 0 && events_.cut_events() == 0 && foreign_.empty()) {
      notes.push_back(name_ + " ends without </LesHouchesEvents>: it may be cut off");
    }
  }

  std::string unclosed_block() const {
    return "line " + std::to_string(foreign_line_) + " begins <" + foreign_ + ">, which has no end tag </" +
           foreign_ + ">; all that follows was passed over";
  }

  [[noreturn]] void throw_no_events() const {
    if (!foreign_.empty()) throw DataError(name_ + " holds no events: " + unclosed_block());
    if (lost_end_line_ > 0) {
      throw DataError(name_ + " holds no complete event: line " + std::to_string(lost_end_line_) +
                      " begins another one before </event>");
    }
    if (events_.cut_events() > 0) throw DataError(name_ + " holds no complete event: it is cut off");
    if (empty_events_ > 0)
      throw DataError(name_ + " holds no complete event: there is nothing between <event> and </event>");
    if (!markup_.unclosed().empty()) throw DataError(name_ + " holds no events: " + markup_.unclosed());
    if (hepmc_) throw DataError(name_ + " is a HepMC file; set dataset.format=hepmc");
    throw DataError(name_ + " holds no events: is it an LHE file?");
  }

  void open_tag(const LheMarkup::Piece& tag) {
    if (weights_.inside()) weights_.end();
    if (tag.text == "initrwgt") {
      weights_.begin_declarations();
      declarations_ = !tag.empty_element;
      return;
    }
    if (declarations_ && (tag.text == "weight" || tag.text == "weightinfo")) return declare(tag);
    if (!foreign_.empty() || (declarations_ && tag.text != "event")) return;
    if (tag.text == "event") return begin_event(tag);
    if (tag.text == "leshouchesevents") return begin_file();
    if (state_ == State::outside) {
      if (tag.empty_element || may_hold_events(tag.text)) return;
      foreign_ = tag.text;
      foreign_line_ = markup_.line();
      return;
    }
    if (tag.empty_element) return;
    ++depth_;
    if (tag.text == "weights") weights_.begin_list();
    if (tag.text == "wgt" || tag.text == "weight") weights_.begin_weight(id_of(tag), markup_.line());
  }

  /// Also of a file that was appended to another.
  void begin_file() {
    if (state_ != State::outside) {
      events_.drop_cut_event();
      if (lost_end_line_ == 0) lost_end_line_ = markup_.line();
    } else if (body_line_ > 0 && first_unended_ == 0) {
      first_unended_ = body_line_;
    }
    state_ = State::outside;
    body_line_ = markup_.line();
    weights_.forget_declarations();
  }

  static std::string id_of(const LheMarkup::Piece& tag) {
    std::string id = LheMarkup::attribute(tag.attributes, "id");
    return id.empty() ? LheMarkup::attribute(tag.attributes, "name") : id;
  }

  void declare(const LheMarkup::Piece& tag) {
    weights_.declare(id_of(tag), markup_.line());
    in_declaration_ = !tag.empty_element;
  }

  void close_tag(const LheMarkup::Piece& tag) {
    if (weights_.inside()) weights_.end();
    in_declaration_ = false;
    if (tag.text == "initrwgt") declarations_ = false;
    if (tag.text == "leshouchesevents") body_line_ = 0;
    if (!foreign_.empty()) {
      if (tag.text == foreign_) foreign_.clear();
      return;
    }
    if (state_ == State::outside) return;
    if (tag.text == "event") return end_event();
    if (depth_ > 0) --depth_;
  }

  void begin_event(const LheMarkup::Piece& tag) {
    if (state_ != State::outside) {
      events_.drop_cut_event();
      if (lost_end_line_ == 0) lost_end_line_ = markup_.line();
    }
    declarations_ = false;
    state_ = State::event_line;
    event_line_ = markup_.line();
    open_ended_ = !tag.complete;
    depth_ = 0;
    events_.begin_event();
    weights_.begin_event();
    if (!tag.empty_element) return;
    state_ = State::outside;
    ++empty_events_;
    events_.drop_empty_event();
  }

  void take_text(const LheMarkup::Piece& piece) {
    if (in_declaration_) return weights_.describe(LheMarkup::without_entities(piece.text));
    if (!foreign_.empty()) return;
    if (state_ == State::outside) {
      hepmc_ |= piece.text.starts_with("HepMC::");
      return;
    }
    if (weights_.inside()) return weights_.text(piece.text, markup_.line());
    if (depth_ > 0 || piece.text.front() == '#') return;
    if (!piece.complete) return;  // a cut-off line may hold half a number
    if (state_ == State::event_line) {
      read_event_line(piece.text);
    } else if (state_ == State::particle) {
      read_particle(piece.text);
    } else {
      check_further_line(piece.text);
    }
  }

  void read_event_line(std::string_view line) {
    const auto place = [this] { return line_name(); };
    const std::string_view whole = line;
    particles_ = integer_word(line, "number of particles (NUP)", place);
    if (particles_ < 0 || particles_ > kMostParticles) {
      throw DataError(line_name() + ": an event of " + std::to_string(particles_) +
                      " particles (NUP) cannot be right");
    }
    integer_word(line, "process (IDPRUP)", place);
    weight_ = number_word(line, "event weight (XWGTUP)", place);
    if (count_words(whole) < kEventWords) {
      throw DataError(line_name() + " has " + std::to_string(count_words(whole)) +
                      " numbers; an event begins with " + "6: NUP, IDPRUP, XWGTUP, SCALUP, AQEDUP, AQCDUP");
    }
    read_ = 0;
    nup_line_ = markup_.line();
    state_ = particles_ > 0 ? State::particle : State::tail;
  }

  void read_particle(std::string_view line) {
    const auto place = [this] { return line_name(); };
    const std::string_view whole = line;
    EventParticle p;
    p.id = integer_word(line, "particle id (IDUP)", place);
    p.status = integer_word(line, "particle status (ISTUP)", place);
    for (int i = 0; i < 4; ++i) integer_word(line, "parent or colour index", place);
    const std::string_view momentum = line;
    p.px = number_word(line, "px", place);
    p.py = number_word(line, "py", place);
    p.pz = number_word(line, "pz", place);
    p.e = number_word(line, "energy", place);
    p.m = number_word(line, "mass", place);
    check_words(whole, line, p);
    count_digits(momentum);
    events_.add(p);
    if (++read_ == static_cast<std::size_t>(particles_)) state_ = State::tail;
  }

  /// Lifetime and spin may be absent, and comments follow. A number that is missing before them shifts the
  /// others: then energy, momentum and mass do not agree.
  void check_words(std::string_view whole, std::string_view rest, const EventParticle& p) const {
    std::size_t words = kParticleWords - 2;
    double ignored = 0;
    for (std::string_view word = next_word(rest); parse_number(word, ignored); word = next_word(rest))
      ++words;
    if (words == kParticleWords) return;
    const double square = p.e * p.e - p.px * p.px - p.py * p.py - p.pz * p.pz;
    if (std::abs(square - p.m * std::abs(p.m)) <= 1e-3 * p.e * p.e) return;
    throw DataError(line_name() + " has " + std::to_string(words) +
                    " numbers, where a particle has 13, and its energy, momentum and mass do not agree: " +
                    printable(whole));
  }

  void count_digits(std::string_view momentum) {
    if (events_.events() >= EventSurvey::most_events) return;
    for (int i = 0; i < 4; ++i) digits_ = std::max(digits_, significant_digits(next_word(momentum)));
  }

  /// Text after the last particle is a comment, unless it is another particle.
  void check_further_line(std::string_view line) const {
    const std::string_view whole = line;
    double ignored = 0;
    for (std::size_t i = 0; i < kParticleWords; ++i)
      if (!parse_number(next_word(line), ignored)) return;
    throw DataError(line_name() + " holds a further particle, although line " + std::to_string(nup_line_) +
                    " says that the event has " + std::to_string(particles_) + " (NUP): " + printable(whole));
  }

  void end_event() {
    markup_.progress();
    if (state_ == State::event_line) {
      if (open_ended_)
        throw DataError(line_name() + " ends an event whose tag <event has no '>'; write <event>");
      ++empty_events_;
      events_.drop_empty_event();
    } else if (state_ == State::particle) {
      throw DataError(line_name() + ": the event ends after " + std::to_string(read_) + " of the " +
                      std::to_string(particles_) + " particles that line " + std::to_string(nup_line_) +
                      " announces (NUP); one of the two is wrong");
    } else {
      events_.end_event(named_ ? weights_.value(markup_.line()) : weight_, event_line_);
    }
    state_ = State::outside;
  }

  ByteSource& source_;
  LheMarkup markup_;
  std::string name_;
  EventTable events_;
  LheWeights weights_;
  bool named_;  ///< another weight than XWGTUP is wanted
  State state_ = State::outside;
  std::string foreign_;  ///< the block that is passed over
  std::uint64_t foreign_line_ = 0, event_line_ = 0, nup_line_ = 0;
  std::uint64_t lost_end_line_ = 0;  ///< where the first event without </event> ends
  /// Of <LesHouchesEvents> that is open, and of the first that another one follows before its end tag.
  std::uint64_t body_line_ = 0, first_unended_ = 0;
  bool declarations_ = false, in_declaration_ = false;
  bool open_ended_ = false;  ///< <event without '>'
  std::size_t depth_ = 0;    ///< elements of the event that are open
  bool hepmc_ = false;
  int particles_ = 0;  ///< NUP
  std::size_t read_ = 0, empty_events_ = 0;
  int digits_ = 0;  ///< the most that a momentum has
  double weight_ = 1.0;
};

}  // namespace

Table read_lhe(ByteSource& source, const std::string& name, const FileOptions& options) {
  return LheReader(source, name, options).read();
}

std::vector<ContentItem> lhe_contents(const FileOptions& options) {
  const FileOptions survey = without_particles(options);
  const auto source = open_file(options.path);
  return LheReader(*source, options.path, survey).contents();
}

}  // namespace symscan
