#pragma once
#include "host/base/json_record.hpp"
#include "host/findings/answers.hpp"
#include "host/findings/truth_table.hpp"

/// How the members of short answers are called in JSON. See answers.hpp for what they mean in full.
namespace symscan {

template <>
struct JsonRecord<Answer> {
  static constexpr const char* doc = "what the data obey, in a few words";
  static constexpr auto members = std::make_tuple(
      json_member("degrees", &Answer::degrees, "of freedom: '1', 'at least 2', '1 (models only)'"),
      json_member("degrees_value", &Answer::degrees_value, "null: no single number"),
      json_member("set", &Answer::set, "algebra of what keeps it, 'none', 'fills its span' or 'unclear'"),
      json_member("distribution", &Answer::distribution,
                  "algebra of what it keeps, 'none' or 'undecided'; '': not sought"),
      json_member("kept", &Answer::kept,
                  "motions, by what the distribution does; remarks behind ': ' or in parentheses"),
      json_member("broken", &Answer::broken), json_member("undecided", &Answer::undecided),
      json_member("not_broken", &Answer::not_broken, "why none is broken or undecided"),
      json_member("finite", &Answer::finite, "finite group of the distribution, 'none', or '': not known"),
      json_member("constraints", &Answer::constraints, "exact equations"),
      json_member("approximate", &Answer::approximate, "equations"),
      json_member("no_constraints", &Answer::no_constraints, "where there are neither"),
      json_member("constraints_note", &Answer::constraints_note, "what the lists leave out"),
      json_member("laws", &Answer::laws, "independent ones of trajectories; null: not sought"),
      json_member("law_equations", &Answer::law_equations, "of trajectories, independent"),
      json_member("laws_note", &Answer::laws_note, "'up to noise', or ''"),
      json_member("confidence", &Answer::confidence, "what the degrees of freedom rest on"),
      json_member("converged", &Answer::converged, "all trainings that finished; null: there are none"),
      json_member("convergence", &Answer::convergence, "of how many trainings"),
      json_member("sentences", &Answer::sentences, "at most three"));
};

template <>
struct JsonRecord<Known> {
  static constexpr const char* doc = "what is known of a built-in dataset, and what was found";
  static constexpr auto members =
      std::make_tuple(json_member("quantity", &Known::quantity), json_member("known", &Known::known),
                      json_member("found", &Known::found),
                      json_member("agrees", &Known::agrees, "null: the finding leaves it open"));
};

}  // namespace symscan
