#pragma once
#include <gtest/gtest.h>

#include <string>

#include "host/findings/model.hpp"

// What tests of findings from rows ask of them.
namespace symscan {

inline std::string all_sentences(const DatasetFinding& finding) {
  std::string text;
  for (const std::string& sentence : finding.sentences) text += sentence + "\n";
  return text;
}

/// Of a named transformation; of one that was not tested the test fails.
inline Verdict verdict_of(const DatasetFinding& finding, const std::string& name) {
  for (const CandidateFinding& candidate : finding.candidates)
    if (candidate.name == name) return candidate.verdict;
  ADD_FAILURE() << name;
  return Verdict::nothing_moves;
}

}  // namespace symscan
