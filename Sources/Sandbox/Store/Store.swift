/// All data of one mode, confined to the sandbox's lock.
///
/// Rows stand in arrays in insertion order: a row's index is its internal number, ids are a keyed
/// permutation of it. Deleted rows stay as holes, so numbers are never used again.
final class Store {
  let mode: SandboxMode
  let ids: [ResourceIDs]
  let parsed = ParsedQueries()
  private let tokenKey: UInt64
  var resets: [ResetRow] = []
  var customers: [CustomerRow] = []
  var events: [EventRow] = []
  var eventStores: [EventStoreRow] = []
  /// How many entries were forgotten before the first one kept; numbers go on counting.
  private var eventStoresBase = 0
  private var eventStoresDropped = 0
  var origins: [String] = []
  private var originNumbers: [String: Int32] = [:]
  var customerByEmail: [String: Int32] = [:]
  var eventsBySubject: [RecordRef: [Int]] = [:]
  private var eventStoresBySubject: [RecordRef: [Int]] = [:]
  private var eventStoreNumbers: [String: Int] = [:]
  /// Ids and tokens that a seed or a test chose.
  private var chosenIDs: [RecordRef: String] = [:]
  private var chosenNumbers: [String: RecordRef] = [:]
  private var chosenTokens: [Int: String] = [:]
  /// Live rows by id order, creation and update.
  var resetsByNumber = OrderedIndex()
  var resetsByCreation = OrderedIndex()
  var resetsByUpdate = OrderedIndex()
  var liveCustomers = OrderedIndex()
  private var lastEventStoreMillisecond: Int64 = 0
  private var eventStoreSequence = 0
  var eventStoresMax = 200_000

  init(mode: SandboxMode, organizationID: String) {
    self.mode = mode
    let base = "\(organizationID)/\(mode.rawValue)"
    ids = ResourceType.allCases.map { ResourceIDs(key: ResourceIDs.key("\(base)/\($0.name)")) }
    tokenKey = ResourceIDs.key("\(base)/token")
  }

  // MARK: Ids

  func id(of record: RecordRef) -> String {
    if record.type == .eventStores { return eventStore(record.number).id }
    if !chosenIDs.isEmpty, let id = chosenIDs[record] { return id }
    return ids[Int(record.type.rawValue)].id(record.number)
  }

  func appendID(of record: RecordRef, to writer: inout ByteWriter) {
    if record.type != .eventStores, chosenIDs.isEmpty {
      writer.identifier(record.number, ids[Int(record.type.rawValue)])
    } else {
      writer.raw(text: id(of: record))
    }
  }

  /// The number behind an id, whether or not its row still lives.
  func number(_ type: ResourceType, id: String) -> Int? {
    if type == .eventStores { return eventStoreNumbers[id] }
    if let record = chosenNumbers["\(type.name)/\(id)"] { return record.number }
    guard let number = ids[Int(type.rawValue)].number(id), number < count(type),
      chosenIDs.isEmpty || chosenIDs[RecordRef(type: type, number: number)] == nil
    else { return nil }
    return number
  }

  /// The live row of an id.
  func record(_ type: ResourceType, id: String) -> RecordRef? {
    guard let number = number(type, id: id) else { return nil }
    let record = RecordRef(type: type, number: number)
    return isAlive(record) ? record : nil
  }

  func chooseID(_ id: String, for record: RecordRef) {
    chosenIDs[record] = id
    chosenNumbers["\(record.type.name)/\(id)"] = record
  }

  private func count(_ type: ResourceType) -> Int {
    switch type {
    case .resets: resets.count
    case .customers: customers.count
    case .events: events.count
    case .eventStores: eventStoresBase + eventStores.count
    }
  }

  func isAlive(_ record: RecordRef) -> Bool {
    switch record.type {
    case .resets: resets[record.number].isAlive
    case .customers: customers[record.number].isAlive
    case .events: true
    case .eventStores: record.number >= eventStoresBase + eventStoresDropped
    }
  }

  // MARK: Small tables

  func originNumber(_ origin: String?) -> Int32 {
    guard let origin else { return -1 }
    if let number = originNumbers[origin] { return number }
    let number = Int32(origins.count)
    origins.append(origin)
    originNumbers[origin] = number
    return number
  }

  func origin(_ number: Int32) -> String? {
    number < 0 ? nil : origins[Int(number)]
  }

