import Foundation
import Testing

/// A mapping that was wrong and is corrected: what it changed is applied to what stands, without a
/// new export, also where older ones lie in the folder, and where the last one is gone.
@Suite(.serialized) struct CorrectedMappingTests {
  /// Where the exports are when the mapping has changed.
  enum Folder: String, CaseIterable {
    case allThere = "all exports still there"
    case renamed = "the last one under another name"
    case lastGone = "only the older ones there"
    case allGone = "none there"

    var hasLast: Bool { self == .allThere || self == .renamed }
  }

  struct Correction: Sendable {
    var name: String
    var before: String
    var after: String
    /// Whether what the mirror keeps is not enough.
    var needsFile: Bool
    /// The metadata of the resets under the wrong mapping, and under the right one.
    var wrong: [String: String]
    var right: [String: String]
    var situations: [String: Int]
    var references = ["K1", "K2", "K3"]
  }

  static func mapping(_ members: String, fields: String = "") -> String {
    let origins = members.contains("\"origins\"") ? "" : #""origins": ["erp"],"#
    let reference =
      members.contains("\"reference\"") ? "" : #""reference": {"column": "ID"},"#
    return """
      {"name": "erp", \(origins) \(reference) \(members)
       "export": {"path": "../exports/*.csv", "format": "csv", "delimiter": ";", "settle": "0s"},
       "fields": [{"column": "TIER", "metadata": "tier", "policy": "source"}\(fields)]}
      """
  }

  static let header = "ID;TIER;LIMIT;DEL;COUNTRY;AT"
  static let older = [
    "K1;old;1;;DE;2026-11-18 10:00", "K2;old;1;;DE;2026-11-18 10:00",
    "K3;old;1;;FR;2026-11-18 10:00",
  ]
  static let last = [
    "K1;gold;10.50;;DE;2026-11-20 10:00", "K2;gold;7;L;DE;2026-11-20 10:00",
    "K3;gold;many;;FR;2026-11-20 10:00",
  ]

