import Formats
import Reconciliation

/// A cell of a sheet as its part holds it, before it is a value.
struct SheetCell {
  /// Its attribute `t`; a number where there is none.
  var type = "n"
  /// The number of its style.
  var style = 0
  /// Whether a formula makes its value, one of its own or that of a range around it.
  var hasFormula = false
  /// The content of `v`; nil where there is none.
  var value: [UInt8]?
  /// The content of `is`; nil where there is none.
  var inline: [UInt8]?

  /// What the cell holds: what is shown of it, and why that is no value, if it is none.
  struct Content {
    var cell: Cell
    var fault: String?

    init(_ cell: Cell, fault: String? = nil) {
      self.cell = cell
      self.fault = fault
    }

    static let blank = Content(.text(""))
  }

  /// The content; throws `ExportRefusal` where the cell points to a text that is not there.
  func content(_ workbook: Workbook, row: Int) throws -> Content {
    guard !lacksResult else {
      return Content(
        .text(""),
        fault: "the formula has no stored value; open and save the file in a spreadsheet program")
    }
    let text = plainText
    switch type {
    case "s": return try shared(text, workbook, row: row)
    case "inlineStr": return Self.text((inline ?? [])[...])
    case "str": return Self.text((value ?? [])[...])
    case "d": return Content(.text(text))
    case "b": return Self.boolean(text)
    case "e":
      return Content(
        .text(text), fault: "the cell holds the error \(text); correct it in the workbook")
    case "n": return number(text, workbook)
    default:
      return Content(.text(text), fault: "the cell is of the kind “\(type)”, which is not known")
    }
  }

  /// Whether the formula has left no result; an empty text is one.
  private var lacksResult: Bool {
    guard hasFormula else { return false }
    switch type {
    case "inlineStr": return inline == nil
    case "str": return value == nil
    default: return value?.allSatisfy(XMLCharacters.isBlank) ?? true
    }
  }

  /// The value without blanks around it, as numbers and words may have them.
  private var plainText: String { HeaderRow.trimmed(String(decoding: value ?? [], as: UTF8.self)) }

  private func shared(_ text: String, _ workbook: Workbook, row: Int) throws -> Content {
    if text.isEmpty { return .blank }
    guard let index = Int(text), let bytes = workbook.strings[index] else {
      throw ExportRefusal(
        .malformed, "a cell points to a shared string that is not there", line: row)
    }
    return Self.text(bytes)
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> Content {
    if let text = WorkbookText.unescaped(bytes) { return Content(.text(text)) }
    return Content(
      .text(String(decoding: bytes, as: UTF8.self)),
      fault: "the text holds half a character (an escape such as _xD83D_ without its other half)")
  }

  private static func boolean(_ text: String) -> Content {
    switch text {
    case "": .blank
    case "1", "true": Content(.json(.bool(true)))
    case "0", "false": Content(.json(.bool(false)))
    default: Content(.text(text), fault: "the cell claims to be true or false and is neither")
    }
  }

  private func number(_ text: String, _ workbook: Workbook) -> Content {
    if text.isEmpty { return .blank }
    guard let number = SpreadsheetNumber(text), let spelled = JSONNumber(number.text) else {
      return Content(.text(text), fault: "the cell claims to be a number and is none")
    }
    if workbook.styles.isDate(style) { return date(number, spelled, workbook.epoch) }
    let isDamaged = number.isBeyondDigits
    return Content(
      .json(.number(spelled)),
      fault: isDamaged
        ? "the number has more than \(SpreadsheetNumber.digitsMax) digits, of which a spreadsheet "
          + "keeps \(SpreadsheetNumber.digitsMax); format the column as text" : nil)
  }

  /// A number that is shown as a date or a time of day.
  private func date(
    _ number: SpreadsheetNumber, _ spelled: JSONNumber, _ epoch: SpreadsheetEpoch
  ) -> Content {
    guard let date = epoch.text(number.value) else {
      return Content(
        .json(.number(spelled)), fault: "the cell has the format of a date, and its number is none")
    }
    return Content(
      .text(date),
      fault: epoch.isNoDay(number.value)
        ? "29 February 1900 is no day; spreadsheets count it all the same" : nil)
  }
}

/// The address of a cell, as spreadsheets show it.
enum CellAddress {
  /// The address of a column, from 0, in a row: `AB12`.
  static func text(column: Int, row: Int) -> String {
    var letters: [UInt8] = []
    var left = column + 1
    while left > 0 {
      letters.insert(UInt8(0x41 + (left - 1) % 26), at: 0)
      left = (left - 1) / 26
    }
    return String(decoding: letters, as: UTF8.self) + String(row)
  }

  /// The column, from 0, and the row of an address; nil where it is none within the limits.
  static func place(_ address: some StringProtocol, columnsMax: Int) -> (column: Int, row: Int)? {
    var column = 0
    let letters = address.utf8.prefix { $0 >= 0x41 && $0 <= 0x5A }
    for letter in letters {
      column = column * 26 + Int(letter - 0x40)
      guard column <= columnsMax else { return nil }
    }
    guard column > 0 else { return nil }
    return (column - 1, Int(address.dropFirst(letters.count)) ?? 0)
  }
}
