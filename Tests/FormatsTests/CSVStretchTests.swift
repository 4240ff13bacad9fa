import Formats
import Testing

struct CSVStretchTests {
  private static let rows = (0..<20).map { "\($0),\"a \($0)\n b\",plain text of row \($0)\n" }

  /// Reads whole rows until none are left, and tells their first fields and lines.
  private func rest(_ reader: inout CSVReader) throws -> [String] {
    var found: [String] = []
    while let row = try reader.next() { found.append("\(row.text(0)) on \(row.line)") }
    return found
  }

  private func stretch(of rows: Range<Int>) throws -> CSVStretch {
    var reader = CSVReader()
    reader.feed(Array(("id,a,b\n" + Self.rows.joined()).utf8))
    for _ in 0...rows.lowerBound { _ = try reader.next() }
    let isOpen = reader.openStretch()
    #expect(isOpen)
    for _ in rows { _ = try reader.next() }
    let closed = reader.closeStretch()
    return try #require(closed)
  }

  @Test func `a stretch is passed where its bytes come again, on whatever line`() throws {
    let known = try stretch(of: 5..<10)
    #expect(known.lines == 10)
    #expect(known.length == Self.rows[5..<10].joined().utf8.count)
    var reader = CSVReader()
    reader.feed(Array(("x,y,z\n1,2,3\n" + Self.rows[5...].joined()).utf8))
    reader.finish()
    _ = try reader.next()
    _ = try reader.next()
    #expect(reader.beginning == known.beginning)
    let isPassed = reader.pass(known)
    #expect(isPassed)
    let others = try rest(&reader)
    #expect(others.prefix(2) == ["10 on 13", "11 on 15"])
  }

  @Test func `one other byte, and nothing is passed`() throws {
    let known = try stretch(of: 5..<10)
    var bytes = Array(("x,y,z\n" + Self.rows[5...].joined()).utf8)
    bytes[6 + known.length - 3] ^= 1
    var reader = CSVReader()
    reader.feed(bytes)
    _ = try reader.next()
    #expect(reader.beginning == known.beginning)
    let isPassed = reader.pass(known)
    #expect(!isPassed)
    let next = try reader.next()
    #expect(next?.text(0) == "5")
  }

  @Test func `what was not fed yet can't be passed`() throws {
    let known = try stretch(of: 5..<10)
    let bytes = Array(Self.rows[5...].joined().utf8)
    var reader = CSVReader()
    reader.feed([0x78, 0x0A])
    _ = try reader.next()
    reader.feed(Array(bytes[..<(known.length - 1)]))
    let isPassedFirst = reader.pass(known)
    #expect(!isPassedFirst)
    reader.feed(Array(bytes[(known.length - 1)...]))
    let isPassedThen = reader.pass(known)
    #expect(isPassedThen)
  }

  @Test func `pieces of any size give the same stretch`() throws {
    let whole = try stretch(of: 0..<20)
    for size in [64, 65, 100, 333] {
      var reader = CSVReader()
      let bytes = Array(("id,a,b\n" + Self.rows.joined()).utf8)
      var at = 0
      var rows = 0
      var isOpen = false
      while rows < 21 {
        if rows == 1, !isOpen { isOpen = reader.openStretch() }
        if rows == 0 || isOpen, try reader.next() != nil {
          rows += 1
          continue
        }
        reader.feed(bytes[at..<min(at + size, bytes.count)])
        at = min(at + size, bytes.count)
        if at == bytes.count { reader.finish() }
      }
      let closed = reader.closeStretch()
      #expect(closed == whole)
    }
  }

  @Test func `a stretch begins and ends between rows`() throws {
    var reader = CSVReader()
    reader.feed(Array(Self.rows.joined().utf8))
    let isOpenFirst = reader.openStretch()
    #expect(!isOpenFirst, "no line end went before")
    _ = try reader.next()
    let isOpenThen = reader.openStretch()
    #expect(isOpenThen)
    let closedFirst = reader.closeStretch()
    #expect(closedFirst == nil, "nothing was read")
    var last = CSVReader()
    last.feed(Array(("a\n" + String(repeating: "b", count: 100)).utf8))
    last.finish()
    _ = try last.next()
    let isOpenLast = last.openStretch()
    #expect(isOpenLast)
    let next = try last.next()
    #expect(next != nil)
    let closedThen = last.closeStretch()
    #expect(closedThen == nil, "the last row has no line end")
  }
}
