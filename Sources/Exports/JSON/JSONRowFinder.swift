import Formats

/// Where the rows of a JSON document stand, where nobody has said so.
enum JSONRowFinder {
  /// How much of a document is looked at, in bytes, if a list that could be the rows is in it.
  static let sampleBytes = 4 << 20

  /// Where rows were found.
  enum Place: Equatable {
    /// In an array, at this pointer.
    case array(JSONPointer)
    /// Nowhere: the document is its own only row.
    case whole
  }

  /// Looks for the shallowest array of objects: the document itself, a member, a member's member;
  /// else for the only list there is.
  ///
  /// The beginning of the document suffices if there is one in it: lists that come later are met
  /// by whoever reads the rows. `open` opens the document anew.
  static func find(limits: ExportLimits, open: () throws -> any ByteStream) throws -> Place {
    let beginning = BeginningStream(try open(), bytesMax: sampleBytes)
    var place = try find(in: beginning, limits)
    if place == .whole, beginning.isCut {
      let whole = BeginningStream(try open(), bytesMax: .max)
      place = try find(in: whole, limits)
    }
    return place
  }

  private static func find(
    in stream: BeginningStream, _ limits: ExportLimits
  ) throws -> Place {
    var text = JSONCursor(stream, limits: limits)
    let first = try text.next()
    if first == UInt8(ascii: "[") { return .array(JSONPointer(tokens: [])) }
    guard first == UInt8(ascii: "{") else { return .whole }
    var found = JSONSurroundings()
    found.isChecked = false
    do {
      try found.passMembers(&text, at: [], names: [])
    } catch is ExportRefusal {
      // Cut or damaged: whoever reads it all says so, with the place.
    }
    return place(found.lists)
  }

  private static func place(_ lists: [JSONList]) -> Place {
    let candidates = lists.filter(\.couldBeRows)
    let filled = candidates.filter { $0.objects > 0 }
    // The first of the shallowest: `min` keeps the earlier of two that are equal.
    let best =
      (filled.isEmpty ? candidates : filled).min { $0.path.count < $1.path.count }
      ?? lists.first { $0.path.count == 1 && lists.count == 1 }
    return best.map { .array(JSONPointer(tokens: $0.path)) } ?? .whole
  }
}

/// The first bytes of a stream.
final class BeginningStream: ByteStream {
  private var stream: any ByteStream
  private var left: Int
  /// Whether there may be more behind what was handed out.
  private(set) var isCut = false

  init(_ stream: any ByteStream, bytesMax: Int) {
    self.stream = stream
    left = bytesMax
  }

  func next() throws -> [UInt8]? {
    guard left > 0 else {
      isCut = true
      return nil
    }
    guard let piece = try stream.next() else { return nil }
    left -= piece.count
    return piece
  }
}
