import Effects
import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// What lies beside a delivery, as files.
@Suite struct BesideProofTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func check(
    _ names: [String], set: String? = nil, _ change: (inout ProofRule) -> Void
  ) throws -> BesideProof {
    var rule = ExportRule(path: "*", format: .csv)
    var proof = ProofRule()
    change(&proof)
    rule.proof = proof
    rule.parts = TextPattern(#"^(?<set>.+)_(?<part>\d+)\.csv$"#).map {
      PartsRule(pattern: $0, count: nil)
    }
    let finder = WaitingExports(files: Files(), time: SystemTime())
    let members = try names.map { name in
      let path = folder.path + "/" + name
      let file = try #require(try finder.look(path, rule))
      return BesideProof.Member(file, sha256: try ExportFile(path: path).sha256())
    }
    return try BesideProof(proof, members, ofSet: set, files: Files())
  }

  private func missing(_ body: () throws -> BesideProof) -> String? {
    #expect(throws: ProofMissing.self) { try body() }?.reason
  }

  private func refused(_ body: () throws -> BesideProof) -> String? {
    let refusal = #expect(throws: ExportRefusal.self) { try body() }
    #expect(refusal?.code == .unproved)
    return refusal?.description
  }

  @Test func `a sidecar proves its file, and lacks until it is there`() throws {
    try folder.write("ID\n1\n", to: "a.csv")
    let sidecar = { (rule: inout ProofRule) in rule.sidecar = "{file}.sha256" }
    #expect(missing { try check(["a.csv"], sidecar) }?.contains("a.csv.sha256") == true)
    let own = SHA256.hex(of: "ID\n1\n")
    let other = SHA256.hex(of: "ID\n1\n2\n")
    try folder.write("\(own) *a.csv\n", to: "a.csv.sha256")
    _ = try check(["a.csv"], sidecar)
    // Hashed under the name that it had while it was written.
    try folder.write("\(own)  a.csv.tmp\n", to: "a.csv.sha256")
    _ = try check(["a.csv"], sidecar)
    try folder.write("\(other)  b.csv\n", to: "a.csv.sha256")
    #expect(missing { try check(["a.csv"], sidecar) }?.contains("is that of b.csv") == true)
    try folder.write("\(other)  a.csv\n", to: "a.csv.sha256")
    let words = refused { try check(["a.csv"], sidecar) }
    #expect(words?.contains(own) == true && words?.contains(other) == true, "\(words ?? "")")
  }

  @Test func `a sidecar that was left by the file before proves nothing yet`() throws {
    try folder.write("\(SHA256.hex(of: "old"))  a.csv\n", to: "a.csv.sha256")
    try folder.setModified("a.csv.sha256", secondsAgo: 600)
    try folder.write("ID\n1\n", to: "a.csv")
    let words = missing { try check(["a.csv"]) { $0.sidecar = "{file}.sha256" } }
    #expect(words?.contains("older than a.csv") == true, "\(words ?? "")")
  }

  @Test func `a manifest names files with rows and digests`() throws {
    try folder.write("ID\n1\n2\n", to: "a.csv")
    let rule = { (proof: inout ProofRule) in
      var manifest = ProofRule.Manifest(path: "manifest.csv")
      (manifest.file, manifest.rows, manifest.sha256) = ("FILE", "ROWS", "HASH")
      proof.manifest = manifest
    }
    #expect(missing { try check(["a.csv"], rule) }?.contains("manifest.csv") == true)
    let hash = SHA256.hex(of: "ID\n1\n2\n")
    try folder.write("FILE,ROWS,HASH\nb.csv,1,\(hash)\n", to: "manifest.csv")
    #expect(missing { try check(["a.csv"], rule) }?.contains("does not name a.csv") == true)
    try folder.write("FILE,ROWS,HASH\nout/a.csv,2,\(hash.uppercased())\n", to: "manifest.csv")
    _ = try check(["a.csv"], rule)
    try folder.write(
      "FILE,ROWS,HASH\na.csv,2,\(hash.replacing("a", with: "b"))\n", to: "manifest.csv")
    #expect(refused { try check(["a.csv"], rule) }?.contains(hash) == true)
    try folder.write("FILE,ROWS,HASH\na.csv,two,\(hash)\n", to: "manifest.csv")
    #expect(missing { try check(["a.csv"], rule) }?.contains("“two”") == true)
  }

  @Test func `a manifest that tells two things of a file proves nothing`() throws {
    try folder.write("ID\n1\n2\n", to: "a.csv")
    let manifest = { (rule: inout ProofRule) in
      rule.manifest = ProofRule.Manifest(path: "list.csv")
      rule.manifest?.file = "name"
      rule.manifest?.rows = "rows"
    }
    try folder.write("name,rows\na.csv,2\nb.csv,1\nb.csv,7\na.csv,2\n", to: "list.csv")
    _ = try check(["a.csv"], manifest)
    try folder.write("name,rows\na.csv,3\na.csv,2\n", to: "list.csv")
    #expect(
      missing { try check(["a.csv"], manifest) } == "list.csv tells two things of a.csv")
  }

  @Test func `a manifest tells that a part of a set lacks`() throws {
    for name in ["k_1.csv", "k_2.csv"] { try folder.write("ID\n\(name)\n", to: name) }
    try folder.write(
      #"{"files": [{"n": "k_1.csv"}, {"n": "k_2.csv"}, {"n": "k_3.csv"}, {"n": "z_1.csv"}]}"#,
      to: "k.json")
    let words = missing {
      try check(["k_1.csv", "k_2.csv"], set: "k") {
        var manifest = ProofRule.Manifest(path: "{set}.json")
        manifest.file = "n"
        $0.manifest = manifest
      }
    }
    #expect(words?.contains("k_3.csv") == true, "\(words ?? "")")
  }

  @Test func `the stamp is another one once something beside has changed`() throws {
    try folder.write("ID\n1\n", to: "a.csv")
    var rule = ExportRule(path: "*", format: .csv)
    rule.proof = ProofRule()
    rule.proof?.sidecar = "{file}.sha256"
    let finder = WaitingExports(files: Files(), time: SystemTime())
    let delivery = Delivery(try #require(try finder.look(folder.path + "/a.csv", rule)))
    let before = BesideProof.stamp(of: delivery, files: Files())
    #expect(BesideProof.stamp(of: delivery, files: Files()) == before)
    try folder.write("x", to: "a.csv.sha256")
    #expect(BesideProof.stamp(of: delivery, files: Files()) != before)
  }
}
