public import Formats

/// What one row of an export is.
public enum RowReading: Sendable {
  /// A record.
  case record(RowRecord)
  /// A row that `where` sets aside: the value by which, and the key of the row where it tells one.
  case setAside(value: String, key: Key?)
  /// A row that can't be used: the column at fault, if one is, why, and its key where it has one.
  case rejected(column: String?, reason: String, key: Key?)
}

/// A usable row.
public struct RowRecord: Sendable {
  /// The key in normal form.
  public let key: Key
  /// The reference as the row has it, several columns joined.
  public let rawReference: String
  /// The origin as the row has it; the mapping's first without an origin column.
  public let rawOrigin: String
  /// When the source says that it changed the record.
  public let changedAt: Timestamp?
  /// Whether the row carries the deleted marker.
  public let deletedMarker: Bool
}

/// What a record that stands is by rules that changed.
public enum RecordReading: Sendable {
  /// A record.
  case record(RereadRecord)
  /// By its cells it has no key.
  case unusable
}

/// A record that stands, read again.
public struct RereadRecord: Sendable {
  /// The key in normal form.
  public let key: Key
  /// The reference as the row had it.
  public let rawReference: String
  /// The origin as the row had it; the mapping's first without an origin column.
  public let rawOrigin: String
  /// When the source changed it; nil where its cells don't say so.
  public let changedAt: Timestamp?
  /// Whether it carries the deleted marker; nil where its cells say neither.
  public let isDeleted: Bool?
  /// Whether `where` leaves it aside.
  public let isSetAside: Bool
}

extension Mapping {
  /// Reads a row whose cells are parallel to `columnsNeeded`, after null marks.
  public func read(_ cells: [Cell]) -> RowReading {
    var evidence = MarkEvidence()
    return read(cells, line: 1, &evidence)
  }

  /// Reads the row on a line, and notes what its numbers show of their decimal marks.
  ///
  /// A row marked as deleted needs a reference and nothing else.
  public func read(_ cells: [Cell], line: Int, _ evidence: inout MarkEvidence) -> RowReading {
    let cell = { (column: String) in self.cell(column, of: cells) }
    if let rows, !rows.accepts(cell(rows.column)) {
      return .setAside(value: SetAside.words(cell(rows.column)), key: self.key(cells))
    }
    var key: Key?
    do throws(RowRejection) {
      let rawReference = try rawReference(cell)
      let origin = try rawOrigin(cell)
      let found = try self.key(rawReference, origin)
      key = found
      let isDeleted = try isDeleted(cell)
      if !isDeleted { try validate(cells, line, &evidence) }
      return .record(
        RowRecord(
          key: found, rawReference: rawReference, rawOrigin: origin,
          changedAt: try changedAt(cell), deletedMarker: isDeleted))
    } catch {
      return .rejected(column: error.column, reason: error.reason, key: key)
    }
  }

  /// What the rules make of a record that stands, by its cells parallel to `columnsNeeded`.
  ///
  /// `spelling` is the reference as its row had it; nil to put it together from the cells.
  public func reread(_ cells: [Cell], spelling: String?) -> RecordReading {
    let cell = { (column: String) in self.cell(column, of: cells) }
    guard let rawReference = try? spelling ?? rawReference(cell),
      let origin = try? rawOrigin(cell), let key = try? key(rawReference, origin)
    else { return .unusable }
    return .record(
      RereadRecord(
        key: key, rawReference: rawReference, rawOrigin: origin,
        changedAt: (try? changedAt(cell)) ?? nil, isDeleted: try? isDeleted(cell),
        isSetAside: rows.map { !$0.accepts(cell($0.column)) } ?? false))
  }

  /// The texts of the cells that the reference is put together from.
  public func referenceCells(_ cells: [Cell]) -> [String] {
    reference.columns.compactMap { self.cell($0, of: cells).text }
  }

  /// The key that the cells of a row tell, even if the row can't be used; nil where they do not.
  public func key(_ cells: [Cell]) -> Key? {
    let cell = { (column: String) in self.cell(column, of: cells) }
    guard let reference = try? rawReference(cell), let origin = try? rawOrigin(cell) else {
      return nil
    }
    return try? key(reference, origin)
  }

  private func key(_ rawReference: String, _ rawOrigin: String) throws(RowRejection) -> Key {
    let normal = normal(reference: rawReference)
    guard !normal.isEmpty else { throw noReference(reference.columns.first) }
    return Key(origin: keyOrigin(rawOrigin), reference: normal)
  }

  /// A reference in normal form.
  public func normal(reference text: String) -> String { reference.normalize.normalize(text) }

  private func cell(_ column: String, of cells: [Cell]) -> Cell {
    guard let place = columnPlaces[ExactText(column)], place < cells.count else { return .absent }
    return cells[place]
  }

  /// SHA-256 over the managed values of cells parallel to `columnsNeeded`, as hex.
  public func managedDigest(_ cells: [Cell]) -> String {
    let values = zip(fields, fieldPlaces).map { field, place in
      Mapping.describe(convert(place < cells.count ? cells[place] : .absent, by: field))
    }
    return SHA256.hex(of: JSONValue.array(values).canonicalText)
  }

  private struct RowRejection: Error {
    let column: String?
    let reason: String
  }

