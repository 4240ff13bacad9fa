import Console
import Testing

@Suite struct VisibleTextTests {
  @Test(arguments: [
    ("plain text", "plain text"), ("", ""), (" lead", "·lead"), ("two  spaces", "two··spaces"),
    ("trail ", "trail·"), ("a\u{A0}b", "aU+00A0b"), ("tab\there", "tab⇥here"),
    ("a\nb", "a⏎b"), ("a\r\nb", "a␍⏎b"), ("zero\u{200B}width", "zeroU+200Bwidth"),
    ("evil\u{202E}txt", "evilU+202Etxt"), ("esc\u{1B}[31m", "escU+001B[31m"),
    ("nul\u{0}", "nulU+0000"), ("Größe", "Größe"), ("👩‍👩‍👧", "👩‍👩‍👧"), ("a\u{200D}b", "aU+200Db"),
    ("tag\u{E0041}", "tagU+E0041"), ("bom\u{FEFF}", "bomU+FEFF"), ("שלום", "שלום"),
    ("line\u{2028}sep", "lineU+2028sep"),
  ])
  func `what can't be seen becomes a sign`(text: String, expected: String) {
    #expect(VisibleText(text).text == expected)
  }

  @Test func `laid out text keeps its spaces`() {
    #expect(VisibleText("  a  b ", keepsSpaces: true).text == "  a  b ")
    #expect(VisibleText.of("a  \u{7}") == "a  U+0007")
  }
}
