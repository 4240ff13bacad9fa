internal import Formats
internal import HTTP

/// Single records: reading, changing, and what is known around them.
extension CommerceLayerClient {
  /// The most pages of an audit trail that are read: 40 pages of 25 entries.
  private static let auditPagesMax = 40

  /// One reset as it is now; nil when it does not exist (any more).
  public func retrieve(_ id: String) async throws(APIError) -> ResetResource? {
    do throws(APIError) {
      let fields = (name: "fields[\(ResetResource.type)]", value: ResetQuery.fields)
      let (reset, meta) = try await get(try path(id), [fields], decode: ResetDecoder.single)
      try verify(meta)
      guard reset.id == id else {
        throw APIError(.incompatible, "another reset came than was asked for")
      }
      return reset
    } catch {
      if error.kind == .notFound { return nil }
      throw error
    }
  }

  /// The resets of up to 25 ids, in one request; those that don't exist are left out.
  public func retrieve(ids: [String]) async throws(APIError) -> [ResetResource] {
    guard !ids.isEmpty else { return [] }
    guard ids.count <= APISettings.pageSizeMax else {
      throw APIError(.misconfigured, "at most \(APISettings.pageSizeMax) ids fit one request")
    }
    for id in ids { _ = try path(id) }
    let filter = ResetFilter(checked: "id_in", ids.joined(separator: ","))
    let page = try await page(ResetQuery(filters: [filter]))
    let asked = Set(ids)
    guard page.rows.allSatisfy({ asked.contains($0.id) }) else {
      throw APIError(.incompatible, "the filter id_in was not applied")
    }
    return page.rows
  }

  /// The resets of any number of ids, 25 per request, up to `max_in_flight` requests at a time;
  /// in no order.
  public func retrieveMany(_ ids: [String]) async throws(APIError) -> [ResetResource] {
    let size = APISettings.pageSizeMax
    let parts = stride(from: 0, to: ids.count, by: size).map {
      Array(ids[$0..<min($0 + size, ids.count)])
    }
    let results = await inParallel(parts) { part -> Result<[ResetResource], APIError> in
      do throws(APIError) {
        return .success(try await self.retrieve(ids: part))
      } catch {
        return .failure(error)
      }
    }
    var found: [ResetResource] = []
    for result in results { found += try result.get() }
    return found
  }

  /// The resets of some ids, each asked for directly, up to `max_in_flight` at a time; nil where
  /// the API answers with 404: the proof that a complete pull's gap is a deletion.
  ///
  /// The outcomes are in the order of the ids.
  public func retrieveEach(_ ids: [String]) async -> [Result<ResetResource?, APIError>] {
    await inParallel(ids) { id -> Result<ResetResource?, APIError> in
      do throws(APIError) {
        return .success(try await self.retrieve(id))
      } catch {
        return .failure(error)
      }
    }
  }

  /// Those of the ids that the API answers with 404, each asked for directly.
  public func missing(among ids: [String]) async throws(APIError) -> [String] {
    var gone: [String] = []
    for (id, result) in zip(ids, await retrieveEach(ids)) where try result.get() == nil {
      gone.append(id)
    }
    return gone
  }

