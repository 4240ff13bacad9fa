/// A settings file: JSON with `//` and `/* */` comments, trailing commas and an optional UTF-8
/// byte order mark; duplicate keys are refused, and every key and value knows its place.
public struct SettingsDocument: Sendable {
  /// The file as it was named, for messages.
  public let file: String
  let document: JSONDocument
  let lines: LineIndex

  /// Reads a whole settings file; throws its first syntax error as the one problem.
  public init(
    _ bytes: [UInt8], file: String, limits: JSONLimits = .standard
  ) throws(SettingsProblems) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    self.file = file
    guard !Self.isUTF16(bytes) else {
      throw SettingsProblems([
        SettingsProblem(
          file: file, line: 1, column: 1, path: "", message: "the file is UTF-16",
          hint: "save it as UTF-8")
      ])
    }
    do throws(JSONError) {
      document = try JSONDocument(text, limits: limits, syntax: .settings)
    } catch {
      throw SettingsProblems([
        SettingsProblem(
          file: file, line: error.line, column: error.column, path: "",
          message: error.message)
      ])
    }
    lines = LineIndex(text)
  }

  /// By its byte order mark, or by the zero that stands beside every ASCII character.
  private static func isUTF16(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
      || bytes.prefix(2).contains(0) && bytes.prefix(4).contains { $0 != 0 }
  }

  /// The whole file as a value.
  public var value: JSONValue { document.root.value }

  /// Where the value under these keys begins; where it is missing, the innermost section of them.
  public func place(of keys: [String]) -> TextPosition {
    var node = document.root
    for key in keys {
      guard let inner = node[key] else { break }
      node = inner
    }
    return position(node.offset)
  }

  /// Where a byte offset of the file (without its mark) stands.
  func position(_ offset: Int) -> TextPosition { lines.position(at: offset) }
}

/// The problems that all readers of one document collect together.
final class SettingsCollector {
  let document: SettingsDocument
  private(set) var problems: [SettingsProblem] = []
  private(set) var readers: [SettingsReader] = []

  init(_ document: SettingsDocument) { self.document = document }

  func add(_ offset: Int, _ path: String, _ message: String, _ hint: String?) {
    let place = document.position(offset)
    let problem = SettingsProblem(
      file: document.file, line: place.line, column: place.column, path: path, message: message,
      hint: hint)
    if !problems.contains(problem) { problems.append(problem) }
  }

  func register(_ reader: SettingsReader) { readers.append(reader) }
}
