import Formats

/// The names in the header of a table.
enum HeaderRow {
  /// Notes the columns of a header and tells for each place the slot of its cells, nil where it is
  /// not wanted.
  ///
  /// A repeated name gets a number behind it (`NAME`, `NAME_2`) unless it is needed, which
  /// refuses the file; so do names that differ only in how their letters are composed. An empty
  /// name becomes `column_7`, for its place.
  static func slots(
    _ header: [String], line: Int, _ table: inout ColumnTable, limits: ExportLimits
  ) throws -> [Int?] {
    let names = header.enumerated().map { place, name in
      let plain = trimmed(name)
      return plain.isEmpty ? "column_\(place + 1)" : plain
    }
    for name in table.needed {
      // Equal in normal form, as Swift compares texts.
      let alike = names.filter { $0 == name }
      guard alike.count > 1 else { continue }
      let message =
        Set(alike.map { ExactText($0) }).count == 1
        ? "the column “\(name)” is there more than once"
        : "two columns named “\(name)” differ only in how their letters are composed"
      throw ExportRefusal(.duplicateColumn, message, line: line)
    }
    var slots: [Int?] = []
    for name in names {
      var unique = name
      var number = 2
      while table.has(unique) {
        unique = "\(name)_\(number)"
        number += 1
      }
      slots.append(try table.slot(unique, limits: limits))
    }
    return slots
  }

  /// A name without blanks around it, of any kind, and without a byte order mark.
  static func trimmed(_ name: String) -> String {
    let scalars = name.unicodeScalars
    let isPadding: (UnicodeScalar) -> Bool = {
      $0.properties.isWhitespace || $0.value == 0xFEFF || $0.value == 0x200B
    }
    guard let first = scalars.firstIndex(where: { !isPadding($0) }),
      let last = scalars.lastIndex(where: { !isPadding($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
