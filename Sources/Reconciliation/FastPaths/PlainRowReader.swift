public import Formats

/// Reads rows of delimited text without making a `Cell` or a `String` of each cell.
///
/// It answers where the answer is beyond doubt, and then as `Mapping.read` does; any other row is
/// `unclear` and to be read the long way, which alone decides what is rejected and why.
///
/// Serves the benchmark's lines of imports. May assume delimited text in UTF-8;
/// `PlainRowReaderTests` holds it equal to `Mapping.read`.
public struct PlainRowReader {
  /// What a row is.
  public enum Outcome {
    /// A record; its cells were written.
    case record(RowRecord)
    /// To be read the long way; nothing was written.
    case unclear
  }

  private let mapping: Mapping
  private let nulls: NullMarks
  /// For each needed column, its field in the row.
  private let places: [Int]
  private let referencePlaces: [Int]
  private let originPlace: Int?
  private let filterPlace: Int?
  private let deletedPlace: Int?
  private let changedAtPlace: Int?
  private let mayBeISO: Bool
  private let keepsNormal: Bool
  private let origin: Origin
  private let checks: [Check]
  private var origins = ByteMemo<Origin?>()
  private var filter = ByteMemo<Bool>()
  private var deleted = ByteMemo<Bool?>()
  private var changedAt = ByteMemo<Timestamp??>()
  private var types: [ByteMemo<Bool>]
  /// What the numbers of all rows show of their decimal marks.
  public private(set) var evidence = MarkEvidence()

  /// What a field asks of its cell: rules are too large to be passed along with every cell.
  private struct Check {
    let place: Int
    let takesText: Bool
    let takesNull: Bool
    /// Whether whole numbers are of the field, and whether others are, whatever they are.
    let (takesWhole, takesFractions): (Bool, Bool)
    /// The decimal mark, and whether it is declared, so that no cell has to show it.
    let (mark, isDeclared): (DecimalMark?, Bool)

    init(_ rule: FieldRule, at place: Int, takesNull: Bool) {
      self.place = place
      self.takesNull = takesNull
      takesText = rule.type == .string || rule.type == .list
      let isPlain = rule.transform.isEmpty && rule.values == nil
      takesWhole = isPlain && (rule.type == .decimal || rule.type == .integer)
      takesFractions = isPlain && rule.type == .decimal
      (mark, isDeclared) = (rule.mark, rule.decimalMark != nil)
    }
  }

  /// The origin of a row: as it stands there, and as it is in the key.
  private struct Origin {
    var raw: String
    var key: String
  }

  /// A reader for rows in which each needed column stands at one of these places; without a rule,
  /// of the mapping's first export.
  public init(_ mapping: Mapping, rule: ExportRule? = nil, places: [Int]) {
    self.mapping = mapping
    self.places = places
    nulls = NullMarks((rule ?? mapping.export).nulls)
    let columns = { (name: String) in mapping.columnPlaces[ExactText(name)] }
    referencePlaces = mapping.reference.columns.compactMap(columns)
    originPlace = mapping.originColumn.flatMap { columns($0.column) }
    filterPlace = mapping.rows.flatMap { columns($0.column) }
    deletedPlace = mapping.deleted.flatMap { columns($0.column) }
    changedAtPlace = mapping.changedAt.flatMap { columns($0.column) }
    mayBeISO = mapping.changedAt?.format == nil
    keepsNormal = mapping.reference.normalize.allSatisfy {
      $0 == .trim || $0 == .nfc || $0 == .nfkc || $0 == .zeroWidth
    }
    let first = mapping.origins.first ?? ""
    origin = Origin(raw: first, key: mapping.keyOrigin(first))
    types = mapping.fields.map { _ in ByteMemo() }
    checks = zip(mapping.fields, mapping.fieldPlaces).map { rule, place in
      Check(rule, at: place, takesNull: Self.takes(.null, rule))
    }
  }

  /// Reads the row on a line and appends its cells, in the form of `CellText`, to `cells`.
  public mutating func read(_ row: CSVRow, line: Int, into cells: inout [UInt8]) -> Outcome {
    let start = cells.count
    let text = row.bytes.span
    guard let isNull = write(row, text, to: &cells) else { return .unclear }
    let outcome = look(row, line, text, isNull)
    if case .record = outcome { return outcome }
    cells.removeSubrange(start...)
    return outcome
  }

