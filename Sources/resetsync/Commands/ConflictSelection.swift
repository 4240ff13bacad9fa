import Console
import Effects
import Formats
import Mirror
import Reconciliation

/// What the commands that change conflicts share: which ones, who, why, and the look before a bulk.
///
/// `--all` lists what it would change and keeps that list; `--yes` then changes what was listed and
/// nothing that came later, for what was shown. Without a look before, the list is made,
/// told and kept to within the one command.
struct ConflictSelection {
  let invocation: Invocation
  let world: World
  let site: Site
  let mirror: Mirror

  /// The most conflicts that are changed at once.
  private static let bulkMax = 100_000
  /// Conflicts that the list before a bulk shows.
  private static let shownMax = 50

  var act: Act {
    Act(
      by: invocation.value("by") ?? world.userName, at: world.time.now,
      reason: invocation.value("reason"))
  }

  /// The conflicts that are meant, each with the version that was shown, if one was; nil when they
  /// were only listed.
  func conflicts() async throws -> [(id: String, version: String?)]? {
    let isAll = invocation.has("all")
    guard isAll != !invocation.operands.isEmpty else {
      throw UsageError(
        "name conflicts, or give --all with filters", command: invocation.command)
    }
    guard isAll else { return try await named() }
    let filter = try ConflictArguments(invocation: invocation, world: world).filter()
    try await site.require(filter, in: mirror)
    let found = try await mirror.conflicts(filter, limit: Self.bulkMax)
    let looks = BulkLooks(mirror: mirror)
    guard invocation.has("yes") else {
      try await look(found, filter, looks)
      return nil
    }
    guard let listed = try await looks.take(lookName, at: world.time.now) else {
      let count = Words.count(found.count, "conflict")
      if invocation.wantsJSON {
        world.tell("\(count) found")
      } else {
        try await list(found.count, filter)
        world.output.line("\(count): changed as listed here; what comes later is left.")
      }
      return found.map { ($0.id, $0.version) }
    }
    tell(listed, found)
    return listed.items.map { ($0.id, $0.version) }
  }

  /// The conflicts named one by one.
  private func named() async throws -> [(id: String, version: String?)] {
    var found: [(id: String, version: String?)] = []
    for operand in invocation.operands {
      let named = NamedConflict(operand)
      found.append((try await mirror.conflict(id: named.id).id, named.version))
    }
    return found
  }

  /// For a decision: a conflict without a version is shown first, and decided on what stands with
  /// `--current`, on what was shown with `--yes`.
  func conflictsSeen() async throws -> [(id: String, version: String?)]? {
    guard let found = try await conflicts() else { return nil }
    let bare = found.filter { $0.version == nil }.map(\.id)
    guard !bare.isEmpty, !invocation.has("current") else { return found }
    let looks = BulkLooks(mirror: mirror)
    if invocation.has("yes"), let look = try await looks.take(lookName, at: world.time.now) {
      let seen = Dictionary(look.items.map { ($0.id, $0.version) }) { first, _ in first }
      if bare.allSatisfy({ seen[$0] != nil }) {
        return found.map { ($0.id, $0.version ?? seen[$0.id]) }
      }
    }
    let desk = site.desk(mirror, world)
    var items: [(id: String, version: String)] = []
    for id in bare {
      guard let view = try await desk.conflict(id) else { continue }
      items.append((id, view.factsDigest))
      guard !invocation.wantsJSON else { continue }
      world.output.write(
        ConflictText.one(view, times: site.times(world), style: world.style))
    }
    try await looks.keep(items, as: lookName, at: world.time.now)
    let labels = items.map { ConflictView.label($0.id, $0.version) }.joined(separator: " ")
    throw Failure(
      .usage, "nothing was decided: \(labels) shows what stands now, which nobody has seen yet",
      hint:
        "type it with its version, or add --yes for what is shown, --current for whatever stands")
  }

  /// A bulk by the same person, with the same filters and for the same kind of change.
  private var lookName: String {
    let options = invocation.command.options.map(\.name).filter { name in
      CommandSpec.conflictFilters.contains { $0.name == name }
    }
    let words = options.flatMap { name in [name] + invocation.list(name) } + invocation.operands
    return (invocation.command.words + [act.by] + words).joined(separator: "\u{0}")
  }

