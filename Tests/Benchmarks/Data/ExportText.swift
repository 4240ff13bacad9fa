/// The export of a source: a header and one row of twelve columns for each customer.
struct ExportText: Sendable {
  /// In which order the rows stand.
  enum Order: String, Sendable {
    /// As most systems write them.
    case byKey = "key"
    /// As databases without an order give them.
    case shuffled
  }

  let size: Int
  let seed: UInt64
  var order = Order.byKey
  /// How many rows have another credit limit than at first, spread over the file.
  var changed = 0
  /// Whether every field stands in quotes.
  var isQuoted = false

  static let columns = [
    "ID", "EMAIL", "NAME", "GROUP", "LIMIT", "CITY", "COUNTRY", "BLOCKED", "NOTE", "SINCE",
    "CHANGED", "DELETED",
  ]

  /// The bytes handed on at a time.
  private static let chunkBytes = 1 << 20

  /// Makes the text in pieces, in bounded memory.
  func write(_ take: ([UInt8]) throws -> Void) throws {
    var piece: [UInt8] = []
    piece.reserveCapacity(Self.chunkBytes + 4_096)
    add(Self.columns, to: &piece)
    let shuffle = Shuffle(count: size, seed: seed)
    for place in 0..<size {
      let number = order == .byKey ? place : shuffle.number(at: place)
      add(row(number), to: &piece)
      if piece.count >= Self.chunkBytes {
        try take(piece)
        piece.removeAll(keepingCapacity: true)
      }
    }
    try take(piece)
  }

  private func row(_ number: Int) -> [String] {
    var customer = Customer(number, seed: seed)
    if isChanged(number) { customer.limit += 1_000_000 }
    return [
      customer.reference, customer.email, customer.name, customer.group, customer.limitText,
      customer.city, customer.country, customer.isBlocked ? "yes" : "no", customer.note,
      customer.since, customer.changedAt, "",
    ]
  }

  private func isChanged(_ number: Int) -> Bool {
    guard changed > 0 else { return false }
    let step = max(1, size / changed)
    return number % step == 0 && number / step < changed
  }

  private func add(_ fields: [String], to piece: inout [UInt8]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { piece.append(0x2C) }
      let needsQuotes = isQuoted || field.utf8.contains { $0 == 0x2C || $0 == 0x22 }
      if needsQuotes {
        piece.append(0x22)
        for byte in field.utf8 {
          if byte == 0x22 { piece.append(0x22) }
          piece.append(byte)
        }
        piece.append(0x22)
      } else {
        piece.append(contentsOf: field.utf8)
      }
    }
    piece.append(0x0A)
  }
}
