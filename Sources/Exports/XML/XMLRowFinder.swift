import Formats

/// Finds the element that stands for a row where nobody has said so.
enum XMLRowFinder {
  /// How many tokens are looked at.
  static let tokensMax = 50_000

  /// The path of the shallowest element that repeats, links to elsewhere aside; without one, that
  /// of the first child of the document element that has content of its own, else of the document
  /// element itself.
  static func path(in stream: any ByteStream, limits: ExportLimits) throws -> [String] {
    var tokens = XMLTokens(stream, limits: limits)
    tokens.notesHalfCharacters = true
    var open: [(name: String, children: [ExactText: Int])] = []
    var best: [String]?
    var firstWithContent: [String]?
    var root: [String] = []
    var seen = 0
    while seen < tokensMax, let token = try tokens.next() {
      seen += 1
      switch token {
      case .text: continue
      case .end: open.removeLast()
      case .start(let name, let attributes):
        let path = open.map(\.name) + [name.local]
        if !open.isEmpty, attributes["rel"] == nil || attributes["href"] == nil {
          let count = open[open.count - 1].children[ExactText(name.local), default: 0] + 1
          open[open.count - 1].children[ExactText(name.local)] = count
          if count > 1, best.map({ path.count < $0.count }) ?? true { best = path }
        }
        let isDeep = path.count == 3 || path.count == 2 && !attributes.isEmpty
        if isDeep, firstWithContent == nil { firstWithContent = Array(path.prefix(2)) }
        open.append((name.local, [:]))
        if path.count == 1 { root = path }
      }
    }
    return best ?? firstWithContent ?? root
  }
}
