import Formats
import Reconciliation

/// A file that is open for reading rows.
struct OpenedExport {
  var rows: any RowSource
  var dialect: ExportDialect
  /// The column names exactly as they stand in the file; nil where each row has its own.
  var header: [String]?
  /// How the text ends, once it is read; nil for formats without lines.
  var tail: TextTail?
  /// How many rows at the end are no records.
  var footerRows = 0
  /// What the last line says by the groups of the trailer, once it is read; nil if it is none.
  var trailer: () -> [String: String]? = { nil }
}

/// Opens exports: unpacks, decodes, finds out what the rules leave open.
struct ExportOpening {
  private let file: ExportFile
  private let rules: ReadingRules
  private let limits: ExportLimits
  private let bytes: any ByteSource

  /// `progress` hears how many bytes of the file were read so far.
  init(
    _ file: ExportFile, _ rules: ReadingRules, _ limits: ExportLimits,
    _ progress: (@Sendable (Int) -> Void)? = nil
  ) {
    self.file = file
    self.rules = rules
    self.limits = limits
    bytes = progress.map { ReportingBytes(base: file.bytes, progress: $0) } ?? file.bytes
  }

  /// Opens the file up to its first row.
  ///
  /// Throws `ExportRefusal`.
  func open(_ selection: ColumnSelection) throws -> OpenedExport {
    guard bytes.size > 0 else {
      throw ExportRefusal(.empty, "the file has no bytes: a delivery that failed looks like that")
    }
    let container = try ExportContainer(file, bytes, member: rules.member, limits: limits)
    let format = try format(container)
    try ForeignContent.check(container, isNot: format, isDeclared: rules.format != nil)
    var opened: OpenedExport
    switch format {
    case .csv, .tsv: opened = try delimited(container, format, selection)
    case .json: opened = try json(container, selection)
    case .ndjson: opened = try lines(container, selection)
    case .xml: opened = try xml(container, selection)
    case .xlsx: opened = try workbook(container, selection)
    }
    if container.kind != .none { opened.dialect.container = container.kind.rawValue }
    trim(&opened)
    return opened
  }

  /// Keeps footer and trailer from the rows; a last line that is no trailer is a row like others.
  private func trim(_ opened: inout OpenedExport) {
    opened.footerRows = min(
      max(rules.skipFooterRows, rules.trailer == nil ? 0 : 1), limits.footerRowsMax)
    guard opened.footerRows > 0 else { return }
    if let pattern = rules.trailer {
      let matcher = pattern.matcher
      opened.trailer = { [tail = opened.tail] in
        (tail?.lastLines(1).first).flatMap { matcher.groups(in: $0) }
      }
    }
    let isElsewhere = { [rules, tail = opened.tail, trailer = opened.trailer] in
      guard rules.skipFooterRows == 0 else { return false }
      if rules.trailer != nil, trailer() == nil { return true }
      guard let mark = rules.comment else { return false }
      return tail?.lastLines(1).first?.hasPrefix(mark) ?? false
    }
    opened.rows = FooterTrim(opened.rows, count: opened.footerRows, isElsewhere: isElsewhere)
  }

  private func format(_ container: ExportContainer) throws -> ExportFormat {
    if let known = rules.format ?? FormatFinder.format(named: container.innerName) { return known }
    return FormatFinder.format(startingWith: try container.beginning())
  }

  /// The text by an encoding that the file declares, else by that of the rules.
  private func decoded(
    _ container: ExportContainer, _ declared: String? = nil
  ) throws -> DecodedText {
    try DecodedText(
      container, encoding: declared ?? rules.encoding, mayGuess: rules.mayGuessEncoding)
  }

  private func dialect(_ format: ExportFormat, _ text: DecodedText) -> ExportDialect {
    var dialect = ExportDialect(format: format)
    dialect.encoding = text.encoding
    dialect.encodingGuess = text.guess
    dialect.hasByteOrderMark = text.hasByteOrderMark
    return dialect
  }

  /// The beginning of a delimited text; nil where the file is none.
  func delimitedSample() throws -> [UInt8]? {
    guard bytes.size > 0 else { return nil }
    let container = try ExportContainer(file, bytes, member: rules.member, limits: limits)
    let format = try format(container)
    guard format == .csv || format == .tsv else { return nil }
    try ForeignContent.check(container, isNot: format, isDeclared: rules.format != nil)
    let text = try decoded(container)
    return try PreparedStream(text.stream).beginning(FormatFinder.sampleBytes)
  }

  /// The first rows of the sheet; nil where the file is no workbook.
  func sheetSample(_ rowsMax: Int) throws -> [SheetRow]? {
    guard bytes.size > 0 else { return nil }
    let container = try ExportContainer(file, bytes, member: rules.member, limits: limits)
    let format = try format(container)
    guard format == .xlsx else { return nil }
    try ForeignContent.check(container, isNot: format, isDeclared: rules.format != nil)
    let workbook = try Workbook(
      try ZipWorkbook(try container.wholeBytes(), limits: limits), limits: limits)
    var reader = try workbook.sheet(named: rules.rowsAt, isStrict: false).reader
    var rows: [SheetRow] = []
    while rows.count < rowsMax, let row = try reader.next() { rows.append(row) }
    return rows
  }

