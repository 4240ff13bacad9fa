/// Numbers and lists as people read them.
public enum Words {
  /// A whole number with thousands separators: `12,408`.
  public static func count(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var out = number < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0 && (digits.count - place) % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return out
  }

  /// A number with its noun: `1 conflict`, `3 conflicts`.
  public static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count(number)) \(number == 1 ? one : many ?? one + "s")"
  }

  /// A size: `812 B`, `1.4 kB`, `26.0 MB`.
  public static func bytes(_ number: Int) -> String {
    var (size, unit) = (Double(number), 0)
    let units = ["B", "kB", "MB", "GB", "TB"]
    while size >= 1_000, unit < units.count - 1 { (size, unit) = (size / 1_000, unit + 1) }
    let tenths = Int((size * 10).rounded(.down))
    return unit == 0 ? "\(number) B" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }

  /// Names in a row: `a, b and c`.
  public static func list(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  /// A name of the contract in words: `remote_only` becomes `remote only`.
  public static func spaced(_ name: String) -> String {
    String(name.map { $0 == "_" ? " " : $0 })
  }
}

/// What the systems are called on a screen.
public enum SystemNames {
  /// The remote side.
  public static let remote = "Commerce Layer"

  private static let known = [
    "sap": "SAP", "salesforce": "Salesforce", "hubspot": "HubSpot", "odoo": "Odoo",
    "dynamics": "Dynamics 365", "dynamics365": "Dynamics 365", "dynamics_365": "Dynamics 365",
    "netsuite": "NetSuite", "oracle": "Oracle", "zoho": "Zoho", "pipedrive": "Pipedrive",
    "sage": "Sage", "navision": "Navision", "erp": "ERP", "crm": "CRM",
  ]

  /// The name of a source by its mapping: a known product as its maker spells it, else as it is.
  public static func source(_ mapping: String?) -> String {
    guard let mapping, !mapping.isEmpty else { return "No source" }
    return known[mapping.lowercased()] ?? VisibleText.of(mapping)
  }
}
