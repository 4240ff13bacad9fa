internal import Formats
internal import Reconciliation

/// The reset of an explanation for a terminal: every row of the resource, and where it leads.
enum ExplainResetText {
  private static let indent = "            "
  /// Lines of events and changes each that a terminal shows, the newest.
  private static let linesMax = 25

  static func lines(_ model: ExplainModel, _ times: TimeWords) -> [String] {
    guard let reset = model.reset else { return ["Reset       \(SystemNames.remote) has none"] }
    let deleted = reset.isDeleted ? ", deleted" : ""
    let changed = reset.updatedAtInstant.map { ", changed \(times.short($0))" } ?? ""
    var lines = ["Reset       \(VisibleText.of(reset.id))\(changed)\(deleted)"]
    func add(_ name: String, _ value: String?) {
      guard let value else { return }
      lines.append("\(indent)\(name): \(shown(value, model))")
    }
    add("customer_email", reset.customerEmail)
    add("reference", reset.reference)
    add("reference_origin", reset.referenceOrigin)
    add("reset_password_at", reset.resetPasswordAt)
    add("created_at", reset.createdAt)
    add("updated_at", reset.updatedAt)
    add("metadata", JSONValue.object(reset.metadata).written())
    add("mode", reset.mode)
    add("self", reset.links.own)
    for name in ResetLinks.names { add(name, reset.links.relations[name]?.related) }
    return lines
  }

  /// What the relationships lead to, if that was asked for.
  static func lines(_ remote: ExplainRemote?, _ model: ExplainModel, _ times: TimeWords)
    -> [String]
  {
    guard let remote else { return [] }
    return [""] + customer(remote, model) + events(remote, model, times)
      + changes(remote, model, times)
  }

  private static func customer(_ remote: ExplainRemote, _ model: ExplainModel) -> [String] {
    switch remote.customer {
    case .unavailable(let reason): return ["Customer    \(shown(reason, model))"]
    case .known(nil): return ["Customer    none"]
    case .known(let customer?):
      return ["Customer    \(shown(customer["id"]?.text ?? "", model))"]
        + customer.members.filter { $0.key.value != "id" && !$0.value.isNull }.map {
          "\(indent)\(VisibleText.of($0.key.value)): "
            + shown($0.value.text ?? $0.value.written(), model)
        }
    }
  }

  private static func events(
    _ remote: ExplainRemote, _ model: ExplainModel, _ times: TimeWords
  ) -> [String] {
    switch remote.events {
    case .unavailable(let reason): ["Events      \(shown(reason, model))"]
    case .known(let events):
      titled("Events      ", events) { event in
        "\(when(event.at, times))  \(shown(event.name, model))"
      }
    }
  }

  private static func changes(
    _ remote: ExplainRemote, _ model: ExplainModel, _ times: TimeWords
  ) -> [String] {
    switch remote.changes {
    case .unavailable(let reason): ["Changes     \(shown(reason, model))"]
    case .known(let changes):
      titled("Changes     ", changes) { change in
        let values = [change.from, change.to].map { shown($0.written(), model) }
        return "\(when(change.at, times))  \(shown(change.field, model)): "
          + "\(values[0]) → \(values[1]) by \(shown(change.who, model))"
      }
    }
  }

  private static func titled<Item>(
    _ title: String, _ items: [Item], _ line: (Item) -> String
  ) -> [String] {
    guard !items.isEmpty else { return [title + "none"] }
    let left = items.count - linesMax
    let more = left > 0 ? ["\(indent)and \(Words.count(left)) older; see --format json"] : []
    return items.suffix(linesMax).reversed().enumerated().map { place, item in
      (place == 0 ? title : indent) + line(item)
    } + more
  }

  private static func when(_ time: Timestamp?, _ times: TimeWords) -> String {
    time.map { times.short($0) } ?? "at some time"
  }

  private static func shown(_ text: String, _ model: ExplainModel) -> String {
    VisibleText.of(ShownValue.shortened(model.masking.text(text), to: 400))
  }
}
