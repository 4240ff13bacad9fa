internal import Formats

/// The ledger as JSON text, for a store that several processes share.
extension RateLedger {
  /// Reads what `text` wrote; nil for anything else, which a store answers with a new ledger.
  public init?(text: [UInt8]) {
    self.init()
    guard let root = try? JSONDocument(text).root, let list = root["entries"] else { return nil }
    for node in list.elements {
      let parts = Array(node.elements)
      guard parts.count == 5, let name = parts[0].string, let endpoint = parts[1].string,
        let ticket = parts[2].int, let at = parts[3].int, let isOpen = parts[4].bool
      else { return nil }
      let kind = RateClass(name: name, endpoint: endpoint)
      entries.append(Entry(ticket: ticket, kind: kind, at: Int64(at), isOpen: isOpen))
    }
    for (name, node) in root["blocked"]?.members.map({ $0 }) ?? [] {
      blockedUntil[name] = node.int.map(Int64.init)
    }
    for (name, node) in root["announced"]?.members.map({ $0 }) ?? [] {
      guard let limit = node["limit"]?.int, let seconds = node["seconds"]?.number?.double,
        let foreign = node["foreign"]?.int, let at = node["at"]?.int
      else { return nil }
      announced[name] = Announcement(
        limit: limit, seconds: seconds, foreign: foreign, at: Int64(at))
    }
  }

  /// One JSON object; times in microseconds since 1970.
  public var text: [UInt8] {
    let list = entries.map { entry in
      JSONValue.array([
        .string(entry.kind.name), .string(entry.kind.endpoint), .int(entry.ticket),
        .int(Int(entry.at)), .bool(entry.isOpen),
      ])
    }
    let blocked = blockedUntil.map { ($0.key, JSONValue.int(Int($0.value))) }
    let said = announced.map { name, said in
      let members: [(String, JSONValue)] = [
        ("limit", .int(said.limit)), ("foreign", .int(said.foreign)),
        ("seconds", JSONNumber(String(said.seconds)).map(JSONValue.number) ?? .int(60)),
        ("at", .int(Int(said.at))),
      ]
      return (name, JSONValue.object(JSONObject(members)))
    }
    let object = JSONObject([
      ("entries", .array(list)), ("blocked", .object(JSONObject(blocked))),
      ("announced", .object(JSONObject(said))),
    ])
    return Array(object.written().utf8)
  }
}
