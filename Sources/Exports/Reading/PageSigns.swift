/// What a document says of itself beside its rows: whether more of them are elsewhere.
///
/// These are the signs of protocols in use: OData (`@odata.nextLink`, `__next`, `@odata.count`),
/// Salesforce (`done`, `nextRecordsUrl`, `totalSize`), HubSpot (`paging.next`), JSON:API and HAL
/// (`links.next`, `meta.total`), Spring, Laravel, Oracle, Zoho, GraphQL and their likes. Names are
/// compared without case, marks between words, and `odata.` before them.
struct PageSigns {
  /// A value of a document, as far as it can be a sign.
  enum Value {
    /// A text, or a number as it is spelled.
    case text(String)
    case flag(Bool)
    /// Something of parts, and not empty.
    case something
  }

  /// What says in itself that more is elsewhere: the name, and what it says.
  private var claim: String?
  private var totals: [(name: String, count: Int)] = []
  /// Pages by the names around them.
  private var pages: [String: Page] = [:]

  /// Which page of how many.
  private struct Page {
    var number: Int?
    var count: Int?

    var isPart: Bool { (count ?? 1) > 1 && (number ?? .max) < (count ?? 1) }
  }

  /// Takes a value by the names that lead to it from what stands around the rows.
  mutating func note(_ names: [String], _ value: Value) {
    let plain = names.map(Self.plain)
    guard let last = plain.last else { return }
    let shown = names.joined(separator: ".")
    if let next = plain.firstIndex(where: Self.leading.contains),
      plain[..<next].allSatisfy(Self.parts.contains), !value.isNothing
    {
      claim = claim ?? "“\(shown)” leads to more"
    }
    // A total may be an object with its value and how exact it is.
    if last == "value", let total = plain.dropLast().last, Self.totalNames.contains(total) {
      return noteTotal(shown, value)
    }
    guard plain.dropLast().allSatisfy(Self.parts.contains) else { return }
    if let flag = value.flag {
      if flag, Self.trueForMore.contains(last) { claim = claim ?? "“\(shown)” is true" }
      if !flag, Self.falseForMore.contains(last) { claim = claim ?? "“\(shown)” is false" }
    }
    if Self.totalNames.contains(last) { noteTotal(shown, value) }
    if let number = value.number {
      let around = plain.dropLast().joined(separator: ".")
      if Self.pageNames.contains(last) { pages[around, default: Page()].number = number }
      if Self.pageCountNames.contains(last) { pages[around, default: Page()].count = number }
    }
  }

  /// Takes a link to the next page, which stands at these names.
  mutating func noteLink(_ names: [String]) {
    claim = claim ?? "a link in “\(names.joined(separator: "."))” leads to more (next)"
  }

  private mutating func noteTotal(_ name: String, _ value: Value) {
    if let number = value.number { totals.append((name, number)) }
  }

  /// Why the rows of the document, so many, are not all there are; nil if nothing says so.
  func reason(rows: Int) -> String? {
    if let claim { return claim }
    if let total = totals.first(where: { $0.count > rows }) {
      return "“\(total.name)” says \(total.count), and \(rows) rows are in it"
    }
    // Pages that were put together keep the counts of one of them.
    guard totals.isEmpty, let part = pages.values.first(where: \.isPart) else { return nil }
    return "it is page \(part.number ?? 0) of \(part.count ?? 0)"
  }

  // MARK: - Names

  /// A name without case and marks: `@odata.nextLink`, `next_link`, `NextLink` are `nextlink`.
  private static func plain(_ name: String) -> String {
    var rest = name.lowercased()[...]
    if let range = rest.firstRange(of: "odata.") { rest = rest[range.upperBound...] }
    return rest.filter { $0.isLetter || $0.isNumber }
  }

  /// Objects that tell of pages.
  private static let parts: Set<String> = [
    "meta", "metadata", "paging", "pagination", "pager", "page", "pageinfo", "paginginfo", "links",
    "link", "info", "cursor", "cursors", "responsemetadata",
  ]
  /// What leads to the next page, if it is anything.
  private static let leading: Set<String> = [
    "next", "nextlink", "nextpage", "nextpageurl", "nextpageuri", "nextpagelink", "nextpagetoken",
    "nexttoken", "nextcursor", "nexturl", "nexturi", "nexthref", "nextrecordsurl", "nextmarker",
    "nextoffset", "skiptoken", "nextskiptoken", "continuation", "continuationtoken",
    "lastevaluatedkey",
  ]
  private static let trueForMore: Set<String> = [
    "more", "hasmore", "hasnext", "hasnextpage", "hasmorepages", "hasmoreitems", "hasmorerecords",
    "hasmoreresults", "moreitems", "morerecords", "moreresults", "moreavailable", "truncated",
    "istruncated", "incomplete", "incompleteresults", "partial", "ispartial",
  ]
  private static let falseForMore: Set<String> = [
    "done", "complete", "iscomplete", "finished", "isfinished", "final", "isfinal", "last",
    "islast", "lastpage", "islastpage",
  ]
  private static let totalNames: Set<String> = [
    "count", "total", "totalcount", "totalsize", "totalresults", "totalrecords", "totalitems",
    "totalelements", "totalentries", "totalrows", "totalhits", "recordcount", "rowcount",
    "itemcount", "resultcount", "numfound", "nbhits", "numberofrecords",
  ]
  private static let pageNames: Set<String> = [
    "page", "currentpage", "pagenumber", "pageno", "number",
  ]
  private static let pageCountNames: Set<String> = [
    "pages", "totalpages", "pagecount", "lastpage", "numpages", "nbpages",
  ]
}

extension PageSigns.Value {
  /// Whether it stands for nothing.
  fileprivate var isNothing: Bool {
    switch self {
    case .text(let text): ["", "0", "null", "none", "false"].contains(text.lowercased())
    case .flag(let flag): !flag
    case .something: false
    }
  }

  fileprivate var flag: Bool? {
    switch self {
    case .flag(let flag): flag
    case .text(let text): ["true": true, "false": false][text.lowercased()]
    case .something: nil
    }
  }

  fileprivate var number: Int? {
    if case .text(let text) = self { Int(text) } else { nil }
  }
}
