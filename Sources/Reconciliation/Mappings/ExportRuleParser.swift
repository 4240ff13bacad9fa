import Formats

extension MappingParser {
  /// The rules under `export`, or under `exports`: the full one first.
  func exports() -> [ExportRule] {
    guard reader.has("exports") else { return [whole(reader.section("export"))] }
    if reader.has("export") {
      reader.problem(
        "export", "a mapping has \"export\" or \"exports\", not both",
        hint: "put it into the list of \"exports\"")
    }
    let rules = reader.sections("exports", atLeast: 1).map(whole)
    if rules.count(where: { $0.mode == .full }) > 1 {
      reader.problem(
        "exports", "two of them are full: each would take the records of the other for gone",
        hint: "set \"mode\": \"delta\" where a file holds changes, or write a mapping for each")
    }
    if Set(rules.map(\.path)).count < rules.count {
      reader.problem(
        "exports", "two of them have the same path", hint: "each file belongs to one of them")
    }
    return rules.filter { $0.mode == .full } + rules.filter { $0.mode == .delta }
  }

  private func whole(_ section: SettingsReader) -> ExportRule {
    let rule = export(section)
    if let scheme = rule.path.firstRange(of: "://"),
      rule.path[..<scheme.lowerBound].allSatisfy({ $0.isASCII && $0.isLetter })
    {
      section.problem(
        "path", "\"\(rule.path)\" is an address; exports are read from folders",
        hint: "mount it, or have its files fetched to a folder first")
    }
    return rule
  }
}
