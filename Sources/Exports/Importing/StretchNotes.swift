import Formats
import Reconciliation

/// Where rows stand in relation to stretches, on the way to who keeps them.
enum StretchMark: Sendable {
  /// The rows from here on may become a stretch.
  case opened
  /// The rows since it was opened are one.
  case noted(RowStretch)
  /// The rows of a known one stand here; they were not read.
  case passed(Int64, RowStretch)
}

/// Notes the stretches of an export and knows those of the export before.
///
///     before   ├── 1 ──┤├── 2 ──┤├── 3 ──┤├── 4 ──┤
///     now      ├── 1 ──┤..x......├── 3 ──┤├── 4 ──┤     the rows of 2 are read, and noted anew
///
/// A stretch is looked for where a row starts, by a hash of its first bytes; the digest of all its
/// bytes decides.
struct StretchNotes {
  private var known: [UInt64: (number: Int64, stretch: RowStretch)] = [:]
  private let lengthMin: Int
  /// Rows that were accepted, and rows that became none, when the stretch was opened.
  private var before: (accepted: Int, others: Int)?
  private var left: Int

  /// Into how many stretches a file is cut, as far as the limits of their length allow it.
  private static let stretchesMeant = 8_192

  init(_ known: KnownStretches, reading: String, fileBytes: Int, _ limits: ExportLimits) {
    let meant = fileBytes / Self.stretchesMeant
    lengthMin = min(max(meant, limits.stretchBytes.lowerBound), limits.stretchBytes.upperBound)
    left = limits.stretchesMax
    guard known.reading == reading else { return }
    self.known.reserveCapacity(known.stretches.count)
    for (number, stretch) in known.stretches {
      self.known[stretch.text.beginning] = (number, stretch)
    }
  }

  /// What is to be said at the place between two rows where the text stands; `facts` are those of
  /// the rows so far.
  mutating func marks(at rows: DelimitedRows, _ facts: ExportFacts) throws -> [StretchMark] {
    if before != nil, known.isEmpty, rows.stretchLength < lengthMin { return [] }
    guard rows.isBetweenRows else { return [] }
    var marks: [StretchMark] = []
    if !known.isEmpty, let beginning = try rows.beginning(), let found = known[beginning] {
      if let mark = close(rows, facts) { marks.append(mark) }
      known[beginning] = nil
      if try rows.pass(found.stretch.text) {
        marks.append(.passed(found.number, found.stretch))
        return marks
      }
    }
    if before != nil, rows.stretchLength >= lengthMin, let mark = close(rows, facts) {
      marks.append(mark)
    }
    if before == nil, left > 0, rows.openStretch() {
      before = (facts.accepted, facts.rejected + facts.setAside.rows)
      left -= 1
      marks.append(.opened)
    }
    return marks
  }

  /// Ends the stretch that is noted; nil if it is none, or a row of it became no record.
  mutating func close(_ rows: DelimitedRows, _ facts: ExportFacts) -> StretchMark? {
    guard let before else { return nil }
    self.before = nil
    guard let text = rows.closeStretch(), facts.accepted > before.accepted,
      facts.rejected + facts.setAside.rows == before.others
    else { return nil }
    return .noted(RowStretch(text: text, rows: facts.accepted - before.accepted))
  }
}
