import Formats
import Testing

@testable import Exports

@Suite struct XMLTokensTests {
  static func tokens(_ text: String, piece: Int = 5) throws -> [String] {
    var tokens = XMLTokens(
      SourceStream(ByteArraySource(Array(text.utf8)), chunkBytes: piece), limits: .standard)
    var found: [String] = []
    while let token = try tokens.next() {
      switch token {
      case .start(let name, let attributes):
        let list = attributes.map { " \($0.name.qualified)=\($0.value)" }.joined()
        found.append("<\(name.qualified)\(list)>")
      case .text(let text): found.append(String(decoding: text, as: UTF8.self))
      case .end(let name): found.append("</\(name.local)>")
      }
    }
    return found
  }

  @Test(arguments: [1, 2, 3, 4096])
  func `reads elements, attributes, references and sections`(_ piece: Int) throws {
    let text = """
      <?xml version="1.0"?><!-- a -- sorted? no -->
      """
    #expect(throws: ExportRefusal.self) { try Self.tokens(text + "<a/>", piece: piece) }
    let sound = """
      <?xml version="1.0"?>\r\n<!-- note --><o:a xmlns:o="urn:x" o:k='1 &lt; "2"' b="x\ty">t&amp;\
      &#x20AC;&#13;\r\n<![CDATA[<b>]]]]><![CDATA[>]]><c/></o:a><?end?>
      """
    #expect(
      try Self.tokens(sound, piece: piece).joined()
        == "<o:a o:k=1 < \"2\" b=x y>t&€\r\n<b>]]><c></c></a>")
  }

  @Test(arguments: [
    "", "text", "<a>", "<a></b>", "<a/><b/>", "<a/>x", "<a b=1/>", "<a b='1' b='2'/>", "<a b/>",
    "<a>&foo;</a>", "<a>& b</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>\u{1}</a>", "<a>]]></a>",
    "<a><!-- -- --></a>", "<a b='<'/>", "<1a/>", "<a:b/>", "<a x:y='1'/>", "<a", "<a><![CDATA[x",
    "<a><!-- x", "<![CDATA[x]]>", " <?xml version='1.0'?><a/>", "<a b='1'c='2'/>",
    "<a>\u{FFFE}</a>",
    "</a>", "<a/ >", "<a><!ELEMENT b></a>", "<a>&amp</a>", "<a b='&lt'/>",
  ])
  func `refuses what is not well-formed`(_ text: String) {
    #expect(throws: ExportRefusal.self) { try Self.tokens(text) }
  }

  @Test func `refuses a document type before it can define anything`() {
    let bomb = """
      <?xml version="1.0"?>
      <!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]>
      <a>&y;</a>
      """
    let refusal = #expect(throws: ExportRefusal.self) { try Self.tokens(bomb) }
    #expect(refusal?.code == .doctype)
    #expect(refusal?.line == 2)
  }

  @Test(arguments: [
    "<!DOCTYPE a>", "<!DOCTYPE a SYSTEM \"a.dtd\">", "<!DOCTYPE a SYSTEM 'a>b.dtd' >",
    "<?xml version='1.0'?>\n<!-- x -->\n<!DOCTYPE a PUBLIC \"-//X//DTD\" \"http://x/a.dtd\">",
    "<!DOCTYPE ns:a [ ]>", "<!DOCTYPE a[<!-- ]> --><?p ]>?>]>",
    "<!DOCTYPE a SYSTEM 'a.dtd' [\n<!ELEMENT a (b|#PCDATA)*>\n<!ATTLIST a x CDATA #IMPLIED>]>",
    "<!DOCTYPE a [<!NOTATION n SYSTEM 'x>y'><!ELEMENT b ANY>] >",
  ])
  func `passes a document type that changes nothing`(_ declaration: String) throws {
    for piece in [1, 3, 4096] {
      #expect(try Self.tokens(declaration + "<a x='1'/>", piece: piece).joined() == "<a x=1></a>")
    }
  }

  @Test(arguments: [
    "<!DOCTYPE a [<!ENTITY x \"y\">]>", "<!DOCTYPE a [<!ENTITY % p SYSTEM 'x'> %p;]>",
    "<!DOCTYPE a [<!ELEMENT a ANY> <!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
    "<!DOCTYPE a [%p;]>", "<!DOCTYPE a [<!ATTLIST a x CDATA \"1\">]>",
    "<!DOCTYPE a [<!ATTLIST a x (y|z) #FIXED 'y'>]>",
  ])
  func `refuses a document type that changes the content`(_ declaration: String) {
    let refusal = #expect(throws: ExportRefusal.self) { try Self.tokens(declaration + "<a/>") }
    #expect(refusal?.code == .doctype)
    #expect(refusal?.line == 1)
  }

  @Test(arguments: [
    "<!DOCTYPE>", "<!DOCTYPE a", "<!DOCTYPE a SYSTEM>", "<!DOCTYPE a SYSTEM 'x", "<!DOCTYPE 1>",
    "<!DOCTYPE a PUBLIC 'x'>", "<!DOCTYPE a [", "<!DOCTYPE a []", "<!DOCTYPE a [<!ELEMENT a>",
    "<!DOCTYPE a [<!FOO a>]>", "<!DOCTYPE a [x]>", "<!DOCTYPE a><!DOCTYPE a>", "<!DOCTYPEa>",
    "<!DOCTYPE a [<!ELEMENT a <b>]>", "<!doctype a>", "<!DOCTYPE a SYSTEM'x'>",
  ])
  func `refuses a damaged document type`(_ declaration: String) {
    #expect(throws: ExportRefusal.self) { try Self.tokens(declaration + "<a/>") }
  }

  @Test func `refuses a document type behind the start, and entities by their name`() {
    for text in ["<a/><!DOCTYPE a>", "<a><!DOCTYPE a></a>"] {
      #expect(throws: ExportRefusal.self) { try Self.tokens(text) }
    }
    let refusal = #expect(throws: ExportRefusal.self) {
      try Self.tokens("<!DOCTYPE a SYSTEM 'x.dtd'>\n<a>M&uuml;ller</a>")
    }
    #expect(refusal?.message.contains("&uuml;") == true)
    #expect(refusal?.line == 2)
  }

  @Test func `names line and column`() {
    let refusal = #expect(throws: ExportRefusal.self) { try Self.tokens("<a>\n<b>ü</c>\n</a>") }
    #expect(refusal?.line == 2)
    #expect(refusal?.message == "</c> where </b> was expected")
  }

  @Test func `refuses nesting beyond its limit`() {
    let text = String(repeating: "<a>", count: 300)
    let refusal = #expect(throws: ExportRefusal.self) { try Self.tokens(text) }
    #expect(refusal?.code == .tooLarge)
  }

  @Test(arguments: [1, 2, 3, 7, 4096])
  func `an error has the same place in pieces of any size`(_ piece: Int) {
    for text in [
      "<?xmL version='1.0'?><a/>", "<a><?p#x q?></a>", "<a><?p?x?></a>",
      "<a><!-- \u{0} --></a>", "<a><!-- \u{FFFE} --></a>", "<a><?p \u{1B}?></a>",
    ] {
      #expect(throws: ExportRefusal.self, "\(text)") { try Self.tokens(text) }
    }
    #expect(throws: Never.self) { try Self.tokens("<?p?><a><?p q?><?p ?></a>") }
    for text in ["<a>&#x20rsion=\"1.0\"?><b/>&amp;</a>", "<a x='&toolongforanentity;'/>"] {
      #expect(throws: Self.error(text, piece: 4096)) { try Self.tokens(text, piece: piece) }
    }
  }

  private static func error(_ text: String, piece: Int) -> ExportRefusal {
    do {
      _ = try tokens(text, piece: piece)
    } catch let refusal as ExportRefusal {
      return refusal
    } catch {}
    return ExportRefusal(.empty, "nothing was refused")
  }
}
