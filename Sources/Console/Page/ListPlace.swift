internal import Formats
internal import HTTP
internal import Mirror
internal import Reconciliation

/// The list that a number counts.
enum ListPlace: Sendable, Hashable {
  case open
  case severity(Severity)
  case kind(ConflictKind, Severity)
  case age(AgeBucket)
  case change(DeskFilter.Change.Kind, since: Timestamp)
  case alike(ConflictKind, mapping: String, field: String)
  case inStep
  case situation(Situation)
  case resets
  case records(mapping: String)
  case export(mapping: String)
  case rejected
  case refused
  case rails
  case run(String)
  case failed(run: String)
  case runs
}

/// Where lists stand: in a file behind an anchor, at the desk on a page.
///
/// What neither holds is nil: then a number is written without a link.
struct ListPlaces {
  let model: ReportModel
  /// Where the desk lives; nil for a file.
  let desk: String?
  /// The conflicts that stand in the file, whole or in a line.
  private let shown: Set<String>
  private let severities: Set<Severity>
  private let kinds: Set<ConflictKind>

  /// Places in a report whose lists are cut at these limits, or at the desk.
  init(_ model: ReportModel, desk: String?, limits: ReportLimits = ReportLimits()) {
    self.model = model
    self.desk = desk
    let groups = desk == nil ? ConflictGroup.groups(of: model.conflicts) : []
    shown = Set(groups.flatMap { $0.conflicts.prefix(limits.shownPerKindMax).map(\.id) })
    severities = Set(groups.map(\.severity))
    kinds = Set(groups.map(\.kind))
  }

  /// The address of a list.
  func address(_ place: ListPlace) -> String? {
    desk.map { page(place, $0) } ?? anchor(place)
  }

  /// The address of one conflict; nil where the file doesn't hold it.
  func address(ofConflict id: String) -> String? {
    if let desk { return "\(desk)/conflicts/\(VisibleText.of(id))" }
    return shown.contains(id) ? "#\(VisibleText.of(id))" : nil
  }

  // MARK: - In a file

  private func anchor(_ place: ListPlace) -> String? {
    switch place {
    case .open: "#conflicts"
    case .severity(let severity):
      severities.contains(severity) ? "#severity-\(severity.rawValue)" : "#conflicts"
    case .kind(let kind, _): kinds.contains(kind) ? Self.anchor(kind) : "#conflicts"
    case .age(let bucket): "#age-\(bucket.name)"
    case .change(.new, _): "#new"
    case .change(.gone, _): "#gone"
    case .change(.unchanged, _): "#conflicts"
    case .alike: nil
    case .inStep: Self.anchor(Situation.inSync)
    case .situation(let situation): Self.anchor(situation)
    case .resets: "#resets"
    case .records(let mapping), .export(let mapping): source(mapping)
    case .rejected: "#rejected"
    case .refused: "#refused"
    case .rails: "#rails"
    case .run, .failed: "#run"
    case .runs: "#runs"
    }
  }

  private static func anchor(_ kind: ConflictKind) -> String { "#kind-\(kind.rawValue)" }

  private static func anchor(_ situation: Situation) -> String {
    "#situation-\(situation.rawValue)"
  }

  private func source(_ mapping: String) -> String? {
    model.sources.firstIndex { $0.mapping == mapping }.map { "#source-\($0 + 1)" }
  }

  // MARK: - At the desk

  private func page(_ place: ListPlace, _ desk: String) -> String {
    switch place {
    case .open: desk
    case .severity(let severity): queue(desk) { $0.severity = severity }
    case .kind(let kind, let severity): queue(desk) { ($0.kind, $0.severity) = (kind, severity) }
    case .age(let bucket): queue(desk) { $0.age = bucket }
    case .change(let kind, let since):
      queue(desk) { $0.change = DeskFilter.Change(kind: kind, since: since) }
    case .alike(let kind, let mapping, let field):
      queue(desk) { ($0.kind, $0.mapping, $0.field) = (kind, mapping, field) }
    case .inStep: desk + ItemsFilter(.inStep).path
    case .situation(let situation): desk + ItemsFilter(.situation(situation)).path
    case .resets: desk + ItemsFilter(.resets).path
    case .records(let mapping): desk + ItemsFilter(.records, mapping: mapping).path
    case .export(let mapping): desk + ExportsFilter(mapping: mapping).path
    case .rejected: "\(desk)/report#rejected"
    case .refused: desk + ExportsFilter(state: .refused).path
    case .rails: "\(desk)/report#rails"
    case .run(let run): "\(desk)/runs/\(PercentCoding.encoded(run))"
    case .failed(let run): "\(desk)/runs/\(PercentCoding.encoded(run))?state=parked"
    case .runs: "\(desk)/runs"
    }
  }

  private func queue(_ desk: String, _ change: (inout DeskFilter) -> Void) -> String {
    var filter = DeskFilter()
    change(&filter)
    return desk + filter.query()
  }
}

extension HTMLWriter {
  /// A number with its noun, as a link to the list that it counts.
  mutating func counted(_ text: String, _ address: String?) {
    guard let address else { return self.text(text) }
    element("a", .href(address), text: text)
  }
}
