public import Formats
public import Reconciliation
internal import SQLite

/// One reset whose event store is to tell who changed contested fields.
public struct AuthorQuestion: Sendable {
  /// One open conflict about a field of it.
  public struct Contested: Sendable {
    /// The short id of the conflict.
    public let conflict: String
    /// The managed field, as the mapping spells it.
    public let field: String
    /// What the remote has there; nil where the conflict does not say.
    public let remote: FieldValue?
  }

  /// The id of the reset at the API.
  public let resetID: String
  /// The state of the reset that the conflicts are about (`updated_at`).
  public let updatedAt: String
  /// The conflicts about its fields.
  public let contested: [Contested]
}

extension Mirror {
  /// The kinds of conflicts in which a remote value stands against another.
  private static let authoredKinds = [ConflictKind.conflict, .writeFight]
    .map { "'\($0.rawValue)'" }.joined(separator: ", ")
  /// How many fields of one reset are looked at together on average, to bound one look.
  private static let fieldsPerReset = 4

  /// Resets with open conflicts of which nobody asked yet who made them, the newest first.
  public func authorQuestions(limit: Int) throws -> [AuthorQuestion] {
    try read {
      var order: [String] = []
      var found: [String: (updatedAt: String, contested: [AuthorQuestion.Contested])] = [:]
      try database.each(
        """
        SELECT c.id, c.field, c.remote, c.reset_id, coalesce(r.updated_at, '')
        FROM conflicts c JOIN resets r ON r.reset_id = c.reset_id
        WHERE c.state = 'open' AND c.changed_by IS NULL AND c.field IS NOT NULL
          AND c.reset_id IS NOT NULL AND c.kind IN (\(Self.authoredKinds))
        ORDER BY c.number DESC LIMIT ?
        """, limit * Self.fieldsPerReset
      ) { row in
        let id = row.text(3)
        if found[id] == nil { order.append(id) }
        found[id, default: (row.text(4), [])].contested.append(
          AuthorQuestion.Contested(
            conflict: row.text(0), field: row.text(1),
            remote: try ConflictText.value(row.optionalText(2), of: row.text(0))))
      }
      return order.prefix(limit).compactMap { id in
        found[id].map {
          AuthorQuestion(resetID: id, updatedAt: $0.updatedAt, contested: $0.contested)
        }
      }
    }
  }

  /// Keeps what the event store said of each contested field; nil for nobody known.
  ///
  /// The question is then not asked again until the remote value moves.
  public func keepAuthors(
    _ authors: [String: String?], of question: AuthorQuestion, at now: Timestamp
  ) throws {
    try write {
      for contested in question.contested {
        let author = (authors[contested.field] ?? nil) ?? ""
        try database.run(
          "INSERT OR REPLACE INTO event_authors(reset_id, field, updated_at, author, fetched_at) "
            + "VALUES(?, ?, ?, ?, ?)", question.resetID, contested.field, question.updatedAt,
          author, now.microseconds)
        try database.run(
          "UPDATE conflicts SET changed_by = ? WHERE id = ?", author, contested.conflict)
      }
    }
  }
}
