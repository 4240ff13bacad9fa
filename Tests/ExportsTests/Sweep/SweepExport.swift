import Formats
import Foundation
import TestKit

/// A generated export, with the mapping that reads it and what it truly says.
struct SweepExport {
  /// What is promised of it.
  enum Promise {
    /// Undamaged and of a declared form: every row is taken.
    case taken
    /// No wrong value arrives; rejected and refused are fine.
    case noWrongValue
  }

  var name: String
  var bytes: [UInt8] = []
  /// The mapping as JSON text.
  var mapping = ""
  /// The true values by reference and metadata key.
  var truth: [String: [String: TrueValue]] = [:]
  var promise = Promise.taken
  /// How it came about, for the message of a failed check.
  var story: [String] = []
  /// Whether its last line ended, before any damage.
  var endedItsLastLine = true
}

/// The columns of a generated table: `ref` and one for each kind of value.
struct SweepTable {
  var rows: [SweepRow] = []
  var locale: NumberLocale
  var time: TimeForm
  var flags: (yes: String, no: String)
  /// Whether the mapping names the decimal mark.
  var declaresMark: Bool
  var fields: String

  static let columns = ["ref", "name", "amount", "points", "at", "flag"]

  /// Makes a table whose texts an encoding can write.
  init(alphabet: [String], declaresAll: Bool, _ random: inout SplitMix) {
    locale = .random(&random)
    time = random.pick(TimeForm.allCases)
    flags = random.pick([("X", "-"), ("true", "false"), ("ja", "nein"), ("1", "0"), ("Y", "N")])
    declaresMark = declaresAll || random.chance(40)
    let mark = declaresMark ? ", \"decimal_mark\": \"\(locale.mark)\"" : ""
    fields = """
      {"column": "name", "metadata": "name"},
      {"column": "amount", "metadata": "amount", "type": "decimal"\(mark)},
      {"column": "points", "metadata": "points", "type": "integer"\(mark)},
      {"column": "at", "metadata": "at", "type": "datetime"\(time.rule)},
      {"column": "flag", "metadata": "flag", "type": "boolean",
       "true": ["\(flags.yes)"], "false": ["\(flags.no)"]}
      """
    let keys = random.pick(["K%04d", "%010d", "\(alphabet[0])-%03d", "0%dA"])
    for number in 0..<random.number(1...12) {
      rows.append(
        SweepRow(String(format: keys, number * 7 + 1), alphabet, locale, time, &random))
    }
  }
}

/// One row: its key and true values, with the texts that spell them in the locale of the export.
struct SweepRow {
  let reference: String
  var values: [String: TrueValue]
  var texts: [String: String]

  init(
    _ reference: String, _ alphabet: [String], _ locale: NumberLocale, _ time: TimeForm,
    _ random: inout SplitMix
  ) {
    self.reference = reference
    values = [:]
    texts = [:]
    let name = Self.name(alphabet, &random)
    values["name"] = name.isEmpty ? .empty : .text(name)
    texts["name"] = name
    let wholes = [
      random.number(0...9), random.number(0...999), random.number(1_000...9_999_999),
    ]
    let whole = String(random.pick(wholes))
    let digits = random.pick([0, 0, 1, 2, 3, 4])
    let fraction = String((0..<digits).map { _ in Character("\(random.number(0...9))") })
    let isNegative = random.chance(15)
    values["amount"] = .number(isNegative: isNegative, whole: whole, fraction: fraction)
    texts["amount"] = locale.spelled(isNegative: isNegative, whole: whole, fraction: fraction)
    let points = String(random.pick([random.number(0...99), random.number(1_000...99_999)]))
    values["points"] = .number(isNegative: false, whole: points, fraction: "")
    texts["points"] = locale.spelled(isNegative: false, whole: points, fraction: "")
    let at = time.spelled(random.number(1_500_000_000...1_790_000_000), &random)
    values["at"] = .instant(at.instant)
    texts["at"] = at.text
    values["flag"] = .flag(random.chance(50))
    for column in ["amount", "points", "at"] where random.chance(8) {
      values[column] = .empty
      texts[column] = ""
    }
  }

  private static func name(_ alphabet: [String], _ random: inout SplitMix) -> String {
    let words = (0..<random.number(0...3)).map { _ in random.pick(alphabet) }
    return words.joined(separator: random.pick([" ", ", ", "; ", "\"", " & ", "'", "\n", "\t"]))
  }

  /// The text of a cell in this export.
  func text(_ column: String, _ table: SweepTable) -> String {
    switch column {
    case "ref": reference
    case "flag": values["flag"] == .flag(true) ? table.flags.yes : table.flags.no
    default: texts[column] ?? ""
    }
  }
}

/// Encodings that exports come in, by the names of iconv, with words that each can write.
enum SweepEncoding {
  static let all: [(name: String, alphabet: [String])] = [
    ("UTF-8", ["Łódź", "Zürich", "東京", "Ελλάδα", "naïve", "🙂", "Straße"]),
    ("UTF-8", ["Kunde", "gold", "null", "N/A", "1.234", "=1+1", "'t Hooft"]),
    ("UTF-16LE", ["Köln", "Łódź", "東京"]), ("UTF-16BE", ["Köln", "Łódź", "東京"]),
    ("WINDOWS-1252", ["Köln", "Größe", "Müller"]), ("ISO-8859-15", ["Köln", "Größe", "œuvre"]),
    ("WINDOWS-1250", ["Łódź", "Gdańsk", "Řím"]), ("ISO-8859-2", ["Łódź", "Gdańsk", "Győr"]),
    ("WINDOWS-1251", ["Москва", "Казань"]), ("KOI8-R", ["Москва", "Пермь"]),
    ("CP850", ["München", "Århus"]), ("CP437", ["München", "Málaga"]),
    ("MACINTOSH", ["München", "Gråsten"]), ("SHIFT_JIS", ["東京", "大阪", "表示"]),
    ("GB18030", ["北京", "上海"]), ("BIG5", ["台北", "許功蓋"]), ("EUC-KR", ["서울", "부산"]),
  ]

  /// A text in an encoding; nil where the encoding can't write it.
  static func encoded(_ text: String, _ name: String) -> [UInt8]? {
    guard name != "UTF-8" else { return Array(text.utf8) }
    let handle = unsafe iconv_open(name, "UTF-8")
    guard Int(bitPattern: handle) != -1 else { return nil }
    defer { unsafe _ = iconv_close(handle) }
    var input = Array(text.utf8).map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: input.count * 4 + 16)
    var (inLeft, outLeft) = (input.count, output.count)
    let size = output.count
    let result = unsafe input.withUnsafeMutableBufferPointer { from in
      unsafe output.withUnsafeMutableBufferPointer { to in
        var source = from.baseAddress
        var target = to.baseAddress
        return unsafe iconv(handle, &source, &inLeft, &target, &outLeft)
      }
    }
    guard result != -1, inLeft == 0 else { return nil }
    return output[..<(size - outLeft)].map { UInt8(bitPattern: $0) }
  }
}