  /// Which of the needed cells are null, by their place: of 64 at most.
  private struct Nulls {
    var bits: UInt64 = 0
    subscript(place: Int) -> Bool { bits >> UInt64(place) & 1 != 0 }
  }

  private func write(_ row: CSVRow, _ text: Span<UInt8>, to cells: inout [UInt8]) -> Nulls? {
    guard places.count <= 64 else { return nil }
    var found = Nulls()
    let start = cells.count
    cells.append(UInt8(ascii: "["))
    for place in places.indices {
      if place > 0 { cells.append(UInt8(ascii: ",")) }
      let range = row.range(places[place])
      switch nulls.contain(text, range) {
      case true?:
        found.bits |= 1 << UInt64(place)
        CellWriter.appendNull(to: &cells)
      case false?: CellWriter.append(text, range, to: &cells)
      case nil:
        cells.removeSubrange(start...)
        return nil
      }
    }
    cells.append(UInt8(ascii: "]"))
    return found
  }

  private mutating func look(
    _ row: CSVRow, _ line: Int, _ text: Span<UInt8>, _ isNull: Nulls
  ) -> Outcome {
    if let place = filterPlace {
      let mapping = mapping
      let accepts =
        isNull[place]
        ? mapping.rows?.accepts(.null)
        : filter.value(text, row.range(places[place])) {
          mapping.rows?.accepts(.text(row.text(places[place]))) ?? true
        }
      if accepts == false { return .unclear }
    }
    guard let reference = reference(row, text, isNull), let origin = origin(row, text, isNull),
      let changedAt = changedAt(row, text, isNull)
    else { return .unclear }
    guard let isDeleted = isDeleted(row, text, isNull) else { return .unclear }
    guard isDeleted || isTyped(row, line, text, isNull) else { return .unclear }
    let normal = keepsNormal ? reference : mapping.reference.normalize.normalize(reference)
    guard !normal.isEmpty else { return .unclear }
    return .record(
      RowRecord(
        key: Key(origin: origin.key, reference: normal), rawReference: reference,
        rawOrigin: origin.raw, changedAt: changedAt, deletedMarker: isDeleted))
  }

  private func reference(_ row: CSVRow, _ text: Span<UInt8>, _ isNull: Nulls) -> String? {
    var joined = ""
    for place in referencePlaces {
      guard !isNull[place], Self.isClean(text, row.range(places[place])) else { return nil }
      let part = row.text(places[place])
      if referencePlaces.count == 1 { return part }
      joined += joined.isEmpty ? part : mapping.reference.join + part
    }
    return joined.isEmpty ? nil : joined
  }

  /// Visible ASCII that no step but those for letters, digits and prefixes changes, and no number
  /// with an exponent.
  private static func isClean(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return false }
    for at in range {
      let byte = text[at]
      guard byte > 0x20, byte < 0x7F, byte != 0x2B else { return false }
    }
    return true
  }

  private mutating func origin(
    _ row: CSVRow, _ text: Span<UInt8>, _ isNull: Nulls
  ) -> Origin? {
    guard let place = originPlace else { return origin }
    guard !isNull[place] else { return nil }
    let mapping = mapping
    return origins.value(text, row.range(places[place])) {
      mapping.origin(ofText: row.text(places[place])).map {
        Origin(raw: $0, key: mapping.keyOrigin($0))
      }
    }
  }

  /// Whether the row is marked as deleted; nil where its mark says neither.
  private mutating func isDeleted(_ row: CSVRow, _ text: Span<UInt8>, _ isNull: Nulls) -> Bool? {
    guard let place = deletedPlace, let rule = mapping.deleted else { return false }
    if isNull[place] { return rule.marks(.null) }
    return deleted.value(text, row.range(places[place])) {
      rule.marks(.text(row.text(places[place])))
    }
  }

  /// The time of change, which may be none; nil where it can't be read.
  private mutating func changedAt(
    _ row: CSVRow, _ text: Span<UInt8>, _ isNull: Nulls
  ) -> Timestamp?? {
    guard let place = changedAtPlace, !isNull[place] else { return .some(nil) }
    let range = row.range(places[place])
    if mayBeISO, let instant = Timestamp(utcSeconds: text, range) { return instant }
    let mapping = mapping
    return changedAt.value(text, range) {
      mapping.changedAt?.instant(ofText: row.text(places[place]))
    }
  }

  /// Whether every field takes its cell.
  private mutating func isTyped(
    _ row: CSVRow, _ line: Int, _ text: Span<UInt8>, _ isNull: Nulls
  ) -> Bool {
    for number in checks.indices {
      let check = checks[number]
      if isNull[check.place] {
        guard check.takesNull else { return false }
        continue
      }
      if check.takesText { continue }
      let index = places[check.place]
      if check.takesWhole {
        switch PlainNumber(text, row.range(index)) {
        case .whole: continue
        case .fraction(let mark) where check.takesFractions && check.mark ?? mark == mark:
          // What a mark of this kind shows, an earlier line has shown already.
          if check.isDeclared || evidence.shows(mark, at: number, before: line) { continue }
        case .fraction, nil: break
        }
      }
      let mapping = mapping
      var new: Cell?
      let takes = types[number].value(text, row.range(index)) {
        let cell = Cell.text(row.text(index))
        new = cell
        return Self.takes(cell, mapping.fields[number])
      }
      // A text that was seen before has shown what it shows.
      if let new { evidence.look(new, of: mapping.fields[number], at: number, line: line) }
      guard takes else { return false }
    }
    return true
  }

  private static func takes(_ cell: Cell, _ rule: FieldRule) -> Bool {
    if rule.surelyTakes(cell) { return true }
    if case .badType = Conversion(rule: rule).result(cell) { return false }
    return true
  }
}