  /// Runs at most `max_in_flight` at a time and keeps the order; stops starting new ones when
  /// the task is cancelled, since each then fails at once.
  private func inParallel<Item: Sendable, Value: Sendable>(
    _ items: [Item], _ work: @escaping @Sendable (Item) async -> Value
  ) async -> [Value] {
    await withTaskGroup(of: (Int, Value).self) { group in
      var results: [(Int, Value)] = []
      results.reserveCapacity(items.count)
      for (index, item) in items.enumerated() {
        if index >= settings.maxInFlight, let done = await group.next() { results.append(done) }
        group.addTask { (index, await work(item)) }
      }
      for await done in group { results.append(done) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// Changes a reset and returns it as the API then shows it.
  ///
  /// Throws `outcomeUnknown` where the change may or may not have been applied: it is never sent
  /// twice, so read the reset to settle it. Throws `notFound` for a deleted reset.
  public func update(
    _ id: String, _ attributes: PatchAttributes
  ) async throws(APIError) -> ResetResource {
    guard !attributes.isEmpty else {
      throw APIError(.misconfigured, "there is nothing to change")
    }
    let (reset, meta) = try await patch(
      try path(id), body: attributes.body(id: id), decode: ResetDecoder.single)
    try verify(meta)
    guard reset.id == id else {
      throw APIError(.outcomeUnknown, "the answer shows another reset", request: "PATCH")
    }
    return reset
  }

  /// Changes several resets, up to `max_in_flight` at a time; the outcomes are in the same order.
  ///
  /// Each reset may be named once: changes of one reset would overwrite one another.
  public func update(
    _ changes: [(id: String, attributes: PatchAttributes)]
  ) async -> [Result<ResetResource, APIError>] {
    await inParallel(changes) { change -> Result<ResetResource, APIError> in
      do throws(APIError) {
        return .success(try await self.update(change.id, change.attributes))
      } catch {
        return .failure(error)
      }
    }
  }

  /// Who changed which field of a reset and when, oldest first; empty where nothing is recorded.
  public func eventStores(of id: String) async throws(APIError) -> [RemoteChange] {
    var changes: [RemoteChange] = []
    var seen: Set<String> = []
    var after: String?
    for _ in 0..<Self.auditPagesMax {
      var parameters = [(name: "page[size]", value: String(APISettings.pageSizeMax))]
      if let after { parameters.append((name: "page[after]", value: after)) }
      let page = try await get(
        try path(id) + "/event_stores", parameters, decode: AuditDecoder.changes)
      changes += page.changes
      guard let next = page.next, page.entries > 0, seen.insert(next).inserted else { break }
      after = next
    }
    return changes.enumerated().sorted { left, right in
      (left.element.at?.time.microseconds ?? 0, left.offset)
        < (right.element.at?.time.microseconds ?? 0, right.offset)
    }.map(\.element)
  }

  /// The customer of a reset; nil when there is none.
  public func customer(of id: String) async throws(APIError) -> RemoteCustomer? {
    let fields = "email,status,has_password,reference,reference_origin"
    do throws(APIError) {
      return try await get(
        try path(id) + "/customer", [(name: "fields[customers]", value: fields)],
        decode: AuditDecoder.customer)
    } catch {
      if error.kind == .notFound { return nil }
      throw error
    }
  }

  /// The first 25 events of a reset.
  public func events(of id: String) async throws(APIError) -> [RemoteEvent] {
    let parameters = [
      (name: "fields[events]", value: "name,created_at"), (name: "page[number]", value: "1"),
      (name: "page[size]", value: String(APISettings.pageSizeMax)),
    ]
    return try await get(try path(id) + "/events", parameters, decode: AuditDecoder.events)
  }

  /// One page of a list, its origin checked.
  func page(_ query: ResetQuery) async throws(APIError) -> ResetPage {
    try await dated(query).page
  }

  /// One page of a list with the server's time, from the `Date` field.
  func dated(
    _ query: ResetQuery
  ) async throws(APIError) -> (page: ResetPage, serverTime: Timestamp?) {
    let answer = try await list(query)
    try verify(answer.page.meta)
    for row in answer.page.rows {
      var meta = answer.page.meta
      if row.mode == meta.mode && row.organizationID == meta.organizationID { continue }
      (meta.mode, meta.organizationID) = (row.mode, row.organizationID)
      try verify(meta)
    }
    return (answer.page, answer.date.flatMap(RetryAfter.date))
  }

  /// A list that is not there is no record that was deleted, but another address than the API's.
  private func list(
    _ query: ResetQuery
  ) async throws(APIError) -> (page: ResetPage, date: String?) {
    do throws(APIError) {
      return try await get("/" + ResetResource.type, query.parameters) {
        answer throws(MalformedDocument) in
        (page: try ResetDecoder.page(answer), date: answer.fields["Date"])
      }
    } catch  where error.kind == .notFound {
      var elsewhere = APIError(
        .misconfigured, "nothing answers as this API at \(settings.baseURL)",
        request: error.request, status: error.status)
      elsewhere.remedy =
        "correct api.base_url: the address of an organisation ends in /api, such as"
        + " https://yourdomain.commercelayer.io/api"
      throw elsewhere
    }
  }

  /// The same, or why it could not be had: for questions that wait beside one another.
  func datedResult(
    of query: ResetQuery
  ) async -> Result<(page: ResetPage, serverTime: Timestamp?), APIError> {
    do throws(APIError) {
      return .success(try await dated(query))
    } catch {
      return .failure(error)
    }
  }

  /// The path of a reset; what could name another path, or two ids in a list, is no id.
  private func path(_ id: String) throws(APIError) -> String {
    let isPlain = PercentCoding.encoded(id) == id
    guard isPlain, !id.isEmpty, id.utf8.count <= 128, id != ".", id != ".." else {
      throw APIError(
        .misconfigured, "an id of a reset has letters, digits and - . _ ~ only")
    }
    return "/\(ResetResource.type)/\(id)"
  }
}
