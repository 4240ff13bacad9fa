import Formats
import Reconciliation

/// Times, dates, decimals, durations and steps: what reads, writes and reads again as itself.
func fuzzValues(_ bytes: [UInt8]) {
  var choices = FuzzChoices(bytes)
  let kind = choices.below(6)
  let text = String(decoding: choices.rest, as: UTF8.self)
  switch kind {
  case 0: times(text)
  case 1: patterns(text)
  case 2: decimals(text)
  case 3: steps(text)
  case 4: cells(text, &choices)
  default: durations(text)
  }
}

private func times(_ text: String) {
  guard let time = Timestamp(rfc3339: text) else { return }
  hold(Timestamp(rfc3339: time.rfc3339Microseconds) == time, "a time does not read back")
  let civil = time.civil()
  hold(
    civil.date.daysSinceEpoch
      == CivilDate(daysSinceEpoch: civil.date.daysSinceEpoch)
      .daysSinceEpoch, "a day is counted differently back and forth")
  hold(Timestamp(rfc3339: Array(text.utf8)[...]) == time, "bytes read differently from text")
}

private func patterns(_ text: String) {
  let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
  guard let first = parts.first, let pattern = try? DatePattern(String(first)) else { return }
  guard parts.count == 2, let civil = pattern.parse(String(parts[1])) else { return }
  let written = pattern.format(civil)
  guard let again = pattern.parse(written) else {
    fail("“\(written)” is not read by the pattern that wrote it")
  }
  hold(pattern.format(again) == written, "a date changes by being written")
  _ = try? DateForm(String(first)).read(String(parts[1]))
}

private func decimals(_ text: String) {
  guard let target = FieldTarget("a") else { fail("“a” is no target") }
  var rule = FieldRule(column: "A", metadata: "a", target: target)
  rule.type = .decimal
  let read = { (cell: Cell, mark: DecimalMark?) -> JSONValue? in
    rule.decimalMark = mark
    guard case .value(let value) = Conversion(rule: rule).result(cell) else { return nil }
    return value.json
  }
  let cell = Cell.text(text)
  let (open, comma, dot) = (read(cell, nil), read(cell, .comma), read(cell, .dot))
  if let open {
    hold([comma, dot].contains(open), "without a mark a number is another one")
    hold(comma == nil || dot == nil || comma == dot, "one of two readings was guessed")
  }
  if let dot {
    hold(JSONNumber(dot.written()) != nil, "“\(dot.written())” is no JSON number")
    // What was read by a mark stays what it was under every other one.
    let kept = rule.typed(cell)
    hold(
      [nil, .comma, .dot].allSatisfy { read(kept, $0) == dot },
      "a number that is kept is another one by another mark")
  }
  if let number = JSONNumber(text) {
    hold(number == JSONNumber(text) && number.hashValue == JSONNumber(text)?.hashValue, "unequal")
    if let whole = number.int { hold(JSONNumber(whole) == number, "a whole number differs") }
  }
}

private func steps(_ text: String) {
  let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
  guard let first = parts.first, let step = Normalization(name: String(first)) else { return }
  hold(Normalization(name: step.name) == step, "a step does not read back")
  guard parts.count == 2 else { return }
  let once = step.apply(String(parts[1]))
  switch step {
  // Each of these may have to be taken several times: `="="1""`, `XXa`.
  case .unguard, .removePrefix: break
  default: hold(step.apply(once) == once, "\(step.name) twice is not \(step.name) once")
  }
}

private func cells(_ text: String, _ choices: inout FuzzChoices) {
  guard let target = FieldTarget("a") else { fail("“a” is no target") }
  var rule = FieldRule(column: "A", metadata: "a", target: target)
  rule.type = ValueType.allCases[choices.below(ValueType.allCases.count)]
  rule.unordered = choices.flag()
  let cell = Cell.text(String(decoding: choices.rest, as: UTF8.self))
  guard case .value(let value) = Conversion(rule: rule).result(cell), let json = value.json
  else { return }
  guard let again = try? JSONValue(parsing: json.written()) else {
    fail("a converted value is no JSON")
  }
  hold(again == json, "a converted value changes by being written")
  let canonical = rule.canonical(value)
  hold(rule.canonical(canonical) == canonical, "the canonical form has another canonical form")
}

private func durations(_ text: String) {
  guard let seconds = DurationText.seconds(text) else { return }
  hold(seconds >= 0 && seconds.isFinite, "a duration without an end")
  let written = DurationText.written(seconds: seconds)
  hold(
    DurationText.seconds(written).map { abs($0 - seconds) <= 0.001 * max(1, seconds) } == true,
    "“\(written)” does not mean \(seconds) s")
}
