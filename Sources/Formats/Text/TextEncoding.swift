/// A text encoding by name: any that the system's `iconv` knows.
///
/// Nothing is transliterated and nothing is left out: `//TRANSLIT` and `//IGNORE` are no names.
public struct TextEncoding: Sendable, Hashable {
  /// The name as it is shown: in lower case, and one for all spellings of the usual encodings.
  public let name: String
  /// Whether the name leaves the order of bytes to a byte order mark.
  let isOrderOpen: Bool

  /// UTF-8, RFC 3629.
  public static let utf8 = TextEncoding(known: "utf-8")
  /// UTF-16, low byte first, RFC 2781.
  public static let utf16LE = TextEncoding(known: "utf-16le")
  /// UTF-16, high byte first, RFC 2781.
  public static let utf16BE = TextEncoding(known: "utf-16be")
  /// UTF-32, low byte first.
  public static let utf32LE = TextEncoding(known: "utf-32le")
  /// UTF-32, high byte first.
  public static let utf32BE = TextEncoding(known: "utf-32be")

  private init(known name: String) {
    self.name = name
    isOrderOpen = ["utf-16", "utf-32"].contains(name)
  }

  /// An encoding by any of its names, whatever the case; nil where the system knows none.
  public init?(name: String) {
    guard Self.isPlain(name), let known = Self.knownName(name.lowercased()) else { return nil }
    self.init(known: known)
  }

  /// Whether a name stands for an encoding that the system reads.
  public static func isKnown(_ name: String) -> Bool { TextEncoding(name: name) != nil }

  /// What to write in place of a name that is not known.
  public static func advice(inPlaceOf name: String) -> String {
    let names = usual.filter(isKnown)
    let near = nearestName(to: name.lowercased(), among: names)
    return (near.map { "did you mean \($0)? " } ?? "")
      + "usual ones are utf-8, utf-16, windows-1250 to windows-1258, iso-8859-1 to iso-8859-16, "
      + "cp437, cp850, cp852, macintosh, cp932, gb18030, big5, euc-kr; `iconv -l` lists all "
      + "that this system has, and the rarer ones may need the package libc-gconv-modules-extra "
      + "or glibc-gconv-extra"
  }

  /// The encodings that exports are met in, the likelier first.
  static let usual =
    ["utf-8", "windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254"]
    + ["windows-1257", "windows-1255", "windows-1256", "windows-1258", "iso-8859-15"]
    + ["iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-9", "iso-8859-13"]
    + ["cp850", "cp852", "cp437", "cp866", "cp858", "macintosh", "mac-centraleurope"]
    + ["mac-cyrillic", "koi8-r", "koi8-u", "windows-874", "gb18030", "cp932", "cp949", "big5"]
    + ["euc-jp", "euc-kr", "big5-hkscs", "iso-2022-jp", "cp775", "cp857", "cp737"]
    + ["iso-8859-3", "iso-8859-4", "iso-8859-6", "iso-8859-8", "iso-8859-10", "iso-8859-14"]
    + ["iso-8859-16", "ibm037", "ibm273", "ibm500", "ibm1047", "ibm1140", "ibm1141"]
    + ["utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be", "utf-7", "us-ascii"]

  // MARK: - Names

  /// Whether a text may be a name at all: what `iconv` takes for more than a name is none.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy { byte in
        isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.:()+".utf8.contains(byte)
      }
  }

  /// Spellings that the system does not know, or that mean the same as others.
  private static let spellings: [String: String] = [
    "utf8": "utf-8", "utf8bom": "utf-8", "utf8sig": "utf-8", "cp65001": "utf-8",
    "utf16": "utf-16", "ucs2": "utf-16", "unicode": "utf-16", "utf16le": "utf-16le",
    "ucs2le": "utf-16le", "unicodelittle": "utf-16le", "utf16be": "utf-16be",
    "ucs2be": "utf-16be", "unicodebig": "utf-16be", "utf32": "utf-32", "ucs4": "utf-32",
    "utf32le": "utf-32le", "ucs4le": "utf-32le", "utf32be": "utf-32be", "ucs4be": "utf-32be",
    "latin1": "iso-8859-1", "latin2": "iso-8859-2", "latin9": "iso-8859-15",
    "macroman": "macintosh", "xmacroman": "macintosh", "mac": "macintosh",
    "macce": "mac-centraleurope", "maclatin2": "mac-centraleurope",
    "maccentraleurope": "mac-centraleurope", "iso2022jp": "iso-2022-jp",
    "iso2022kr": "iso-2022-kr", "iso2022cn": "iso-2022-cn", "ascii": "us-ascii",
    "usascii": "us-ascii", "windows949": "cp949", "windows932": "cp932",
    // What is called so was written by Windows: `iconv` itself would read a backslash as a yen sign
    // and a tilde as an overline (WHATWG Encoding, label "shift_jis").
    "windows31j": "cp932", "sjis": "cp932", "shiftjis": "cp932", "xsjis": "cp932",
    "mskanji": "cp932",
  ]

  private static func knownName(_ name: String) -> String? {
    let plain = name.filter { $0.isLetter || $0.isNumber }
    if let known = spellings[plain] { return known }
    // `cp1250`, `win1250` and `1250` are Windows' own; a number without a maker is no other's.
    for prefix in ["windows", "win", "cp", ""] {
      guard plain.hasPrefix(prefix) else { continue }
      let number = plain.dropFirst(prefix.count)
      if number.count == 4, number.hasPrefix("125") { return system("windows-\(number)") }
    }
    if plain.hasPrefix("iso8859") { return system("iso-8859-\(plain.dropFirst(7))") }
    return system(name) ?? system(String(name.map { $0 == "_" ? "-" : $0 }))
  }

  private static func system(_ name: String) -> String? {
    SystemConverter.knows(name) ? name : nil
  }
}

/// Why bytes are no text in their encoding, and where.
public struct TextEncodingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public let message: String
  /// The line, counted from 1.
  public let line: Int
  /// The column, counted from 1, in Unicode scalars.
  public let column: Int
  /// The bytes that don't fit, in hex; empty where no single place is wrong.
  public let hex: String
  /// Whether the text ends inside a character that more bytes could complete.
  public let isCut: Bool

  /// An error at a place.
  public init(
    message: String, line: Int = 1, column: Int = 1, hex: String = "", isCut: Bool = false
  ) {
    self.message = message
    self.line = line
    self.column = column
    self.hex = hex
    self.isCut = isCut
  }

  /// The message with its place.
  public var description: String { "line \(line), column \(column): \(message)" }
}
