/// Finds the rows of a list request, by an index where one serves.
///
/// Ranges over id, `created_at` and `updated_at` become ranges of ranks in their index. When
/// nothing else is asked and the order is the index's, a page costs its own rows only, however
/// large the collection; otherwise the rows of the narrowest range are looked at one by one.
struct QueryPlan {
  /// The rows of one page and how many rows match in all.
  struct Result {
    var rows: [RecordRef]
    var recordCount: Int
  }

  private enum IndexKind {
    case number, creation, update
  }

  private let query: ResourceQuery
  private let store: Store
  private let tieBreaker: UInt64?

  /// `tieBreaker` makes rows that are equal in the sort order come in an order of its own.
  init(_ query: ResourceQuery, _ store: Store, tieBreaker: UInt64?) {
    self.query = query
    self.store = store
    self.tieBreaker = tieBreaker
  }

  /// Runs over the resets.
  func runResets() -> Result {
    if let candidates = chosenNumbers() {
      let live = candidates.filter { store.resets[$0].isAlive }
        .map { RecordRef(type: .resets, number: $0) }
      return run(over: live)
    }
    let kinds: [IndexKind] = [.number, .creation, .update]
    let ranges = kinds.map { ($0, range($0)) }
    let orderKind = tieBreaker == nil ? orderIndex : nil
    if let order = orderKind, let (_, range) = ranges.first(where: { $0.0 == order.kind }),
      query.conditions.allSatisfy({ bound($0, on: order.kind) != nil })
    {
      return page(order.kind, range, descending: order.descending)
    }
    guard let narrowest = ranges.min(by: { $0.1.count < $1.1.count }) else {
      return Result(rows: [], recordCount: 0)
    }
    let numbers = index(narrowest.0).sequences(in: narrowest.1)
    return run(over: numbers.map { RecordRef(type: .resets, number: $0) })
  }

  /// Runs over given rows.
  func run(over records: [RecordRef]) -> Result {
    var matching = records
    if !query.conditions.isEmpty {
      matching = records.filter { record in
        query.conditions.allSatisfy { $0.holds(for: record, in: store) }
      }
    }
    let sorted = sort(matching)
    let first = min(sorted.count, pageStart)
    let rows = Array(sorted[first..<min(sorted.count, first + query.page.size)])
    return Result(rows: rows, recordCount: sorted.count)
  }

  private var pageStart: Int {
    (query.page.number - 1) * query.page.size
  }

  // MARK: Indexes

  private func page(
    _ kind: IndexKind, _ range: Range<Int>, descending: Bool
  ) -> Result {
    let offset = min(pageStart, range.count)
    let length = min(query.page.size, range.count - offset)
    let ranks =
      descending
      ? (range.upperBound - offset - length)..<(range.upperBound - offset)
      : (range.lowerBound + offset)..<(range.lowerBound + offset + length)
    let numbers = index(kind).sequences(in: ranks, descending: descending)
    return Result(
      rows: numbers.map { RecordRef(type: .resets, number: $0) }, recordCount: range.count)
  }

  private func index(_ kind: IndexKind) -> OrderedIndex {
    switch kind {
    case .number: store.resetsByNumber
    case .creation: store.resetsByCreation
    case .update: store.resetsByUpdate
    }
  }

  /// The index whose order the sort keys ask for: the attribute alone, or followed by id.
  private var orderIndex: (kind: IndexKind, descending: Bool)? {
    guard let first = query.sort.first else { return (.number, false) }
    guard first.relationship == nil else { return nil }
    let kind: IndexKind
    switch first.attribute.field {
    case .id: kind = .number
    case .createdAt: kind = .creation
    case .updatedAt: kind = .update
    default: return nil
    }
    switch query.sort.count {
    // Without a second key equal times come by ascending id, which a reversed index would not do.
    case 1: return kind == .number || !first.isDescending ? (kind, first.isDescending) : nil
    case 2:
      let second = query.sort[1]
      let fits =
        second.relationship == nil && second.attribute.field == .id
        && second.isDescending == first.isDescending
      return fits ? (kind, first.isDescending) : nil
    default: return nil
    }
  }