  // MARK: - The formats

  private func delimited(
    _ container: ExportContainer, _ format: ExportFormat, _ selection: ColumnSelection
  ) throws -> OpenedExport {
    let text = try decoded(container)
    let tail = TextTail(text.stream)
    let stream = PreparedStream(tail)
    let sample = try stream.beginning(DelimitedDialect.sampleBytes)
    let found = try DelimitedDialect(sample: sample, rules, delimiter: try delimiter(format))
    let rows = try DelimitedRows(
      stream, found, selection, hasTrailer: rules.trailer != nil, columns: rules.columns,
      limits: limits)
    var dialect = dialect(format, text)
    dialect.delimiter = String(UnicodeScalar(found.csv.delimiter))
    dialect.quote = found.hasQuotes ? rules.quote : nil
    dialect.quoteEscape = found.hasQuotes ? found.csv.escape.rawValue : nil
    dialect.lineEnding = found.lineEnding
    dialect.headerRow = rules.headerRow
    return OpenedExport(rows: rows, dialect: dialect, header: rows.header, tail: tail)
  }

  private func delimiter(_ format: ExportFormat) throws -> UInt8? {
    guard let text = rules.delimiter else { return format == .tsv ? 0x09 : nil }
    let name = text == "\\t" || text.lowercased() == "tab" ? "\t" : text
    guard let byte = name.utf8.first, name.utf8.count == 1, DelimitedDialect.isDelimiter(byte),
      name != rules.quote
    else {
      throw ExportRefusal(
        .malformed, "the delimiter “\(text)” is not one ASCII character such as ; or tab")
    }
    return byte
  }

  private func json(
    _ container: ExportContainer, _ selection: ColumnSelection
  ) throws -> OpenedExport {
    let text = try decoded(container)
    var dialect = dialect(.json, text)
    let declared = try rules.rowsAt.map(pointer)
    let pointer = try declared ?? foundPointer(container, selection)
    dialect.rowsAt = pointer?.text
    guard let pointer else {
      return OpenedExport(
        rows: JSONSingleRow(text.stream, selection, limits: limits), dialect: dialect)
    }
    let rows = JSONRows(
      text.stream, at: pointer, isFound: declared == nil, selection, limits: limits)
    return OpenedExport(rows: rows, dialect: dialect)
  }

  /// Where the rows of a JSON document are; nil where the document is its own only row.
  private func foundPointer(
    _ container: ExportContainer, _ selection: ColumnSelection
  ) throws -> JSONPointer? {
    let found = try JSONRowFinder.find(limits: limits) {
      try decoded(container).stream
    }
    switch found {
    case .array(let pointer): return pointer
    case .whole: return selection.isStrict ? JSONPointer(tokens: []) : nil
    }
  }

  private func pointer(_ text: String) throws -> JSONPointer {
    let path = text.isEmpty || text.hasPrefix("/") ? text : "/\(text)"
    guard let pointer = JSONPointer(path) else {
      throw ExportRefusal(.rowsAt, "“\(text)” is no JSON pointer such as /data/items")
    }
    return pointer
  }

  private func lines(
    _ container: ExportContainer, _ selection: ColumnSelection
  ) throws -> OpenedExport {
    let text = try decoded(container)
    let tail = TextTail(text.stream)
    return OpenedExport(
      rows: NDJSONRows(tail, selection, hasTrailer: rules.trailer != nil, limits: limits),
      dialect: dialect(.ndjson, text), tail: tail
    )
  }

  private func xml(
    _ container: ExportContainer, _ selection: ColumnSelection
  ) throws -> OpenedExport {
    let declared = try rules.encoding ?? XMLDeclaration.encoding(in: container)
    let text = try decoded(container, declared)
    var dialect = dialect(.xml, text)
    var path = (rules.rowsAt ?? "").split(separator: "/").map(String.init)
    let isFound = path.isEmpty
    if isFound {
      path = try XMLRowFinder.path(
        in: try decoded(container, declared).stream, limits: limits)
    }
    dialect.rowsAt = "/" + path.joined(separator: "/")
    let rows = XMLRows(
      text.stream, at: path, isFound: isFound, selection, limits: limits)
    return OpenedExport(rows: rows, dialect: dialect)
  }

  private func workbook(
    _ container: ExportContainer, _ selection: ColumnSelection
  ) throws -> OpenedExport {
    let workbook = try Workbook(
      try ZipWorkbook(try container.wholeBytes(), limits: limits), limits: limits)
    let sheet = try workbook.sheet(
      named: rules.rowsAt, isStrict: selection.isStrict && !selection.isProposal)
    let rows = try SheetRows(
      sheet.reader, headerRow: rules.headerRow, columns: rules.columns, others: sheet.others,
      selection, limits: limits)
    var dialect = ExportDialect(format: .xlsx)
    dialect.headerRow = rules.headerRow
    dialect.rowsAt = sheet.reader.name
    return OpenedExport(rows: rows, dialect: dialect, header: rows.header)
  }
}
