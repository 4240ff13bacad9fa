import Formats
import Reconciliation
import Testing

/// What a reader of rows remembers of a cell must not be taken for what another one is.
struct RowMemoryTests {
  private struct Rows {
    var reader: PlainRowReader

    init(_ members: String, nulls: String = #"[""]"#) throws {
      let mapping = try mapping(
        """
        {"name": "m", "origins": ["m"], 
         "export": {"path": "x", "format": "csv", "nulls": \(nulls)},
         "reference": {"column": "ID"}, "fields": [{"column": "N", "metadata": "n", \(members)}]}
        """)
      reader = PlainRowReader(mapping, places: [0, 1])
    }

    /// The cells of the row; nil where the long way must tell.
    mutating func cells(_ cell: String) throws -> [Cell]? {
      var rows = CSVReader()
      rows.feed(Array("K1,\(cell)\n".utf8))
      rows.finish()
      let row = try #require(try rows.next())
      var bytes: [UInt8] = []
      guard case .record = reader.read(row, line: 1, into: &bytes) else { return nil }
      return try CellText(bytes: bytes[...]).cells()
    }

    mutating func isRecord(_ cell: String) throws -> Bool { try cells(cell) != nil }
  }

  @Test func `texts that differ in one place are told apart, whatever their length`() throws {
    for length in 1...40 {
      var rows = try Rows(#""type": "integer""#)
      let sound = Array(repeating: Character("1"), count: length)
      #expect(try rows.isRecord(String(sound)))
      for place in sound.indices {
        for letter in [Character("x"), "y"] {
          var damaged = sound
          damaged[place] = letter
          #expect(try !rows.isRecord(String(damaged)), "\(length): \(place)")
          #expect(try rows.isRecord(String(sound)))
        }
      }
    }
  }

  @Test func `blanks around a mark for nothing don't count`() throws {
    var rows = try Rows(#""type": "string""#, nulls: #"["", "NULL"]"#)
    for mark in ["", " ", " \t ", "NULL", " NULL", "NULL ", "  NULL  "] {
      #expect(try rows.cells(mark)?.last == .null, "\(mark)")
    }
    for text in ["NUL", "NULLS", " NULL NULL ", "null", " x ", "é", "Ü "] {
      let cells = try rows.cells(text)
      #expect(cells == nil || cells?.last == .text(text), "\(text)")
    }
    // Blanks outside ASCII are left to the long way.
    for text in [" NULL\u{A0}", "\u{A0}NULL ", " \u{3000}NULL", "\u{A0} ", " NULL\u{2000}"] {
      #expect(try rows.cells(text) == nil, "\(text)")
    }
    var none = try Rows(#""type": "string""#, nulls: "[]")
    for text in ["", " ", "NULL"] { #expect(try none.cells(text)?.last == .text(text)) }
  }

  @Test func `more texts than are remembered are told apart`() throws {
    var rows = try Rows(#""type": "integer""#)
    for number in 1..<4000 {
      #expect(try rows.isRecord("\(number)"))
      #expect(try !rows.isRecord("\(number)x"))
    }
  }
}
