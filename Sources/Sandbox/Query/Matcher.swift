/// A predicate of `filter[q]` (CommerceLayer#Pages-and-filters).
struct Matcher {
  enum Operation {
    case equal, notEqual, inList, notInList
    case less, lessOrEqual, greater, greaterOrEqual
    case like, notLike, start, notStart, end, notEnd, contains, notContains
    case present, blank, isNull, isNotNull, isTrue, isFalse
    case jsonContains
  }

  /// How several comma-separated values combine.
  enum Quantifier {
    case single, any, all
  }

  let suffix: String
  /// The suffix with its underscore.
  let ending: String
  let operation: Operation
  let quantifier: Quantifier
  let orNull: Bool

  private init(_ suffix: String, _ operation: Operation, _ quantifier: Quantifier, orNull: Bool) {
    self.suffix = suffix
    ending = "_" + suffix
    self.operation = operation
    self.quantifier = quantifier
    self.orNull = orNull
  }

  /// Longest suffix first: `_not_eq_or_null` must not be read as `_eq_or_null`.
  static let all: [Matcher] = {
    var all: [Matcher] = []
    func add(_ suffix: String, _ operation: Operation, _ quantifier: Quantifier = .single) {
      all.append(Matcher(suffix, operation, quantifier, orNull: false))
    }
    for (name, operation) in [
      ("eq", Operation.equal), ("not_eq", .notEqual), ("in", .inList), ("not_in", .notInList),
    ] {
      add(name, operation)
      all.append(Matcher(name + "_or_null", operation, .single, orNull: true))
    }
    add("not_eq_all", .notEqual, .all)
    for (name, operation) in [
      ("lt", Operation.less), ("lteq", .lessOrEqual), ("gt", .greater), ("gteq", .greaterOrEqual),
      ("matches", .like), ("does_not_match", .notLike), ("start", .start),
      ("not_start", .notStart), ("end", .end), ("not_end", .notEnd),
    ] {
      add(name, operation)
      add(name + "_any", operation, .any)
      add(name + "_all", operation, .all)
    }
    add("cont", .contains)
    add("not_cont", .notContains)
    add("cont_any", .contains, .any)
    add("cont_all", .contains, .all)
    add("not_cont_all", .notContains, .all)
    for (name, operation) in [
      ("present", Operation.present), ("blank", .blank), ("null", .isNull),
      ("not_null", .isNotNull), ("true", .isTrue), ("false", .isFalse), ("jcont", .jsonContains),
    ] { add(name, operation) }
    return all.sorted { $0.suffix.utf8.count > $1.suffix.utf8.count }
  }()

  /// The opposite of a presence matcher, for the value `false`.
  var negatedPresence: Operation? {
    switch operation {
    case .present: .blank
    case .blank: .present
    case .isNull: .isNotNull
    case .isNotNull: .isNull
    case .isTrue: .isFalse
    case .isFalse: .isTrue
    default: nil
    }
  }

  /// True for matchers on text patterns, which make no sense on times and numbers.
  var isTextual: Bool {
    switch operation {
    case .like, .notLike, .start, .notStart, .end, .notEnd, .contains, .notContains: true
    default: false
    }
  }

  /// True when commas in the value separate values.
  var takesList: Bool {
    quantifier != .single || operation == .inList || operation == .notInList
  }
}

/// SQL LIKE: `%` is any run of characters, `_` one character, `\` escapes.
struct LikePattern {
  private enum Part: Equatable {
    case run
    case one
    case character(Character)
  }

  private let parts: [Part]

  init(_ pattern: String) {
    var parts: [Part] = []
    var isEscaped = false
    for character in pattern {
      if isEscaped {
        parts.append(.character(character))
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "%" {
        if parts.last != .run { parts.append(.run) }
      } else {
        parts.append(character == "_" ? .one : .character(character))
      }
    }
    self.parts = parts
  }

  /// Matches the whole text; remembers the last `%` only, so the time is bounded by the product.
  func matches(_ text: String) -> Bool {
    let characters = Array(text)
    var (position, part) = (0, 0)
    var retry: (part: Int, position: Int)?
    while position < characters.count {
      if part < parts.count, parts[part] == .run {
        retry = (part + 1, position)
        part += 1
      } else if part < parts.count,
        parts[part] == .one || parts[part] == .character(characters[position])
      {
        part += 1
        position += 1
      } else if let last = retry {
        retry = (last.part, last.position + 1)
        (part, position) = (last.part, last.position + 1)
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { $0 == .run }
  }
}
