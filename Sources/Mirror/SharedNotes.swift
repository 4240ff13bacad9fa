public import Reconciliation
internal import SQLite

extension Mirror {
  /// Changes a text that several processes share, in one exclusive step: `step` gets what stands
  /// and gives what is to stand, with a result for the caller.
  ///
  /// A power cut may undo the last steps; what is kept so must not depend on them.
  public func updateNote<Value: Sendable>(
    _ name: String, _ step: sending (String?) throws -> (text: String?, value: Value)
  ) throws -> Value {
    try writeRelaxed {
      let (text, value) = try step(try fact("note.\(name)"))
      try setFact("note.\(name)", text)
      return value
    }
  }
}

extension Mirror {
  /// The references that resets carry, each with its origin, one for each reset, in no order.
  public func references(limit: Int) throws -> [(origin: String?, reference: String)] {
    try read {
      try database.all(
        """
        SELECT reference_origin, reference FROM resets
        WHERE reference IS NOT NULL AND deleted_at IS NULL LIMIT ?
        """, limit
      ) { ($0.optionalText(0), $0.text(1)) }
    }
  }

  /// The situations of these resets after the last reconcile; those without one are left out.
  public func situations(ofResets ids: [String]) throws -> [String: Situation] {
    try read {
      var found: [String: Situation] = [:]
      for id in ids {
        let text = try database.first(
          """
          SELECT coalesce(l.situation, r.situation) FROM resets r
          LEFT JOIN links l ON l.reset = r.id AND l.state <> 'closed' WHERE r.reset_id = ?
          """, id
        ) { $0.optionalText(0) }
        found[id] = text.flatMap { $0 }.flatMap { Situation(rawValue: $0) }
      }
      return found
    }
  }
}
