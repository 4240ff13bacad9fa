internal import Formats
public import Reconciliation
internal import SQLite

/// The plan of one run, and the outbox that is filled from it.
public final class PlanStore {
  private let file: MirrorDatabase
  private var database: Connection { file.database }
  private let sighting: Sighting
  /// The number of the plan.
  public let number: Int64
  /// Updates planned so far.
  private var planned = 0
  private let insert: Statement

  /// Plans before this one keep their numbers but not their updates.
  init(_ file: MirrorDatabase, _ sighting: Sighting, isDryRun: Bool) throws {
    self.file = file
    self.sighting = sighting
    let database = file.database
    insert = try database.statement(
      """
      INSERT INTO plan_updates(
        plan, number, reset, reset_id, mapping, origin, key, payload, overruled)
      VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
      """)
    try database.run("DELETE FROM plan_updates")
    try database.run(
      """
      INSERT INTO plans(
        run, digest, made_at, dry_run, updates, fields, conflicts, held, withheld, verdicts)
      VALUES(?, '', ?, ?, 0, 0, 0, 0, 0, '[]')
      """, sighting.run, sighting.now.microseconds, isDryRun)
    number = database.lastInsertID
  }

  /// Plans an update for the reset of a loaded group.
  public func add(
    _ update: PlannedUpdate, overruled: [Overruled], of member: LoadedGroup.Member,
    at key: StoredKey
  ) throws {
    try add(update, overruled, row: member.row, at: key)
  }

  /// Plans an update for a reset that the mirror has; returns whether it has it.
  public func add(_ update: PlannedUpdate) throws -> Bool {
    let row = try database.first("SELECT id FROM resets WHERE reset_id = ?", update.resetID) {
      $0.int64(0)
    }
    guard let row, let key = try file.groupKey(ofReset: row) else { return false }
    try add(update, [], row: row, at: key)
    return true
  }

  private func add(
    _ update: PlannedUpdate, _ overruled: [Overruled], row: Int64, at key: StoredKey
  ) throws {
    planned += 1
    insert.bind(1, number)
    insert.bind(2, planned)
    insert.bind(3, row)
    insert.bind(4, update.resetID)
    insert.bind(5, key.mapping)
    insert.bind(6, key.origin)
    insert.bind(7, key.text)
    insert.bind(8, UpdateText.encode(update))
    insert.bind(9, overruled.isEmpty ? nil : JSONValue.array(overruled.map(\.json)).written())
    try insert.run()
  }

  // MARK: The outbox

  /// Updates that were never sent are planned anew from what stands now; nil means those of all
  /// keys.
  public func dropUnsent(of mapping: Int64, at keys: [StoredKey]?) throws {
    guard let keys else {
      try database.run("DELETE FROM outbox WHERE state = 'pending' AND mapping = ?", mapping)
      return
    }
    guard try database.integer("SELECT EXISTS(SELECT 1 FROM outbox WHERE state = 'pending')") == 1
    else { return }
    for key in keys {
      try database.run(
        "DELETE FROM outbox WHERE state = 'pending' AND mapping = ? AND origin = ? AND key = ?",
        key.mapping, key.origin, key.text)
    }
  }

  /// Drops an entry that the API refused and that is not due any more as it was.
  func drop(refused entry: Int64) throws {
    try database.run(
      "UPDATE outbox SET state = 'dropped', settled_at = ? WHERE id = ?",
      sighting.now.microseconds, entry)
  }

