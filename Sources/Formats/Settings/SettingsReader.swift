/// Decodes one object of a settings file key by key and collects every problem on the way.
///
/// A getter whose value is missing or unfit notes the problem and returns something neutral, so
/// that decoding reads as a list of keys; `finish()` at the end throws what was collected, and
/// names the keys nobody asked for. `null` counts as missing. Getters without a default are for
/// keys that must be there.
///
///     let settings = SettingsReader(document)
///     let api = settings.section("api")
///     let url = api.string("base_url")
///     let timeout = api.duration("timeout", default: 15)
///     try settings.finish()
public final class SettingsReader {
  /// The way to this object, such as `fields[2]`; empty for the whole file.
  public let path: String
  private let node: JSONNode?
  private let collector: SettingsCollector
  private let offset: Int
  private(set) var asked: [String] = []
  /// Whether something else than an object stands here: that is one problem, and enough.
  private let isMuted: Bool

  /// A reader over a whole file, which must be one object; `$schema` is allowed in it.
  public init(_ document: SettingsDocument) {
    let root = document.document.root
    path = ""
    collector = SettingsCollector(document)
    offset = root.offset
    node = root.kind == .object ? root : nil
    isMuted = node == nil
    asked = ["$schema"]
    collector.register(self)
    if root.kind != .object {
      collector.add(offset, "", "expected an object in { }, found \(root.kind.words)", nil)
    }
  }

  init(
    node: JSONNode?, path: String, collector: SettingsCollector, offset: Int? = nil,
    isMuted: Bool = false
  ) {
    self.node = node
    self.isMuted = isMuted
    self.path = path
    self.collector = collector
    self.offset = offset ?? node?.offset ?? 0
    collector.register(self)
  }

  // MARK: - Any value

  /// The keys that are there, in order.
  public var keys: [String] { node.map { $0.members.map(\.key) } ?? [] }

  /// Where the object starts.
  public var position: TextPosition { collector.document.position(offset) }

  /// The value of a key, nil where it is missing or `null`.
  public func value(_ key: String) -> SettingsValue? {
    if !asked.contains(key) { asked.append(key) }
    guard let member = node?[key], !member.isNull else { return nil }
    return SettingsValue(path: path(to: key), node: member, collector: collector)
  }

  /// Whether a key is there with another value than `null`; counts as asked for.
  public func has(_ key: String) -> Bool { value(key) != nil }

  /// The value of a key as JSON, `null` included; nil where the key is missing.
  public func json(_ key: String) -> JSONValue? {
    if !asked.contains(key) { asked.append(key) }
    return node?[key]?.value
  }

  /// Notes a problem with the value of a key (at the object's start where it is missing), which
  /// counts as asked for.
  public func problem(_ key: String, _ message: String, hint: String? = nil) {
    if !asked.contains(key) { asked.append(key) }
    collector.add(node?[key]?.offset ?? offset, path(to: key), message, hint)
  }

  // MARK: - Required

  /// A string that must be there.
  public func string(_ key: String) -> String { required(key, "") { $0.asString() } }

  /// A whole number that must be there, within a range.
  public func int(_ key: String, in range: ClosedRange<Int> = .min ... .max) -> Int {
    required(key, 0) { $0.asInt(range) }
  }

  /// A number that must be there, within a range.
  public func double(
    _ key: String, in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .infinity
  ) -> Double {
    required(key, 0) { $0.asDouble(range) }
  }

  /// A boolean that must be there.
  public func bool(_ key: String) -> Bool { required(key, false) { $0.asBool() } }

  /// A duration such as `"15m"` that must be there, in seconds, within a range of seconds.
  public func duration(_ key: String, in range: ClosedRange<Double> = 0 ... .infinity) -> Double {
    required(key, 0) { $0.asDuration(range) }
  }

  /// One of several names, which must be there.
  public func choice(_ key: String, among names: [String]) -> String {
    required(key, names.first ?? "") { $0.asChoice(names) }
  }

