import Formats
import Mirror
import Reconciliation

/// Tells of a mapping's first run that it matched next to nothing, with the likely cause.
///
/// The sides of a mapping that fits meet in most keys at once. Where they don't, an origin or a way
/// of spelling keys differs, and no later run would mend that.
struct FirstMatch {
  let parts: RunParts
  let nearMisses: [RunSummary.NearMiss]

  /// Up to so many percent of the resets matched is next to nothing.
  private static let percentMax = 10
  /// How many references of an unknown origin are looked up.
  private static let referencesMax = 100

  /// The sentence to begin with; nil where enough matched, or one side has not come yet.
  ///
  /// `situations` are those after the run by mapping, of resets without mapping under "".
  func headline(
    of names: Set<String>, situations: [String: [Situation: Int]]
  ) async throws -> String? {
    let records = try await parts.mirror.recordCounts()
    let delivered = names.filter { records[$0, default: 0] > 0 }.sorted()
    let remote = try await parts.mirror.remoteState()
    guard !delivered.isEmpty, remote.pulledAt != nil else { return nil }
    guard remote.resets > 0 else {
      return
        "Nothing matches: \(Self.remote) has no reset at all; look whether organisation and mode"
        + " are right, and whether the credentials may read all resets"
    }
    let unknown = situations["", default: [:]][.unknownOrigin, default: 0]
    let strangers =
      unknown > 0 ? try await parts.mirror.commonestUnknownOrigin(limit: Self.referencesMax) : nil
    for name in delivered {
      let own = situations[name, default: [:]]
      let matched = own.filter { $0.key.hasBothSides }.values.reduce(0, +)
      let alone = own[.remoteOnly, default: 0]
      var all = matched + alone
      if let strangers {
        let areOurs = try await belong(strangers, to: name)
        if all == 0 || areOurs { all += unknown }
      }
      guard all > 0, matched * 100 <= Self.percentMax * all else { continue }
      let start = matched == 0 ? "Nothing matches" : "Next to nothing matches"
      guard let strangers, alone * 2 < all else {
        return try await "\(start): " + cause(name, alone: alone, of: all)
      }
      return try await "\(start): " + cause(strangers, of: all)
    }
    return nil
  }

  /// Whether resets of an origin that no mapping has seem to be those of a mapping: its records
  /// have half of their keys.
  ///
  /// Else they are another source's, which need not be mapped.
  private func belong(_ strangers: UnknownOrigin, to name: String) async throws -> Bool {
    let (keys, found) = try await keys(of: strangers, in: name)
    return keys > 0 && found * 2 >= keys
  }

  /// How many keys the resets of an origin have by the rules of a mapping, and its records of them.
  private func keys(
    of strangers: UnknownOrigin, in name: String
  ) async throws -> (all: Int, found: Int) {
    guard let mapping = parts.book.mapping(name) else { return (0, 0) }
    let keys = Set(strangers.references.map(mapping.reference.normalize.normalize))
      .subtracting([""])
    return (keys.count, try await parts.mirror.recordsFound(keys.sorted(), of: name))
  }

  private func cause(_ name: String, alone: Int, of all: Int) async throws -> String {
    let lacking = "\(alone) of \(all) resets have a key that no record of \(name) has"
    if let miss = nearMisses.first(where: { $0.mapping == name }) {
      let steps = miss.normalize.map { "`\($0)`" }.joined(separator: " and ")
      let advice = steps.isEmpty ? "" : "; \(steps) in \"normalize\" would join such pairs"
      return "\(lacking), but in another spelling: “\(miss.remote)” in \(Self.remote),"
        + " “\(miss.source)” in \(name)\(advice)"
    }
    guard let sample = try await parts.mirror.sampleKeys(of: name) else { return lacking }
    return "\(lacking); \(Self.remote) has “\(Masking.masked.text(sample.remote))” and the like,"
      + " \(name) “\(Masking.masked.text(sample.source))”: is it the right column, spelled alike?"
  }

  private func cause(_ unknown: UnknownOrigin, of all: Int) async throws -> String {
    guard let origin = unknown.name else {
      return "\(unknown.resets) of \(all) resets have a reference and no origin"
    }
    let what =
      "\(unknown.resets) of \(all) resets name the origin `\(origin)`, which no mapping has"
    var best: (origin: String, all: Int, found: Int)?
    for mapping in parts.book.mappings {
      let (all, found) = try await keys(of: unknown, in: mapping.name)
      if found > best?.found ?? 0, let first = mapping.origins.first { best = (first, all, found) }
    }
    let known = parts.book.mappings.flatMap(\.origins)
    if let best {
      return "\(what); `\(best.origin)` is the nearest: its records have \(best.found) of"
        + " \(best.all) of their keys"
    }
    if let near = nearestName(to: origin, among: known) ?? (known.count == 1 ? known[0] : nil) {
      return "\(what); `\(near)` is the nearest"
    }
    return "\(what); they have " + known.map { "`\($0)`" }.joined(separator: ", ")
  }

  private static let remote = "Commerce Layer"
}

extension Situation {
  /// Whether a reset in this situation has met a record.
  fileprivate var hasBothSides: Bool {
    switch self {
    case .unknownOrigin, .unreferenced, .remoteOnly, .sourceOnly: false
    default: true
    }
  }
}
