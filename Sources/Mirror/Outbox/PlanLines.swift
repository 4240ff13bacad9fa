internal import Formats
public import Reconciliation
internal import SQLite

/// One update of a stored plan, as it is read by people.
public struct PlanLine: Sendable, Hashable {
  /// Its place: the number in the plan, or in the outbox.
  public let number: Int64
  /// What is to be written.
  public let update: PlannedUpdate
  /// The file and the line of the record that it follows; nil where none stands, or was asked for.
  public var place: Place?
  /// What became of it; nil while it stands in the plan only.
  public let state: OutboxState?

  /// A row of an export.
  public struct Place: Sendable, Hashable {
    /// The name of the file.
    public let file: String
    /// The line in it, from 1.
    public let line: Int

    /// Takes both as they are.
    public init(file: String, line: Int) {
      self.file = file
      self.line = line
    }
  }
}

extension Mirror {
  /// Updates of a plan behind one of them, in its order, and the rows that they follow.
  ///
  /// Of the last plan these are all; of an earlier one those that it sent, or that wait.
  public func planLines(
    of plan: PlanRecord, after number: Int64 = 0, limit: Int, places: Bool = true
  ) throws -> [PlanLine] {
    try read {
      var lines =
        try plans(limit: 1).first?.run == plan.run
        ? try database.all(
          """
          SELECT u.number, u.payload, o.state FROM plan_updates u
          LEFT JOIN outbox o ON o.reset = u.reset AND o.run = ?1
          WHERE u.plan = (SELECT max(id) FROM plans) AND u.number > ?2 ORDER BY u.number LIMIT ?3
          """, plan.run, number, limit
        ) { row in
          PlanLine(
            number: row.int64(0), update: try UpdateText.decode(row.text(1)),
            state: try row.optionalText(2).map {
              try Stored.word($0, in: "outbox", "of run \(plan.run)")
            })
        }
        : try updates(ofRun: plan.run, after: number, limit: limit).map {
          PlanLine(number: $0.id, update: $0.update, state: $0.state)
        }
      guard places else { return lines }
      for index in lines.indices { lines[index].place = try place(of: lines[index].update) }
      return lines
    }
  }

  /// The row that an update follows.
  private func place(of update: PlannedUpdate) throws -> PlanLine.Place? {
    try read {
      guard let found = try provenance(of: update), let file = found["file"]?.text else {
        return nil
      }
      return PlanLine.Place(file: file, line: found["line"]?.int ?? 0)
    }
  }
}
