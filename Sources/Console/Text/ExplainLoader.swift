public import Formats
public import Mirror
public import Reconciliation

/// Fills explanations from the mirror: one for each item that a name belongs to.
public struct ExplainLoader: Sendable {
  private let mirror: Mirror
  private let book: RuleBook
  private let masking: Masking

  /// A loader by the rules of these mappings.
  public init(mirror: Mirror, book: RuleBook, masking: Masking) {
    self.mirror = mirror
    self.book = book
    self.masking = masking
  }

  /// What is known of a reference (raw or normal) or reset id, the item that it names first.
  ///
  /// Throws `MirrorError.notFound` where nothing is known.
  public func load(
    _ name: String, mapping: String? = nil, at now: Timestamp
  ) async throws -> [ExplainModel] {
    let stories: [Story]
    do {
      stories = try await mirror.explain(name)
    } catch let error as MirrorError where error.kind == .notFound {
      let rejected = try await onlyRejected(name).filter {
        mapping == nil || $0.mapping == mapping
      }
      guard !rejected.isEmpty else { throw error }
      return rejected
    }
    let book = try await mirror.knowing(book)
    var models = stories.filter { mapping == nil || $0.group.mapping == mapping }
      .flatMap { explained($0, by: book, at: now) }
    let named = models.filter { $0.reset?.id == name }
    if !named.isEmpty { models = named }
    for place in models.indices {
      guard let reference = models[place].reference else { continue }
      let rows = try await mirror.unusedRows(reference: reference)
      let mapping = models[place].mapping
      models[place].rejected = rows.rejected.filter { $0.receipt.mapping == mapping }
        .map(Self.rejected)
      models[place].stale = rows.stale.filter { $0.receipt.mapping == mapping }
        .map { receipt, row in
          let place = receipt.place(of: row.line)
          return ExplainModel.Stale(
            file: place.file, line: place.line, changedAt: row.changedAt, at: receipt.importedAt)
        }
    }
    for place in models.indices {
      models[place].lookalike = try await lookalike(models[place])
    }
    return models
  }

  /// The key that the other side has in the place of the one it lacks.
  private func lookalike(_ model: ExplainModel) async throws -> String? {
    guard model.situation?.isOneSided ?? false, let key = model.reference,
      let mapping = model.mapping
    else { return nil }
    return try await mirror.lookalike(
      of: key, origin: model.origin ?? "", mapping: mapping, at: model.ownSide)
  }

  /// Keys of which nothing is known but rows that could not be used.
  private func onlyRejected(_ name: String) async throws -> [ExplainModel] {
    var models: [ExplainModel] = []
    for row in try await mirror.unusedRows(reference: name).rejected {
      let mapping = row.receipt.mapping
      if let place = models.firstIndex(where: { $0.mapping == mapping }) {
        models[place].rejected.append(Self.rejected(row))
      } else {
        var model = ExplainModel(
          reference: name, origin: row.rejection.key?.origin, mapping: mapping, masking: masking)
        model.rejected = [Self.rejected(row)]
        models.append(model)
      }
    }
    return models
  }

  private static func rejected(
    _ row: (receipt: ImportReceipt, rejection: Rejection)
  ) -> ExplainModel.Rejected {
    let place = row.receipt.place(of: row.rejection.line)
    var rejected = ExplainModel.Rejected(
      file: place.file, line: place.line, column: row.rejection.column,
      reason: row.rejection.reason, at: row.receipt.importedAt)
    rejected.isSetAside = row.rejection.isSetAside
    return rejected
  }

  private func explained(
    _ story: Story, by book: RuleBook, at now: Timestamp
  ) -> [ExplainModel] {
    let assessments = assess(story.group, rules: book, at: now)
    let resets = story.resets
    return assessments.map { assessment in
      var model = ExplainModel(
        reference: assessment.key?.reference, origin: assessment.key?.origin,
        mapping: assessment.mapping, masking: masking)
      model.situation = assessment.situation
      let records = story.group.records + story.group.neighbours.flatMap(\.records)
      model.record = records.first { $0.key == assessment.key } ?? records.first
      var resetID: String?
      if case .reset(let id) = assessment.item {
        resetID = id
        model.reset = resets.first { $0.id == id }
        model.reference = model.reference ?? model.reset?.reference
        model.origin = model.origin ?? model.reset?.referenceOrigin
      }
      model.fields = assessment.fields.map(Self.field)
      model.pushes = story.pushes.filter { $0.update.resetID == resetID }.map(Self.push)
      model.conflicts = story.conflicts
        .filter { $0.resetID == nil || resetID == nil || $0.resetID == resetID }
        .map { ConflictView($0, sides: nil, masking: masking) }
      let subjects = Set([resetID, assessment.key?.description].compactMap { $0 })
        .union(model.conflicts.map(\.id))
      model.history = story.journal.filter { subjects.contains($0.entry.subject) }
      return model
    }
  }

  private static func field(_ outcome: FieldOutcome) -> ExplainModel.Field {
    let source: FieldValue? = if case .value(let value) = outcome.source { value } else { nil }
    return ExplainModel.Field(
      metadata: outcome.field, base: outcome.base.remote ?? outcome.base.source, source: source,
      remote: outcome.remote, outcome: outcome.outcome.name)
  }

  private static func push(_ entry: OutboxEntry) -> ExplainModel.Push {
    let fields = entry.update.fields.map { write in
      (write.metadata, write.value.json ?? JSONValue.null)
    }
    return ExplainModel.Push(
      at: entry.settledAt ?? entry.sentAt ?? entry.queuedAt, run: entry.run,
      state: entry.state.rawValue, fields: .object(JSONObject(fields)), reason: entry.reason)
  }
}
