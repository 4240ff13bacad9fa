/// What the name of a column says of it as a key.
enum KeyName: Equatable {
  /// The number that people know a customer by, such as `KUNNR`, `Kunden-Nr.`, `customer_id`.
  case customerNumber
  /// An id of another system, such as `External ID`, `ORACLE_ID__C`.
  case externalID
  /// A customer by name alone, such as `Debitor` or `Konto`: a number where the values are such.
  case customer
  /// The source's own id of a record, such as `id`, `Record ID`.
  case record
  /// A number or code, of what the name leaves open, such as `No.`, or of a person, `contact_id`.
  case number
  /// An id or number of something.
  case someID
  /// The id of another record, such as the owner.
  case other
  /// Nothing.
  case none
  /// Certainly no key: a telephone number, an amount, a count of rows.
  case never

  init(_ name: ColumnName) {
    self = Self.kind(name)
  }

  /// How much the name counts; a difference of `Self.clear` or more decides.
  var weight: Int {
    switch self {
    case .customerNumber: 100
    case .externalID: 75
    case .customer: 85
    case .record: 60
    case .number: 50
    case .someID: 20
    case .other: 5
    case .none: 0
    case .never: -1
    }
  }

  /// By how much one candidate must lead all others.
  static let clear = 20

  /// The name in words, for the reason beside a proposal.
  var words: String? {
    switch self {
    case .customerNumber: "named as a customer's number"
    case .externalID: "named as the id of another system"
    case .customer: "named after the customer"
    case .record: "named as the id of the record"
    case .number: "named as a number or code"
    case .someID: "its name ends as that of an id"
    case .other: "named as the id of something else"
    case .none, .never: nil
    }
  }

  private static let connectors = ["", "de", "del", "della", "di", "do", "du", "da", "der"]
  private static let customerPhrases = phrases(NameLists.customers)
  private static let personPhrases = phrases(NameLists.persons)

  /// `kundennr`, `nrkunde`, `codigodecliente` and their like.
  private static func phrases(_ nouns: Set<String>) -> Set<String> {
    var all: Set<String> = []
    for noun in nouns {
      for number in NameLists.numbers {
        all.insert(noun + number)
        for connector in connectors { all.insert(number + connector + noun) }
      }
    }
    return all
  }

  private static func kind(_ name: ColumnName) -> KeyName {
    let whole = name.squeezed
    if NameLists.counters.contains(whole) || whole.isEmpty { return .never }
    if whole == "mandant" || whole == "mandt" { return .never }
    if NameLists.customerNumbers.contains(whole) || customerPhrases.contains(whole) {
      return .customerNumber
    }
    if NameLists.records.contains(whole) { return .record }
    if NameLists.bareNumbers.contains(whole) || personPhrases.contains(whole) { return .number }
    if name.isNamed(NameLists.neverKeys) || name.begins(with: NameLists.neverKeys) {
      return .never
    }
    if name.endsAsID, name.words.contains(where: NameLists.external.contains) {
      return .externalID
    }
    if NameLists.external.contains(where: { whole == $0 + "id" }) { return .externalID }
    if NameLists.customers.contains(whole) { return .customer }
    if name.isCode, !name.endsAsID { return .other }
    if name.words.contains(where: NameLists.others.contains) {
      return name.endsAsID ? .other : .none
    }
    if name.isQuantity || name.isNamed(NameLists.times), !name.endsAsID { return .never }
    return name.endsAsID ? .someID : .none
  }
}
