public import Formats
import Reconciliation

extension ExportPreview {
  /// `{dialect, columns, rows, rejected, total, notes}`.
  ///
  /// `notes` tell what was guessed. With a mapping also `set_aside`, where it sets rows aside, and
  /// `values`, where they were asked for.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("dialect", dialect.json), ("columns", .array(columns.map(JSONValue.string))),
      ("rows", .array(rows.map { row in .array(row.map { $0.map(JSONValue.string) ?? .null }) })),
      ("rejected", .array(rejected.map(\.json))), ("total", .int(total)),
      ("notes", .array(notes.map(JSONValue.string))),
    ]
    if setAside.rows > 0 { members.append(("set_aside", setAside.json)) }
    if let values { members.append(("values", .array(values.map(\.json)))) }
    return .object(JSONObject(members))
  }
}

extension RowRejection {
  /// `{line, column, reason}`.
  public var json: JSONValue {
    [
      "line": .int(line), "column": column.map(JSONValue.string) ?? .null,
      "reason": .string(reason),
    ]
  }
}

extension ExportDialect {
  /// All that is known of the dialect; null where it does not apply.
  public var json: JSONValue {
    func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    return [
      "format": .string(format.rawValue), "container": text(container),
      "encoding": text(encoding), "encoding_doubt": text(encodingGuess?.doubt),
      "byte_order_mark": .bool(hasByteOrderMark),
      "delimiter": text(delimiter), "quote": text(quote), "quote_escape": text(quoteEscape),
      "header_row": headerRow.map(JSONValue.int) ?? .null, "line_ending": text(lineEnding),
      "rows_at": text(rowsAt),
    ]
  }
}

extension ExportRefusal {
  /// `{"error": {code, message, line, column, file, advice}}`, what `preview --format json` prints.
  public var json: JSONValue {
    [
      "error": [
        "code": .string(code.rawValue), "message": .string(message),
        "line": line.map(JSONValue.int) ?? .null, "column": column.map(JSONValue.int) ?? .null,
        "file": file.map(JSONValue.string) ?? .null, "advice": .string(advice),
      ]
    ]
  }
}
