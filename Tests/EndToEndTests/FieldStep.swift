import Foundation
import FoundationNetworking

extension FieldPlay {
  /// Plays one step; what is not as it says, in words.
  ///
  ///     drop       a file of the case, delivered under `in/` (`as`: name, `hours`: time)
  ///     map        a merge patch on the mapping as it is now
  ///     reconcile  options; `exit`, `situations`, `states` of the imports, `says`, `hides`
  ///     run        a command; `exit`, `says`, `hides`
  ///     shop       the metadata that resets must have, by reference
  ///     column     what one metadata key must be, by reference: a value, `rejected` or `empty`
  ///     preview    a file of the case; `rows` as shown, or `refused`
  ///     never      values that no metadata may have; `has`: values that some must have
  ///     apart      two metadata keys that no reset may have alike
  ///     keep       remembers the shop; `kept`: it is as it was then; `restore`: all of it is there
  ///     adopt      a mapping of `init` becomes the play's (`patch`, `says`, `hides`)
  ///     set        a member of the mapping, by its path, that a merge patch can't say (null)
  ///     delete     resets that somebody deletes at the API; `add` makes some anew
  ///
  /// Steps about conflicts: `decisionStep`.
  ///
  /// Where several outcomes are right, `{"either": […]}` lists them.
  func play(_ step: [String: Any]) async throws -> [String] {
    if let file = step["drop"] as? String {
      try drop(file, as: step["as"] as? String, hours: (step["hours"] as? NSNumber)?.doubleValue)
    } else if let patch = step["map"] {
      try map(patch)
    } else if let options = step["reconcile"] as? [String] {
      return try await reconcile(options, step)
    } else if let command = step["run"] as? [String] {
      return try await type(command, step)
    } else if let right = try told(step["shop"], step) as? [String: Any] {
      return Self.differences(try await shop(), right)
    } else if let right = try told(step["column"], step) {
      return try await column(right, step["key"] as? String ?? "d")
    } else if let file = step["preview"] as? String {
      return try await preview(file, step)
    } else if let ids = step["delete"] as? [String] {
      for id in ids { _ = try await control("resets/" + id, method: "DELETE") }
    } else if let resets = step["add"] as? [[String: Any]] {
      for reset in resets { _ = try await control("resets", method: "POST", body: reset) }
    } else {
      return try await lookOrSet(step)
    }
    return []
  }

  private func lookOrSet(_ step: [String: Any]) async throws -> [String] {
    if let values = step["never"] as? [Any] {
      let held = try await shop().flatMap { pair in pair.value.map { (pair.key, $0.value) } }
      return held.filter { pair in values.contains { Self.isEqual(pair.1, $0) } }
        .map { "\($0.0) has \($0.1)" }
    } else if let values = step["has"] as? [Any] {
      let held = try await shop().values.flatMap(\.values)
      return values.filter { value in !held.contains { Self.isEqual($0, value) } }
        .map { "nothing has \($0)" }
    } else if let keys = step["apart"] as? [String], keys.count == 2 {
      return try await shop().filter { _, metadata in
        guard let first = metadata[keys[0]], let second = metadata[keys[1]] else { return false }
        return Self.isEqual(first, second)
      }.map { "\($0.key) has one value under both" }
    } else if step["keep"] != nil {
      kept = try await control("resets") as? [[String: Any]] ?? []
    } else if step["kept"] != nil {
      let right = kept.map { ($0["reference"] as? String ?? "", $0["metadata"] ?? [String: Any]()) }
      return Self.differences(try await shop(), Dictionary(right) { first, _ in first })
    } else if step["restore"] != nil {
      for reset in kept {
        _ = try await control("resets", method: "POST", body: Self.seedable(reset))
      }
    } else if let file = step["adopt"] as? String {
      return try adopt(file, step)
    } else if let path = step["set"] as? [Any], let names = Array(path.dropLast()) as? [String] {
      try set(names, to: path.last ?? NSNull())
    } else {
      return try await decisionStep(step) ?? ["no verb is known among \(step.keys.sorted())"]
    }
    return []
  }

  /// What the simulator tells of a reset, as it takes it back.
  private static func seedable(_ reset: [String: Any]) -> [String: Any] {
    let known = [
      "id", "customer_email", "reference", "reference_origin", "metadata", "created_at",
      "updated_at",
    ]
    return reset.filter { known.contains($0.key) }
  }

  private func adopt(_ file: String, _ step: [String: Any]) throws -> [String] {
    let bytes = try Data(contentsOf: URL(filePath: path(file)))
    let text = String(decoding: bytes, as: UTF8.self)
    if let patch = step["patch"] {
      let proposed = try CommentedJSON.parse(text)
      try write(Self.merged(proposed, patch), to: "mapping.json")
    }
    let missing = (step["says"] as? [String] ?? []).filter { !text.contains($0) }
    let slipped = (step["hides"] as? [String] ?? []).filter(text.contains)
    return (missing + slipped).map { "“\($0)”, in: \(text)" }
  }

  // MARK: Commands

