import Effects

/// Writes random cron expressions and says what they mean.
struct RandomCron {
  let random: any RandomSource

  func make() -> PlainCron {
    let minute = field(0...59, names: [], starChance: 25)
    let hour = field(0...23, names: [], starChance: 30)
    let day = field(1...31, names: [], starChance: 50)
    let month = field(
      1...12,
      names: [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
      ], starChance: 70)
    let weekday = field(
      0...6, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], starChance: 50)
    return PlainCron(
      text: [minute, hour, day, month, weekday].map(\.text).joined(separator: " "),
      minutes: minute.values, hours: hour.values, days: day.values, months: month.values,
      weekdays: weekday.values, daysStar: day.text.hasPrefix("*"),
      weekdaysStar: weekday.text.hasPrefix("*"),
      hoursElapsed: hour.text.contains("*") || hour.text.contains("/"))
  }

  private func field(
    _ range: ClosedRange<Int>, names: [String], starChance: Int
  ) -> (text: String, values: Set<Int>) {
    if pick(0...99) < starChance { return star(range) }
    var texts: [String] = []
    var values: Set<Int> = []
    for _ in 0...pick(0...2) {
      let item = item(range, names: names)
      texts.append(item.text)
      values.formUnion(item.values)
    }
    return (texts.joined(separator: ","), values)
  }

  private func star(_ range: ClosedRange<Int>) -> (text: String, values: Set<Int>) {
    guard pick(0...2) == 0 else { return ("*", Set(range)) }
    let step = pick(1...range.count)
    return ("*/\(step)", Set(stride(from: range.lowerBound, through: range.upperBound, by: step)))
  }

  private func item(
    _ range: ClosedRange<Int>, names: [String]
  ) -> (text: String, values: Set<Int>) {
    let first = pick(range)
    let last = pick(first...range.upperBound)
    let step = pick(1...range.count)
    func word(_ value: Int) -> String {
      if names.isEmpty || pick(0...1) == 0 { return String(value) }
      let name = names[value - range.lowerBound]
      return pick(0...1) == 0 ? name : name.lowercased()
    }
    switch pick(0...4) {
    case 0: return ("\(word(first))-\(word(last))", Set(first...last))
    case 1:
      return (
        "\(word(first))-\(word(last))/\(step)", Set(stride(from: first, through: last, by: step))
      )
    case 2:
      return (
        "\(word(first))/\(step)", Set(stride(from: first, through: range.upperBound, by: step))
      )
    case 3 where range.count == 7: return ("7", [0])
    default: return (word(first), [first])
    }
  }

  private func pick(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(random.next() % UInt64(range.count))
  }
}
