internal import Formats
internal import Reconciliation

/// How it stands with a source, in words.
struct SourceWords {
  let source: SourceFreshness
  let now: Timestamp
  let times: TimeWords

  /// When something came, and whether it was something new.
  var delivered: String {
    guard source.kinds.isEmpty else {
      return source.kinds.map { kind in
        "\(Self.name(kind.mode)) \(kind.deliveredAt.map { times.ago($0) } ?? "never")"
      }.joined(separator: ", ")
    }
    guard let deliveredAt = source.deliveredAt else { return "nothing yet" }
    guard let repeatedAt = source.repeatedAt else { return times.ago(deliveredAt) }
    return "same data as \(times.ago(deliveredAt)), delivered again \(times.ago(repeatedAt))"
  }

  /// What is wrong, in a few words; nil if nothing is.
  var trouble: String? {
    if source.unreachable != nil { return "unreachable" }
    if source.kinds.isEmpty, source.deliveredAt == nil { return "has never delivered" }
    guard source.isStale(at: now) else { return nil }
    guard let kind = source.kinds.first(where: { $0.isStale(at: now) }) else { return "late" }
    return "\(Self.name(kind.mode)) late"
  }

  static func name(_ mode: ExportMode) -> String { mode == .full ? "full" : "changes" }
}
