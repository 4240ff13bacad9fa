import Formats
import TestKit
import Testing

@Suite struct CompoundFileTests {
  @Test(arguments: [1, 3, 4, 9, 60])
  func `names its streams, over several sectors of the directory`(count: Int) throws {
    let names = ["Root Entry", "\u{6}DataSpaces"] + (1...count).map { "Größe \($0)" }
    let bytes = ExportFixtures.compoundFile(names)
    #expect(bytes.starts(with: CompoundFile.start))
    #expect(try CompoundFile(ByteArraySource(bytes)).names == names)
  }

  @Test func `reads no further than a damaged file goes`() throws {
    let whole = ExportFixtures.compoundFile((1...20).map { "Stream \($0)" })
    for length in stride(from: 0, to: whole.count, by: 97) {
      let names = try CompoundFile(ByteArraySource(Array(whole.prefix(length)))).names
      #expect(names.count <= 20)
    }
    #expect(try CompoundFile(ByteArraySource(Array("ID;NAME\n".utf8))).names.isEmpty)
    // A directory that leads to itself ends.
    var endless = whole
    endless.replaceSubrange(516..<520, with: [1, 0, 0, 0])
    #expect(try CompoundFile(ByteArraySource(endless)).names.count >= 20)
  }
}
