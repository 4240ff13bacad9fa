import Mirror
import Reconciliation

/// Finds what a request names before anything is done by it.
///
/// A digest may be named by any beginning of at least `digitsMin` digits that only one has.
struct RequestNames {
  let mirror: Mirror
  let book: RuleBook

  /// The fewest digits that name a digest: fewer are too easily another's.
  static let digitsMin = 8
  /// How many plans are looked through for a digest, the newest.
  private static let plansMax = 1_000
  /// How many of the things there are an error lists.
  private static let listedMax = 5

  /// The request with whole digests; throws `StageError` for what names nothing, or several.
  func resolved(_ request: RunRequest) async throws -> RunRequest {
    var request = request
    if let text = request.approvedDigest { request.approvedDigest = try await plan(text) }
    if let text = request.acceptedExport { request.acceptedExport = try await export(text) }
    if case .undo(let run) = request.scope {
      request.scope = .undo(run: try await mirror.run(run).id)
    }
    return request
  }

  private func plan(_ text: String) async throws -> String {
    let known = try await mirror.plans(limit: Self.plansMax).reduce(into: [String]()) {
      if $1.digest.hasPrefix(text.lowercased()), !$0.contains($1.digest) { $0.append($1.digest) }
    }
    if let found = try Self.only(text, of: known) {
      return found
    }
    let waiting = try await mirror.plans(limit: 1).map {
      "\($0.digest) of run \($0.run), \($0.updates) updates, \($0.withheld) withheld"
    }
    throw StageError.nothingNamed("no plan has a digest that begins with “\(text)”", there: waiting)
  }

  /// One that was read before, or a whole SHA-256: the import tells whether a waiting file has it.
  private func export(_ text: String) async throws -> String {
    let text = text.lowercased()
    let known = try await mirror.exportDigests(beginning: text, limit: Self.listedMax)
    if let found = try Self.only(text, of: known) { return found }
    if text.count == Self.sha256Digits, text.allSatisfy(\.isHexDigit) { return text }
    throw StageError.nothingNamed(
      "no export has a SHA-256 that begins with “\(text)”", there: try await refusedExports())
  }

  private static let sha256Digits = 64

  /// The exports that were refused and not yet followed by an accepted one.
  func refusedExports() async throws -> [String] {
    try await mirror.sources(book.mappings.map(\.name)).compactMap(\.refused).prefix(Self.listedMax)
      .map {
        "\($0.sha256), \($0.file) of \($0.mapping), refused"
      }
  }

  /// The one that is named; nil where there is none.
  private static func only(_ text: String, of found: [String]) throws -> String? {
    guard found.count != 1 || text.count >= digitsMin else {
      throw StageError.nothingNamed(
        "“\(text)” is too short for a digest; type \(digitsMin) digits or more", there: found)
    }
    guard found.count < 2 else {
      throw StageError.nothingNamed(
        "“\(text)” is the beginning of several; type more of it",
        there: Array(found.prefix(listedMax)))
    }
    return found.first
  }
}
