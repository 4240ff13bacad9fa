/// Cuts the text of a date pattern into tokens.
struct DatePatternParser {
  private let scalars: [Unicode.Scalar]
  private var at = 0
  private var tokens: [DatePattern.Token] = []
  private var literal = String.UnicodeScalarView()
  private var seen: Set<Character> = []

  init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

  mutating func parse() throws(DatePattern.Fault) -> [DatePattern.Token] {
    while at < scalars.count {
      let scalar = scalars[at]
      if scalar == "'" {
        try parseQuoted()
      } else if scalar.isASCII, scalar.properties.isAlphabetic {
        try parseLetters(scalar)
      } else {
        literal.append(scalar)
        at += 1
      }
    }
    flush()
    guard seen.isSuperset(of: ["y", "M", "d"]) else {
      throw fault("a date pattern needs year, month and day, as in dd.MM.yyyy")
    }
    if seen.contains("h") != seen.contains("a") {
      throw fault("\"h\" (hour 1-12) and \"a\" (AM/PM) belong together; hours 0-23 are \"HH\"")
    }
    return tokens
  }

  private mutating func parseQuoted() throws(DatePattern.Fault) {
    let start = at
    at += 1
    if at < scalars.count, scalars[at] == "'" {
      literal.append("'")
      at += 1
      return
    }
    while at < scalars.count {
      if scalars[at] == "'" {
        at += 1
        guard at < scalars.count, scalars[at] == "'" else { return }
      }
      literal.append(scalars[at])
      at += 1
    }
    throw fault("the quote at character \(start + 1) of the date pattern is not closed")
  }

  private mutating func parseLetters(_ letter: Unicode.Scalar) throws(DatePattern.Fault) {
    var width = 0
    while at < scalars.count, scalars[at] == letter {
      width += 1
      at += 1
    }
    guard let token = Self.token(letter, width) else {
      throw fault(
        "\"\(String(repeating: Character(letter), count: width))\" is unknown in a date pattern; "
          + "use yyyy yy MM M MMM MMMM dd d HH H hh h mm m ss s SSS a, other letters in quotes")
    }
    guard seen.insert(Character(letter)).inserted,
      !(seen.contains("H") && seen.contains("h"))
    else { throw fault("the date pattern names \"\(letter)\" twice") }
    flush()
    tokens.append(token)
  }

  private static func token(_ letter: Unicode.Scalar, _ width: Int) -> DatePattern.Token? {
    switch (letter, width) {
    case ("y", 4): .year
    case ("y", 2): .yearOfCentury
    case ("M", 1), ("M", 2): .month(width: width)
    case ("M", 3): .shortMonthName
    case ("M", 4): .monthName
    case ("d", 1), ("d", 2): .day(width: width)
    case ("H", 1), ("H", 2): .hour(width: width)
    case ("h", 1), ("h", 2): .hourOfHalfDay(width: width)
    case ("m", 1), ("m", 2): .minute(width: width)
    case ("s", 1), ("s", 2): .second(width: width)
    case ("S", 1...9): .fraction(width: width)
    case ("a", 1): .halfDay
    default: nil
    }
  }

  private mutating func flush() {
    guard !literal.isEmpty else { return }
    tokens.append(.literal(Array(String(literal).utf8)))
    literal = String.UnicodeScalarView()
  }

  private func fault(_ message: String) -> DatePattern.Fault { DatePattern.Fault(message: message) }
}
