import Effects
import Formats
import Foundation

/// Measures the readers of JSON and CSV in memory.
enum ReaderRuns {
  static func json(_ words: InnerCommand.Words) throws -> JSONObject {
    let page = try Files().read(try words.text("path"), bytesMax: 1 << 20)
    let data = Data(page)
    let count = try words.number("megabytes") * 1_000_000 / page.count
    let read: () throws -> Int =
      switch try words.text("reader") {
      case "document": { try JSONDocument(page).root.count }
      case "tree": { try JSONValue(parsing: page).objectValue?.count ?? 0 }
      default:
        {
          (try JSONSerialization.jsonObject(with: data) as? [String: Any])?.count ?? 0
        }
      }
    _ = try read()
    let started = SystemTime().monotonicSeconds
    var members = 0
    for _ in 0..<count { members += try read() }
    let seconds = SystemTime().monotonicSeconds - started
    guard members > 0 else { throw BenchmarkError("the page is no object") }
    return ["megabytes_per_second": Quantity.json(Double(count * page.count) / 1e6 / seconds)]
  }

  /// Bytes that are handed to the reader at a time: as many as the program reads of a file.
  private static let pieceBytes = 256 << 10

  static func csv(_ words: InnerCommand.Words) throws -> JSONObject {
    let text = try Files().read(try words.text("path"), bytesMax: 1 << 30)
    let chunks = stride(from: 0, to: text.count, by: pieceBytes).map {
      Array(text[$0..<min($0 + pieceBytes, text.count)])
    }
    let count = max(1, try words.number("megabytes") * 1_000_000 / text.count)
    var (bytes, fields) = (0, 0)
    let started = SystemTime().monotonicSeconds
    for _ in 0..<count { try read(chunks, &bytes, &fields) }
    let seconds = SystemTime().monotonicSeconds - started
    return [
      "megabytes_per_second": Quantity.json(Double(count * text.count) / 1e6 / seconds),
      "fields": .int(fields / count), "bytes": .int(bytes / count),
    ]
  }

  private static func read(_ chunks: [[UInt8]], _ bytes: inout Int, _ fields: inout Int) throws {
    var reader = CSVReader()
    var row = CSVRow()
    func take() throws {
      while try reader.next(into: &row) {
        for index in 0..<row.count { bytes += row.range(index).count }
        fields += row.count
      }
    }
    for chunk in chunks {
      reader.feed(chunk)
      try take()
    }
    reader.finish()
    try take()
  }
}
