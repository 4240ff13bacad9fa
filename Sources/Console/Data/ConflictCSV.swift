internal import Formats
internal import Mirror
internal import Reconciliation

/// Conflicts as CSV (RFC 4180) in which no cell can start a formula in a spreadsheet.
public enum ConflictCSV {
  /// The columns in order.
  public static let columns = [
    "id", "kind", "severity", "state", "mapping", "reference", "reference_origin", "reset",
    "field", "base", "source", "remote", "remote_changed_by", "source_file", "source_line",
    "source_changed_at", "remote_changed_at", "first_seen", "last_seen", "occurrences", "assignee",
    "decision", "detail", "version",
  ]

  /// The header row.
  public static var header: String { row(columns) }

  /// The row of one conflict.
  public static func row(of view: ConflictView) -> String { row(cells(view)) }

  /// The header row and one row per conflict, lines ended by CR LF, every cell quoted.
  public static func write(_ conflicts: some Sequence<ConflictView>) -> String {
    var out: [UInt8] = []
    append(columns, to: &out)
    for view in conflicts { append(cells(view), to: &out) }
    return String(decoding: out, as: UTF8.self)
  }

  /// One row of cells that start no formula, every one quoted, ended by CR LF.
  static func row(_ cells: [String]) -> String {
    var out: [UInt8] = []
    append(cells, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  private static func cells(_ view: ConflictView) -> [String] {
    [
      view.id, view.kind.rawValue, view.severity.rawValue, view.state.rawValue,
      view.mapping ?? "", view.reference ?? "", view.origin ?? "", view.reset ?? "",
      view.field ?? "", cell(view.baseJSON, isThere: view.baseSource ?? view.baseRemote),
      cell(view.source?.json ?? .null, isThere: view.source),
      cell(view.remote?.json ?? .null, isThere: view.remote), view.remoteChangedBy ?? "",
      view.file ?? "", view.line.map(String.init) ?? "", view.sourceChangedAt?.rfc3339 ?? "",
      view.remoteChangedAt?.rfc3339 ?? "", view.firstSeen.rfc3339, view.lastSeen.rfc3339,
      String(view.occurrences), view.assignee ?? "", view.decision?.take ?? "",
      view.detail ?? "", String(view.factsDigest.prefix(Conflict.versionLength)),
    ]
  }

  /// Text as it is, everything else as JSON, nothing where there is no value.
  private static func cell(_ json: JSONValue, isThere value: FieldValue?) -> String {
    guard let value, value != .absent else { return "" }
    return json.text ?? json.written()
  }

  private static func append(_ cells: [String], to out: inout [UInt8]) {
    for (place, cell) in cells.enumerated() {
      if place > 0 { out.append(0x2C) }
      out.append(0x22)
      for byte in inert(cell).utf8 {
        if byte == 0x22 { out.append(0x22) }
        if byte != 0 { out.append(byte) }
      }
      out.append(0x22)
    }
    out.append(contentsOf: [0x0D, 0x0A])
  }

  /// A cell that a spreadsheet takes for text: an apostrophe goes before whatever could start a
  /// formula, at the beginning and after a semicolon, a tab or a line end: a spreadsheet whose
  /// separator is the semicolon splits there, whatever the quotes say.
  ///
  /// A plain number stays as it is.
  static func inert(_ text: String) -> String {
    guard text.utf8.contains(where: { isStarter(Unicode.Scalar($0)) || $0 >= 0x80 || $0 < 0x20 })
    else { return text }
    if JSONNumber(text) != nil { return text }
    var out = String.UnicodeScalarView()
    var atStart = true
    for scalar in text.unicodeScalars {
      if atStart && isStarter(scalar) { out.append("'") }
      if isSeparator(scalar) {
        // A tab or a return at the very beginning can itself begin a formula cell.
        if out.isEmpty && scalar != ";" { out.append("'") }
        atStart = true
      } else if !isSkipped(scalar) || isStarter(scalar) {
        atStart = false
      }
      out.append(scalar)
    }
    return String(out)
  }

  private static func isStarter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "=", "+", "-", "@", "|", "%", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
      "\u{2212}":
      true
    default: false
    }
  }

  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ";", "\t", "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}":
      true
    default: false
    }
  }

  /// White space and what is invisible doesn't make the beginning of a cell safe.
  private static func isSkipped(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint
      || scalar.properties.generalCategory == .control
  }
}
