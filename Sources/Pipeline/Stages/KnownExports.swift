import Effects
import Exports
import Formats
import Mirror
import Reconciliation

/// What the passports tell of files that still lie in their folder.
///
/// A file of the same path, size and time that was not touched since its passport was made needs no
/// second look (a newer one may carry an older time: copies keep it). A refused one is reported
/// again in every run until somebody deals with it, or until a newer export is accepted: then it is
/// history.
struct KnownExports {
  private let newest: [String: Passport]
  private let lastAccepted: Timestamp?
  private let lastFull: Timestamp?
  private var lastAcceptedID: Int64
  private let files: Files
  private let now: Timestamp

  /// Takes passports, the newest first.
  init(_ passports: [Passport], files: Files, at now: Timestamp) {
    self.files = files
    newest = Dictionary(passports.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    let accepted = passports.filter { $0.state == .accepted }
    lastAccepted = accepted.map(\.madeAt).max()
    lastFull = accepted.filter { $0.mode == .full }.map(\.madeAt).max()
    lastAcceptedID = accepted.first?.id ?? 0
    self.now = now
  }

  /// The passport of this very file; nil for one that is to be looked at.
  ///
  /// So is a newer one that other rules refused by themselves. What was accepted, or refused by
  /// comparison with other exports, stays so whatever the rules are.
  func passport(of export: Delivery, _ mapping: Mapping) -> Passport? {
    guard let passport = newest[export.path], passport.size == Int64(export.size),
      export.generatedAt == passport.generatedAt,
      export.set == nil ? passport.parts.isEmpty : passport.parts.map(\.path) == export.paths
    else { return nil }
    // What proves it has come, or was corrected.
    if passport.state == .refused,
      passport.beside ?? "" != BesideProof.stamp(of: export, files: files)
    {
      return nil
    }
    let hasOtherRules = passport.recordsDigest != mapping.recordsDigest
    if hasOtherRules, passport.wasRefusedByRules, isPending(passport) { return nil }
    // Its time is all that was judged of it, and is so again once the clock has come closer.
    if export.isAhead(of: now) { return passport }
    guard export.modified < passport.importedAt, !passport.wasRefusedForItsTime else { return nil }
    return passport
  }

  /// Whether a refused export still wants somebody to look.
  func isPending(_ passport: Passport) -> Bool {
    guard passport.state == .refused else { return false }
    // What time is to be believed of it is not known: whatever was taken since is newer.
    if passport.wasRefusedForItsTime { return passport.id > lastAcceptedID }
    return lastAccepted.map { passport.madeAt > $0 } ?? true
  }

  /// Whether a full export that was accepted since says all that an incomplete one could.
  func isOvertaken(_ export: Delivery) -> Bool {
    guard case .incomplete = export.readiness, let lastFull else { return false }
    return export.generatedAt < lastFull
  }

  /// Notes that an export was accepted since.
  mutating func noteAccepted() { lastAcceptedID = .max }
}

extension Delivery {
  fileprivate var paths: [String] { files.map(\.path) }
}

extension Passport {
  /// Whether it was refused with a time that could not be believed.
  fileprivate var wasRefusedForItsTime: Bool {
    state == .refused && generatedAt.map { $0 != madeAt } ?? false
  }
}
