public import Formats

/// When a value became what it is, as far as that was seen.
public struct ChangeSpan: Sendable, Hashable {
  /// Not before this; nil where nothing is known.
  public let after: Timestamp?
  /// At this time at the latest; nil where nothing is known.
  public let until: Timestamp?

  /// Takes both as they are.
  public init(after: Timestamp?, until: Timestamp?) {
    self.after = after
    self.until = until
  }

  /// Exactly then, or unknown.
  public init(at time: Timestamp?) { self.init(after: time, until: time) }
}

/// When the parts of a reset's metadata became what they are: a change of one makes no other newer.
///
/// A part is named by its path of keys. What is not named has been as it is since the mirror saw
/// the reset first.
public struct FieldTimes: Sendable, Hashable {
  private var spans: [[String]: ChangeSpan]

  /// The most parts whose times are kept; beyond, all that is known is that something changed.
  public static let partsMax = 64

  /// All parts are as they were when the reset was first seen.
  public init(firstSeen updated: Timestamp?) {
    spans = [[]: ChangeSpan(after: nil, until: updated)]
  }

  /// The span of the part at this path: of itself, of what holds it and of what it holds the latest
  /// one.
  public func span(of path: [String]) -> ChangeSpan {
    let related = spans.filter { other, _ in
      !other.isEmpty && zip(other, path).allSatisfy { $0 == $1 }
    }
    let latest = related.values.max { Self.last($0) < Self.last($1) }
    return latest ?? spans[[]] ?? ChangeSpan(at: nil)
  }

  private static func last(_ span: ChangeSpan) -> Timestamp {
    span.until ?? Timestamp(microseconds: .min)
  }

  /// Notes what differs between two states of the metadata.
  public mutating func note(
    from old: JSONObject, to new: JSONObject, after: Timestamp?, until: Timestamp?
  ) {
    note(old, new, at: [], ChangeSpan(after: after, until: until))
    guard spans.count > FieldTimes.partsMax else { return }
    spans = [[]: ChangeSpan(after: nil, until: until)]
  }

  private mutating func note(
    _ old: JSONObject, _ new: JSONObject, at path: [String], _ span: ChangeSpan
  ) {
    for key in Set(old.keys).union(new.keys) {
      switch (old[key], new[key]) {
      case (.object(let left)?, .object(let right)?): note(left, right, at: path + [key], span)
      case (let left, let right) where left?.canonicalText != right?.canonicalText:
        spans[path + [key]] = span
      default: break
      }
    }
  }
}

// Stored as `[[[key, …], after, until], …]`, times in microseconds.
extension FieldTimes {
  /// Compact JSON; equal times are equal text.
  public func encoded() -> String {
    JSONValue.array(
      spans.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { path, span in
        .array([
          .array(path.map { .string($0) }), Self.number(span.after), Self.number(span.until),
        ])
      }
    ).written()
  }

  private static func number(_ time: Timestamp?) -> JSONValue {
    time.map { .int(Int($0.microseconds)) } ?? .null
  }

  /// Reads what `encoded` wrote; nil for anything else.
  public init?(decoding text: String) {
    guard let list = (try? JSONValue(parsing: text))?.arrayValue else { return nil }
    spans = [:]
    for entry in list {
      guard let parts = entry.arrayValue, parts.count == 3, let path = parts[0].arrayValue else {
        return nil
      }
      func time(_ place: Int) -> Timestamp? {
        parts[place].int.map { Timestamp(microseconds: Int64($0)) }
      }
      spans[path.compactMap(\.text)] = ChangeSpan(after: time(1), until: time(2))
    }
  }
}
