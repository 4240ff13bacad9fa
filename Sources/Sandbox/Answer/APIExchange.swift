import Formats
import HTTP

/// What the API answers, before it is put on the wire.
struct APIAnswer {
  var status: Int
  var body: [UInt8]
  var mediaType: String? = APIExchange.mediaType
  var location: String?
  var allow: String?
  /// The rows shown as primary data, for faults that change rows between two pages.
  var rows: [RecordRef] = []
  /// True for a page of a list.
  var isPage = false
}

/// One authenticated request against the data of one mode.
struct APIExchange {
  static let mediaType = "application/vnd.api+json"

  let request: HTTPServerRequest
  /// Path segments after `/api` and the version.
  let segments: [String]
  /// `http://host:port/api`, with the version if the request has one.
  let base: String
  let store: Store
  let grant: AccessGrant
  let options: SandboxOptions
  let now: Int64
  let traceID: String
  let tieBreaker: UInt64?
  var shownMode: String?
  var shownOrganizationID: String?
  var leaksToken = false

  /// Answers, turning errors into error documents.
  func answer() -> APIAnswer {
    do {
      return try route()
    } catch let error as APIError {
      return failure([error])
    } catch let failure as APIFailure {
      return self.failure(failure.errors)
    } catch {
      return failure([
        APIError(500, "INTERNAL_SERVER_ERROR", "Internal Server Error", "Internal Server Error")
      ])
    }
  }

  private func failure(_ errors: [APIError]) -> APIAnswer {
    var writer = ByteWriter()
    writer.errors(errors, statusAsNumber: options.errorStatusAsNumber)
    var answer = APIAnswer(status: errors[0].status, body: writer.bytes)
    if answer.status == 405 { answer.allow = allowed.joined(separator: ", ") }
    return answer
  }

  // MARK: Routes

  private enum Route {
    case collection(ResourceType)
    case member(ResourceType, String)
    case related(ResourceType, String, Relationship)
    case relationship(ResourceType, String, Relationship)
  }

  private var found: Route? {
    guard let name = segments.first, let type = ResourceType.named(name) else { return nil }
    switch segments.count {
    // Event stores have no collection (CommerceLayer#Deletions-and-authors).
    case 1: return type == .eventStores ? nil : .collection(type)
    case 2: return .member(type, segments[1])
    case 3: return type.schema.relationship(segments[2]).map { .related(type, segments[1], $0) }
    case 4 where segments[2] == "relationships":
      return type.schema.relationship(segments[3]).map { .relationship(type, segments[1], $0) }
    default: return nil
    }
  }

  private var allowed: [String] {
    switch found {
    case .collection(.events)?: ["GET", "HEAD"]
    case .collection?: ["GET", "HEAD", "POST"]
    case .member(.events, _)?: ["GET", "HEAD", "PATCH"]
    case .member(.eventStores, _)?: ["GET", "HEAD"]
    case .member?: ["GET", "HEAD", "PATCH", "DELETE"]
    default: ["GET", "HEAD"]
    }
  }

  private func route() throws -> APIAnswer {
    guard let route = found else { throw APIError.routeNotFound }
    guard allowed.contains(request.method.rawValue) else { throw APIError.methodNotAllowed }
    try checkPermission(route)
    try checkMediaTypes()
    switch (route, request.method) {
    case (.collection(let type), .post): return try create(type)
    case (.collection(let type), _):
      let query = try query(type)
      return type == .resets
        ? page(QueryPlan(query, store, tieBreaker: tieBreaker).runResets(), type, query)
        : page(
          QueryPlan(query, store, tieBreaker: tieBreaker).run(over: store.all(type)), type, query)
    case (.member(let type, let id), .patch): return try update(type, id)
    case (.member(let type, let id), .delete): return try delete(type, id)
    case (.member(let type, let id), _): return single(try record(type, id), try query(type))
    case (.related(let type, let id, let relationship), _):
      return try related(try record(type, id), relationship)
    case (.relationship(let type, let id, let relationship), _):
      let record = try record(type, id)
      return APIAnswer(status: 200, body: renderer([:]).linkage(record, relationship))
    }
  }

  private func checkPermission(_ route: Route) throws(APIError) {
    switch grant.credential.role {
    case .admin: return
    case .readOnly:
      if request.method != .get && request.method != .head { throw APIError.unauthorized }
    case .salesChannel:
      guard case .member(.resets, _) = route, request.method == .patch else {
        throw APIError.unauthorized
      }
    }
  }

