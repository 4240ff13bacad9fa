import TestKit
import Testing

@testable import Exports

@Suite struct SidecarTextTests {
  static let hash = String(repeating: "0a", count: 32)
  static let other = String(repeating: "1b", count: 32)

  @Test(arguments: [
    "\(hash)  kunden.csv\n", "\(hash) *kunden.csv\r\n", "SHA256 (kunden.csv) = \(hash)\n",
    "\(hash)\n", hash, "\u{FEFF}\(hash.uppercased())  kunden.csv", "SHA256(kunden.csv)= \(hash)",
    "\(hash) kunden.csv\n",
    "\(hash)  out/kunden.csv\n", "\(hash)\tkunden.csv", "\(other)  a.csv\n\(hash)  kunden.csv\n",
    "# written by the source\n\(hash)  kunden.csv\n", "\(hash) *C:\\out\\kunden.csv\n",
  ])
  func `reads the forms of the tools`(_ text: String) {
    #expect(SidecarText(Array(text.utf8)).digest(of: "kunden.csv")?.sha256 == Self.hash)
  }

  @Test(arguments: [false, true])
  func `reads what PowerShell writes`(_ bigEndian: Bool) {
    let bytes = ExportFixtures.utf16("\(Self.hash.uppercased())\r\n", bigEndian: bigEndian)
    #expect(SidecarText(bytes).digest(of: "kunden.csv")?.sha256 == Self.hash)
  }

  @Test(arguments: [
    "", "\n", "kunden.csv", "\(hash.dropLast())  kunden.csv", "g\(hash.dropFirst())  kunden.csv",
    "\(hash)kunden.csv", "\(other)  a.csv\n\(other)  b.csv\n",
  ])
  func `finds none where there is none`(_ text: String) {
    #expect(SidecarText(Array(text.utf8)).digest(of: "kunden.csv") == nil)
  }

  @Test func `the only digest is given with the name that it is of`() {
    let line = SidecarText(Array("\(Self.hash)  andere.csv\n".utf8)).digest(of: "kunden.csv")
    #expect(line == SidecarText.Line(name: "andere.csv", sha256: Self.hash))
  }

  @Test func `a name with a backslash is written as GNU does`() {
    let line = SidecarText(Array("\\\(Self.hash)  a\\\\b.csv\n".utf8)).lines.first
    #expect(line?.name == "a\\b.csv")
  }
}
