#pragma once
#include <string>
#include <string_view>

namespace symscan {

/// What an SVG file can be turned into.
enum class PictureFormat { png, pdf };

/// SVG drawings as PNG and PDF, by librsvg and Cairo. These are opened when they are asked for: symscan runs
/// where they are not installed (Debian: librsvg2-2).
class PictureWriter {
 public:
  /// Throws Error with one sentence if the libraries are not there; see why_no_pictures().
  PictureWriter();

  /// The drawing as a file of that format. PNG: two pixels per unit of the drawing; PDF: 0.75 points per
  /// unit, text as text. `width`, `height`: of the drawing, its units. Throws Error if the library refuses
  /// the drawing.
  std::string picture(std::string_view svg, double width, double height, PictureFormat format) const;

 private:
  // Libraries with threads and types of their own stay open to the end.
  void *rsvg_ = nullptr, *cairo_ = nullptr, *gobject_ = nullptr;
};

/// Empty if PNG and PDF can be made, else the reason, as a sentence.
std::string why_no_pictures();

}  // namespace symscan
