import Formats

/// Recognises pairs on which both sides agree in everything, by the bytes that the mirror keeps.
///
/// Most pairs of a walk over all keys are such: one record, one reset, no link or one that rests,
/// no conflict. `assess` would find them `in_sync` with nothing to say, and say so after building
/// every value; here nothing is built. Whatever isn't beyond doubt is left to `assess`.
///
/// Serves the benchmark's line of the first reconcile. May assume that nothing else stands at the
/// key; `PlainPairsTests` and `PlainAgreementTests` hold it equal to `assess`.
public struct AgreementFastPath {
  private let fields: [PlainField]
  private let verify: [PlainIdentity]
  private let peek: JSONPeek
  /// The places of the fields' and then of the identities' columns; -1 where there is none.
  private var places: [Int] = []
  private var cells: [Range<Int>] = []
  private var found: [Range<Int>] = []
  private var memory: [PlainMemory]

  /// The base of the pair that agreed last, as `Base.encoded` writes it.
  public private(set) var base: [UInt8] = []

  /// For pairs of this mapping.
  public init(_ mapping: Mapping) {
    // The order of `Base.encoded`.
    let rules = mapping.fields.sorted { $0.metadata.precedesByBytes($1.metadata) }
    fields = rules.map { PlainField($0) }
    let attributes = mapping.verify.map { pair -> FieldTarget? in
      if case .metadata(let target) = pair.attribute { target } else { nil }
    }
    let targets = rules.map(\.target) + attributes.compactMap(\.self)
    peek = JSONPeek(targets.map(\.path))
    var next = rules.count
    verify = zip(mapping.verify, attributes).map { pair, attribute in
      defer { if attribute != nil { next += 1 } }
      return PlainIdentity(pair, target: attribute == nil ? nil : next)
    }
    memory = rules.map { _ in PlainMemory() }
  }

  /// Says which columns the cells of the next pairs belong to.
  public mutating func take(columns: [String]) {
    places = (fields.map(\.rule.column) + verify.map(\.pair.column)).map { column in
      columns.firstIndex(ofExactly: column) ?? -1
    }
  }

  /// Whether the two sides agree in every field and identity; then `base` is what they agree on.
  ///
  /// `cells` is a JSON array, one element per column: a text, null, `[]` for absent, `[value]`;
  /// `metadata` the object of the reset; `email` its customer's, empty for none. False says
  /// nothing.
  public mutating func agree(
    cells text: Span<UInt8>, metadata: Span<UInt8>, email: Span<UInt8>
  ) -> Bool {
    guard JSONPeek.elements(of: text, &cells), peek.find(in: metadata, &found) else {
      return false
    }
    for (place, identity) in verify.enumerated() {
      let cell = cell(places[fields.count + place])
      let isSame =
        if let target = identity.target {
          identity.agrees(text, cell, metadata, found[target], quoted: true)
        } else {
          identity.agrees(text, cell, email, 0..<email.count, quoted: false)
        }
      guard isSame else { return false }
    }
    base.removeAll(keepingCapacity: true)
    base.append(UInt8(ascii: "{"))
    for place in fields.indices {
      guard agree(field: place, text, metadata) else { return false }
    }
    base.append(UInt8(ascii: "}"))
    return true
  }

  private func cell(_ place: Int) -> Range<Int> {
    place >= 0 && place < cells.count ? cells[place] : 0..<0
  }

  private mutating func agree(
    field place: Int, _ text: Span<UInt8>, _ metadata: Span<UInt8>
  ) -> Bool {
    let (field, cell, remote) = (fields[place], cell(places[place]), found[place])
    // A missing column, or a blank cell of which nothing follows.
    if cell.isEmpty || field.ignoresNull && text[cell.lowerBound] == 0x6E { return true }
    if let plain = field.plain(text, cell, metadata, remote) {
      begin(field)
      base.append(UInt8(ascii: "["))
      // The range lies inside the text; the bytes don't leave the closure.
      unsafe text.extracting(plain).withUnsafeBufferPointer {
        unsafe base.append(contentsOf: $0)
      }
      base.append(UInt8(ascii: "]"))
      return true
    }
    switch memory[place].verdict(field, text, cell, metadata, remote) {
    case .ignored: return true
    case .agreed(let value):
      begin(field)
      base.append(contentsOf: value)
      return true
    case .open: return false
    }
  }

