/// The name that a mistyped one most likely means, nil where none is near enough.
///
/// Near is a Damerau-Levenshtein distance (optimal string alignment, case ignored) of at most a
/// third of the longer name; of equally near names the first wins. Names beyond 100 characters are
/// not compared.
public func nearestName(to name: String, among names: [String]) -> String? {
  let wanted = Array(name.lowercased())
  guard !wanted.isEmpty, wanted.count <= 100 else { return nil }
  var best: (name: String, distance: Int)?
  for candidate in names {
    let other = Array(candidate.lowercased())
    guard !other.isEmpty, other.count <= 100 else { continue }
    let distance = alignmentDistance(wanted, other)
    let shorter = min(wanted.count, other.count)
    let allowed = min(max(1, max(wanted.count, other.count) / 3), shorter - 1)
    if distance <= allowed, distance < (best?.distance ?? .max) { best = (candidate, distance) }
  }
  return best?.name
}

/// Insertions, removals, replacements and swaps of neighbours that lead from `a` to `b`.
private func alignmentDistance(_ a: [Character], _ b: [Character]) -> Int {
  var before: [Int] = []
  var previous = Array(0...b.count)
  for i in 1...a.count {
    var row = [i]
    row.reserveCapacity(b.count + 1)
    for j in 1...b.count {
      let change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      var least = min(previous[j] + 1, row[j - 1] + 1, change)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        least = min(least, before[j - 2] + 1)
      }
      row.append(least)
    }
    before = previous
    previous = row
  }
  return previous[b.count]
}
