/// Texts that other rooms keep here between runs.
extension Mirror {
  /// A text that another room keeps here between runs, such as the alert ledger; nil if none.
  public func note(_ name: String) throws -> String? { try read { try fact("note.\(name)") } }

  /// Keeps a text for another room; nil forgets it.
  public func setNote(_ name: String, _ text: String?) throws {
    try write { try setFact("note.\(name)", text) }
  }

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