  private func reconcile(_ options: [String], _ step: [String: Any]) async throws -> [String] {
    let outcome = try await program.run(["reconcile", "--format", "json"] + options)
    var faults = Self.exit(outcome, step) + Self.words(outcome, step)
    let summary =
      try? JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    guard let summary else { return faults + ["no summary: \(outcome.errors)"] }
    let situations = summary["situations"] as? [String: Any] ?? [:]
    for (name, count) in step["situations"] as? [String: NSNumber] ?? [:] {
      let found = situations[name] as? NSNumber ?? 0
      if found != count { faults.append("\(found) items are \(name), not \(count)") }
    }
    if let states = step["states"] as? [String] {
      let found = (summary["imports"] as? [[String: Any]] ?? []).map {
        $0["state"] as? String ?? ""
      }
      if found != states { faults.append("the imports are \(found), not \(states)") }
    }
    return faults.isEmpty ? [] : faults + ["imports: \(summary["imports"] ?? "none")"]
  }

  func type(_ command: [String], _ step: [String: Any]) async throws -> [String] {
    let words = command.map { fill($0.replacing("{case}", with: source(""))) }
    let outcome = try await program.run(words)
    var step = step
    step["says"] = (step["says"] as? [String])?.map(fill)
    return Self.exit(outcome, step) + Self.words(outcome, step)
  }

  private func preview(_ file: String, _ step: [String: Any]) async throws -> [String] {
    let options = step["options"] as? [String] ?? []
    let outcome = try await program.run(["preview", source(file), "--format", "json"] + options)
    let shown =
      try? JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    guard let right = try told(step["rows"], step) else { return ["no rows to compare with"] }
    let found: Any = outcome.exit == 0 ? shown?["rows"] ?? NSNull() : "refused"
    let isRight = Self.isEqual(found, right)
    return (isRight ? [] : ["\(file) shows \(found), right is \(right)"])
      + Self.words(outcome, step)
  }

  private static func exit(_ outcome: Program.Outcome, _ step: [String: Any]) -> [String] {
    let right = (step["exit"] as? [Int]) ?? (step["exit"] as? Int).map { [$0] }
    guard let right, !right.contains(Int(outcome.exit)) else { return [] }
    return ["exit \(outcome.exit), not \(right): \(outcome.output.suffix(800)) \(outcome.errors)"]
  }

  private static func words(_ outcome: Program.Outcome, _ step: [String: Any]) -> [String] {
    let said = outcome.output + outcome.errors
    let missing = (step["says"] as? [String] ?? []).filter { !said.contains(dated($0)) }
    let slipped = (step["hides"] as? [String] ?? []).filter(said.contains)
    return missing.map { "nothing says “\($0)”: \(said.prefix(1_500))" }
      + slipped.map { "“\($0)” is said" }
  }

  // MARK: Comparing

  private func column(_ right: Any, _ key: String) async throws -> [String] {
    let shop = try await shop()
    var pairs = right as? [String: Any] ?? [:]
    for (number, value) in (right as? [Any] ?? []).enumerated() {
      pairs[String(format: "K%02d", number)] = value
    }
    return pairs.sorted { $0.key < $1.key }.compactMap { reference, value in
      let found = shop[reference]?[key]
      guard !Self.isColumn(found, value) else { return nil }
      return "\(reference) has \(found ?? "nothing"), not \(value)"
    }
  }

  private static func isColumn(_ found: Any?, _ right: Any) -> Bool {
    if let several = (right as? [String: Any])?["either"] as? [Any] {
      return several.contains { isColumn(found, $0) }
    }
    if ["rejected", "empty"].contains(right as? String) { return found == nil }
    return found.map { isEqual($0, right) } ?? false
  }

  private static func differences(_ found: [String: Any], _ right: [String: Any]) -> [String] {
    right.sorted { $0.key < $1.key }.compactMap { reference, value in
      let held = found[reference] ?? NSNull()
      return isEqual(held, value) ? nil : "\(reference) has \(held), right is \(value)"
    }
  }

  /// Whether a value is right; texts by their scalars, null and the empty text alike in rows.
  static func isEqual(_ found: Any, _ right: Any) -> Bool {
    if let right = right as? [String: Any] {
      if let several = right["either"] as? [Any] {
        return several.contains { isEqual(found, $0) }
      }
      guard let found = found as? [String: Any], found.count == right.count else { return false }
      return right.allSatisfy { key, value in found[key].map { isEqual($0, value) } ?? false }
    }
    if let right = right as? [Any] {
      guard let found = found as? [Any], found.count == right.count else { return false }
      return zip(found, right).allSatisfy { isEqual($0, $1) }
    }
    if let right = right as? String {
      if right.isEmpty, found is NSNull { return true }
      return (found as? String).map { $0.unicodeScalars.elementsEqual(right.unicodeScalars) }
        ?? false
    }
    if right is NSNull { return found is NSNull || found as? String == "" }
    return (found as? NSNumber) == (right as? NSNumber)
  }
}

/// Calls of the simulator's control endpoint.
enum SandboxControl {
  static func call(_ url: URL, _ method: String, _ body: Any?) async throws -> Any {
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.httpBody = try body.map { try JSONSerialization.data(withJSONObject: $0) }
    let (data, _) = try await URLSession.shared.data(for: request)
    return try JSONSerialization.jsonObject(with: data, options: [.fragmentsAllowed])
  }
}
