#pragma once
#include <string>
#include <string_view>

namespace symscan {

/// What a field of a text table is. Of the kinds from decimal_comma to minus_sign people mean a number, but
/// it is not one that can be read without a guess.
enum class FieldKind {
  number,
  missing,  ///< empty, or one of the usual marks: NA, #N/A, null, -, *****
  boolean,  ///< True, false
  decimal_comma,
  point,  ///< a decimal point where dataset.decimal is the comma
  thousands,
  percent,
  currency,
  hexadecimal,
  complex,
  glued,       ///< 1.0-2.0: columns of fixed width that have grown together
  program,     ///< 0x1.8p+0, 1.5*^-3, np.float64(0.3)
  joined,      ///< 0.1:0.2:0.3
  minus_sign,  ///< a dash of Unicode in place of -
  unit,        ///< 5 GeV
  date,
  time,
  text
};

/// `comma_mark`: the decimal mark is the comma.
FieldKind kind_of_field(std::string_view field, bool comma_mark);

/// Whether the field marks a missing value.
bool is_missing(std::string_view field);

/// Whether the error mark of a spreadsheet (#N/A, #DIV/0!, #WERT!) or a field of # alone begins the line,
/// followed by its end or by `delimiter`; 0: by any of the usual delimiters.
bool begins_with_error_mark(std::string_view line, char delimiter);

/// Whether the field is what a line of units holds: GeV, [m], -, nothing.
bool is_unit_word(std::string_view field);

/// A number of the file: with a comma in place of the decimal point if `comma_mark`.
bool parse_decimal(std::string_view field, bool comma_mark, double& value);

/// True or false, whatever the case.
bool parse_boolean(std::string_view field, double& value);

/// Whether a column that mostly holds fields of this kind is one of text, for dataset.on_text.
bool is_text_kind(FieldKind kind);

/// The clause that follows "'x' is not a number" in a message, such as " but a date"; may be empty.
std::string kind_clause(FieldKind kind, std::string_view field);

}  // namespace symscan
