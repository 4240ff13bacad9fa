/// The text of a file with SHA-256 digests, in the forms that `sha256sum` and the BSD tools write.
///
///     9f86d0…  kunden.csv           GNU, read as text
///     9f86d0… *kunden.csv           GNU, read as bytes
///     SHA256 (kunden.csv) = 9f86d0…
///     9f86d0…
struct SidecarText {
  /// One digest, and the name it is of; nil where the line has none.
  struct Line: Equatable {
    let name: String?
    let sha256: String
  }

  /// The lines that hold a digest.
  let lines: [Line]

  init(_ bytes: [UInt8]) {
    // Windows tools write it as UTF-16 too.
    let text = String(decoding: TextStart(bytes).text, as: UTF8.self)
    lines = text.split { $0.isNewline }.compactMap { Self.line(Self.trimmed($0)) }
  }

  /// The digest of a file: by its name, else the only one there is.
  func digest(of name: String) -> Line? {
    let own = lines.first { line in line.name.map { Self.last($0) == name } ?? false }
    return own ?? (lines.count == 1 ? lines[0] : nil)
  }

  private static func trimmed(_ line: Substring) -> String {
    String(
      line.drop { $0 == "\u{FEFF}" || $0.isWhitespace }.reversed().drop(while: \.isWhitespace)
        .reversed())
  }

  private static func line(_ line: String) -> Line? {
    if let digest = digest(line[...]) { return Line(name: nil, sha256: digest) }
    if line.lowercased().hasPrefix("sha256"), let open = line.firstIndex(of: "("),
      let close = line.lastIndex(of: ")"), open < close
    {
      let rest = line[line.index(after: close)...].drop { $0 == " " || $0 == "=" }
      return digest(rest).map {
        Line(name: String(line[line.index(after: open)..<close]), sha256: $0)
      }
    }
    // A name with a backslash or a line break is written with backslashes, and the line says so.
    let isEscaped = line.hasPrefix("\\")
    let body = isEscaped ? line.dropFirst() : line[...]
    guard let digest = digest(body.prefix(64)) else { return nil }
    let rest = body.dropFirst(64)
    guard rest.first == " " || rest.first == "\t" else { return nil }
    var name = rest.drop { $0 == " " || $0 == "\t" }
    if name.first == "*" { name = name.dropFirst() }
    let plain =
      isEscaped
      ? name.split(separator: "\\\\", omittingEmptySubsequences: false).joined(separator: "\\")
      : String(name)
    return Line(name: plain, sha256: digest)
  }

  private static func digest(_ text: Substring) -> String? {
    text.utf8.count == 64 && text.allSatisfy(\.isHexDigit) ? text.lowercased() : nil
  }

  /// The last part of a path, whatever its slashes.
  static func last(_ path: String) -> String {
    path.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? path
  }
}