  private func noReference(_ column: String?) -> RowRejection {
    RowRejection(column: column, reason: "the row has no reference")
  }

  private func rawReference(_ cell: (String) -> Cell) throws(RowRejection) -> String {
    var parts: [String] = []
    for column in reference.columns {
      let cell = cell(column)
      if case .json(.bool(let flag)) = cell {
        throw RowRejection(column: column, reason: Conversion.misplaced(flag, "the reference"))
      }
      let text = cell.text ?? ""
      if text.trimmed.isEmpty {
        guard cell.text == nil, !cell.isBlank else { throw noReference(column) }
        throw RowRejection(
          column: column, reason: "the reference is no text: \(Conversion.excerpt(cell.shown))")
      }
      if NumberText.isDamagedIdentifier(text.trimmed) {
        throw RowRejection(
          column: column,
          reason: "the reference \"\(text.trimmed)\" was shortened by a spreadsheet; "
            + "export the column as text")
      }
      parts.append(text)
    }
    return parts.joined(separator: reference.join)
  }

  private func rawOrigin(_ cell: (String) -> Cell) throws(RowRejection) -> String {
    guard let rule = originColumn else { return origins.first ?? "" }
    let text = (cell(rule.column).text ?? "").trimmed
    guard !text.isEmpty else {
      throw RowRejection(column: rule.column, reason: "the row has no origin")
    }
    guard let origin = origin(ofText: text) else {
      throw RowRejection(
        column: rule.column,
        reason: "the origin \"\(text)\" is not one of mapping \"\(name)\"; "
          + "add it to \"origins\", or leave its rows out with \"where\"")
    }
    return origin
  }

  /// The origin that the cell of an origin column names; nil where it is none of this mapping.
  func origin(ofText text: String) -> String? {
    let text = text.trimmed
    guard let rule = originColumn, !text.isEmpty,
      let origin = rule.values.map({ $0[text] }) ?? text,
      origins.contains(where: { $0.trimmed == origin.trimmed })
    else { return nil }
    return origin
  }

  private func isDeleted(_ cell: (String) -> Cell) throws(RowRejection) -> Bool {
    guard let rule = deleted else { return false }
    if let isDeleted = rule.marks(cell(rule.column)) { return isDeleted }
    let text = Conversion.excerpt(cell(rule.column).shown)
    throw RowRejection(
      column: rule.column,
      reason: "\(text) says neither that the record is deleted nor that it is not; "
        + "add it to \"equals\" or to \"not\" of \"deleted\"")
  }

  private func changedAt(_ cell: (String) -> Cell) throws(RowRejection) -> Timestamp? {
    guard let rule = changedAt, let text = cell(rule.column).text else { return nil }
    if let instant = rule.instant(ofText: text) { return instant }
    let excerpt = Conversion.excerpt(text)
    guard case .unreadable = DateText.read(text, form: rule.format) else {
      throw RowRejection(column: rule.column, reason: DateText.skipped(excerpt, rule.zone))
    }
    let advice = DateText.advice(text, form: rule.format)
    throw RowRejection(column: rule.column, reason: "\(excerpt) is no date and time\(advice)")
  }

  private func validate(
    _ cells: [Cell], _ line: Int, _ evidence: inout MarkEvidence
  ) throws(RowRejection) {
    for number in fields.indices {
      let place = fieldPlaces[number]
      guard place < cells.count, !fields[number].surelyTakes(cells[place]) else { continue }
      evidence.look(cells[place], of: fields[number], at: number, line: line)
      if case .badType(let reason) = Conversion(rule: fields[number]).result(cells[place]) {
        throw RowRejection(column: fields[number].column, reason: reason)
      }
    }
    try checkEmails(verify, cells)
    try checkEmails(correlate, cells)
  }

  /// A flag in place of an address is unknown: neither an address nor none.
  private func checkEmails(_ pairs: [IdentityPair], _ cells: [Cell]) throws(RowRejection) {
    for pair in pairs where pair.attribute == .customerEmail {
      guard case .json(.bool(let flag)) = cell(pair.column, of: cells) else { continue }
      throw RowRejection(
        column: pair.column, reason: Conversion.misplaced(flag, "an e-mail address"))
    }
  }

  private static func describe(_ value: SourceValue) -> JSONValue {
    switch value {
    case .ignored: nil
    case .value(let value): [value.boxed]
    case .invalid(let reason): ["invalid", .string(reason)]
    }
  }
}

extension ChangedAtRule {
  /// The time of change that a text tells, which may be none; nil where it can't be read.
  func instant(ofText text: String) -> Timestamp?? {
    guard !text.trimmed.isEmpty else { return .some(nil) }
    switch DateText.read(text, form: format) {
    case .blank: return .some(nil)
    case .reading(let reading): return DateText.instant(reading, zone: zone).map { .some($0) }
    case .unreadable: return nil
    }
  }
}

extension SourceRecord {
  /// SHA-256 over the managed values by the rules of this mapping, as hex.
  public func managedDigest(by mapping: Mapping) -> String {
    if columns.elementsEqual(mapping.columnsNeeded, by: { $0.isExactly($1) }) {
      return mapping.managedDigest(cells)
    }
    return mapping.managedDigest(mapping.columnsNeeded.map { cell($0) })
  }
}
