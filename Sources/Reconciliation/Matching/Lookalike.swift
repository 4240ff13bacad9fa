/// How two references differ that are one but for their spelling.
///
/// Exports respell keys in a handful of ways: zeros in front are lost in a spreadsheet, an id
/// becomes `1001.0` in a script, a report gives 15 characters where the API gives 18.
public struct Lookalike: Sendable, Hashable {
  /// A way in which exports respell a reference; the raw value is what JSON shows.
  public enum Difference: String, Sendable, Hashable, CaseIterable {
    /// Characters without width.
    case zeroWidth = "zero_width"
    /// The guard `="00123"` or `'00123` of spreadsheets.
    case guarded = "spreadsheet_guard"
    /// Full-width and other compatibility forms.
    case form = "compatibility_form"
    /// White space anywhere.
    case blanks
    /// `.0` behind a whole number.
    case pointZero = "point_zero"
    /// A Salesforce id in 15 and in 18 characters.
    case length = "length_15_18"
    /// Upper and lower case.
    case letterCase = "case"
    /// Zeros in front.
    case leadingZeros = "leading_zeros"
  }

  /// In what they differ: the fewest that tell it all, in the order of `Difference`.
  public let differences: [Difference]
  /// The steps of `normalize` that would join them; empty where none does.
  public let steps: [Normalization]

  /// How two keys of a mapping differ; nil if they are the same, or not alike.
  public init?(_ one: String, _ other: String) {
    guard one != other, let found = Self.subsets.first(where: { $0.join(one, other) }) else {
      return nil
    }
    differences = found
    var steps = found.flatMap { $0.steps(joining: one, other) }
    if steps.normalize(one) != steps.normalize(other) { steps = [] }
    self.steps = steps
  }

  /// All sets of differences, the smaller ones first.
  private static let subsets: [[Difference]] = {
    let all = Difference.allCases
    return (1..<1 << all.count).map { bits in
      all.indices.filter { bits & 1 << $0 != 0 }.map { all[$0] }
    }.sorted { $0.count < $1.count }
  }()

  // MARK: Other spellings

  /// The most digits that zeros fill a number up to: SAP's longest keys.
  private static let paddedDigitsMax = 20

  /// The spellings under which the other side may know a reference, without itself.
  ///
  /// Some three dozen: each can be looked up by index, where all keys of a side would have to be
  /// read to compare them folded.
  public static func spellings(of reference: String) -> [String] {
    let plain = [Difference.zeroWidth, .guarded, .form, .blanks, .pointZero].fold(reference)
    let bare = Normalization.stripLeadingZeros.apply(plain)
    var found = [plain, bare, plain + ".0", bare + ".0"]
    found += [plain, bare].flatMap { [$0.caseFolded, $0.uppercased()] }
    if bare.utf8.allSatisfy(isDigit), bare.utf8.count < paddedDigitsMax {
      found += (1...paddedDigitsMax - bare.utf8.count).map {
        String(repeating: "0", count: $0) + bare
      }
    }
    found += [SalesforceID.short(plain), SalesforceID.long(plain)].compactMap { $0 }
    found += [
      "=\"\(plain)\"", "'" + plain, plain.fullWidth, "\u{FEFF}" + plain, plain + "\u{200B}",
    ]
    found += [" " + plain, plain + " "]
    var seen: Set<String> = [reference]
    return found.filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension Lookalike.Difference {
  /// The text without what differs in this way.
  fileprivate func fold(_ text: String) -> String {
    switch self {
    case .zeroWidth: Normalization.zeroWidth.apply(text)
    case .guarded: Normalization.unguard.apply(text)
    case .form: Normalization.nfkc.apply(text)
    case .blanks: String(text.filter { !$0.isWhitespace })
    case .pointZero: text.withoutPointZero
    case .length: SalesforceID.short(text) ?? text
    case .letterCase: Normalization.casefold.apply(text)
    case .leadingZeros: Normalization.stripLeadingZeros.apply(text)
    }
  }

  /// The steps that make the two one, as far as they differ in this way.
  fileprivate func steps(joining one: String, _ other: String) -> [Normalization] {
    switch self {
    case .zeroWidth: return [.zeroWidth]
    case .guarded: return [.unguard]
    case .form: return [.nfkc]
    case .letterCase: return [.casefold]
    case .leadingZeros: return [.stripLeadingZeros]
    case .blanks:
      let steps: [Normalization] = [.trim, .collapseSpaces, .digitsOnly]
      let isNumber = fold(one).utf8.allSatisfy(Lookalike.isDigit)
      return steps.first { step in
        (step != .digitsOnly || isNumber) && step.apply(one) == step.apply(other)
      }.map { [$0] } ?? []
    case .length: return Normalization(name: "salesforce_18").map { [$0] } ?? []
    case .pointZero: return []
    }
  }
}

extension [Lookalike.Difference] {
  fileprivate func fold(_ text: String) -> String { reduce(text) { $1.fold($0) } }

  /// Whether two texts differ in nothing else.
  fileprivate func join(_ one: String, _ other: String) -> Bool {
    let folded = fold(one)
    return !folded.isEmpty && folded == fold(other)
  }
}

extension String {
  /// A whole number without `.0`, `.00` … behind it; any other text as it is.
  fileprivate var withoutPointZero: String {
    let parts = split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
      parts[0].utf8.allSatisfy(Lookalike.isDigit), parts[1].utf8.allSatisfy({ $0 == 0x30 })
    else { return self }
    return String(parts[0])
  }

  /// Visible ASCII in its full-width forms (U+FF01 to U+FF5E).
  fileprivate var fullWidth: String {
    let scalars = unicodeScalars.map { scalar in
      (0x21...0x7E).contains(scalar.value)
        ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