  /// The reset password token: made from the number unless chosen, so that it needs no memory.
  func resetToken(_ number: Int) -> String? {
    if let chosen = chosenTokens[number] { return chosen.isEmpty ? nil : chosen }
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var bytes: [UInt8] = []
    var state = tokenKey ^ ResourceIDs.mixed(UInt64(number) &+ 1)
    for position in 0..<20 {
      if position % 10 == 0 { state = ResourceIDs.mixed(state &+ 0x9E37_79B9_7F4A_7C15) }
      bytes.append(letters[Int(state & 63)])
      state >>= 6
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Sets the token; nil makes it read as null.
  func chooseResetToken(_ token: String?, for number: Int) {
    chosenTokens[number] = token ?? ""
  }

  // MARK: Indexes

  func indexReset(_ number: Int) {
    let row = resets[number]
    let sequence = Int32(number)
    resetsByNumber.insert(.init(primary: Int64(number), sequence: sequence))
    resetsByCreation.insert(.init(primary: row.createdAt, sequence: sequence))
    resetsByUpdate.insert(.init(primary: row.updatedAt, sequence: sequence))
  }

  func unindexReset(_ number: Int) {
    let row = resets[number]
    let sequence = Int32(number)
    resetsByNumber.remove(.init(primary: Int64(number), sequence: sequence))
    resetsByCreation.remove(.init(primary: row.createdAt, sequence: sequence))
    resetsByUpdate.remove(.init(primary: row.updatedAt, sequence: sequence))
  }

  func moveUpdate(_ number: Int, to time: Int64) {
    resetsByUpdate.remove(.init(primary: resets[number].updatedAt, sequence: Int32(number)))
    resets[number].updatedAt = time
    resetsByUpdate.insert(.init(primary: time, sequence: Int32(number)))
  }

  /// Puts a new reset at the head of its customer's chain.
  func chain(_ number: Int) {
    let customer = Int(resets[number].customer)
    resets[number].previousOfCustomer = customers[customer].lastReset
    customers[customer].lastReset = Int32(number)
  }

  /// The live resets of one customer, in insertion order.
  func resets(ofCustomer customer: Int) -> [Int] {
    var numbers: [Int] = []
    var number = Int(customers[customer].lastReset)
    while number >= 0 {
      if resets[number].isAlive { numbers.append(number) }
      number = Int(resets[number].previousOfCustomer)
    }
    return numbers.reversed()
  }

  // MARK: Trails

  func addEvent(_ name: String, _ subject: RecordRef, now: Int64) {
    eventsBySubject[subject, default: []].append(events.count)
    events.append(EventRow(name: name, subject: subject, createdAt: now, updatedAt: now))
  }

  func addEventStore(
    _ event: String, _ subject: RecordRef, payload: [UInt8], author: Author, now: Int64
  ) {
    let millisecond = now / 1_000
    eventStoreSequence = millisecond == lastEventStoreMillisecond ? eventStoreSequence + 1 : 0
    lastEventStoreMillisecond = millisecond
    let id = "\(millisecond)-\(eventStoreSequence)"
    let number = eventStoresBase + eventStores.count
    eventStoreNumbers[id] = number
    eventStoresBySubject[subject, default: []].append(number)
    eventStores.append(
      EventStoreRow(
        id: id, subject: subject, event: event, payload: payload, who: author.json,
        createdAt: now))
    if eventStoreNumbers.count > eventStoresMax { dropOldestEventStore() }
  }

  /// An entry by its number.
  func eventStore(_ number: Int) -> EventStoreRow { eventStores[number - eventStoresBase] }

  /// Forgets the oldest entry; the array is shortened when half of it is forgotten.
  private func dropOldestEventStore() {
    let row = eventStores[eventStoresDropped]
    eventStoreNumbers[row.id] = nil
    eventStoresBySubject[row.subject]?.removeFirst()
    if eventStoresBySubject[row.subject]?.isEmpty == true {
      eventStoresBySubject[row.subject] = nil
    }
    eventStoresDropped += 1
    guard eventStoresDropped > eventStoresMax else { return }
    eventStores.removeFirst(eventStoresDropped)
    eventStoresBase += eventStoresDropped
    eventStoresDropped = 0
  }

  func eventStores(of subject: RecordRef) -> [Int] {
    eventStoresBySubject[subject] ?? []
  }
}
