/// Texts of RFC 8259 that a reader must take, and texts that it must refuse.
///
/// Named as the public JSON parsing suites name them, so that a difference can be looked up. Each
/// line is a name and the bytes, percent-encoded where they are not visible ASCII.
enum JSONSuite {
  static let sound = cases(
    #"""
    array_arraysWithSpaces [[]%20%20%20]
    array_empty-string [""]
    array_empty []
    array_ending_with_newline ["a"]%0A
    array_false [false]
    array_heterogeneous [null,%201,%20"1",%20{}]
    array_null [null]
    array_with_1_and_newline [1%0A]
    array_with_leading_space %20[1]
    array_with_several_null [1,null,null,null,2]
    array_with_trailing_space [2]%20
    number [123e65]
    number_0e+1 [0e+1]
    number_0e1 [0e1]
    number_after_space [%204]
    number_double_close_to_zero [-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]%0A
    number_int_with_exp [20e1]
    number_minus_zero [-0]
    number_negative_int [-123]
    number_negative_one [-1]
    number_real_capital_e [1E22]
    number_real_capital_e_neg_exp [1E-2]
    number_real_capital_e_pos_exp [1E+2]
    number_real_exponent [123e45]
    number_real_fraction_exponent [123.456e78]
    number_simple_int [123]
    number_simple_real [123.456789]
    object {"asd":"sdf",%20"dfg":"fgh"}
    object_basic {"asd":"sdf"}
    object_empty {}
    object_empty_key {"":0}
    object_escaped_null_in_key {"foo\u0000bar":%2042}
    object_extreme_numbers {%20"min":%20-1.0e+28,%20"max":%201.0e+28%20}
    object_long_strings {"x":[{"id":%20"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}],%20"id":%20"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}
    object_simple {"a":[]}
    object_string_unicode {"title":"\u041f\u043e\u043b"%20}
    object_with_newlines {%0A"a":%20"b"%0A}
    object_duplicated_key {"a":"b","a":"c"}
    object_duplicated_key_and_value {"a":"b","a":"b"}
    string_1_2_3_bytes_UTF-8_sequences ["\u0060\u012a\u12AB"]
    string_accepted_surrogate_pair ["\uD801\udc37"]
    string_accepted_surrogate_pairs ["\ud83d\ude39\ud83d\udc8d"]
    string_allowed_escapes ["\"\\\/\b\f\n\r\t"]
    string_backslash_and_u_escaped_zero ["\\u0000"]
    string_backslash_doublequotes ["\""]
    string_comments ["a/*b*/c/*d//e"]
    string_double_escape_a ["\\a"]
    string_double_escape_n ["\\n"]
    string_escaped_control_character ["\u0012"]
    string_escaped_noncharacter ["\uFFFF"]
    string_in_array ["asd"]
    string_in_array_with_leading_space [%20"asd"]
    string_last_surrogates_1_and_2 ["\uDBFF\uDFFF"]
    string_nbsp_uescaped ["new\u00A0line"]
    string_nonCharacterInUTF-8_U+10FFFF ["%F4%8F%BF%BF"]
    string_nonCharacterInUTF-8_U+FFFF ["%EF%BF%BF"]
    string_null_escape ["\u0000"]
    string_one-byte-utf-8 ["\u002c"]
    string_pi ["%CF%80"]
    string_reservedCharacterInUTF-8_U+1BFFF ["%F0%9B%BF%BF"]
    string_simple_ascii ["asd%20"]
    string_space "%20"
    string_surrogates_U+1D11E ["\uD834\uDd1e"]
    string_three-byte-utf-8 ["\u0821"]
    string_two-byte-utf-8 ["\u0123"]
    string_u+2028_line_sep ["%E2%80%A8"]
    string_u+2029_par_sep ["%E2%80%A9"]
    string_uEscape ["\u0061\u30af\u30EA\u30b9"]
    string_uescaped_newline ["new\u000Aline"]
    string_unescaped_char_delete ["%7F"]
    string_unicode ["\uA66D"]
    string_unicodeEscapedBackslash ["\u005C"]
    string_unicode_2 ["%E2%8D%82%E3%88%B4%E2%8D%82"]
    string_unicode_U+10FFFE_nonchar ["\uDBFF\uDFFE"]
    string_unicode_escaped_double_quote ["\u0022"]
    string_utf8 ["%E2%82%AC%F0%9D%84%9E"]
    string_with_del_character ["a%7Fa"]
    structure_lonely_false false
    structure_lonely_int 42
    structure_lonely_negative_real -0.1
    structure_lonely_null null
    structure_lonely_string "asd"
    structure_lonely_true true
    structure_string_empty ""
    structure_trailing_newline ["a"]%0A
    structure_true_in_array [true]
    structure_whitespace_array %20[]%20
    """#)

  static let broken =
    cases(
      #"""
      array_1_true_without_comma [1%20true]
      array_a_invalid_utf8 [a%E5]
      array_colon_instead_of_comma ["":%201]
      array_comma_after_close [""],
      array_comma_and_number [,1]
      array_double_comma [1,,2]
      array_double_extra_comma ["x",,]
      array_extra_close ["x"]]
      array_extra_comma ["",]
      array_incomplete ["x"
      array_incomplete_invalid_value [x
      array_inner_array_no_comma [3[4]]
      array_invalid_utf8 [%FF]
      array_items_separated_by_semicolon [1:2]
      array_just_comma [,]
      array_just_minus [-]
      array_missing_value [%20%20%20,%20""]
      array_newlines_unclosed ["a",%0A4%0A,1,
      array_number_and_comma [1,]
      array_number_and_several_commas [1,,]
      array_spaces_vertical_tab_formfeed ["%0Ba"\f]
      array_star_inside [*]
      array_unclosed [""
      array_unclosed_trailing_comma [1,
      array_unclosed_with_new_lines [1,%0A1%0A,1
      array_unclosed_with_object_inside [{}
      incomplete_false [fals]
      incomplete_null [nul]
      incomplete_true [tru]
      multidigit_number_then_00 123%00
      number_++ [++1234]
      number_+1 [+1]
      number_+Inf [+Inf]
      number_-01 [-01]
      number_-1.0. [-1.0.]
      number_-2. [-2.]
      number_-NaN [-NaN]
      number_.-1 [.-1]
      number_.2e-3 [.2e-3]
      number_0.1.2 [0.1.2]
      number_0.3e [0.3e]
      number_0.3e+ [0.3e+]
      number_0.e1 [0.e1]
      number_0_capital_E+ [0E+]
      number_0_capital_E [0E]
      number_0e [0e]
      number_1.0e+ [1.0e+]
      number_1_000 [1%20000.0]
      number_1eE2 [1eE2]
      number_2.e+3 [2.e+3]
      number_9.e+ [9.e+]
      number_Inf [Inf]
      number_NaN [NaN]
      number_U+FF11 [%EF%BC%91]
      number_expression [1+2]
      number_hex_1_digit [0x1]
      number_infinity [Infinity]
      number_invalid+- [0e+-1]
      number_invalid-utf-8-in-bigger-int [123%E5]
      number_minus_space_1 [-%201]
      number_neg_int_starting_with_zero [-012]
      number_neg_real_without_int [-.123]
      number_real_without_fractional [1.]
      number_with_alpha [1.2a-3]
      number_with_leading_zero [012]
      object_bad_value ["x",%20truth]
      object_bracket_key {[:%20"x"}%0A
      object_comma_instead_of_colon {"x",%20null}
      object_double_colon {"x"::"b"}
      object_emoji {%F0%9F%87%A8%F0%9F%87%AD}
      object_garbage_at_end {"a":"a"%20123}
      object_key_with_single_quotes {key:%20'value'}
      object_lone_continuation_byte {"%B9":"0",}
      object_missing_colon {"a"%20b}
      object_missing_key {:"b"}
      object_missing_semicolon {"a"%20"b"}
      object_missing_value {"a":
      object_no-colon {"a"
      object_non_string_key {1:1}
      object_non_string_key_huge {9999E9999:1}
      object_repeated_null_null {null:null,null:null}
      object_several_trailing_commas {"id":0,,,,,}
      object_single_quote {'a':0}
      object_trailing_comma {"id":0,}
      object_trailing_comment {"a":"b"}/**/
      object_trailing_comment_open {"a":"b"}/**//
      object_trailing_comment_slash_open {"a":"b"}//
      object_two_commas_in_a_row {"a":"b",,"c":"d"}
      object_unquoted_key {a:%20"b"}
      object_unterminated-value {"a":"a
      object_with_single_string {%20"foo"%20:%20"bar",%20"a"%20}
      object_with_trailing_garbage {"a":"b"}#
      single_space %20
      string_1_surrogate_then_escape ["\uD800\"]
      string_1_surrogate_then_escape_u ["\uD800\u"]
      string_1_surrogate_then_escape_u1x ["\uD800\u1x"]
      string_accentuated_char_no_quotes [%C3%A9]
      string_backslash_00 ["\%00"]
      string_escape_x ["\x00"]
      string_escaped_backslash_bad ["\\\"]
      string_escaped_ctrl_char_tab ["\%09"]
      string_escaped_emoji ["\%F0%9F%8C%80"]
      string_incomplete_escape ["\"]
      string_incomplete_escaped_character ["\u00A"]
      string_incomplete_surrogate ["\uD834\uDd"]
      string_invalid_backslash_esc ["\a"]
      string_invalid_unicode_escape ["\uqqqq"]
      string_invalid_utf8_after_escape ["\%E5"]
      string_leading_uescaped_thinspace [\u0020"asd"]
      string_no_quotes_with_bad_escape [\n]
      string_single_doublequote "
      string_single_quote ['single%20quote']
      string_single_string_no_double_quotes abc
      string_start_escape_unclosed ["\
      string_unescaped_ctrl_char ["a%00a"]
      string_unescaped_newline ["new%0Aline"]
      string_unescaped_tab ["%09"]
      string_unicode_CapitalU "\UA66D"
      string_with_trailing_garbage ""x
      structure_U+2060_word_joined [%E2%81%A0]
      structure_UTF8_BOM_no_data %EF%BB%BF
      structure_angle_bracket_. <.>
      structure_angle_bracket_null [<null>]
      structure_array_trailing_garbage [1]x
      structure_array_with_extra_array_close [1]]
      structure_array_with_unclosed_string ["asd]
      structure_ascii-unicode-identifier a%C3%A5
      structure_capitalized_True [True]
      structure_close_unopened_array 1]
      structure_comma_instead_of_closing_brace {"x":%20true,
      structure_double_array [][]
      structure_end_array ]
      structure_incomplete_UTF8_BOM %EF%BB{}
      structure_lone-invalid-utf-8 %E5
      structure_lone-open-bracket [
      structure_no_data 
      structure_null-byte-outside-string [%00]
      structure_number_with_trailing_garbage 2@
      structure_object_followed_by_closing_object {}}
      structure_object_unclosed_no_value {"":
      structure_object_with_comment {"a":/*comment*/"b"}
      structure_object_with_trailing_garbage {"a":%20true}%20"x"
      structure_open_array_apostrophe ['
      structure_open_array_comma [,
      structure_open_array_open_object [{
      structure_open_array_open_string ["a
      structure_open_array_string ["a"
      structure_open_object {
      structure_open_object_close_array {]
      structure_open_object_comma {,
      structure_open_object_open_array {[
      structure_open_object_open_string {"a
      structure_open_object_string_with_apostrophes {'a'
      structure_open_open ["\{["\{["\{["\{
      structure_single_eacute %E9
      structure_single_star *
      structure_trailing_# {"a":"b"}#{}
      structure_uescaped_LF_before_string [\u000A""]
      structure_unclosed_array [1
      structure_unclosed_array_partial_null [%20false,%20nul
      structure_unclosed_array_unfinished_false [%20true,%20fals
      structure_unclosed_array_unfinished_true [%20false,%20tru
      structure_unclosed_object {"asd":"asd"
      structure_unicode-identifier %C3%A5
      structure_whitespace_U+2060_word_joiner %E2%81%A0
      structure_whitespace_formfeed [%0C]
      """#)
    + [
      ("structure_100000_opening_arrays", [UInt8](repeating: 0x5B, count: 100_000)),
      (
        "structure_open_array_object",
        Array(String(repeating: "[{\"\":", count: 50_000).utf8)
      ),
    ]

  private static func cases(_ text: String) -> [(name: String, bytes: [UInt8])] {
    text.split(separator: "\n").map { line in
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? decoded(parts[1]) : [])
    }
  }

  private static func decoded(_ text: Substring) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == 0x25 else {
        bytes.append(byte)
        continue
      }
      bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
    return bytes
  }
}
