import Formats

/// The beginning of what may be text, as UTF-8: to tell what it is.
struct TextStart {
  /// The bytes without blanks before them, as UTF-8 where a mark names their encoding.
  let text: [UInt8]
  /// The encoding that a byte order mark names; nil without one.
  private let marked: String?

  init(_ start: [UInt8]) {
    let mark = ByteOrderMark(start)
    marked = mark.map(\.encoding.name)
    var bytes = start
    if let mark, mark != .utf8 {
      // A character may be cut at the end.
      var decoder = try? TextDecoder(mark.encoding)
      bytes = (try? decoder?.decode(start)) ?? []
    } else if mark == .utf8 {
      bytes = Array(start.dropFirst(3))
    }
    text = Array(bytes.drop { $0 <= 0x20 })
  }

  /// Whether there are no control characters, which other content has.
  private var isText: Bool {
    !text.contains { $0 < 0x20 && !(0x09...0x0D).contains($0) && $0 != 0x1B }
  }

  /// Whether an HTML page begins here, or a part of one.
  func isWebPage(orFragment: Bool) -> Bool {
    let start = lowercased(15)
    let starts = ["<!doctype html", "<html"] + (orFragment ? ["<head", "<table"] : [])
    return starts.contains { start.hasPrefix($0) }
  }

  /// Whether it is XML of the kind that Excel 2003 wrote.
  var isSpreadsheetXML: Bool {
    guard text.first == UInt8(ascii: "<") else { return false }
    let start = lowercased(text.count)
    return start.contains("urn:schemas-microsoft-com:office:spreadsheet")
      || start.contains("progid=\"excel.sheet\"")
  }

  /// Whether a document of JSON objects begins here, or lines of them: no table has such a header.
  var isJSON: Bool {
    let signs = text.prefix(startMax).filter { $0 > 0x20 }
    return signs.starts(with: Array("{\"".utf8)) || signs.starts(with: Array("[{\"".utf8))
      || signs.elementsEqual(Array("[]".utf8)) || signs.elementsEqual(Array("{}".utf8))
  }
  private var startMax: Int { 64 }

  /// What kind of text it is; nil for none.
  var words: String? {
    guard let first = text.first, isText else { return nil }
    let encoding = marked.map { " (\($0))" } ?? ""
    switch first {
    case UInt8(ascii: "<"): return "an XML document" + encoding
    case UInt8(ascii: "{"), UInt8(ascii: "["): return "JSON" + encoding
    default:
      let line = text.prefix { $0 != 0x0A && $0 != 0x0D }
      return (line.contains(0x09) ? "text with tabs between its cells" : "plain text") + encoding
    }
  }

  private func lowercased(_ count: Int) -> String {
    String(decoding: text.prefix(count), as: UTF8.self).lowercased()
  }
}
