import Effects
import Formats
import Reconciliation

/// A folder as an operator would have it: configuration, mapping, mirror.
struct Site: Sendable {
  let folder: String

  static let origin = "crm"
  static let mode = "test"
  static let organization = "bench"
  static let clientID = "bench-client"
  static let clientSecret = "bench-secret"

  /// Every column of the export is used: all twelve are checked, and kept in the mirror.
  static let mapping = """
    {
      "name": "crm", "origins": ["crm", "sap", "salesforce", "hubspot"],
      "export": {"path": "../exports/*.csv", "format": "csv", "settle": "0s"},
      "reference": {"column": "ID", "normalize": ["trim", "nfc"]},
      "changed_at": {"column": "CHANGED"},
      "deleted": {"column": "DELETED", "equals": ["X"]},
      "verify": [
        {"column": "EMAIL", "attribute": "customer_email", "compare": "case_insensitive"}
      ],
      "fields": [
        {"column": "NAME", "metadata": "display_name"},
        {"column": "GROUP", "metadata": "group"},
        {"column": "LIMIT", "metadata": "/erp/limit", "type": "decimal", "policy": "source"},
        {"column": "CITY", "metadata": "/erp/city", "policy": "fill_blank"},
        {"column": "COUNTRY", "metadata": "/erp/country", "policy": "source"},
        {"column": "BLOCKED", "metadata": "blocked", "type": "boolean", "true": ["yes"],
         "false": ["no"], "policy": "source"},
        {"column": "NOTE", "metadata": "note"},
        {"column": "SINCE", "metadata": "/erp/since", "type": "date", "policy": "source"}
      ]
    }
    """

  var configuration: String { folder + "/Config/resetsync.json" }
  var mirror: String { folder + "/var/mirror.sqlite" }

  /// Makes the folders and files; `address` is the base of the API.
  init(_ folder: String, address: String = "http://127.0.0.1:9") throws {
    self.folder = folder
    for part in ["Config", "Mappings", "var", "exports"] {
      try Files().makeFolder(folder + "/" + part)
    }
    let text = """
      {
        "api": {
          "base_url": "\(address)/api", "token_url": "\(address)/oauth/token",
          "client_id": {"env": "CL_CLIENT_ID"}, "client_secret": {"env": "CL_CLIENT_SECRET"},
          "organization": "\(Self.organization)", "mode": "\(Self.mode)", "limits": "none"
        },
        "mirror": {"path": "../var/mirror.sqlite"},
        "mappings": ["../Mappings/crm.json"],
        "safety": {
          "first_run": "push", "updates": "off", "same_field": "off", "same_value": "off",
          "mapping_changed": "off"
        },
        "conflicts": {"log": "../var/conflicts.ndjson", "grace": "24h"},
        "report": {"path": "../var/report.html"}
      }
      """
    try Files().write(Array(text.utf8), to: configuration)
    try Files().write(Array(Self.mapping.utf8), to: folder + "/Mappings/crm.json")
  }

  /// The mapping as the program reads it.
  static func book() throws -> RuleBook {
    RuleBook([try Mapping(parsing: Array(mapping.utf8), file: "crm.json")], graceSeconds: 86_400)
  }

  /// The credential of the simulator.
  static let environment = ["CL_CLIENT_ID": clientID, "CL_CLIENT_SECRET": clientSecret]

  /// Removes mirror and what stands beside it.
  func empty() throws {
    for name in ["mirror.sqlite", "mirror.sqlite-wal", "mirror.sqlite-shm", "conflicts.ndjson"] {
      try Scratch.remove("\(folder)/var/\(name)")
    }
  }
}
