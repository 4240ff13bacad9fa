import Formats
import Reconciliation

/// A mapping as a test wants it, from the text of a mapping file.
func mapping(_ text: String) throws -> Mapping {
  try Mapping(parsing: Array(text.utf8), file: "test.json")
}

/// The problems of a mapping file, as `line: path: message`.
func problems(_ text: String) -> [SettingsProblem] {
  do throws(SettingsProblems) {
    _ = try Mapping(parsing: Array(text.utf8), file: "test.json")
    return []
  } catch {
    return error.problems
  }
}

let noon = Timestamp(microseconds: 1_800_000_000_000_000)

func json(_ text: String) -> JSONValue {
  (try? JSONValue(parsing: text)) ?? .string("unreadable: \(text)")
}

func object(_ text: String) -> JSONObject { json(text).objectValue ?? JSONObject() }

/// A small world of one mapping: makes records, resets, links and groups.
struct World {
  let mapping: Mapping
  let book: RuleBook

  init(_ mapping: Mapping, others: [Mapping] = [], grace: Double = 86_400) {
    self.mapping = mapping
    book = RuleBook([mapping] + others, graceSeconds: grace)
  }

  func key(_ reference: String) -> Key {
    Key(origin: mapping.origins[0], reference: reference)
  }

  func record(
    _ reference: String, _ cells: [String: String] = [:], key: Key? = nil,
    changedAt: Timestamp? = nil, deleted: Bool = false, missing: Int = 0, id: Int64 = 1
  ) -> SourceRecord {
    SourceRecord(
      mapping: mapping.name, key: key ?? self.key(reference), rawReference: reference,
      rawOrigin: mapping.origins[0], columns: mapping.columnsNeeded,
      cells: mapping.columnsNeeded.map { cells[$0].map(Cell.text) ?? .absent },
      changedAt: changedAt, deletedMarker: deleted, missingExports: missing, firstSeen: noon,
      provenance: Provenance(file: "a.csv", line: Int(id) + 1, sha256: "00", receipt: 1),
      mirrorID: id)
  }

  func reset(
    _ id: String, _ reference: String?, origin: String? = "sap", email: String? = nil,
    metadata: String = "{}", updatedAt: Timestamp = noon, deleted: Bool = false
  ) -> RemoteReset {
    RemoteReset(
      id: id, reference: reference, referenceOrigin: origin,
      key: book.assign(reference: reference, origin: origin), customerEmail: email,
      resetPasswordAt: nil, createdAt: nil, updatedAt: updatedAt.rfc3339,
      metadata: object(metadata), firstSeen: noon, isDeleted: deleted, mirrorID: 1)
  }

  func link(
    _ resetID: String, _ reference: String, base: Base = Base(), state: LinkState = .active,
    accepted: String? = nil, writes: [FieldWriteMemory] = []
  ) -> Link {
    Link(
      id: 1, mapping: mapping.name, resetID: resetID, key: key(reference), base: base,
      madeBy: .match, state: state, acceptedIdentity: accepted, writes: writes)
  }

  func group(
    _ reference: String, records: [SourceRecord] = [], resets: [RemoteReset] = [],
    links: [Link] = [], linkedResets: [RemoteReset] = []
  ) -> KeyGroup {
    var group = KeyGroup(mapping: mapping.name, key: key(reference))
    group.records = records
    group.resets = resets
    group.links = links
    group.linkedResets = linkedResets
    return group
  }

  func orphan(_ reset: RemoteReset) -> KeyGroup {
    var group = KeyGroup(mapping: nil, key: nil)
    group.resets = [reset]
    return group
  }

  func assess(_ group: KeyGroup, at now: Timestamp = noon) -> [ItemAssessment] {
    Reconciliation.assess(group, rules: book, at: now)
  }
}

/// A mapping `sap` with the fields a test names, or one field `group` from column `GRP`.
func sap(
  fields: String = #"{"column": "GRP", "metadata": "group"}"#, more: String = ""
) throws -> Mapping {
  try mapping(
    """
    {"name": "sap", "origins": ["sap", "sap-old"], "export": {"path": "*.csv", "format": "csv"},
     "reference": {"column": "NR", "normalize": ["trim", "nfc", "strip_leading_zeros"]},
     "fields": [\(fields)]\(more.isEmpty ? "" : ", " + more)}
    """)
}

/// A decision about a finding, made by somebody who saw it.
func decide(_ finding: ConflictFinding, _ take: Resolution) -> StandingDecision {
  StandingDecision(
    identity: finding.identity, take: take, factsDigest: finding.factsDigest, by: "anna", at: noon)
}
