import Formats
import Reconciliation

extension MappingDraftWriter {
  // MARK: - Reference

  func reference() -> [String] {
    guard let chosen = key.chosen else { return openReference() }
    var lines = DraftText.comment("Key, confidence \(key.confidence): \(chosen.reasons).")
    let rivals = key.rivals.prefix(KeyProposal.namesMax)
    if !rivals.isEmpty {
      lines += DraftText.comment("Rivals, in case one of them is what the resets refer to:")
      for rival in rivals { lines += candidate(rival) }
    }
    let steps = key.normalize(references)
    if steps.contains(.stripLeadingZeros) {
      lines += DraftText.comment(
        "The resets have these numbers without the zeros in front, and none with them: so the zeros "
          + "are stripped on both sides.")
    }
    let normal =
      steps == Normalization.standard
      ? "" : ", \"normalize\": \(DraftText.list(steps.map(\.name)))"
    let column = DraftText.quoted(chosen.profile.name.text)
    return lines + ["  \"reference\": {\"column\": \(column)\(normal)},"]
  }

  private func openReference() -> [String] {
    var lines = DraftText.comment(
      "The key is left for you to fill in: \(key.openWords). Which column holds what the resets "
        + "carry as their reference? Until one stands here, `resetsync check` asks for it.")
    for rival in key.rivals.prefix(KeyProposal.namesMax) { lines += candidate(rival) }
    if let pair = key.pair { lines += together(pair) }
    if key.rivals.isEmpty, key.pair == nil {
      lines += DraftText.comment(
        "A key of several columns is written {\"columns\": [\"…\", \"…\"], \"join\": \"-\"}.")
    }
    return lines + ["  \"reference\": {\"column\": \"\"},"]
  }

  private func candidate(_ candidate: KeyCandidate) -> [String] {
    DraftText.comment("- \(candidate.profile.name.text): \(candidate.reasons)")
  }

  private func together(_ pair: KeyProposal.Pair) -> [String] {
    let (number, other) = (DraftText.quoted(pair.number), DraftText.quoted(pair.other))
    var words = "Together \(pair.number) and \(pair.other) tell the rows apart: "
    if let areas = pair.areas {
      words +=
        "if each \(pair.other) is an origin of its own, write \"reference\": {\"column\": "
        + "\(number)}, \"origin_column\": {\"column\": \(other)} and the origins "
        + "\(DraftText.names(areas.map(DraftText.quoted), most: 10)); else "
    }
    return DraftText.comment(
      words + "\"reference\": {\"columns\": [\(number), \(other)], \"join\": \"-\"}.")
  }

  // MARK: - Fields

  func fields() -> [String] {
    let roles = [key.chosen?.profile.name, changed?.name, deleted?.column.name, email?.name]
    let taken = Set(roles.compactMap { $0?.text })
    let rest = columns.filter { !taken.contains($0.name.text) && !$0.profile.isMachinery }
    var useful = rest.filter { $0.profile.filled > 0 && !$0.profile.isConstant }
    if useful.isEmpty {
      let own = columns.filter { $0.name.text == key.chosen?.profile.name.text }
      useful = !rest.isEmpty ? rest : own.isEmpty ? columns : own
    }
    let kept = Set(useful.map(\.name.text))
    var lines = [
      "  // Keep what the shop needs and delete the rest: each field is written to its metadata.",
      "  \"fields\": [",
    ]
    var names: Set<String> = []
    for (place, column) in useful.enumerated() {
      let guess = FieldGuess(column, habits)
      for remark in guess.remarks { lines += DraftText.comment(Self.sentence(remark), indent: 4) }
      let comma = place == useful.count - 1 ? "" : ","
      lines.append("    \(field(column, guess, &names))\(comma)")
    }
    lines.append("  ]")
    let left = rest.map(\.name.text).filter { !kept.contains($0) }
    if !left.isEmpty {
      lines += DraftText.comment(
        "Left out, empty or the same in every row: \(DraftText.names(left))")
    }
    if !sample.repeatedNames.isEmpty {
      lines += DraftText.comment(
        "Left out, as these names are there more than once: "
          + DraftText.names(sample.repeatedNames))
    }
    return lines
  }

  private static func sentence(_ words: String) -> String {
    words.prefix(1).uppercased() + words.dropFirst() + "."
  }

  private func field(
    _ column: ColumnFacts, _ guess: FieldGuess, _ names: inout Set<String>
  ) -> String {
    let name = column.name.metadata
    var unique = name
    var number = 2
    while !names.insert(unique).inserted {
      unique = "\(name)_\(number)"
      number += 1
    }
    var parts = [
      "\"column\": \(DraftText.quoted(column.name.text))",
      "\"metadata\": \(DraftText.quoted(unique))",
    ]
    if guess.type != .string { parts.append("\"type\": \(DraftText.quoted(guess.type.rawValue))") }
    if let format = guess.dateFormat { parts.append("\"format\": \(DraftText.quoted(format))") }
    if let mark = guess.decimalMark {
      parts.append("\"decimal_mark\": \(DraftText.quoted(mark.rawValue))")
    }
    if let texts = guess.trueTexts, !texts.isEmpty {
      parts.append("\"true\": \(DraftText.list(texts))")
    }
    if let texts = guess.falseTexts, !texts.isEmpty {
      parts.append("\"false\": \(DraftText.list(texts))")
      if texts == [""] { parts.append("\"blank\": \"value\"") }
    }
    if !guess.transform.isEmpty {
      parts.append("\"transform\": \(DraftText.list(guess.transform.map(\.name)))")
    }
    return "{\(parts.joined(separator: ", "))}"
  }
}