/// The null marks of a mapping, compared as bytes.
private struct NullMarks {
  private let marks: [[UInt8]]
  private let longest: Int
  private let hasEmpty: Bool

  init(_ texts: [String]) {
    marks = texts.map { Array($0.utf8) }
    longest = marks.map(\.count).max() ?? 0
    hasEmpty = marks.contains([])
  }

  /// Whether a cell is a mark, with ASCII blanks around it too; nil where other blanks may stand.
  func contain(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool? {
    guard !range.isEmpty else { return hasEmpty }
    if range.count <= longest, isMark(text, range) { return true }
    let (first, last) = (text[range.lowerBound], text[range.upperBound - 1])
    if first > 0x20, last > 0x20 { return Self.maybeBlank(first) ? nil : false }
    return padded(text, range)
  }

  private func padded(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool? {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, Self.isBlank(text[start]) { start += 1 }
    while end > start, Self.isBlank(text[end - 1]) { end -= 1 }
    if start == end { return hasEmpty }
    if (text[start] | text[end - 1]) & 0x80 != 0 { return nil }
    return end - start <= longest && isMark(text, start..<end)
  }

  /// Whether a byte may begin a blank outside ASCII: U+00A0, U+2000 and on, U+3000, U+FEFF.
  private static func maybeBlank(_ byte: UInt8) -> Bool {
    byte == 0xC2 || byte == 0xE2 || byte == 0xE3 || byte == 0xEF
  }

  private func isMark(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    marks.contains { mark in
      mark.count == range.count
        && mark.indices.allSatisfy { mark[$0] == text[range.lowerBound + $0] }
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }
}

/// A number that is one beyond doubt, by its bytes.
private enum PlainNumber {
  /// Up to 15 digits.
  case whole
  /// Up to 15 digits, this mark, and one, two or four to nine digits: with three it could be
  /// thousands.
  case fraction(DecimalMark)

  init?(_ text: Span<UInt8>, _ range: Range<Int>) {
    var at = range.lowerBound
    if at < range.upperBound, text[at] == UInt8(ascii: "-") { at += 1 }
    let first = at
    while at < range.upperBound, (0x30...0x39).contains(text[at]) { at += 1 }
    let digits = at - first
    guard (1...15).contains(digits), digits == 1 || text[first] != 0x30 else { return nil }
    guard at < range.upperBound else {
      // Minus nought has a sign that somebody must think about.
      if first > range.lowerBound, text[first] == 0x30 { return nil }
      self = .whole
      return
    }
    let mark: DecimalMark
    switch text[at] {
    case UInt8(ascii: "."): mark = .dot
    case UInt8(ascii: ","): mark = .comma
    default: return nil
    }
    let fraction = range.upperBound - at - 1
    guard (1...9).contains(fraction), fraction != 3 else { return nil }
    for place in (at + 1)..<range.upperBound where !(0x30...0x39).contains(text[place]) {
      return nil
    }
    self = .fraction(mark)
  }
}
