/// Links of a page, percent-encoded, repeating filters and order.
struct PageLinks {
  let path: String
  let echo: String

  /// The members `first`, `prev`, `next`, `last`.
  func members(page: ResourceQuery.Page, pageCount: Int) -> [UInt8] {
    var writer = ByteWriter(capacityBytes: 1_024)
    add("first", number: 1, page, to: &writer)
    if page.number > 1 {
      writer.raw(",")
      add("prev", number: page.number - 1, page, to: &writer)
    }
    if page.number < pageCount {
      writer.raw(",")
      add("next", number: page.number + 1, page, to: &writer)
    }
    writer.raw(",")
    add("last", number: max(1, pageCount), page, to: &writer)
    return writer.bytes
  }

  /// The members of a cursor-paged list; `after` is the last id of a page with a successor.
  func cursorMembers(page: ResourceQuery.Page, after: String?) -> [UInt8] {
    var writer = ByteWriter()
    writer.raw("\"first\":")
    writer.string(path + "?" + prefix + "page%5Bsize%5D=\(page.size)")
    if let after {
      writer.raw(",\"next\":")
      writer.string(
        path + "?" + prefix + "page%5Bafter%5D=\(after)&page%5Bsize%5D=\(page.size)")
    }
    return writer.bytes
  }

  private var prefix: String { echo.isEmpty ? "" : echo + "&" }

  private func add(
    _ name: String, number: Int, _ page: ResourceQuery.Page, to writer: inout ByteWriter
  ) {
    writer.key(name)
    writer.string(
      "\(path)?\(prefix)page%5Bnumber%5D=\(number)&page%5Bsize%5D=\(page.size)")
  }
}