  /// The ranks that the conditions leave on one index.
  private func range(_ kind: IndexKind) -> Range<Int> {
    let index = index(kind)
    var low = 0
    var high = index.count
    for condition in query.conditions {
      guard let bound = bound(condition, on: kind) else { continue }
      switch bound {
      case .nothing: return 0..<0
      case .keys(let from, let below):
        if let from { low = max(low, index.rank(.init(primary: from, sequence: .min))) }
        if let below { high = min(high, index.rank(.init(primary: below, sequence: .min))) }
      }
    }
    return low < high ? low..<high : 0..<0
  }

  private enum Bound {
    case nothing
    case keys(from: Int64?, below: Int64?)
  }

  /// The condition as a range of keys of this index, or nil when it is not one.
  private func bound(_ condition: Condition, on kind: IndexKind) -> Bound? {
    guard condition.paths.count == 1, condition.paths[0].relationship == nil,
      condition.quantifier == .single, !condition.orNull
    else { return nil }
    switch (kind, condition.paths[0].attribute.field) {
    case (.number, .id), (.creation, .createdAt), (.update, .updatedAt): break
    default: return nil
    }
    switch condition.operation {
    case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual: break
    default: return nil
    }
    let key: Int64
    switch condition.operands[0].values.first {
    case .identifier(let number)?: key = Int64(number)
    case .time(let time)?: key = time
    default: return .nothing
    }
    switch condition.operation {
    case .equal: return .keys(from: key, below: key + 1)
    case .less: return .keys(from: nil, below: key)
    case .lessOrEqual: return .keys(from: nil, below: key + 1)
    case .greater: return .keys(from: key + 1, below: nil)
    default: return .keys(from: key, below: nil)
    }
  }

  /// The numbers that an `id_eq`, `id_in` or customer filter names, in ascending order.
  private func chosenNumbers() -> [Int]? {
    for condition in query.conditions
    where condition.paths.count == 1 && !condition.orNull
      && (condition.operation == .equal || condition.operation == .inList)
    {
      let path = condition.paths[0]
      let values = condition.operands[0].values
      if path.relationship == nil, path.attribute.field == .id {
        return Array(Set(values.compactMap(Self.number))).sorted()
      }
      guard path.relationship?.target == .customers else { continue }
      var customers: Set<Int>
      switch path.attribute.field {
      case .id: customers = Set(values.compactMap(Self.number))
      case .email:
        customers = []
        for case .text(let email) in values {
          if let customer = store.customer(email: email) { customers.insert(customer) }
        }
      default: continue
      }
      return customers.flatMap { store.resets(ofCustomer: $0) }.sorted()
    }
    return nil
  }

  private static func number(_ value: FieldValue) -> Int? {
    if case .identifier(let number) = value { number } else { nil }
  }

  // MARK: Order

  /// Sorts by the keys; rows equal in all of them keep ascending id.
  private func sort(_ records: [RecordRef]) -> [RecordRef] {
    if query.sort.isEmpty && tieBreaker == nil { return records.sorted { $0.number < $1.number } }
    let keyed = records.map { record in
      (record, query.sort.map { value($0, record) })
    }
    return keyed.sorted { left, right in
      for (position, key) in query.sort.enumerated() {
        let (a, b) = (left.1[position], right.1[position])
        if FieldValue.precedes(a, b) { return !key.isDescending }
        if FieldValue.precedes(b, a) { return key.isDescending }
      }
      return tieOrder(left.0) < tieOrder(right.0)
    }.map(\.0)
  }

  private func tieOrder(_ record: RecordRef) -> UInt64 {
    guard let tieBreaker else { return UInt64(record.number) }
    return ResourceIDs.mixed(UInt64(record.number) ^ tieBreaker)
  }

  private func value(_ key: SortKey, _ record: RecordRef) -> FieldValue {
    guard let relationship = key.relationship else {
      return store.value(key.attribute.field, of: record, emptyMetadataIsNull: true)
    }
    guard let other = store.related(relationship, of: record).first else { return .null }
    return store.value(key.attribute.field, of: other, emptyMetadataIsNull: true)
  }
}
