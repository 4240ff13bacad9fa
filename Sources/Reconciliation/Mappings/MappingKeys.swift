extension Mapping {
  /// Every key that a mapping file may have, by the object it stands in (`""` is the whole file).
  ///
  /// The shipped JSON Schema is held against this table by a test.
  public static let schemaKeys: [String: [String]] = [
    "": [
      "name", "origins", "export", "exports", "reference", "origin_column", "where", "changed_at",
      "deleted", "cardinality", "verify", "correlate", "fields", "groups", "reactions", "safety",
    ],
    "export": [
      "path", "format", "member", "encoding", "delimiter", "quote", "escape", "comment",
      "header_row", "skip_footer_rows", "mode",
      "done_marker", "settle", "max_age", "rows_at", "nulls", "parts", "count", "proof",
      "proof_wait",
    ],
    "proof": [
      "trailer", "manifest", "sidecar", "sequence", "ends_with_newline", "canary", "proof_wait",
    ],
    "trailer": ["match", "sum", "decimal_mark"],
    "manifest": ["path", "file", "rows", "sha256"],
    "sequence": ["name", "column"],
    "canary": ["reference"],
    "reference": ["column", "columns", "join", "normalize"],
    "origin_column": ["column", "values"],
    "where": ["column", "in"],
    "changed_at": ["column", "format", "time_zone"],
    "deleted": ["column", "equals", "not"],
    "verify": ["column", "attribute", "compare"],
    "correlate": ["column", "attribute", "compare"],
    "fields": [
      "column", "metadata", "type", "policy", "blank", "values", "true", "false", "transform",
      "max_length", "separator", "unordered", "format", "time_zone", "decimal_mark",
    ],
    "reactions": Situation.allCases.filter { $0.standardReaction != nil }.map(\.rawValue),
    "safety": ExportGuard.allCases.map(\.rawValue),
  ]
}
