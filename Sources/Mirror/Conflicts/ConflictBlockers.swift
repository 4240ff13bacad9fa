public import Reconciliation
internal import SQLite

/// A conflict that comes before another: until it is settled, nothing is done about the other.
public struct Blocker: Sendable, Hashable {
  /// Its short id.
  public let id: String
  /// What it is about.
  public let kind: ConflictKind
}

// A question about fields waits while another stands about whose they are.
extension Mirror {
  /// Still asked or decided, or settled by keeping the two apart.
  private static let stands = """
    (b.state IN ('open', 'in_flight', 'snoozed', 'decided')
      OR b.state = 'closed' AND b.decision = 'apart')
    """
  private static let ofReset = words([.identityMismatch, .rekeyed, .unreferenced])
  private static let ofKey = words([.sourceDuplicate, .remoteDuplicate, .keyCollision])

  private static func words(_ kinds: [ConflictKind]) -> String {
    kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
  }

  /// What a question about a field waits for; nil where nothing comes before it.
  public func blocker(of conflict: Conflict) throws -> Blocker? {
    guard conflict.kind.hasField, conflict.state.isPending || conflict.state == .decided else {
      return nil
    }
    return try read {
      let found = try database.first(
        """
        SELECT b.id, b.kind FROM conflicts b
        WHERE b.reset_id = ? AND b.kind IN (\(Self.ofReset)) AND \(Self.stands)
        ORDER BY b.severity DESC, b.number LIMIT 1
        """, conflict.resetID ?? "", row: Self.blocker)
      if let found { return found }
      let atKey = try database.first(
        """
        SELECT b.id, b.kind FROM conflicts b
        WHERE b.reference = ? AND b.mapping IS ? AND b.kind IN (\(Self.ofKey)) AND \(Self.stands)
        ORDER BY b.severity DESC, b.number LIMIT 1
        """, conflict.reference ?? "", conflict.mapping, row: Self.blocker)
      return try atKey ?? strangeOrigin(conflict)
    }
  }

  /// The question about the origin that the reset carries, if no mapping has it.
  private func strangeOrigin(_ conflict: Conflict) throws -> Blocker? {
    let found = try database.first(
      "SELECT reference_origin FROM resets WHERE reset_id = ? AND situation = 'unknown_origin'",
      conflict.resetID ?? ""
    ) { $0.optionalText(0) }
    guard let origin = found else { return nil }
    let id = ConflictIdentity(kind: .unknownOrigin, mapping: nil, subject: .origin(origin)).id
    return try database.first(
      "SELECT b.id, b.kind FROM conflicts b WHERE b.id = ? AND \(Self.stands)", id,
      row: Self.blocker)
  }

  private static func blocker(_ row: Statement) throws -> Blocker {
    Blocker(id: row.text(0), kind: try Stored.word(row.text(1), in: "conflicts", row.text(0)))
  }

  /// How many decisions about fields wait for another conflict.
  public func waitingDecisions() throws -> Int {
    try read {
      try database.first(
        """
        SELECT count(*) FROM conflicts d WHERE d.state = 'decided' AND d.field IS NOT NULL AND (
          EXISTS(SELECT 1 FROM conflicts b WHERE b.reset_id = d.reset_id
            AND b.kind IN (\(Self.ofReset)) AND \(Self.stands))
          OR EXISTS(SELECT 1 FROM conflicts b WHERE b.reference = d.reference
            AND b.mapping IS d.mapping AND b.kind IN (\(Self.ofKey)) AND \(Self.stands)))
        """
      ) { $0.int(0) } ?? 0
    }
  }
}
