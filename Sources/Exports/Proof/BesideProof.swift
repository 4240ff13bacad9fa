public import Effects
import Formats
public import Reconciliation

/// What stands beside a delivery and proves it: digests in sidecars, a manifest.
public struct BesideProof: Sendable {
  /// A file of the delivery.
  public struct Member: Sendable {
    /// The file.
    public let file: WaitingExport
    /// The SHA-256 of its bytes, as hex.
    public let sha256: String

    /// A file and its digest.
    public init(_ file: WaitingExport, sha256: String) {
      self.file = file
      self.sha256 = sha256
    }
  }

  /// The largest sidecar, in bytes.
  static let sidecarBytesMax = 1 << 20

  /// How many rows a manifest counts: of one file, or of all of them.
  private struct Count {
    let file: String?
    let rows: Int
    let manifest: String
    /// Whether the manifest is older than the file: then it may be that of the one before.
    let isOlder: Bool
  }

  private var counts: [Count] = []

  /// Looks at what lies beside the files of a delivery.
  ///
  /// Throws `ProofMissing` where something is not there yet, `ExportRefusal` where it says that the
  /// files are not what was sent.
  public init(_ rule: ProofRule?, _ members: [Member], ofSet set: String?, files: Files) throws {
    guard let rule else { return }
    if let sidecar = rule.sidecar {
      for member in members { try Self.check(member, sidecar, set, files) }
    }
    if let manifest = rule.manifest { try check(manifest, members, set, files) }
  }

  /// What lies beside a delivery now, as one text; another one means that it is to be judged again.
  public static func stamp(of delivery: Delivery, files: Files) -> String {
    let templates = [delivery.rule.proof?.sidecar, delivery.rule.proof?.manifest?.path]
    var stamps = [delivery.rule.proof?.text ?? ""]
    for template in templates.compactMap(\.self) {
      for file in delivery.files {
        let path = place(template, file, delivery.set)
        guard let facts = (try? files.facts(path)) ?? nil else { continue }
        stamps.append("\(path) \(facts.size) \(facts.modified.rfc3339)")
      }
    }
    return stamps.joined(separator: "\n")
  }

  /// Throws `ExportRefusal` where the rows that were read are not as many as were sent,
  /// `ProofMissing` where that is told by what the delivery before has left.
  public func check(_ facts: ExportFacts) throws {
    for count in counts {
      let rows =
        count.file.map { name in facts.parts.first { $0.name == name }?.rows ?? 0 } ?? facts.rows
      guard rows != count.rows else { continue }
      if count.isOlder {
        throw ProofMissing(
          "\(count.manifest) is older than the file and counts \(count.rows) rows, not \(rows)")
      }
      throw ExportRefusal.unproved(
        "\(count.manifest) says \(count.rows) \(count.rows == 1 ? "row" : "rows"), and the file has "
          + "\(rows)", file: count.file)
    }
  }

  private static func place(_ template: String, _ file: WaitingExport, _ set: String?) -> String {
    FilePath.resolve(
      WaitingExports.markerName(template, for: file.name, ofSet: set),
      in: FilePath.folder(of: file.path))
  }

  // MARK: - Sidecars

