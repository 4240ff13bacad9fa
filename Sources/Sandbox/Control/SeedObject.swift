import Formats

/// Why a seed or a control request can't be used.
public struct SandboxSeedError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where in the document, such as `/resets/3/metadata`.
  public let pointer: String
  /// What is wrong and what was expected.
  public let message: String

  /// Says both.
  public var description: String { pointer.isEmpty ? message : "\(pointer): \(message)" }
}

/// Reads an object of a seed member by member and says where something is wrong.
struct SeedObject {
  let object: JSONObject
  let pointer: String

  init(_ value: JSONValue, at pointer: String) throws(SandboxSeedError) {
    guard let object = value.objectValue else {
      throw SandboxSeedError(pointer: pointer, message: "expected an object")
    }
    self.object = object
    self.pointer = pointer
  }

  func error(_ key: String, _ message: String) -> SandboxSeedError {
    SandboxSeedError(pointer: "\(pointer)/\(key)", message: message)
  }

  /// Refuses members that nobody reads.
  func allow(_ known: [String]) throws(SandboxSeedError) {
    for key in object.keys where !known.contains(key) {
      throw error(key, "unknown member; known are \(known.sorted().joined(separator: ", "))")
    }
  }

  func has(_ key: String) -> Bool { object[key] != nil }

  /// The value, or nil when it is missing or null.
  func value(_ key: String) -> JSONValue? {
    guard let value = object[key], !value.isNull else { return nil }
    return value
  }

  private func read<Value>(
    _ key: String, _ kind: String, _ convert: (JSONValue) -> Value?
  ) throws(SandboxSeedError) -> Value? {
    guard let value = value(key) else { return nil }
    guard let converted = convert(value) else { throw error(key, "expected \(kind)") }
    return converted
  }

  func text(_ key: String) throws(SandboxSeedError) -> String? {
    try read(key, "a string") { $0.text }
  }

  /// A text that must be there.
  func required(_ key: String) throws(SandboxSeedError) -> String {
    guard let text = try text(key) else { throw error(key, "expected a string") }
    return text
  }

  func integer(_ key: String) throws(SandboxSeedError) -> Int? {
    try read(key, "a whole number from 0 to 10000000") { value in
      value.numberValue?.int.flatMap { (0...10_000_000).contains($0) ? $0 : nil }
    }
  }

  func double(_ key: String) throws(SandboxSeedError) -> Double? {
    try read(key, "a number within a thousand million") { value in
      value.numberValue?.double.magnitude ?? .infinity <= 1e9 ? value.numberValue?.double : nil
    }
  }

  func bool(_ key: String) throws(SandboxSeedError) -> Bool? {
    try read(key, "true or false") { $0.boolValue }
  }

  func time(_ key: String) throws(SandboxSeedError) -> Timestamp? {
    try read(key, "a time such as 2026-01-01T12:00:00.000Z") { value in
      value.text.flatMap { Instant.microseconds(of: $0) }.map { Timestamp(microseconds: $0) }
    }
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Choice.Type
  ) throws(SandboxSeedError) -> Choice? where Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return try read(key, "one of \(names)") { $0.text.flatMap { Choice(rawValue: $0) } }
  }

  func child(_ key: String) throws(SandboxSeedError) -> SeedObject? {
    guard let value = value(key) else { return nil }
    return try SeedObject(value, at: "\(pointer)/\(key)")
  }

  func children(_ key: String) throws(SandboxSeedError) -> [SeedObject] {
    guard let value = value(key) else { return [] }
    guard let elements = value.arrayValue else { throw error(key, "expected an array") }
    var children: [SeedObject] = []
    for (index, element) in elements.enumerated() {
      children.append(try SeedObject(element, at: "\(pointer)/\(key)/\(index)"))
    }
    return children
  }
}
