import Formats

/// The decimal mark that the texts of a column were found to use, and where that was proved.
public struct ProvedMark: Sendable, Hashable {
  /// The mark.
  public let mark: DecimalMark
  /// The name of the export that proved it.
  public let file: String
  /// The first line of it that can be read with this mark only, from 1.
  public let line: Int
  /// Whether an accepted export proved it before; false while its export is still being read.
  public let isKept: Bool

  /// Takes all parts as they are.
  public init(mark: DecimalMark, file: String, line: Int, isKept: Bool) {
    self.mark = mark
    self.file = file
    self.line = line
    self.isKept = isKept
  }
}

/// What the texts of the number columns of an export show of their decimal marks.
///
/// Kept while the export is read: three lines for each field, whatever its size.
public struct MarkEvidence: Sendable, Hashable {
  /// The first lines, from 1, that can be read with one mark only, or with both.
  fileprivate struct Lines: Hashable {
    var comma: Int?
    var dot: Int?
    var ambiguous: Int?
    /// The mark that is proved, where one is.
    var proof: (mark: DecimalMark, line: Int)? {
      comma.map { (.comma, $0) } ?? dot.map { (.dot, $0) }
    }
  }

  /// By the place of the field in its mapping.
  private var fields: [Int: Lines] = [:]

  /// Nothing seen yet.
  public init() {}

  fileprivate func lines(_ place: Int) -> Lines { fields[place] ?? Lines() }

  /// Whether a line before this one can be read with this mark only.
  func shows(_ mark: DecimalMark, at place: Int, before line: Int) -> Bool {
    let shown = mark == .dot ? fields[place]?.dot : fields[place]?.comma
    return shown.map { $0 < line } ?? false
  }

  /// Takes what another look at the same export has seen, at the file of a place, from 0.
  public mutating func add(_ other: MarkEvidence, part: Int = 0) {
    func number(_ line: Int?) -> Int? { line.map { ExportPlaces.number(line: $0, part: part) } }
    for (place, lines) in other.fields {
      note(place, \.comma, number(lines.comma))
      note(place, \.dot, number(lines.dot))
      note(place, \.ambiguous, number(lines.ambiguous))
    }
  }

  /// Looks at the cell of a field whose mark is not declared.
  mutating func look(_ cell: Cell, of rule: FieldRule, at place: Int, line: Int) {
    guard rule.learnsMark, case .text(let text) = cell, NumberText.hasMark(text) else { return }
    let normal = rule.transform.isEmpty ? text : rule.transform.normalize(text)
    switch NumberText.reading(normal) {
    case .proves(.comma, _): note(place, \.comma, line)
    case .proves(.dot, _): note(place, \.dot, line)
    case .ambiguous: note(place, \.ambiguous, line)
    case .plain, .none: break
    }
  }

  private mutating func note(_ place: Int, _ path: WritableKeyPath<Lines, Int?>, _ line: Int?) {
    guard let line else { return }
    var lines = fields[place] ?? Lines()
    guard lines[keyPath: path].map({ line < $0 }) ?? true else { return }
    lines[keyPath: path] = line
    fields[place] = lines
  }
}

/// What follows from the marks that an export shows.
public enum MarkVerdict: Sendable, Hashable {
  /// All of it was read as it must be; the marks known now, by field.
  case settled([String: ProvedMark])
  /// Rows were rejected, or read otherwise, that these marks read rightly.
  case readAgain([String: ProvedMark])
  /// A column shows both marks, or another one than an export before; why, in words.
  case refused(reason: String, line: Int, contradicts: Bool)
}

