import Formats
import Testing

@Suite struct NDJSONTests {
  @Test(arguments: [1, 2, 3, 7, 1000])
  func `lines come one by one however the bytes arrive`(size: Int) throws {
    let text = Array("{\"a\":1}\r\n\n  \n[2]\n\"é\"".utf8)
    var reader = NDJSONReader()
    var found: [String] = []
    var lines: [Int] = []
    for start in stride(from: 0, to: text.count, by: size) {
      reader.feed(text[start..<min(start + size, text.count)])
      while let document = try reader.next() {
        found.append(document.root.value.written())
        lines.append(reader.line)
      }
    }
    reader.finish()
    while let document = try reader.next() {
      found.append(document.root.value.written())
      lines.append(reader.line)
    }
    #expect(found == [#"{"a":1}"#, "[2]", #""é""#])
    #expect(lines == [1, 4, 5])
  }

  @Test func `a bad line is named and the next ones are read`() throws {
    var reader = NDJSONReader()
    reader.feed(Array("1\n\n{\"a\":}\n2\n".utf8))
    reader.finish()
    #expect(try reader.next()?.root.int == 1)
    let error = try #require(throws: JSONError.self) { try reader.next() }
    #expect(error.line == 3)
    #expect(error.column == 6)
    #expect(try reader.next()?.root.int == 2)
    #expect(try reader.next() == nil)
  }

  @Test func `a line beyond the limit is reported once and passed over`() throws {
    var reader = NDJSONReader(limits: JSONLimits(bytesMax: 8))
    var errors = 0
    var values: [Int] = []
    for chunk in ["[1,1,1,1,1", ",1,1,1,1,1,1,1", "]\n7", "\n"] {
      reader.feed(Array(chunk.utf8))
      while true {
        do {
          guard let document = try reader.next() else { break }
          values.append(document.root.int ?? -1)
        } catch {
          errors += 1
          #expect(error.line == 1)
        }
      }
    }
    #expect(errors == 1)
    #expect(values == [7])
  }
}
