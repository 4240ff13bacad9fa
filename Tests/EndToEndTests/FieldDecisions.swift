import Foundation

// Steps about conflicts: what people see, decide and take back.
extension FieldPlay {
  /// Plays a step about conflicts or files; nil where the step is none.
  ///
  ///     remember   a name for the first open conflict that the options of `conflicts` find: in all
  ///                commands `{name}` is its `ID@VERSION`, `{name.id}` its id
  ///     conflicts  the open conflicts (`of`: other options), in any order: a kind or members
  ///     print      a command whose output is searched for `for`; its first group becomes `as`
  ///     type       a command in one text, as it was printed
  ///     edit       what somebody else changes in the reset `reset`
  ///     place      a file of the case that comes to lie in the play's folder
  ///     remove     a file of the play's folder
  func decisionStep(_ step: [String: Any]) async throws -> [String]? {
    if let name = step["remember"] as? String {
      guard let first = try await listed(step["of"]).first, let id = first["id"] as? String,
        let version = first["version"] as? String
      else { return ["there is no conflict to remember as \(name)"] }
      words[name] = "\(id)@\(version)"
      words[name + ".id"] = id
    } else if let right = step["conflicts"] as? [Any] {
      return Self.unlike(try await listed(step["of"]), right)
    } else if let command = step["print"] as? [String] {
      return try await print(command, step)
    } else if let line = step["type"] as? String {
      return try await type(fill(line).split(separator: " ").map(String.init), step)
    } else if let body = step["edit"] {
      let reset = step["reset"] as? String ?? ""
      _ = try await control("resets/" + reset, method: "PATCH", body: body)
    } else if let file = step["place"] as? String {
      let target = path(file)
      try FileManager.default.createDirectory(
        atPath: URL(filePath: target).deletingLastPathComponent().path,
        withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: source(file), toPath: target)
    } else if let file = step["remove"] as? String {
      try FileManager.default.removeItem(atPath: path(file))
    } else {
      return nil
    }
    return []
  }

  /// The text with what was remembered in place of its names.
  func fill(_ text: String) -> String {
    words.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
  }

  private func listed(_ options: Any?) async throws -> [[String: Any]] {
    let outcome = try await program.run(
      ["conflicts", "--format", "json"] + (options as? [String] ?? []))
    let list = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return list as? [[String: Any]] ?? []
  }

  private func print(_ command: [String], _ step: [String: Any]) async throws -> [String] {
    let outcome = try await program.run(command.map(fill))
    let regex = try Regex(fill(step["for"] as? String ?? ""))
    guard let match = outcome.output.firstMatch(of: regex), match.output.count > 1,
      let found = match.output[1].substring
    else { return ["\(command) prints nothing like it: \(outcome.output)"] }
    words[step["as"] as? String ?? ""] = String(found)
    return []
  }

  /// What open conflicts lack or have too many, each once.
  private static func unlike(_ found: [[String: Any]], _ right: [Any]) -> [String] {
    var rest = found
    var faults: [String] = []
    for wanted in right {
      let members = wanted as? [String: Any] ?? ["kind": wanted]
      let place = rest.firstIndex { conflict in
        members.allSatisfy { key, value in conflict[key].map { isEqual($0, value) } ?? false }
      }
      if let place { rest.remove(at: place) } else { faults.append("no conflict is \(members)") }
    }
    if !rest.isEmpty { faults.append("too many") }
    return faults.isEmpty ? [] : faults + ["the conflicts are \(found)"]
  }
}