  static let gold = #"{"tier":"gold"}"#
  static let corrections: [Correction] = [
    Correction(
      name: "another origin", before: mapping(#""origins": ["navision"],"#), after: mapping(""),
      needsFile: false, wrong: ["K1": "{}", "K2": "{}", "K3": "{}"],
      right: ["K1": gold, "K2": gold, "K3": gold], situations: ["update": 3]),
    Correction(
      name: "leading zeros", before: mapping(""),
      after: mapping(
        #""reference": {"column": "ID", "normalize": ["trim", "casefold", "strip_leading_zeros"]},"#
      ),
      needsFile: false, wrong: ["00k1": "{}", "00k2": "{}", "00k3": "{}"],
      right: ["00k1": gold, "00k2": gold, "00k3": gold], situations: ["update": 3],
      references: ["00k1", "00k2", "00k3"]),
    Correction(
      name: "letters and blanks of the reference", before: mapping(""),
      after: mapping(#""reference": {"column": "ID", "normalize": ["casefold"]},"#),
      needsFile: false, wrong: ["k1": "{}", "k2": "{}", "k3": "{}"],
      right: ["k1": gold, "k2": gold, "k3": gold], situations: ["update": 3],
      references: ["k1", "k2", "k3"]),
    Correction(
      name: "the mark of deleted records",
      before: mapping(#""deleted": {"column": "DEL", "equals": ["DELETED"]},"#),
      after: mapping(#""deleted": {"column": "DEL", "equals": ["L"]},"#), needsFile: false,
      wrong: ["K1": gold, "K2": gold, "K3": gold],
      right: ["K1": gold, "K2": gold, "K3": gold],
      situations: ["in_sync": 2, "source_deleted": 1]),
    Correction(
      name: "times of change", before: mapping(""),
      after: mapping(#""changed_at": {"column": "AT", "format": "yyyy-MM-dd HH:mm"},"#),
      needsFile: true, wrong: ["K1": gold, "K2": gold, "K3": gold],
      right: ["K1": gold, "K2": gold, "K3": gold], situations: ["in_sync": 3]),
    Correction(
      name: "a wider filter",
      before: mapping(#""where": {"column": "COUNTRY", "in": ["DE"]},"#),
      after: mapping(#""where": {"column": "COUNTRY", "in": ["DE", "FR"]},"#), needsFile: true,
      wrong: ["K1": gold, "K2": gold, "K3": "{}"],
      right: ["K1": gold, "K2": gold, "K3": gold], situations: ["in_sync": 2, "update": 1]),
    Correction(
      name: "a narrower filter",
      before: mapping(#""where": {"column": "COUNTRY", "in": ["DE", "FR"]},"#),
      after: mapping(#""where": {"column": "COUNTRY", "in": ["DE"]},"#), needsFile: false,
      wrong: ["K1": gold, "K2": gold, "K3": gold],
      right: ["K1": gold, "K2": gold, "K3": gold],
      situations: ["drift_accepted": 1, "in_sync": 2]),
    Correction(
      name: "a filter where there was none", before: mapping(""),
      after: mapping(#""where": {"column": "COUNTRY", "in": ["DE"]},"#), needsFile: true,
      wrong: ["K1": gold, "K2": gold, "K3": gold],
      right: ["K1": gold, "K2": gold, "K3": gold],
      situations: ["drift_accepted": 1, "in_sync": 2]),
    Correction(
      name: "one more column", before: mapping(""),
      after: mapping("", fields: #", {"column": "COUNTRY", "metadata": "country"}"#),
      needsFile: true, wrong: ["K1": gold, "K2": gold, "K3": gold],
      right: [
        "K1": #"{"tier":"gold","country":"DE"}"#, "K2": #"{"tier":"gold","country":"DE"}"#,
        "K3": #"{"tier":"gold","country":"FR"}"#,
      ], situations: ["update": 3]),
    Correction(
      name: "a type that takes what was rejected",
      before: mapping(
        "", fields: #", {"column": "LIMIT", "metadata": "limit", "type": "decimal"}"#),
      after: mapping("", fields: #", {"column": "LIMIT", "metadata": "limit"}"#), needsFile: true,
      wrong: [
        "K1": #"{"tier":"gold","limit":10.50}"#, "K2": #"{"tier":"gold","limit":7}"#,
        "K3": #"{"tier":"old","limit":1}"#,
      ],
      right: [
        "K1": #"{"tier":"gold","limit":"10.50"}"#, "K2": #"{"tier":"gold","limit":"7"}"#,
        "K3": #"{"tier":"gold","limit":"many"}"#,
      ], situations: ["update": 3]),
    Correction(
      name: "a type of values that all fit",
      before: mapping("", fields: #", {"column": "AT", "metadata": "at"}"#),
      after: mapping(
        "", fields: #", {"column": "AT", "metadata": "at", "type": "datetime"}"#),
      needsFile: false,
      wrong: Dictionary(
        uniqueKeysWithValues: ["K1", "K2", "K3"].map {
          ($0, #"{"tier":"gold","at":"2026-11-20 10:00"}"#)
        }),
      right: Dictionary(
        uniqueKeysWithValues: ["K1", "K2", "K3"].map {
          ($0, #"{"tier":"gold","at":"2026-11-20T10:00:00.000Z"}"#)
        }), situations: ["update": 3]),
  ]

  static let cases = corrections.indices.flatMap { number in
    let asks = ["one more column", "a wider filter"].contains(corrections[number].name)
    return (asks ? Folder.allCases : [.allThere, .lastGone]).map { (number, $0) }
  }

  @Test(arguments: cases)
  func `a corrected mapping acts on what stands`(_ which: (Int, Folder)) async throws {
    let (correction, folder) = (Self.corrections[which.0], which.1)
    let shop = try await CorrectedShop(correction)
    try await shop.wrongNights()
    #expect(
      try await shop.metadata() == CorrectedShop.plain(correction.wrong), "\(correction.name)")

    try shop.correct(folder)
    let run = try await shop.reconcile()
    let mustWait = correction.needsFile && !folder.hasLast
    let place: Comment = "\(correction.name), \(folder.rawValue): \(run.errors) \(run.members)"
    #expect(run.exit == (mustWait ? 4 : 0), place)
    let expected = CorrectedShop.plain(mustWait ? correction.wrong : correction.right)
    #expect(try await shop.metadata() == expected, place)
    #expect(shop.readAgain(run) == (correction.needsFile && !mustWait ? 1 : 0), place)
    #expect(shop.imports(run) == shop.readAgain(run), place)
    #expect(run.number("conflicts.opened") == (run.situations["source_deleted"] ?? 0), place)
    if !mustWait { #expect(run.situations == correction.situations, place) }

    let quiet = try await shop.reconcile()
    #expect(quiet.number("plan.updates") == (mustWait ? run.number("plan.updates") : 0), place)
    #expect(quiet.exit == run.exit && shop.imports(quiet) == 0, place)
    guard mustWait else { return }
    let messages = (run.members["messages"] as? [String] ?? []).joined(separator: "\n")
    #expect(messages.contains("the next full export is needed"), place)
    try shop.deliverNext()
    let next = try await shop.reconcile()
    #expect(next.exit == 0, "\(place) \(next.members)")
    #expect(try await shop.metadata() == CorrectedShop.plain(correction.right), place)
  }
}

/// A shop with three customers whose mapping will be corrected.
private final class CorrectedShop {
  let correction: CorrectedMappingTests.Correction
  let shop: Shop

  init(_ correction: CorrectedMappingTests.Correction) async throws {
    self.correction = correction
    let resets = correction.references.map { reference in
      Shop.Reset(
        id: "reset-\(reference)", email: "\(reference)@example.com", reference: reference)
    }
    shop = try await Shop(resets: resets)
    try shop.write(correction.before, to: "Mappings/erp.json")
  }

  private func deliver(_ name: String, _ rows: [String]) throws {
    let text = ([CorrectedMappingTests.header] + rows).joined(separator: "\n") + "\n"
    try shop.write(text, to: "exports/\(name)")
  }

  /// Two nights under the mapping as it was.
  func wrongNights() async throws {
    try deliver("20261119.csv", CorrectedMappingTests.older)
    _ = try await reconcile()
    try deliver("20261120.csv", CorrectedMappingTests.last)
    _ = try await reconcile()
    _ = try await reconcile()
  }

  func correct(_ folder: CorrectedMappingTests.Folder) throws {
    let exports = shop.folder + "/exports/"
    switch folder {
    case .allThere: break
    case .renamed:
      try FileManager.default.moveItem(
        atPath: exports + "20261120.csv", toPath: exports + "done-20261120.txt")
    case .lastGone: try FileManager.default.removeItem(atPath: exports + "20261120.csv")
    case .allGone:
      for name in ["20261119.csv", "20261120.csv"] {
        try FileManager.default.removeItem(atPath: exports + name)
      }
    }
    try shop.write(correction.after, to: "Mappings/erp.json")
  }

  /// The next night's export says the same as the last, in another order.
  func deliverNext() throws { try deliver("20261121.csv", CorrectedMappingTests.last.reversed()) }

  func reconcile() async throws -> Summary { try await shop.reconcile() }

  /// The metadata at Commerce Layer by reference, as JSON.
  func metadata() async throws -> [String: String] {
    let resets = try await shop.control("resets") as? [[String: Any]] ?? []
    var found: [String: String] = [:]
    for reset in resets {
      guard let reference = reset["reference"] as? String else { continue }
      found[reference] = Self.text(reset["metadata"] as? [String: Any] ?? [:])
    }
    return found
  }

  /// The same with members in order and numbers as Foundation writes them.
  static func plain(_ metadata: [String: String]) -> [String: String] {
    metadata.mapValues { text in
      let object = try? JSONSerialization.jsonObject(with: Data(text.utf8))
      return Self.text(object as? [String: Any] ?? [:])
    }
  }

  private static func text(_ object: [String: Any]) -> String {
    let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  func imports(_ run: Summary) -> Int { (run.members["imports"] as? [Any] ?? []).count }

  func readAgain(_ run: Summary) -> Int {
    (run.members["imports"] as? [[String: Any]] ?? []).count {
      $0["read_again"] as? Bool == true
    }
  }
}
