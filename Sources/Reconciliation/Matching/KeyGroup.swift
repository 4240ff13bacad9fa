public import Formats

/// What an item is.
public enum ItemID: Sendable, Hashable {
  /// A reset, by its id.
  case reset(String)
  /// A key that has records but no reset.
  case key(mapping: String, Key)
}

/// A record that a reset could belong to, because their correlate pairs agree.
public struct CorrelationCandidate: Sendable {
  /// The reset.
  public let resetID: String
  /// The record; its mapping and key say where it belongs.
  public let record: SourceRecord
  /// The resets that the record's key is actively linked to.
  public let linkedTo: [String]
  /// Resets that carry the record's key and are linked to nothing yet.
  public let carriedBy: [String]
  /// Other resets that correlate with the same record.
  public let otherResets: [String]

  /// Takes all parts as they are.
  public init(
    resetID: String, record: SourceRecord, linkedTo: [String] = [], carriedBy: [String] = [],
    otherResets: [String] = []
  ) {
    self.resetID = resetID
    self.record = record
    self.linkedTo = linkedTo
    self.carriedBy = carriedBy
    self.otherResets = otherResets
  }
}

/// What stands at the key that a moved reset carries now.
public struct KeyNeighbourhood: Sendable {
  /// The mapping of the key.
  public let mapping: String
  /// The key.
  public let key: Key
  /// All variants of the record with this key.
  public let records: [SourceRecord]
  /// The resets that carry this key and are not deleted, the moved one included.
  public let resets: [RemoteReset]

  /// Takes all parts as they are.
  public init(mapping: String, key: Key, records: [SourceRecord], resets: [RemoteReset]) {
    self.mapping = mapping
    self.key = key
    self.records = records
    self.resets = resets
  }
}

/// Everything that the assessment may see of one key; the mirror puts it together.
///
/// A reset is assessed in exactly one group: that of its link's key if it has a link that is not
/// closed, else that of its current key, else in an orphan group of its own.
public struct KeyGroup: Sendable {
  /// The mapping; nil for an orphan reset (unknown origin or unreferenced, not linked).
  public var mapping: String?
  /// The key; nil for an orphan reset.
  public var key: Key?
  /// All variants of the record with this key, deleted ones too.
  public var records: [SourceRecord] = []
  /// The resets whose current key is this one and that are not deleted; the orphan itself.
  public var resets: [RemoteReset] = []
  /// The links that are not closed with this key, or of a reset in `resets`.
  public var links: [Link] = []
  /// The resets of `links` that are not in `resets`: moved away or deleted.
  public var linkedResets: [RemoteReset] = []
  /// What stands at the keys that resets of `linkedResets` and `decisionResets` carry now.
  public var neighbours: [KeyNeighbourhood] = []
  /// Decisions of conflicts of this group that are decided, applied, or closed and remembered.
  public var decisions: [StandingDecision] = []
  /// The situations of the last run.
  public var previous: [ItemID: Situation] = [:]
  /// The mapping under which each reset of `previous` is counted, "" for none.
  public var countedUnder: [String: String] = [:]
  /// For resets that are not linked, and for linked ones whose record is deleted: what correlates.
  public var candidates: [CorrelationCandidate] = []
  /// The resets that link decisions of this group name, where they are in no list above.
  public var decisionResets: [RemoteReset] = []
  /// Their links that are not closed.
  public var decisionLinks: [Link] = []
  /// Those of them that another decision, not carried out yet, links elsewhere.
  public var orderedElsewhere: Set<String> = []
  /// The conflicts that the store knows of this group, in any state.
  public var known: [KnownConflict] = []

  /// Whether the source of the mapping has delivered no full export that was accepted.
  public var lacksFullExport = false
  /// Since when nothing is known of its source: it can't be reached, or its exports are refused;
  /// the beginning of time where it never delivered anything, nil where all is well.
  public var silentSince: Timestamp?

  /// Whether the source can't have told of what came at this time: then nothing lacks there.
  func isSilent(for mapping: Mapping, since: Timestamp) -> Bool {
    if lacksFullExport, mapping.exports.contains(where: { $0.mode == .full }) { return true }
    return silentSince.map { $0 <= since } ?? false
  }

  /// An empty group of this key.
  public init(mapping: String?, key: Key?) {
    self.mapping = mapping
    self.key = key
  }
}