  private mutating func begin(_ field: PlainField) {
    if base.count > 1 { base.append(UInt8(ascii: ",")) }
    base.append(contentsOf: field.prefix)
  }
}

/// What becomes of a field, as far as it can be told without a base.
enum PlainVerdict {
  /// The source says nothing.
  case ignored
  /// Both sides are equal; the agreed value in the form of a base.
  case agreed([UInt8])
  /// Anything else.
  case open
}

/// One managed field; a class because its rule is large to copy.
final class PlainField: Sendable {
  let rule: FieldRule
  /// The field's name in a base.
  let prefix: [UInt8]
  /// Whether a null cell says nothing.
  let ignoresNull: Bool
  private let takesText: Bool
  private let takesDigits: Bool
  private let takesPoint: Bool

  init(_ rule: FieldRule) {
    self.rule = rule
    prefix = JSONValue.string(rule.metadata).writtenBytes() + [UInt8(ascii: ":")]
    ignoresNull = rule.blank == .ignore
    let isAsItIs = rule.transform.isEmpty && rule.values == nil
    takesText = isAsItIs && rule.type == .string && rule.maxLength == nil
    // Digits are the same number with either decimal mark; a dot is one where that is known.
    takesDigits = isAsItIs && (rule.type == .decimal || rule.type == .integer)
    takesPoint = takesDigits && rule.type == .decimal && rule.mark == .dot
  }

  /// The bytes of a cell that is, byte for byte, the value of the remote.
  func plain(
    _ text: Span<UInt8>, _ cell: Range<Int>, _ metadata: Span<UInt8>, _ remote: Range<Int>
  ) -> Range<Int>? {
    guard takesText || takesDigits, cell.count > 2, text[cell.lowerBound] == 0x22 else {
      return nil
    }
    let value = takesText ? cell : cell.lowerBound + 1..<cell.upperBound - 1
    guard value.count == remote.count else { return nil }
    for i in 0..<value.count {
      let byte = text[value.lowerBound + i]
      guard byte == metadata[remote.lowerBound + i] else { return nil }
      if takesText {
        guard byte != 0x5C else { return nil }
      } else {
        guard byte &- 0x30 < 10 || takesPoint && byte == 0x2E else { return nil }
      }
    }
    return value
  }

  /// The same by the rules of the merge; both texts are JSON, an empty remote is absent.
  func judge(_ cell: [UInt8], _ remote: [UInt8]) -> PlainVerdict {
    guard let cell = Cell(stored: cell), let held = FieldValue(json: remote) else { return .open }
    switch convert(cell, by: rule) {
    case .ignored: return .ignored
    case .invalid: return .open
    case .value(let source):
      let (ours, theirs) = (rule.canonical(source), rule.canonical(held))
      return ours == theirs ? .agreed(ours.boxed.writtenBytes()) : .open
    }
  }
}

/// One pair of values that tell whose record and reset these are.
struct PlainIdentity {
  let pair: IdentityPair
  /// The place of the attribute in the metadata; nil for the e-mail.
  let target: Int?

  init(_ pair: IdentityPair, target: Int?) {
    self.pair = pair
    self.target = target
  }

  /// Whether both values are the same beyond doubt, or one of them is not there.
  func agrees(
    _ text: Span<UInt8>, _ cell: Range<Int>, _ other: Span<UInt8>, _ range: Range<Int>,
    quoted: Bool
  ) -> Bool {
    guard !range.isEmpty, cell.count > 2, text[cell.lowerBound] != 0x6E else { return true }
    guard text[cell.lowerBound] == 0x22, !quoted || other[range.lowerBound] == 0x22 else {
      return false
    }
    let ours = cell.lowerBound + 1..<cell.upperBound - 1
    let theirs = quoted ? range.lowerBound + 1..<range.upperBound - 1 : range
    guard ours.count == theirs.count else { return false }
    var isSame = true
    for i in 0..<ours.count {
      let (one, two) = (text[ours.lowerBound + i], other[theirs.lowerBound + i])
      // An escape is another spelling than it seems; beyond ASCII, so may be the letter.
      guard one != 0x5C, two != 0x5C else { return false }
      if one == two { continue }
      guard Self.lowercased(one) == Self.lowercased(two) else { return false }
      isSame = false
    }
    if isSame { return true }
    guard pair.compare == .caseInsensitive else { return false }
    // Beyond ASCII both are equal by now, so one of them tells.
    return Self.isASCII(text, ours)
  }

