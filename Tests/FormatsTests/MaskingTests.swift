import Formats
import Testing

@Suite struct MaskingTests {
  @Test(arguments: [
    ("anna@example.com", "a•••@example.com"),
    (
      "Mail anna.b+x@example.com or <bob@x.org>, please",
      "Mail a•••@example.com or <b•••@x.org>, please"
    ),
    ("mailto:anna@example.com?x=1", "mailto:a•••@example.com?x=1"),
    ("https://x.org/?m=anna%40example.com", "https://x.org/?m=anna%40example.com"),
    ("a•••@example.com", "a•••@example.com"), ("no address", "no address"), ("@handle", "@handle"),
    ("a@b@c.org", "a•••@b•••@c.org"), ("ünal@exämple.de", "ü•••@exämple.de"),
    ("\"odd name\"@example.com", "\"•••@example.com"), ("anna＠example.com", "a•••＠example.com"),
    ("root@localhost", "r•••@localhost"), ("x at @ y", "x at @ y"), ("100%", "100%"), ("", ""),
  ])
  func `addresses are masked wherever they stand`(text: String, expected: String) {
    if text.contains("%40") {
      #expect(!Masking.masked.text(text).contains("anna"))
    } else {
      #expect(Masking.masked.text(text) == expected)
    }
    #expect(Masking.full.text(text) == text)
  }

  @Test func `values are masked in texts and keys, and keep the rest as spelled`() throws {
    let value = try JSONValue(parsing: #"{"anna@x.org":[1.0,"to bob@y.org",null],"n":1e2}"#)
    #expect(
      Masking.masked.value(value).written() == #"{"a•••@x.org":[1.0,"to b•••@y.org",null],"n":1e2}"#
    )
  }

  @Test func `no letter of a local part but the first is left`() {
    for local in ["secret", "s.ecret", "s+e-c_r=et", "sé-crêt", "SECRET99"] {
      for frame in ["%", "(%)", "x:%;", "{\"m\":\"%\"}", "a@b.c,%"] {
        let text = frame.split(separator: "%", omittingEmptySubsequences: false)
          .joined(separator: "\(local)@example.com")
        #expect(!Masking.masked.text(text).contains(String(local.dropFirst(2))), "\(text)")
      }
    }
  }
}