  private func checkMediaTypes() throws(APIError) {
    guard Self.accepts(request.fields.values(of: "Accept"), wildcard: options.acceptsWildcard)
    else { throw APIError.notAcceptable }
    guard request.method == .post || request.method == .patch else { return }
    guard request.fields["Content-Type"]?.lowercased() == Self.mediaType else {
      throw APIError.unsupportedMediaType
    }
  }

  /// Whether one of the ranges is the JSON:API media type without parameters (but a weight).
  static func accepts(_ values: [String], wildcard: Bool) -> Bool {
    if values.isEmpty { return wildcard }
    for range in values.joined(separator: ",").lowercased().split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
      guard let type = parts.first, !parts.contains("q=0") else { continue }
      let isPlain = parts.dropFirst().allSatisfy { $0.hasPrefix("q=") }
      if isPlain && (type == mediaType || wildcard && ["*/*", "application/*"].contains(type)) {
        return true
      }
    }
    return false
  }

  // MARK: Reading

  private func record(_ type: ResourceType, _ id: String) throws(APIError) -> RecordRef {
    guard let record = store.record(type, id: id) else { throw APIError.recordNotFound }
    return record
  }

  func query(_ type: ResourceType) throws(APIError) -> ResourceQuery {
    try ResourceQuery(request.query, type: type, store: store, options: options)
  }

  private func renderer(_ fields: [ResourceType: FieldSelection]) -> Renderer {
    var renderer = Renderer(store, options, base: base, traceID: traceID, fields: fields)
    if let shownMode { renderer.mode = shownMode }
    if let shownOrganizationID { renderer.organizationID = shownOrganizationID }
    renderer.leaksToken = leaksToken
    return renderer
  }

  func single(_ record: RecordRef?, _ query: ResourceQuery, status: Int = 200) -> APIAnswer {
    var answer = APIAnswer(
      status: status,
      body: renderer(query.fields).single(record, include: query.include))
    if let record { answer.rows = [record] }
    return answer
  }

  private func page(
    _ result: QueryPlan.Result, _ type: ResourceType, _ query: ResourceQuery
  ) -> APIAnswer {
    let pageCount = (result.recordCount + query.page.size - 1) / query.page.size
    let path = base + "/" + segments.map(PercentCoding.encoded).joined(separator: "/")
    let links = PageLinks(path: path, echo: query.echo)
      .members(page: query.page, pageCount: pageCount)
    let body = renderer(query.fields).list(
      result.rows, include: query.include,
      counts: "\"record_count\":\(result.recordCount),\"page_count\":\(pageCount)", links: links)
    return APIAnswer(status: 200, body: body, rows: result.rows, isPage: true)
  }

  private func related(
    _ record: RecordRef, _ relationship: Relationship
  ) throws(APIError) -> APIAnswer {
    let others = store.related(relationship, of: record)
    guard let target = relationship.target else {
      // Types that the sandbox does not hold: always empty.
      let query = try query(.events)
      return relationship.isToMany
        ? page(.init(rows: [], recordCount: 0), .events, query) : single(nil, query)
    }
    let query = try query(target)
    if !relationship.isToMany { return single(others.first, query) }
    if target == .eventStores { return try cursorPage(others, query) }
    return page(
      QueryPlan(query, store, tieBreaker: tieBreaker).run(over: others), target, query)
  }

  /// Event stores are paged by a cursor and have no counts (CommerceLayer#Deletions-and-authors).
  private func cursorPage(
    _ records: [RecordRef], _ query: ResourceQuery
  ) throws(APIError) -> APIAnswer {
    var records = records
    if query.sort.first?.isDescending == true { records.reverse() }
    if let after = query.page.after {
      guard let place = records.firstIndex(where: { store.id(of: $0) == after }) else {
        throw APIError.invalidPage(after, "after")
      }
      records = Array(records[(place + 1)...])
    }
    let rows = Array(records.prefix(query.page.size))
    let hasMore = records.count > rows.count
    let path = base + "/" + segments.map(PercentCoding.encoded).joined(separator: "/")
    let links = PageLinks(path: path, echo: query.echo)
      .cursorMembers(page: query.page, after: hasMore ? rows.last.map(store.id(of:)) : nil)
    let body = renderer(query.fields)
      .list(rows, include: query.include, counts: "", links: links)
    return APIAnswer(status: 200, body: body, rows: rows, isPage: true)
  }
}
