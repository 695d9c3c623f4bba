#include "host/report/comparison_text.hpp"

#include <algorithm>

#include "host/base/text.hpp"

namespace symscan {
namespace {

constexpr std::size_t name_width = 26, value_width = 34, line_width = 100;

std::size_t characters(const std::string& text) {
  return decode_utf8(text).size();
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t length = characters(text);
  return length < width ? text + std::string(width - length, ' ') : text;
}

/// Lines of at most `width` characters; words that are longer are cut.
std::vector<std::string> cell_lines(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string& line : wrapped(printable_line(text), width)) {
    std::u32string rest = decode_utf8(line);
    do {
      std::string part;
      for (const char32_t c : rest.substr(0, width)) append_utf8(part, c);
      lines.push_back(part);
      rest.erase(0, width);
    } while (!rest.empty());
  }
  return lines;
}

std::string without_blanks_at_end(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

void add_row(const std::string& name, const std::string& a, const std::string& b, std::string& text) {
  const auto names = cell_lines(name, name_width), left = cell_lines(a, value_width),
             right = cell_lines(b, value_width);
  const auto at = [](const std::vector<std::string>& lines, std::size_t k) {
    return k < lines.size() ? lines[k] : std::string();
  };
  for (std::size_t k = 0; k < std::max({names.size(), left.size(), right.size()}); ++k)
    text += without_blanks_at_end("  " + padded(at(names, k), name_width) + "  " +
                                  padded(at(left, k), value_width) + "  " + at(right, k)) +
            "\n";
}

void add_lines(const std::string& sentence, const std::string& indent, std::string& text) {
  for (const std::string& line : cell_lines(sentence, line_width - indent.size()))
    text += without_blanks_at_end(indent + line) + "\n";
}

void add_facts(const std::vector<ComparedFact>& facts, Agreement agreement, const char* head,
               std::string& text) {
  bool first = true;
  for (const ComparedFact& fact : facts) {
    if (fact.agreement != agreement) continue;
    if (first) text += std::string("\n  ") + head + "\n";
    first = false;
    add_row(fact.name, fact.a, fact.b, text);
    if (!fact.note.empty()) add_lines(fact.note, "      ", text);
  }
}

void add_alone(const std::vector<std::string>& names, const std::string& what, std::string& text) {
  if (!names.empty()) add_lines(what + join_words(names, "; "), "  ", text);
}

void add_pair(const DatasetPair& pair, std::string& text) {
  text += "\n";
  add_lines(pair.a + " | " + pair.b, "", text);
  for (const std::string& sentence : pair.headline) add_lines(sentence, "  ", text);
  text += "\n";
  add_row("", "A: " + pair.a, "B: " + pair.b, text);
  const std::vector<ComparedFact> facts = all_facts(pair);
  add_facts(facts, Agreement::different, "DIFFERENT", text);
  add_facts(facts, Agreement::not_comparable, "NOT COMPARABLE", text);
  add_facts(facts, Agreement::same, "THE SAME", text);
  if (!pair.problems_only_a.empty() || !pair.problems_only_b.empty()) text += "\n";
  add_alone(pair.problems_only_a, "trainings only in A: ", text);
  add_alone(pair.problems_only_b, "trainings only in B: ", text);
}

}  // namespace

std::string comparison_text(const Comparison& comparison) {
  constexpr std::size_t most_pairs = 12;
  std::string text;
  add_lines("A: " + comparison.a, "", text);
  add_lines("B: " + comparison.b, "", text);
  for (const std::string& note : comparison.notes) add_lines(note, "", text);
  const std::size_t count = comparison.pairs.size();
  if (count != 1 || comparison.headline != comparison.pairs.front().headline) {
    text += "\n";
    for (const std::string& sentence : comparison.headline) add_lines(sentence, "", text);
  }
  for (std::size_t k = 0; k < std::min(count, most_pairs); ++k) add_pair(comparison.pairs[k], text);
  if (count > most_pairs)
    text += "\n... and " + plural(count - most_pairs, "more pair") + ": see --out or --json\n";
  if (!comparison.only_a.empty() || !comparison.only_b.empty()) text += "\n";
  add_alone(comparison.only_a, "datasets only in A: ", text);
  add_alone(comparison.only_b, "datasets only in B: ", text);
  return text;
}

}  // namespace symscan
