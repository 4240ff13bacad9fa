import Formats
import Testing

@Suite struct HTMLWriterTests {
  @Test(arguments: [
    ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("\" onmouseover=\"x", "&quot; onmouseover=&quot;x"),
    ("'--><img src=x>", "&#39;--&gt;&lt;img src=x&gt;"),
    ("a & b &amp; c", "a &amp; b &amp;amp; c"),
    ("nul \u{0} bell \u{7} del \u{7F}", "nul \u{FFFD} bell \u{FFFD} del \u{FFFD}"),
    ("tab\tline\nreturn\r", "tab\tline\nreturn&#13;"),
    ("Größe 😀 \u{202E}", "Größe 😀 \u{202E}"), ("", ""),
  ])
  func `text goes out escaped`(text: String, expected: String) {
    var writer = HTMLWriter()
    writer.text(text)
    #expect(writer.text == expected)
  }

  @Test func `attribute values are escaped and quoted`() {
    var writer = HTMLWriter()
    writer.open("input", .id("a\"b"), HTMLAttribute("value", "<&'"), HTMLAttribute("checked"))
    #expect(writer.text == "<input id=\"a&quot;b\" value=\"&lt;&amp;&#39;\" checked>")
  }

  @Test(arguments: [
    "javascript:alert(1)", "JaVaScript:alert(1)", " javascript:x", "java\nscript:x",
    "data:text/html,x",
    "//evil.example/x", "/\\evil.example", "vbscript:x", "", "a:b", "x",
  ])
  func `addresses that could run or leave become harmless`(address: String) {
    var writer = HTMLWriter()
    writer.open("a", .href(address))
    #expect(writer.text == "<a href=\"#\">")
  }

  @Test(arguments: ["#c1", "/review?state=open&kind=x", "/", "?page=2", "https://example.com/a"])
  func `ordinary addresses stand`(address: String) {
    #expect(HTMLAddress.isHarmless(address))
  }

  @Test func `elements nest and raw markup is a literal`() {
    var writer = HTMLWriter()
    writer.element("p", .class("x")) { inner in
      inner.raw("<b>")
      inner.text("1 < 2")
      inner.raw("</b>")
      inner.number(-7)
    }
    #expect(writer.text == "<p class=\"x\"><b>1 &lt; 2</b>-7</p>")
  }

  @Test func `a style sheet can't end its element`() {
    var writer = HTMLWriter()
    writer.style("a::after{content:'</style><script>'}")
    #expect(writer.text == "<style>a::after{content:'<\\/style><script>'}</style>")
  }
}
