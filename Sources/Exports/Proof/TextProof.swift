public import Reconciliation

/// What the text of a delivery says of itself: its trailer and the end of its last line.
public struct TextProof: Sendable {
  private let rule: ProofRule?
  private let needsLineEnd: Bool

  /// The proof of an export rule; `habit` is whether its last exports all ended their last line.
  public init(_ rule: ProofRule?, habit: Bool) {
    self.rule = rule
    needsLineEnd = rule?.endsWithNewline ?? habit
  }

  /// Throws `ExportRefusal` where the text contradicts itself, `ProofMissing` where its trailer is
  /// not there.
  public func check(_ facts: ExportFacts) throws {
    if let trailer = rule?.trailer { try check(trailer, facts) }
    guard needsLineEnd, let open = facts.parts.first(where: { $0.endsWithNewline == false }) else {
      return
    }
    let why =
      rule?.endsWithNewline == true
      ? "proof.ends_with_newline asks for it" : "all of the last exports of this source had it"
    throw ExportRefusal(
      .unproved, "its last line has no end, and \(why): it may be cut", file: open.name,
      line: open.lastLine > 0 ? open.lastLine : nil)
  }

  /// The trailer stands in each part and tells of it, or in the last one and tells of all.
  private func check(_ rule: ProofRule.Trailer, _ facts: ExportFacts) throws {
    let parts = facts.parts
    let isInEach = parts.count == 1 || parts.dropLast().allSatisfy { $0.trailer != nil }
    guard let last = parts.last, let trailer = last.trailer else {
      throw ProofMissing(
        "\(parts.last?.name ?? "it") has no trailer: its last line does not match proof.trailer")
    }
    if isInEach {
      for part in parts { try compare(part.trailer?["rows"], rows: part.rows, part.name) }
    } else {
      try compare(trailer["rows"], rows: facts.rows, last.name)
    }
    guard rule.sumColumn != nil, let told = trailer["sum"] else { return }
    try compareSum(told, facts, isInEach ? parts.compactMap { $0.trailer?["sum"] } : [told])
  }

  private func compare(_ told: String?, rows: Int, _ file: String) throws(ExportRefusal) {
    guard let told else { return }
    guard let count = Self.count(told) else {
      throw .unproved("its trailer counts “\(told)”, which is no number of rows", file: file)
    }
    guard count != rows else { return }
    throw .unproved(
      "its trailer says \(count) \(count == 1 ? "row" : "rows"), and the file has \(rows)",
      file: file)
  }

  private func compareSum(
    _ told: String, _ facts: ExportFacts, _ sums: [String]
  ) throws(ExportRefusal) {
    let column = rule?.trailer?.sumColumn ?? ""
    if let fault = facts.watched?.fault { throw .unproved(fault) }
    var expected = ExactSum()
    for text in sums {
      guard let number = ProofWatch.number(HeaderRow.trimmed(text), facts.watched?.sumMark),
        expected.add(number)
      else {
        throw .unproved(
          "its trailer sums up “\(text)”, which is no number with one reading; set "
            + "proof.trailer.decimal_mark")
      }
    }
    guard let sum = facts.watched?.sum, sum != expected else { return }
    throw .unproved(
      "its trailer says \(expected.text) for “\(column)”, and its rows add up to \(sum.text)")
  }
}

extension TextProof {
  /// A number of rows, with or without marks between its thousands; nil for anything else.
  static func count(_ text: String) -> Int? {
    let groups = HeaderRow.trimmed(text).split(omittingEmptySubsequences: false) {
      ".,' \u{A0}\u{202F}".contains($0)
    }
    let areGroups = groups.dropFirst().allSatisfy { $0.utf8.count == 3 }
    guard areGroups, groups.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(groups.joined())
  }
}
