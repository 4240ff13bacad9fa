import CommerceLayer
import Effects
import Formats
import HTTP
import Mirror
import Sandbox
import TestKit

/// Makes the data of the benchmark.
enum DataMaking {
  /// How many resets are stored in one transaction.
  private static let pageRows = 2_000

  static func export(_ words: InnerCommand.Words) throws -> JSONObject {
    let order = ExportText.Order(rawValue: try words.text("order")) ?? .byKey
    let text = ExportText(
      size: try words.number("size"), seed: try words.seed(), order: order,
      changed: try words.number("changed"), isQuoted: try words.text("quoted") == "true")
    let file = try Descriptor(writing: try words.text("path"))
    try text.write { try file.write($0) }
    return [:]
  }

  /// Stores the resets of all customers in a mirror, as a full pull would.
  static func resets(_ words: InnerCommand.Words) async throws -> JSONObject {
    let sides = try sides(words)
    let mirror = try Mirror.open(path: try words.text("mirror"))
    try await mirror.bind(organization: Site.organization, mode: Site.mode)
    let book = try Site.book()
    let now = SystemTime().now
    var page: [ResetRow] = []
    for reset in sides.all {
      page.append(reset.row(book))
      guard page.count == pageRows else { continue }
      _ = try await mirror.storePage(page, run: "bench", at: now)
      page = []
    }
    _ = try await mirror.storePage(page, run: "bench", at: now)
    try await mirror.notePull(full: true, recordCount: sides.size, at: now)
    try await mirror.checkpoint()
    return [:]
  }

  /// The same resets as a CSV, for a tool that can't read the mirror.
  static func resetsText(_ words: InnerCommand.Words) throws -> JSONObject {
    let file = try Descriptor(writing: try words.text("path"))
    var piece = Array(
      "reset_id,reference,reference_origin,customer_email,created_at,updated_at,metadata\n".utf8)
    for reset in try sides(words).all {
      let metadata = reset.metadata.replacing("\"", with: "\"\"")
      let fields = [
        reset.id, reset.reference, Site.origin, reset.email, reset.time, reset.time,
        "\"\(metadata)\"\n",
      ]
      piece.append(contentsOf: fields.joined(separator: ",").utf8)
      guard piece.count >= 1 << 20 else { continue }
      try file.write(piece)
      piece.removeAll(keepingCapacity: true)
    }
    try file.write(piece)
    return [:]
  }

  /// Changes some resets, as people in the shop would; other ones in each round.
  static func change(_ words: InnerCommand.Words) async throws -> JSONObject {
    let sides = ResetSides(
      size: try words.number("size"), seed: try words.seed(), likeness: .same)
    let (count, round) = (try words.number("count"), try words.number("round"))
    let book = try Site.book()
    let step = max(1, sides.size / count)
    let rows = (0..<min(count, sides.size)).map { index in
      var reset = sides.reset(at: (index * step + round) % sides.size)
      reset.time = "2026-11-\(Customer.padded(round % 28 + 1, 2))T08:00:00.000Z"
      reset.metadata = reset.metadata.replacing("\"limit\":", with: "\"limit\":\(round)")
      return reset.row(book)
    }
    let mirror = try Mirror.open(path: try words.text("mirror"))
    let stored = try await mirror.storePage(rows, run: "bench-\(round)", at: SystemTime().now)
    guard stored.changed == rows.count else {
      throw BenchmarkError("\(stored.changed) of \(rows.count) resets changed")
    }
    try await mirror.checkpoint()
    return [:]
  }

  /// A page of 25 resets, as the simulator answers the client.
  static func page(_ words: InnerCommand.Words) async throws -> JSONObject {
    let world = VirtualWorld(resets: [], generated: APISettings.pageSizeMax)
    var nowhere = Nowhere()
    _ = try await world.client(limits: .none).pullAll(into: &nowhere)
    try Files().write(world.transport.largestBody, to: try words.text("path"))
    return [:]
  }

  /// Keeps nothing of a pull of one page.
  private struct Nowhere: PullSink {
    func add(_ page: PullPage) {}
    func has(_ id: String) -> Bool { false }
  }

  private static func sides(_ words: InnerCommand.Words) throws -> ResetSides {
    ResetSides(
      size: try words.number("size"), seed: try words.seed(),
      likeness: ResetSides.Likeness(rawValue: try words.text("likeness")) ?? .mixed)
  }
}