  /// Puts what may leave into the outbox; what may not is looked at again by the next run.
  ///
  /// Returns how many entries there are more.
  public func queue(_ sending: Sending) throws -> Int {
    var passes: [Int64] = []
    switch sending {
    case .all: break
    case .none:
      try markUpdates { _ in false }
      return 0
    case .unless:
      try markUpdates { row in
        let isClear = sending.lets(try UpdateText.decode(row.text(1)))
        if isClear { passes.append(row.int64(0)) }
        return isClear
      }
    }
    try database.execute(
      "CREATE TEMP TABLE IF NOT EXISTS clear_updates(number INTEGER PRIMARY KEY)")
    try database.run("DELETE FROM clear_updates")
    for number in passes { try database.run("INSERT INTO clear_updates VALUES(?)", number) }
    return try database.run(
      """
      INSERT INTO outbox(run, reset, mapping, origin, key, state, payload, overruled, queued_at)
      SELECT ?1, reset, mapping, origin, key, 'pending', payload, overruled, ?2
      FROM plan_updates WHERE plan = ?3
        AND (?4 OR number IN (SELECT number FROM clear_updates))
      ORDER BY number
      -- An entry that is open already stays (`outbox_open`). To look for it in the query would have
      -- SQLite hold all rows in memory first.
      ON CONFLICT DO NOTHING
      """, sighting.run, sighting.now.microseconds, number, sending == .all)
  }

  private func markUpdates(unless passes: (Statement) throws -> Bool) throws {
    try database.each(
      "SELECT number, payload, mapping, origin, key FROM plan_updates WHERE plan = ?", number
    ) { row in
      guard try !passes(row) else { return }
      try file.mark(StoredKey(mapping: row.int64(2), origin: row.int64(3), text: row.text(4)))
    }
  }

  /// Whether no update of a mapping is withheld.
  func isFree(_ mapping: String, _ sending: Sending) throws -> Bool {
    switch sending {
    case .all: return true
    case .none: return false
    case .unless:
      var isFree = true
      try database.each(
        "SELECT payload FROM plan_updates WHERE plan = ? AND mapping = ?", number,
        try file.mappingID(mapping)
      ) { row in
        if isFree { isFree = sending.lets(try UpdateText.decode(row.text(0))) }
      }
      return isFree
    }
  }

  /// How many updates each of these rails holds back, in their order, and how many all of them do.
  public func held(by verdicts: [RailVerdict]) throws -> (each: [Int], all: Int) {
    var each = verdicts.map { _ in 0 }
    guard verdicts.contains(where: \.blocks) else { return (each, 0) }
    var whole: [Int64: Int] = [:]
    var byField: Set<Int64> = []
    for verdict in verdicts where verdict.blocks {
      let mapping = try file.mappingID(verdict.mapping)
      if case .field = verdict.concerns {
        byField.insert(mapping)
      } else if whole[mapping] == nil {
        whole[mapping] = try database.first(
          "SELECT count(*) FROM plan_updates WHERE plan = ? AND mapping = ?", number, mapping
        ) { $0.int(0) }
      }
    }
    var all = whole.values.reduce(0, +)
    for (place, verdict) in verdicts.enumerated() where verdict.blocks {
      guard case .mapping = verdict.concerns else { continue }
      each[place] = whole[try file.mappingID(verdict.mapping), default: 0]
    }
    for mapping in byField {
      try database.each(
        "SELECT payload FROM plan_updates WHERE plan = ? AND mapping = ?", number, mapping
      ) { row in
        let update = try UpdateText.decode(row.text(0))
        var isHeld = false
        for (place, verdict) in verdicts.enumerated() where verdict.blocks {
          guard case .field = verdict.concerns, verdict.concerns.concerns(update) else { continue }
          each[place] += 1
          isHeld = true
        }
        if isHeld, whole[mapping] == nil { all += 1 }
      }
    }
    return (each, all)
  }

  /// Stores the plan's figures; returns how many of its updates are withheld, given those queued.
  public func finish(_ tally: Tally, _ clearance: Clearance, queued: Int) throws -> Int {
    let withheld = planned - queued
    try database.run(
      """
      UPDATE plans SET digest = ?, updates = ?, fields = ?, conflicts = ?, held = ?, withheld = ?,
        verdicts = ? WHERE id = ?
      """, clearance.digest, tally.updates, tally.fields, tally.conflicts, tally.held, withheld,
      JSONValue.array(clearance.verdicts.map(\.json)).written(), number)
    return withheld
  }
}

extension Overruled {
  /// For journal and outbox.
  var json: JSONValue {
    [
      "field": .string(field), "winner": .string(winner.rawValue), "winning": winning.boxed,
      "losing": losing.boxed, "policy": .string(policy.rawValue),
    ]
  }
}
