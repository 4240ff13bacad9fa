/// Finds values in JSON texts that were checked before, without building anything of them.
///
/// Gives up rather than guess: where a key is escaped or not ASCII, or the text is not as it
/// should be, the whole text must be read (`JSONValue`).
public struct JSONPeek: Sendable {
  /// A key on the way to a value.
  private struct Step: Sendable {
    let key: [UInt8]
    /// The places of the paths that end here.
    var places: [Int] = []
    var steps: [Step] = []
  }

  private var top = Step(key: [])
  /// How many paths there are.
  public let count: Int

  /// Looks for these paths of keys, each from the top of an object down.
  public init(_ paths: [[String]]) {
    count = paths.count
    for (place, path) in paths.enumerated() { Self.add(path[...], place, to: &top) }
  }

  private static func add(_ path: ArraySlice<String>, _ place: Int, to step: inout Step) {
    guard let key = path.first else {
      step.places.append(place)
      return
    }
    let bytes = Array(key.utf8)
    let index = step.steps.firstIndex { $0.key == bytes } ?? step.steps.count
    if index == step.steps.count { step.steps.append(Step(key: bytes)) }
    add(path.dropFirst(), place, to: &step.steps[index])
  }

  /// Where the value of each path stands in an object; an empty range where there is none.
  ///
  /// False when the text doesn't tell, also where a value on the way is no object.
  public func find(in bytes: Span<UInt8>, _ found: inout [Range<Int>]) -> Bool {
    for place in found.indices { found[place] = 0..<0 }
    while found.count < count { found.append(0..<0) }
    guard bytes.count > 1, bytes[0] == 0x7B else { return false }
    return object(bytes, 0, top, &found) == bytes.count
  }

  /// The end of the object that begins at `start`; -1 when the text doesn't tell.
  private func object(
    _ bytes: Span<UInt8>, _ start: Int, _ step: Step, _ found: inout [Range<Int>]
  ) -> Int {
    var i = Self.space(bytes, start + 1)
    if i < bytes.count, bytes[i] == 0x7D { return i + 1 }
    while i < bytes.count, bytes[i] == 0x22 {
      let key = i + 1
      let end = skipPlain(bytes, key)
      guard end < bytes.count, bytes[end] == 0x22 else { return -1 }
      i = Self.space(bytes, end + 1)
      guard i < bytes.count, bytes[i] == 0x3A else { return -1 }
      let value = Self.space(bytes, i + 1)
      i = member(bytes, key..<end, value, step, &found)
      guard i > 0 else { return -1 }
      i = Self.space(bytes, i)
      guard i < bytes.count else { return -1 }
      if bytes[i] == 0x7D { return i + 1 }
      guard bytes[i] == 0x2C else { return -1 }
      i = Self.space(bytes, i + 1)
    }
    return -1
  }

  private func member(
    _ bytes: Span<UInt8>, _ key: Range<Int>, _ value: Int, _ step: Step,
    _ found: inout [Range<Int>]
  ) -> Int {
    for next in step.steps where Self.equal(bytes, key, next.key) {
      guard next.places.isEmpty || next.steps.isEmpty else { return -1 }
      guard next.places.isEmpty else {
        let end = Self.value(bytes, value)
        if end > 0 { for place in next.places { found[place] = value..<end } }
        return end
      }
      guard value < bytes.count, bytes[value] == 0x7B else { return -1 }
      return object(bytes, value, next, &found)
    }
    return Self.value(bytes, value)
  }

  /// Where each element of an array stands; false when the text doesn't tell.
  public static func elements(of bytes: Span<UInt8>, _ places: inout [Range<Int>]) -> Bool {
    places.removeAll(keepingCapacity: true)
    guard bytes.count > 1, bytes[0] == 0x5B else { return false }
    var i = space(bytes, 1)
    if i < bytes.count, bytes[i] == 0x5D { return i + 1 == bytes.count }
    while i < bytes.count {
      let end = value(bytes, i)
      guard end > 0 else { return false }
      places.append(i..<end)
      i = space(bytes, end)
      guard i < bytes.count else { return false }
      if bytes[i] == 0x5D { return i + 1 == bytes.count }
      guard bytes[i] == 0x2C else { return false }
      i = space(bytes, i + 1)
    }
    return false
  }

  // MARK: - Passing over

  /// The end of the value that begins at `start`; -1 when it has none.
  private static func value(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    guard start < bytes.count else { return -1 }
    var depth = 0
    var i = start
    repeat {
      switch bytes[i] {
      case 0x22:
        i = string(bytes, i)
        guard i > 0 else { return -1 }
      case 0x7B, 0x5B:
        depth += 1
        i += 1
      case 0x7D, 0x5D:
        depth -= 1
        i += 1
      default: i = depth == 0 ? word(bytes, i) : i + 1
      }
    } while depth > 0 && i < bytes.count
    return depth == 0 && i > start ? i : -1
  }

  private static func string(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var i = start + 1
    while true {
      i = skipPlain(bytes, i)
      guard i < bytes.count else { return -1 }
      if bytes[i] == 0x22 { return i + 1 }
      i += bytes[i] == 0x5C ? 2 : 1
    }
  }

  /// A number, `true`, `false` or `null`.
  private static func word(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var i = start
    while i < bytes.count, bytes[i] > 0x20, bytes[i] != 0x2C, bytes[i] != 0x7D, bytes[i] != 0x5D {
      i += 1
    }
    return i
  }

  @inline(__always)
  private static func space(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var i = start
    while i < bytes.count, bytes[i] <= 0x20 { i += 1 }
    return i
  }

  @inline(__always)
  private static func equal(_ bytes: Span<UInt8>, _ range: Range<Int>, _ key: [UInt8]) -> Bool {
    guard range.count == key.count else { return false }
    for i in 0..<key.count where bytes[range.lowerBound + i] != key[i] { return false }
    return true
  }
}
