import Effects
import Formats
import Reconciliation

/// Puts the files of a look together to deliveries.
///
///     Kunden_20261122_001.csv ┐
///     Kunden_20261122_002.csv ┼─► Kunden_20261122 (3 parts), where the last has settled
///     Kunden_20261122_003.csv ┘
///     Kunden_20261123_001.csv ──► waits: part 2 is not there, but part 3 is
///     Kunden_20261123_003.csv
enum DeliverySets {
  /// What all parts of a set have in common.
  private struct Name: Hashable {
    let folder: String
    let set: String
    let rule: ExportRule
  }

  static func gather(_ look: inout SourceLook) {
    var parts: [Name: [(number: Int, file: WaitingExport)]] = [:]
    var found: [(place: Int, delivery: Delivery)] = []
    var matchers: [TextPattern: TextMatcher] = [:]
    var lastPlace: [Name: Int] = [:]
    for (place, export) in look.exports.enumerated() {
      guard let rule = export.rule.parts else {
        found.append((place, Delivery(export)))
        continue
      }
      let matcher = matchers[rule.pattern] ?? rule.pattern.matcher
      matchers[rule.pattern] = matcher
      guard let groups = matcher.groups(in: export.name), let set = groups["set"],
        let number = groups["part"].flatMap({ SequenceNumber($0) })
      else {
        look.passedOver.append(PassedOver(export.path, .noPart))
        continue
      }
      let name = Name(folder: FilePath.folder(of: export.path), set: set, rule: export.rule)
      parts[name, default: []].append((Int(number.value), export))
      lastPlace[name] = place
    }
    for (name, members) in parts {
      let sorted = members.sorted { ($0.number, $0.file.name) < ($1.number, $1.file.name) }
      found.append(
        (
          lastPlace[name] ?? 0,
          Delivery(
            sorted.map(\.file), set: name.set,
            readiness: readiness(sorted, of: name.set, name.rule))
        ))
    }
    let passed = Set(look.passedOver.lazy.filter { $0.reason == .noPart }.map(\.path))
    look.exports.removeAll { passed.contains($0.path) }
    look.deliveries = inSequence(found.sorted { $0.place < $1.place }.map(\.delivery))
  }

  // MARK: - Whether a set is complete

  private static func readiness(
    _ parts: [(number: Int, file: WaitingExport)], of set: String, _ rule: ExportRule
  ) -> WaitingExport.Readiness {
    if let words = fault(parts, rule) { return .incomplete("\(set): \(words)") }
    return parts.map(\.file.readiness).first { $0 != .ready } ?? .ready
  }

  private static func fault(
    _ parts: [(number: Int, file: WaitingExport)], _ rule: ExportRule
  ) -> String? {
    let numbers = parts.map(\.number)
    for (one, two) in zip(parts, parts.dropFirst()) where one.number == two.number {
      return "part \(one.number) is there twice, as \(one.file.name) and as \(two.file.name)"
    }
    let first = numbers.first == 0 ? 0 : 1
    let count = rule.parts?.count
    let last = count.map { first + $0 - 1 } ?? numbers.last ?? first
    if let count, let behind = numbers.first(where: { $0 > last }) {
      return "part \(behind) is there, but an export has \(count) parts (\"count\")"
    }
    let there = Set(numbers)
    let missing = (first...max(first, last)).prefix(PartsRule.partsMax).filter {
      !there.contains($0)
    }
    guard let lacking = missing.first else { return nil }
    let more = missing.count > 1 ? " and \(missing.count - 1) more are" : " is"
    return "part \(lacking)\(more) not there yet; there \(numbers.count == 1 ? "is" : "are") "
      + numbers.prefix(namedMax).map { "\($0)" }.joined(separator: ", ")
      + (numbers.count > namedMax ? " …" : "")
  }

  /// How many parts that are there a message names.
  private static let namedMax = 20

  // MARK: - Their order

  /// Deliveries that are numbered come in the order of their numbers, at the places that those of
  /// their rule have by their times.
  private static func inSequence(_ deliveries: [Delivery]) -> [Delivery] {
    var result = deliveries
    var places: [ExportRule: [Int]] = [:]
    for (place, delivery) in deliveries.enumerated() where delivery.sequenceNumber != nil {
      places[delivery.rule, default: []].append(place)
    }
    for own in places.values where own.count > 1 {
      let sorted = own.map { deliveries[$0] }.sorted {
        ($0.sequenceNumber ?? 0, $0.name) < ($1.sequenceNumber ?? 0, $1.name)
      }
      for (place, delivery) in zip(own, sorted) { result[place] = delivery }
    }
    return result
  }
}
