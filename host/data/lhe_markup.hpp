#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "host/data/byte_source.hpp"

namespace symscan {

/// Cuts a Les Houches file into tags and the text between them, line by line.
///
/// Such files look like XML and are not: generators leave '<' and '&' in text, attributes without quotes, '#'
/// lines and text after the last tag. So a '<' begins a tag only if a name follows, and '#' lines are passed
/// over. XML comments, CDATA sections and declarations are passed over as XML has them.
class LheMarkup {
 public:
  enum class Kind { text, open, close };
  struct Piece {
    Kind kind = Kind::text;
    std::string_view text;        ///< of one line; of tags: the name in lower case
    std::string_view attributes;  ///< of tags: what stands between the name and '>'
    bool empty_element = false;   ///< <name/>
    /// Text: followed by a tag or the end of its line, not by the end of a cut-off file. Tags: '>' was there.
    bool complete = true;
  };

  LheMarkup(ByteSource& source, const std::string& name);

  /// The next tag or text that is not blank; false at the end. Valid until the next call.
  bool next(Piece& piece);
  std::uint64_t line() const { return lines_.number(); }
  void progress() { lines_.progress(); }
  /// At the end of the file: "the comment that begins in line 7 has no end (-->)", or empty.
  const std::string& unclosed() const { return unclosed_; }

  /// "a<b" from "a&lt;b"; what is no entity of XML stays as it is.
  static std::string without_entities(std::string_view text);
  /// The value of an attribute of a tag, without entities; empty if it has none of this name.
  static std::string attribute(std::string_view attributes, std::string_view name);

 private:
  bool next_line();
  void check_first_line() const;
  bool skip_past(std::string_view mark, const char* what);
  bool read_tag(Piece& piece);
  bool find_tag_end(std::size_t& end);

  LineReader lines_;
  std::string name_;
  std::string_view rest_;  ///< of the line at hand
  bool have_line_ = false;
  std::string tag_name_, long_tag_, unclosed_;
};

}  // namespace symscan