extension Mapping {
  /// What follows from the evidence of an export of these files, which was read by this mapping.
  ///
  /// With `learnsAnew` a mark that an export before proved gives way to the one of this export.
  public func judge(
    _ evidence: MarkEvidence, of places: ExportPlaces, learnsAnew: Bool = false
  ) -> MarkVerdict {
    var marks: [String: ProvedMark] = [:]
    var wasBlind = false
    for (place, rule) in fields.enumerated() where rule.learnsMark {
      marks[rule.metadata] = rule.provedMark
      let (lines, known) = (evidence.lines(place), rule.provedMark)
      if let comma = lines.comma, let dot = lines.dot {
        return both(
          rule, comma: places.words(comma), dot: places.words(dot), last: max(comma, dot))
      }
      guard let (mark, line) = lines.proof else { continue }
      let proved = ProvedMark(
        mark: mark, file: places.file(of: line), line: ExportPlaces.line(of: line), isKept: false)
      if let known, known.mark != mark {
        guard known.isKept else {
          let before = "line \(known.line)" + (places.files.count > 1 ? " of \(known.file)" : "")
          let (comma, dot) =
            mark == .comma ? (places.words(line), before) : (before, places.words(line))
          return both(rule, comma: comma, dot: dot, last: max(line, known.line))
        }
        guard learnsAnew else { return other(rule, known, proved, line) }
        wasBlind = true
      } else if known == nil {
        wasBlind = wasBlind || lines.ambiguous != nil
      } else {
        continue
      }
      marks[rule.metadata] = proved
    }
    return wasBlind ? .readAgain(marks) : .settled(marks)
  }

  private func both(_ rule: FieldRule, comma: String, dot: String, last: Int) -> MarkVerdict {
    .refused(
      reason: "numbers of two kinds in the column \"\(rule.column)\": \(comma) has \",\" as "
        + "its decimal mark, \(dot) has \".\"; have the source write one of them, or set "
        + "\"decimal_mark\" for \"\(rule.metadata)\", which rejects the rows with the other",
      line: last, contradicts: false)
  }

  private func other(
    _ rule: FieldRule, _ known: ProvedMark, _ now: ProvedMark, _ line: Int
  ) -> MarkVerdict {
    .refused(
      reason: "the column \"\(rule.column)\" has \"\(now.mark.rawValue)\" as decimal mark here, "
        + "but \"\(known.mark.rawValue)\" in \(known.file), line \(known.line); set "
        + "\"decimal_mark\" for \"\(rule.metadata)\" to the one that is right",
      line: line, contradicts: true)
  }

  /// This mapping with the marks of fields (by their metadata spelling) that declare none.
  ///
  /// The digests stay those of the declared rules: what was found out is no change of rules.
  public func knowing(_ marks: [String: ProvedMark]) -> Mapping {
    guard !marks.isEmpty else { return self }
    let known = fields.map { rule in
      var rule = rule
      if rule.learnsMark { rule.provedMark = marks[rule.metadata] ?? rule.provedMark }
      return rule
    }
    return Mapping(
      name: name, origins: origins, exports: exports, reference: reference,
      originColumn: originColumn, rows: rows, changedAt: changedAt, deleted: deleted,
      cardinality: cardinality, verify: verify, correlate: correlate, fields: known,
      groups: groups, reactions: reactions, guards: guards)
  }

  /// The marks that were found out, by field; stretches that were read with others say nothing.
  public var marksDigest: String {
    fields.compactMap { rule in
      rule.provedMark.map { "\(rule.metadata)\u{0}\($0.mark.rawValue)" }
    }.joined(separator: "\u{0}")
  }
}

extension RuleBook {
  /// These mappings with marks of theirs, by mapping and field.
  public func knowing(_ marks: [String: [String: ProvedMark]]) -> RuleBook {
    guard !marks.isEmpty else { return self }
    return RuleBook(
      mappings.map { $0.knowing(marks[$0.name] ?? [:]) }, graceSeconds: graceSeconds)
  }
}

extension FieldRule {
  /// The cell as a typed number, which has one reading, where its text is a number with this mark.
  public func typed(_ cell: Cell) -> Cell {
    guard let mark, case .text(let text) = cell, NumberText.hasMark(text),
      let number = NumberText.spelling(transform.normalize(text), mark: mark)
        .flatMap(JSONNumber.init)
    else { return cell }
    return .json(.number(number))
  }
}