  private static func isASCII(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for i in range where text[i] >= 0x80 { return false }
    return true
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }
}

/// What was found out about pairs of cell and value; columns repeat themselves.
struct PlainMemory {
  private struct Entry {
    var key: [UInt8] = []
    var verdict = PlainVerdict.open
  }

  private var entries: [Entry] = []
  /// How many verdicts are kept: two per remainder of the hash, the newer one first.
  private static let entriesMax = 8_192
  /// Pairs of more bytes are not kept.
  private static let keyBytesMax = 256

  mutating func verdict(
    _ field: PlainField, _ text: Span<UInt8>, _ cell: Range<Int>, _ metadata: Span<UInt8>,
    _ remote: Range<Int>
  ) -> PlainVerdict {
    guard cell.count + remote.count < Self.keyBytesMax else {
      return field.judge(Self.copy(text, cell), Self.copy(metadata, remote))
    }
    if entries.isEmpty { entries = Array(repeating: Entry(), count: Self.entriesMax) }
    let place = Self.place(text, cell, metadata, remote)
    for place in place...place + 1
    where Self.holds(entries[place].key, text, cell, metadata, remote) {
      return entries[place].verdict
    }
    let (one, two) = (Self.copy(text, cell), Self.copy(metadata, remote))
    entries.swapAt(place, place + 1)
    entries[place] = Entry(key: one + [0] + two, verdict: field.judge(one, two))
    return entries[place].verdict
  }

  /// The first of the two places where a pair may stand.
  private static func place(
    _ text: Span<UInt8>, _ cell: Range<Int>, _ metadata: Span<UInt8>, _ remote: Range<Int>
  ) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for i in cell { hash = (hash ^ UInt64(text[i])) &* 0x100_0000_01B3 }
    // No text in JSON has the byte 0: it parts the two.
    hash = hash &* 0x100_0000_01B3
    for i in remote { hash = (hash ^ UInt64(metadata[i])) &* 0x100_0000_01B3 }
    return Int((hash ^ hash >> 32) % UInt64(entriesMax / 2)) * 2
  }

  private static func copy(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    for i in range { bytes.append(text[i]) }
    return bytes
  }

  private static func holds(
    _ key: [UInt8], _ text: Span<UInt8>, _ cell: Range<Int>, _ metadata: Span<UInt8>,
    _ remote: Range<Int>
  ) -> Bool {
    guard key.count == cell.count + remote.count + 1, key[cell.count] == 0 else { return false }
    for i in 0..<cell.count where key[i] != text[cell.lowerBound + i] { return false }
    let rest = cell.count + 1
    for i in 0..<remote.count where key[rest + i] != metadata[remote.lowerBound + i] {
      return false
    }
    return true
  }
}

extension Cell {
  /// Reads a cell as the mirror writes it; nil for anything else.
  fileprivate init?(stored bytes: [UInt8]) {
    switch try? JSONValue(parsing: bytes) {
    case .string(let text)?: self = .text(text.value)
    case .null?: self = .null
    case .array(let box)?:
      guard let value = box.first else {
        self = .absent
        return
      }
      self = .json(value)
    case .bool?, .number?, .object?, nil: return nil
    }
  }
}

extension FieldValue {
  /// The value of a JSON text; absent for an empty one, nil for a broken one.
  fileprivate init?(json bytes: [UInt8]) {
    guard !bytes.isEmpty else {
      self = .absent
      return
    }
    guard let value = try? JSONValue(parsing: bytes) else { return nil }
    self = .present(value)
  }
}