  /// A case of an enum by its name, which must be there.
  public func choice<Choice>(_ key: String, of type: Choice.Type = Choice.self) -> Choice
  where Choice: CaseIterable & RawRepresentable, Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue)
    return required(key, Choice.allCases[Choice.allCases.startIndex]) {
      $0.asChoice(names).flatMap(Choice.init)
    }
  }

  /// A list of strings that must be there and hold at least so many.
  public func strings(_ key: String, atLeast minimum: Int = 0) -> [String] {
    required(key, []) { value in
      let list = value.asStrings()
      if let list, list.count < minimum, value.node.count < minimum {
        value.problem("expected at least \(minimum) in the list, found \(list.count)")
      }
      return list
    }
  }

  // MARK: - Optional and with defaults

  /// A string, or nil where it is missing.
  public func optionalString(_ key: String) -> String? { value(key)?.asString() }
  /// A whole number within a range, or nil where it is missing.
  public func optionalInt(_ key: String, in range: ClosedRange<Int> = .min ... .max) -> Int? {
    value(key)?.asInt(range)
  }
  /// A number within a range, or nil where it is missing.
  public func optionalDouble(
    _ key: String, in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .infinity
  ) -> Double? {
    value(key)?.asDouble(range)
  }
  /// A boolean, or nil where it is missing.
  public func optionalBool(_ key: String) -> Bool? { value(key)?.asBool() }
  /// A duration in seconds, or nil where it is missing.
  public func optionalDuration(
    _ key: String, in range: ClosedRange<Double> = 0 ... .infinity
  ) -> Double? {
    value(key)?.asDuration(range)
  }
  /// One of several names, or nil where it is missing.
  public func optionalChoice(_ key: String, among names: [String]) -> String? {
    value(key)?.asChoice(names)
  }
  /// A case of an enum by its name, or nil where it is missing.
  public func optionalChoice<Choice>(_ key: String, of type: Choice.Type = Choice.self) -> Choice?
  where Choice: CaseIterable & RawRepresentable, Choice.RawValue == String {
    value(key)?.asChoice(Choice.allCases.map(\.rawValue)).flatMap(Choice.init)
  }
  /// A list of strings, or nil where it is missing.
  public func optionalStrings(_ key: String) -> [String]? { value(key)?.asStrings() }

  /// A string, or the default where it is missing.
  public func string(_ key: String, default fallback: String) -> String {
    optionalString(key) ?? fallback
  }
  /// A whole number within a range, or the default where it is missing.
  public func int(
    _ key: String, in range: ClosedRange<Int> = .min ... .max, default fallback: Int
  ) -> Int {
    optionalInt(key, in: range) ?? fallback
  }
  /// A number within a range, or the default where it is missing.
  public func double(
    _ key: String, in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .infinity,
    default fallback: Double
  ) -> Double {
    optionalDouble(key, in: range) ?? fallback
  }
  /// A boolean, or the default where it is missing.
  public func bool(_ key: String, default fallback: Bool) -> Bool { optionalBool(key) ?? fallback }
  /// A duration in seconds, or the default (in seconds) where it is missing.
  public func duration(
    _ key: String, in range: ClosedRange<Double> = 0 ... .infinity, default fallback: Double
  ) -> Double {
    optionalDuration(key, in: range) ?? fallback
  }
  /// One of several names, or the default where it is missing.
  public func choice(_ key: String, among names: [String], default fallback: String) -> String {
    optionalChoice(key, among: names) ?? fallback
  }
  /// A case of an enum by its name, or the default where it is missing.
  public func choice<Choice>(_ key: String, default fallback: Choice) -> Choice
  where Choice: CaseIterable & RawRepresentable, Choice.RawValue == String {
    optionalChoice(key) ?? fallback
  }
  /// A list of strings, or the default where it is missing.
  public func strings(_ key: String, default fallback: [String]) -> [String] {
    optionalStrings(key) ?? fallback
  }

  // MARK: - Structures

  /// An object under a key; a missing one reads as empty, so that its required keys are reported.
  public func section(_ key: String) -> SettingsReader {
    optionalSection(key)
      ?? SettingsReader(
        node: nil, path: path(to: key), collector: collector, offset: offset,
        isMuted: isMuted || has(key))
  }

  /// An object under a key, nil where it is missing or something else.
  public func optionalSection(_ key: String) -> SettingsReader? {
    guard let value = value(key) else { return nil }
    if let section = value.section { return section }
    value.wrongKind("an object in { }")
    return nil
  }

  /// The objects of a list under a key; a missing list reads as empty.
  public func sections(_ key: String, atLeast minimum: Int = 0) -> [SettingsReader] {
    guard let value = value(key) else {
      if minimum > 0 { missing(key) }
      return []
    }
    guard value.kind == .array else {
      value.wrongKind("a list of objects", hint: value.kind == .object ? "put it in [ ]" : nil)
      return []
    }
    if value.node.count < minimum {
      value.problem("expected at least \(minimum) in the list, found \(value.node.count)")
    }
    return value.elements.compactMap { element in
      if element.section == nil { element.wrongKind("an object in { }") }
      return element.section
    }
  }

  /// The elements of a list of any values, or nil where it is missing.
  public func values(_ key: String) -> [SettingsValue]? {
    guard let value = value(key) else { return nil }
    guard value.kind == .array else {
      value.wrongKind("a list", hint: "put it in [ ]")
      return nil
    }
    return value.elements
  }

  /// The members of an object whose values are strings, in order; a missing one reads as empty.
  public func stringMap(_ key: String) -> [(key: String, value: String)] {
    guard let section = optionalSection(key) else { return [] }
    return section.keys.compactMap { name in section.value(name)?.asString().map { (name, $0) } }
  }

  /// The members of an object with any values, in order; a missing one reads as empty.
  public func valueMap(_ key: String) -> [(key: String, value: SettingsValue)] {
    guard let section = optionalSection(key) else { return [] }
    return section.keys.compactMap { name in section.value(name).map { (name, $0) } }
  }

  // MARK: - The end

  /// Everything noted so far by all readers of the file, in the order of the file; nothing about
  /// unknown keys.
  public var problems: [SettingsProblem] {
    collector.problems.sorted { ($0.line, $0.column, $0.path) < ($1.line, $1.column, $1.path) }
  }

  /// Throws everything noted by all readers of the file, and the keys nobody asked for.
  public func finish() throws(SettingsProblems) {
    for reader in collector.readers { reader.noteUnknownKeys() }
    guard !collector.problems.isEmpty else { return }
    throw SettingsProblems(problems)
  }

  private func noteUnknownKeys() {
    guard let node else { return }
    for (key, offset) in Self.keyOffsets(node) where !askedAnywhere(key) {
      collector.add(offset, path(to: key), "unknown key \"\(key)\"", hint(forUnknown: key))
    }
  }

  /// Whether any reader over this same object asked for the key.
  private func askedAnywhere(_ key: String) -> Bool {
    asked.contains(key) || collector.readers.contains { $0.path == path && $0.asked.contains(key) }
  }

  private func hint(forUnknown key: String) -> String? {
    let known = collector.readers.filter { $0.path == path }.flatMap(\.asked)
    if let near = nearestName(to: key, among: known.filter { $0 != "$schema" }) {
      return "did you mean \"\(near)\"?"
    }
    if let home = collector.readers.first(where: { $0.asked.contains(key) }) {
      return "it belongs " + (home.path.isEmpty ? "at the top of the file" : "in \(home.path)")
    }
    return nil
  }

  private static func keyOffsets(_ node: JSONNode) -> [(String, Int)] {
    var offsets: [(String, Int)] = []
    var place = node.index + 1
    for _ in 0..<node.count {
      let key = JSONNode(storage: node.storage, index: place)
      offsets.append((key.string ?? "", key.offset))
      place = Int(node.storage.tape[place + 1].next)
    }
    return offsets
  }

  private func path(to key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func missing(_ key: String) {
    guard !isMuted else { return }
    collector.add(offset, path(to: key), "is missing", "add the key \"\(key)\"")
  }

  private func required<Value>(
    _ key: String, _ neutral: Value, _ convert: (SettingsValue) -> Value?
  ) -> Value {
    guard let value = value(key) else {
      missing(key)
      return neutral
    }
    return convert(value) ?? neutral
  }
}
