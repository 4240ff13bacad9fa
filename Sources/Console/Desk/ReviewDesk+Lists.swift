internal import HTTP
internal import Mirror

// The lists behind the numbers.
extension ReviewDesk {
  /// Lines of a list on one page.
  static let linesPerPage = 50

  /// The page of a list; nil where the path names none.
  func list(
    _ path: [String], _ request: HTTPServerRequest, _ visit: Visit
  ) async throws -> HTTPServerResponse? {
    switch (path.count, path.first) {
    case (1, "items"): try await items(request, visit)
    case (1, "plan"): try await plan(visit)
    case (1, "runs"): try await runs(request, visit)
    case (2, "runs"): try await run(path[1], request, visit)
    case (1, "exports"): try await exports(request, visit)
    case (2, "exports"): try await export(path[1], request, visit)
    default: nil
    }
  }

  private func items(
    _ request: HTTPServerRequest, _ visit: Visit
  ) async throws -> HTTPServerResponse {
    if let name = request.queryValue("name"), !name.isEmpty {
      let page = KeyPage(
        frame: visit.frame, name: name, stories: try await actions.stories(name))
      return visit.frame.page("Key") { page.write(into: &$0) }
    }
    let (counts, sizes) = (try await actions.situations(), try await actions.sizes())
    guard let filter = ItemsFilter(request.query) else {
      let page = CountsPage(
        frame: visit.frame, counts: counts, sizes: sizes,
        mappings: try await actions.offers().mappings)
      return visit.frame.page("Items") { page.write(into: &$0) }
    }
    let before = request.queryValue("n").flatMap { Int($0) } ?? 0
    let page = ItemsPage(
      frame: visit.frame, filter: filter,
      page: try await actions.items(
        filter.itemList, after: request.queryValue("after"), limit: Self.linesPerPage),
      before: max(0, before), total: ItemsPage.total(filter, counts, sizes))
    return visit.frame.page("Items") { page.write(into: &$0) }
  }

  private func plan(_ visit: Visit) async throws -> HTTPServerResponse {
    let page = PlanPage(frame: visit.frame, plan: try await actions.plan())
    return visit.frame.page("Plan") { page.write(into: &$0) }
  }

  private func runs(
    _ request: HTTPServerRequest, _ visit: Visit
  ) async throws -> HTTPServerResponse {
    let page = RunsPage(
      frame: visit.frame, before: request.queryValue("before"),
      runs: try await actions.runs(
        before: request.queryValue("before"), limit: Self.linesPerPage + 1))
    return visit.frame.page("Runs") { page.write(into: &$0) }
  }

  private func run(
    _ id: String, _ request: HTTPServerRequest, _ visit: Visit
  ) async throws -> HTTPServerResponse {
    guard let run = try await actions.run(id) else { return notFound(visit) }
    let state = request.queryValue("state").flatMap { OutboxState(rawValue: $0) }
    let after = request.queryValue("after").flatMap { Int64($0) } ?? 0
    let page = RunPage(
      frame: visit.frame, run: run, state: state, after: after,
      counts: try await actions.updateCounts(ofRun: run.id),
      updates: try await actions.updates(
        ofRun: run.id, state: state, after: after, limit: Self.linesPerPage + 1))
    return visit.frame.page("Run \(run.id)") { page.write(into: &$0) }
  }

  private func exports(
    _ request: HTTPServerRequest, _ visit: Visit
  ) async throws -> HTTPServerResponse {
    let filter = ExportsFilter(request.query)
    let before = request.queryValue("before").flatMap { Int64($0) }
    let page = ExportsPage(
      frame: visit.frame, filter: filter, isFirst: before == nil,
      exports: try await actions.exports(
        mapping: filter.mapping, state: filter.state, before: before,
        limit: Self.linesPerPage + 1))
    return visit.frame.page("Exports") { page.write(into: &$0) }
  }

  private func export(
    _ id: String, _ request: HTTPServerRequest, _ visit: Visit
  ) async throws -> HTTPServerResponse {
    guard let number = Int64(id), let export = try await actions.export(number) else {
      return notFound(visit)
    }
    let asked = request.queryValue("page").flatMap { Int($0) } ?? 1
    let place = min(DeskFilter.pageMax, max(1, asked))
    let page = ExportPage(
      frame: visit.frame, export: export, page: place,
      rejections: try await actions.rejections(
        of: number, offset: (place - 1) * Self.linesPerPage, limit: Self.linesPerPage))
    return visit.frame.page("Export") { page.write(into: &$0) }
  }
}
