internal import Formats
public import Reconciliation
internal import SQLite

/// The decimal marks that accepted exports proved, by mapping and field.
extension Mirror {
  /// A mapping that knows the marks which its exports proved.
  ///
  /// One of another column says nothing: its field was given another one since.
  func knowing(_ mapping: Mapping) throws -> Mapping {
    try read { mapping.knowing(try provedMarks(of: mapping)) }
  }

  /// The mappings of a book, each knowing the marks which its exports proved.
  public func knowing(_ book: RuleBook) throws -> RuleBook {
    try read {
      var marks: [String: [String: ProvedMark]] = [:]
      for mapping in book.mappings {
        let known = try provedMarks(of: mapping)
        if !known.isEmpty { marks[mapping.name] = known }
      }
      return book.knowing(marks)
    }
  }

  func provedMarks(of mapping: Mapping) throws -> [String: ProvedMark] {
    var marks: [String: ProvedMark] = [:]
    try database.each(
      "SELECT n.field, n.column_name, n.mark, n.file, n.line FROM number_marks n "
        + "JOIN mappings m ON m.id = n.mapping WHERE m.name = ?", mapping.name
    ) { row in
      let mark: DecimalMark = try Stored.word(row.text(2), in: "number_marks", row.text(0))
      guard mapping.field(row.text(0))?.column == row.text(1)
      else { return }
      marks[row.text(0)] = ProvedMark(
        mark: mark, file: row.text(3), line: row.int(4), isKept: true)
    }
    return marks
  }

  /// Keeps the marks that an export has proved, with its receipt; where one is new, every key of
  /// the mapping is looked at again.
  func keep(
    _ marks: [String: ProvedMark], typed: [String: DecimalMark], of mapping: Mapping,
    receipt: Int64
  ) throws {
    let id = try mappingID(mapping.name)
    let new = marks.filter { !$0.value.isKept }
    for (field, proved) in new {
      try database.run(
        """
        INSERT INTO number_marks(mapping, field, column_name, mark, receipt, file, line, typed_mark)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT(mapping, field) DO UPDATE SET column_name = excluded.column_name,
          mark = excluded.mark, receipt = excluded.receipt, file = excluded.file,
          line = excluded.line, typed_mark = coalesce(excluded.typed_mark, typed_mark)
        """, id, field, mapping.field(field)?.column ?? "", proved.mark.rawValue, receipt,
        proved.file, proved.line, typed[field]?.rawValue)
    }
    guard !new.isEmpty else { return }
    try database.run("UPDATE mappings SET walk_all = 1 WHERE id = ?", id)
  }
}

extension Mirror {
  /// The columns of fields that declare another decimal mark than the one by which numbers of
  /// records were kept: as typed numbers, whose text is lost.
  func columnsTypedOtherwise(_ mapping: Mapping) throws -> Set<String> {
    var columns: Set<String> = []
    try database.each(
      "SELECT n.field, n.column_name, n.typed_mark FROM number_marks n "
        + "JOIN mappings m ON m.id = n.mapping WHERE m.name = ? AND n.typed_mark IS NOT NULL",
      mapping.name
    ) { row in
      guard let field = mapping.field(row.text(0)), field.column == row.text(1),
        let declared = field.decimalMark, declared.rawValue != row.text(2)
      else { return }
      columns.insert(field.column)
    }
    return columns
  }
}

extension ImportSession {
  /// Of a column whose mark is another one from now on, the numbers of records that this export
  /// does not have stay what they were read as.
  func keepNumbers() throws {
    let turned = mapping.fields.compactMap { rule -> FieldRule? in
      guard let former = formerMarks[rule.metadata], let now = facts.marks[rule.metadata],
        now.mark != former.mark
      else { return nil }
      var rule = rule
      rule.provedMark = former
      return rule
    }
    guard !turned.isEmpty else { return }
    typedMarks = Dictionary(
      turned.compactMap { rule in rule.provedMark.map { (rule.metadata, $0.mark) } }
    ) { first, _ in first }
    for id in try store.allRecords() where !met.isTaken(id) {
      let former = try store.formerCells(id)
      let names = try store.columnNames(former.columns)
      var cells = try former.cells.cells()
      for rule in turned {
        if let place = names.firstIndex(ofExactly: rule.column), place < cells.count {
          cells[place] = rule.typed(cells[place])
        }
      }
      try store.setCells(CellText(cells), of: id)
    }
  }
}