  private static func check(
    _ member: Member, _ template: String, _ set: String?, _ files: Files
  ) throws {
    let path = place(template, member.file, set)
    let name = FilePath.visible(FilePath.name(of: path))
    guard let facts = (try? files.facts(path)) ?? nil else {
      throw ProofMissing("\(name), which tells the SHA-256 of \(visible(member)), is not there yet")
    }
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try files.read(path, bytesMax: sidecarBytesMax)
    } catch {
      throw ProofMissing("\(name) can't be read: \(error.reason)")
    }
    guard let line = SidecarText(bytes).digest(of: member.file.name) else {
      throw ProofMissing("\(name) holds no SHA-256 of \(visible(member))")
    }
    if line.sha256 == member.sha256 { return }
    if let other = line.name.map(SidecarText.last), other != member.file.name {
      throw ProofMissing("\(name) is that of \(FilePath.visible(other)), not of \(visible(member))")
    }
    try refuse(member, told: line.sha256, by: name, facts.modified)
  }

  /// What is older than the file is of the one that lay there before it.
  private static func refuse(
    _ member: Member, told: String, by name: String, _ modified: Timestamp
  ) throws -> Never {
    guard modified >= member.file.modified else {
      throw ProofMissing("\(name) is older than \(visible(member)): it was left by the one before")
    }
    throw ExportRefusal.unproved(
      "\(name) says that its SHA-256 is \(told), but it is \(member.sha256)", file: visible(member))
  }

  private static func visible(_ member: Member) -> String { FilePath.visible(member.file.name) }

  // MARK: - Manifests

  private mutating func check(
    _ rule: ProofRule.Manifest, _ members: [Member], _ set: String?, _ files: Files
  ) throws {
    let byPath = Dictionary(grouping: members) { Self.place(rule.path, $0.file, set) }
    for (path, own) in byPath.sorted(by: { $0.key < $1.key }) {
      let name = FilePath.visible(FilePath.name(of: path))
      guard let facts = (try? files.facts(path)) ?? nil else {
        throw ProofMissing("\(name), which lists what was delivered, is not there yet")
      }
      let manifest: Manifest
      do {
        manifest = try Manifest(try ExportFile(path: path), by: rule)
      } catch let refusal as ExportRefusal {
        throw ProofMissing("\(name) can't be read: \(refusal.problem)")
      }
      if rule.file == nil {
        try check(manifest.entries, own, name, facts.modified)
      } else {
        try check(manifest.entries, named: own, set, name, facts.modified)
      }
    }
  }

  /// A manifest of one export, which names no files.
  private mutating func check(
    _ entries: [Manifest.Entry], _ members: [Member], _ name: String, _ modified: Timestamp
  ) throws {
    guard entries.count == 1 else {
      throw ProofMissing(
        "\(name) has \(entries.count) entries, and nothing says which is meant: name the member or "
          + "column with the file in proof.manifest.file")
    }
    let single = members.count == 1 ? members[0] : nil
    if let single { try Self.compare(entries[0], single, name, modified) }
    try count(entries[0], members, file: single.map(Self.visible), name, modified)
  }

  private mutating func check(
    _ entries: [Manifest.Entry], named members: [Member], _ set: String?, _ name: String,
    _ modified: Timestamp
  ) throws {
    var byName: [String: Manifest.Entry] = [:]
    for entry in entries {
      let file = SidecarText.last(entry.file ?? "")
      if let other = byName[file], other != entry, members.contains(where: { $0.file.name == file })
      {
        throw ProofMissing("\(name) tells two things of \(FilePath.visible(file))")
      }
      byName[file] = entry
    }
    for member in members {
      guard let entry = byName[member.file.name] else {
        throw ProofMissing("\(name) does not name \(Self.visible(member))")
      }
      try Self.compare(entry, member, name, modified)
      try count(entry, [member], file: Self.visible(member), name, modified)
    }
    guard let set, let matcher = members.first?.file.rule.parts?.pattern.matcher else { return }
    let there = Set(members.map(\.file.name))
    let lacking = byName.keys.sorted().first {
      !there.contains($0) && matcher.groups(in: $0)?["set"] == set
    }
    if let lacking {
      throw ProofMissing("\(FilePath.visible(lacking)), which \(name) names, is not there yet")
    }
  }

  private static func compare(
    _ entry: Manifest.Entry, _ member: Member, _ name: String, _ modified: Timestamp
  ) throws {
    guard let text = entry.sha256?.lowercased() else {
      if member.file.rule.proof?.manifest?.sha256 == nil { return }
      throw ProofMissing("\(name) tells no SHA-256 of \(visible(member))")
    }
    let told = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
    if told != member.sha256 { try refuse(member, told: told, by: name, modified) }
  }

  private mutating func count(
    _ entry: Manifest.Entry, _ members: [Member], file: String?, _ name: String,
    _ modified: Timestamp
  ) throws {
    guard members.first?.file.rule.proof?.manifest?.rows != nil else { return }
    guard let rows = entry.rows.flatMap(TextProof.count) else {
      throw ProofMissing(
        "\(name) counts " + (entry.rows.map { "“\($0)”, which is no number of" } ?? "no") + " rows"
          + (file.map { " for \($0)" } ?? ""))
    }
    let isOlder = members.contains { modified < $0.file.modified }
    counts.append(Count(file: file, rows: rows, manifest: name, isOlder: isOlder))
  }
}
