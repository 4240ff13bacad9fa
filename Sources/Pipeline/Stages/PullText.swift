import CommerceLayer
import Formats

// Where a pull stands, as the mirror keeps it: compact JSON.

extension PullState {
  /// Reads what `text` wrote; nil for anything else, and then everything is pulled.
  init?(text: String) {
    guard let json = try? JSONValue(parsing: text) else { return nil }
    self.init(json: json)
  }

  fileprivate init(json: JSONValue) {
    self.init(
      watermark: json["watermark"]?.text.flatMap { RemoteInstant($0) },
      serverTime: json["server_time"]?.text.flatMap { Timestamp(rfc3339: $0) },
      ownTime: json["own_time"]?.text.flatMap { Timestamp(rfc3339: $0) })
  }

  /// The state as JSON text.
  var text: String { json.written() }

  fileprivate var json: JSONValue {
    func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    return [
      "watermark": text(watermark?.text), "server_time": text(serverTime?.rfc3339Microseconds),
      "own_time": text(ownTime?.rfc3339Microseconds),
    ]
  }
}

extension FullPullCursor {
  /// Reads what `text` wrote; nil for anything else, and then the walk begins anew.
  init?(text: String) {
    guard let json = try? JSONValue(parsing: text), let list = json["ranges"]?.arrayValue,
      let rows = json["rows"]?.numberValue?.int, let state = json["state"], !list.isEmpty
    else { return nil }
    let ranges = list.map { WalkBounds(after: $0["after"]?.text, before: $0["before"]?.text) }
    self.init(ranges: ranges, rows: rows, stateBefore: PullState(json: state))
  }

  /// The cursor as JSON text.
  var text: String {
    let ranges = ranges.map { range in
      var bounds = JSONObject()
      bounds["after"] = range.after.map { .string($0) }
      bounds["before"] = range.before.map { .string($0) }
      return JSONValue.object(bounds)
    }
    return JSONValue.object([
      "ranges": .array(ranges), "rows": .int(rows), "state": stateBefore.json,
    ]).written()
  }
}