  private func look(
    _ found: [Conflict], _ filter: ConflictFilter, _ looks: BulkLooks
  ) async throws {
    try await looks.keep(
      found.map { ($0.id, $0.version) }, as: lookName, at: world.time.now)
    if invocation.wantsJSON {
      world.output.line(
        JSONValue.object([
          "would_change": .int(found.count),
          "conflicts": .array(found.map { .string($0.id) }),
        ]).written())
    } else {
      try await list(found.count, filter)
      world.output.line(
        "\(Words.count(found.count, "conflict")) would be changed: exactly these, as they are now."
          + " Add --yes to do it.")
    }
  }

  private func list(_ count: Int, _ filter: ConflictFilter) async throws {
    let views = try await site.reportLoader(mirror).views(filter, limit: Self.shownMax)
    world.output.write(
      ConflictText.list(views, total: count, times: site.times(world), style: world.style))
  }

  private func tell(_ listed: BulkLooks.Look, _ found: [Conflict]) {
    let known = Set(listed.items.map(\.id))
    let later = found.count { !known.contains($0.id) }
    var words =
      "as listed \(site.times(world).ago(listed.at)): \(Words.count(listed.items.count, "conflict"))"
    if later > 0 { words += "; \(Words.count(later)) that came since are left as they are" }
    world.tell(words)
  }

  /// Prints what came of it; `moved` is whether all that was not done had moved since it was seen.
  func tell(
    _ lines: [(id: String, what: String, isDone: Bool)], moved: Bool = false
  ) -> ExitCode {
    if invocation.wantsJSON {
      let rows = lines.map { line in
        JSONValue.object([
          "id": .string(line.id), "result": .string(line.what), "done": .bool(line.isDone),
        ])
      }
      world.output.line(JSONValue.array(rows).written())
    } else {
      for line in lines { world.output.line("\(line.id)  \(line.what)") }
    }
    if lines.allSatisfy(\.isDone) { return .done }
    return moved ? .stalePlan : .someFailed
  }
}

/// The lists that people looked at before they change many conflicts at once, kept in the mirror.
struct BulkLooks {
  /// One list, frozen.
  struct Look {
    /// When it was shown.
    var at: Timestamp
    /// The conflicts in it, each with the version shown.
    var items: [(id: String, version: String)]
  }

  let mirror: Mirror

  /// How long a list may be acted on, in seconds: as long as a plan that was approved.
  static let secondsMax = 86_400.0
  /// The most lists that are kept, the newest.
  private static let looksMax = 8
  private static let note = "bulk.looks"

  /// Keeps a list in the place of an earlier one of the same name.
  func keep(
    _ items: [(id: String, version: String)], as name: String, at now: Timestamp
  ) async throws {
    let entry = JSONValue.object([
      "name": .string(SHA256.hex(of: name)), "at": .string(now.rfc3339Microseconds),
      "items": .array(items.map { .array([.string($0.id), .string($0.version)]) }),
    ])
    _ = try await mirror.updateNote(Self.note) { text in
      let others = Self.entries(text, at: now).filter { $0["name"] != entry["name"] }
      return (JSONValue.array((others + [entry]).suffix(Self.looksMax)).written(), true)
    }
  }

  /// The list of this name, if it was shown not long ago; it can be taken once.
  func take(_ name: String, at now: Timestamp) async throws -> Look? {
    let wanted = JSONValue.string(SHA256.hex(of: name))
    let entries = Self.entries(try await mirror.note(Self.note), at: now)
    guard let found = entries.last(where: { $0["name"] == wanted }),
      let at = found["at"]?.text.flatMap({ Timestamp(rfc3339: $0) })
    else { return nil }
    let rest = entries.filter { $0["name"] != wanted }
    try await mirror.setNote(Self.note, rest.isEmpty ? nil : JSONValue.array(rest).written())
    let items = (found["items"]?.arrayValue ?? []).compactMap { item -> (String, String)? in
      guard let parts = item.arrayValue, parts.count == 2, let id = parts[0].text,
        let version = parts[1].text
      else { return nil }
      return (id, version)
    }
    return Look(at: at, items: items)
  }

  private static func entries(_ text: String?, at now: Timestamp) -> [JSONValue] {
    let all = text.flatMap { try? JSONValue(parsing: $0) }?.arrayValue ?? []
    return all.filter { entry in
      guard let at = entry["at"]?.text.flatMap({ Timestamp(rfc3339: $0) }) else { return false }
      return now.seconds(since: at) < secondsMax
    }
  }
}

/// A conflict as it is typed: its id, or the id and the version that was seen, `ID@VERSION`.
struct NamedConflict {
  let id: String
  let version: String?

  init(_ operand: String) {
    let parts = operand.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    id = parts.first.map(String.init) ?? operand
    version = parts.count == 2 ? String(parts[1]) : nil
  }
}
