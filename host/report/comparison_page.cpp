#include "host/report/comparison_page.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/text.hpp"
#include "host/report/assets.hpp"
#include "host/report/comparison_problems.hpp"
#include "host/report/comparison_records.hpp"
#include "host/report/html_text.hpp"

namespace symscan {
namespace {

/// Text of a run or its data.
std::string shown(const std::string& text) {
  return escape_html(printable_line(text));
}

std::string element(const char* tag, const std::string& content, const std::string& attributes = "") {
  return "<" + std::string(tag) + (attributes.empty() ? "" : " " + attributes) + ">" + content + "</" + tag +
         ">";
}

std::string paragraphs(const std::vector<std::string>& sentences) {
  std::string html;
  for (const std::string& sentence : sentences) html += element("p", shown(sentence)) + "\n";
  return html;
}

// Table

/// As a name of a class: "not-comparable".
std::string class_of(Agreement agreement) {
  std::string name = json_name(agreement);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::string fact_row(const ComparedFact& fact) {
  const std::string name = class_of(fact.agreement);
  const std::string note = fact.note.empty() ? "" : element("span", shown(fact.note), "class=\"note\"");
  return element(
             "tr",
             element("th", shown(fact.name), "scope=\"row\"") + element("td", shown(fact.a)) +
                 element("td", shown(fact.b)) +
                 element("td",
                         element("span", json_name(fact.agreement), "class=\"verdict-" + name + "\"") + note),
             "class=\"" + name + "\"") +
         "\n";
}

/// Differences first.
std::string fact_table(const DatasetPair& pair) {
  const std::vector<ComparedFact> facts = all_facts(pair);
  std::string rows;
  for (const Agreement agreement : {Agreement::different, Agreement::not_comparable, Agreement::same})
    for (const ComparedFact& fact : facts)
      if (fact.agreement == agreement) rows += fact_row(fact);
  const auto head = [](const std::string& text) { return element("th", text, "scope=\"col\""); };
  return "<div class=\"table-scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Facts, differences "
         "first\">\n"
         "<table><caption>Differences first, then what is open, then what agrees</caption>\n"
         "<colgroup><col class=\"fact\"><col><col><col class=\"verdict\"></colgroup>\n" +
         element("thead", element("tr", head("Fact") + head("A: " + shown(pair.a)) +
                                            head("B: " + shown(pair.b)) + head("Verdict"))) +
         "\n" + element("tbody", "\n" + rows) + "</table>\n</div>\n";
}

// Relevances

constexpr int bar_height = 11, latent_height = 30, bars_left = 78, bars_right = 310, top_margin = 6;

std::string text_at(int x, int y, const std::string& text, const std::string& attributes = "") {
  return element("text", shown(text),
                 "x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\"" +
                     (attributes.empty() ? "" : " " + attributes));
}

/// One bar with its run before it and its value, in nats, behind it.
std::string bar_of(const char* run, double value, double largest, int y) {
  const double share = largest > 0 ? std::max(0.0, value) / largest : 0;
  const int width = static_cast<int>(std::lround(share * (bars_right - bars_left)));
  return "<rect class=\"" + std::string(run) + "\" x=\"" + std::to_string(bars_left) + "\" y=\"" +
         std::to_string(y) + "\" width=\"" + std::to_string(width) + "\" height=\"" +
         std::to_string(bar_height) + "\"/>" +
         text_at(bars_left - 6, y + bar_height - 2, *run == 'a' ? "A" : "B", "text-anchor=\"end\"") +
         text_at(bars_left + width + 5, y + bar_height - 2, with_decimals(value, 2));
}

/// "A 2.30, B 1.93"
std::string described_bars(const ComparedProblem& problem) {
  const auto values = [](const std::vector<double>& relevances) {
    std::vector<std::string> words;
    for (const double value : relevances) words.push_back(with_decimals(value, 2));
    return words.empty() ? "none" : join_words(words);
  };
  return "A: " + values(problem.a.relevances) + ". B: " + values(problem.b.relevances) + ".";
}

/// Bars of both runs below each other, latent by latent. `id`: of the figure, unique on the page.
std::string relevance_bars(const ComparedProblem& problem, const std::string& id) {
  constexpr std::size_t most_latents = 16;
  const std::vector<double>&a = problem.a.relevances, &b = problem.b.relevances;
  const std::size_t count = std::min(most_latents, std::max(a.size(), b.size()));
  double largest = 0;
  for (const auto* values : {&a, &b})
    for (const double value : *values) largest = std::max(largest, value);
  std::string bars;
  for (std::size_t j = 0; j < count; ++j) {
    const int y = top_margin + static_cast<int>(j) * latent_height;
    bars += text_at(0, y + bar_height + 3, "latent " + std::to_string(j + 1));
    if (j < a.size()) bars += bar_of("a", a[j], largest, y);
    if (j < b.size()) bars += bar_of("b", b[j], largest, y + bar_height + 2);
  }
  const int height = 2 * top_margin + static_cast<int>(count) * latent_height;
  return "<svg class=\"bars\" role=\"img\" aria-labelledby=\"" + id + "-title " + id +
         "-values\" viewBox=\"0 0 360 " + std::to_string(height) + "\">" +
         element("title", "Relevances in nats, sorted", "id=\"" + id + "-title\"") +
         element("desc", described_bars(problem), "id=\"" + id + "-values\"") + bars + "</svg>";
}

/// `name`: of the problem.
std::string figure_of(const ComparedProblem& problem, const std::string& name, const std::string& id) {
  const std::string caption =
      "Mean KL of each latent in nats, sorted, of the training with the lowest loss (A " +
      rounded(problem.a.loss, 4) + ", B " + rounded(problem.b.loss, 4) + "). The largest difference is " +
      rounded(problem.largest_difference, 2) + " nats.";
  return element("figure",
                 element("h3", "Relevances at " + shown(name)) + relevance_bars(problem, id) +
                     element("figcaption", shown(caption)),
                 "class=\"card\"") +
         "\n";
}

/// Of many betas those of the smallest, the middle and the largest position.
std::string figures_of(const DatasetPair& pair, const std::string& id) {
  constexpr std::size_t most = 6;
  const std::size_t count = pair.problems.size();
  std::string html;
  for (std::size_t p = 0; p < count; ++p) {
    const bool chosen = count <= most || p == 0 || p == count / 2 || p + 1 == count;
    if (chosen)
      html += figure_of(pair.problems[p], problem_name(pair, pair.problems[p]),
                        id + "-relevances-" + std::to_string(p));
  }
  return html.empty() ? "" : element("div", "\n" + html, "class=\"grid\"") + "\n";
}

// Sentences

std::string sentence_list(const std::string& title, const std::vector<std::string>& sentences) {
  std::string items;
  for (const std::string& sentence : sentences)
    items += element("li", shown(sentence), sentence.starts_with("  ") ? "class=\"part\"" : "") + "\n";
  return element("section", element("h3", shown(title)) + element("ul", "\n" + items),
                 "class=\"card says\"") +
         "\n";
}

std::string alone_text(const std::vector<std::string>& names, const std::string& what) {
  return names.empty() ? "" : element("p", shown(what + join_words(names, "; ")) + ".") + "\n";
}

/// `alone`: the headline of the page is that of the pair.
std::string pair_section(const DatasetPair& pair, std::size_t number, bool alone) {
  const std::string id = "pair-" + std::to_string(number);
  const std::string title = pair.a + " | " + pair.b;
  return element("section",
                 "\n" + element("h2", shown(title), "id=\"" + id + "\"") + "\n" +
                     (alone ? std::string() : paragraphs(pair.headline)) + fact_table(pair) +
                     alone_text(pair.problems_only_a, "Trainings only in A: ") +
                     alone_text(pair.problems_only_b, "Trainings only in B: ") + figures_of(pair, id) +
                     element("div",
                             "\n" + sentence_list("A says of " + pair.a, pair.a_says) +
                                 sentence_list("B says of " + pair.b, pair.b_says),
                             "class=\"grid\"") +
                     "\n",
                 "aria-labelledby=\"" + id + "\"") +
         "\n";
}

std::string alone_section(const Comparison& comparison) {
  if (comparison.only_a.empty() && comparison.only_b.empty()) return "";
  return element("section",
                 element("h2", "Datasets without a partner", "id=\"alone\"") +
                     alone_text(comparison.only_a, "Only in A: ") +
                     alone_text(comparison.only_b, "Only in B: "),
                 "aria-labelledby=\"alone\"");
}

std::string part_of_page(std::string_view name, const Comparison& comparison) {
  std::string heading = shown(comparison.a + " | " + comparison.b);
  if (name == "title") return heading + " - symscan compare";
  if (name == "heading") return heading;
  if (name == "headline") return paragraphs(comparison.headline) + paragraphs(comparison.notes);
  if (name == "alone") return alone_section(comparison);
  if (name != "pairs") return std::string(report_asset(name));
  std::string pairs;
  for (std::size_t k = 0; k < comparison.pairs.size(); ++k)
    pairs += pair_section(comparison.pairs[k], k + 1, comparison.headline == comparison.pairs[k].headline);
  return pairs;
}

}  // namespace

std::string comparison_html(const Comparison& comparison) {
  return filled_page("compare.html", [&](std::string_view name) { return part_of_page(name, comparison); });
}

}  // namespace symscan
