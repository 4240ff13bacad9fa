import Formats
import Testing

@Suite struct Base64Tests {
  // RFC 4648 section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func `the vectors of RFC 4648`(text: String, coded: String) {
    #expect(Base64.encode(Array(text.utf8)) == coded)
    #expect(Base64.decode(coded) == Array(text.utf8))
    let bare = String(coded.prefix { $0 != "=" })
    #expect(Base64.encode(Array(text.utf8), .url) == bare)
    #expect(Base64.decode(bare, .url) == Array(text.utf8))
    #expect(Base64.decode(coded, .url) == Array(text.utf8))
  }

  @Test(arguments: [
    "Zg", "Zg=", "Zg===", "Z", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zm9v====", "====", "=", "Zm-_",
    "Zg==Zg==", "Zm9é",
  ])
  func `loose spellings are refused`(text: String) { #expect(Base64.decode(text) == nil) }

  @Test func `the two alphabets`() {
    #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
    #expect(Base64.encode([0xFB, 0xFF], .url) == "-_8")
    #expect(Base64.decode("+/8", .url) == nil)
    #expect(Base64.decode("Zh", .url) == nil)
  }

  @Test func `random bytes survive base 64 and hex`() {
    var random = SeededGenerator(seed: 7)
    for length in 0..<100 {
      let bytes = (0..<length).map { _ in UInt8(random.below(256)) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
      #expect(Base64.decode(Base64.encode(bytes, .url), .url) == bytes)
      #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }
    #expect(Hex.decode("0aFF") == [10, 255])
    #expect(Hex.decode("0") == nil)
    #expect(Hex.decode("0g") == nil)
  }
}
