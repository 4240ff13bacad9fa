import Reconciliation

/// Some rows of an export on their way from the thread that reads to the one that stores.
struct RowBatch: Sendable {
  /// Rows of a batch, unless their bytes are many.
  static let rowsMax = 512
  /// Bytes of cells after which a batch is full.
  static let bytesMax = 256 << 10
  /// Batches that wait at a time: the reader works ahead by as much.
  static let waitingMax = 4

  private struct Place {
    var record: RowRecord
    var line: Int
    var end: Int
  }

  /// The cells of all rows, one after the other.
  private(set) var bytes: [UInt8] = []
  private var places: [Place] = []
  private(set) var rejections: [RowRejection] = []
  private var setAside: [SetAsideRow] = []
  /// The place of the file of these rows, from 0, among those of the export.
  private let part: Int
  /// Marks, each before the place of that number.
  private var marks: [(place: Int, mark: StretchMark)] = []

  var isEmpty: Bool {
    places.isEmpty && rejections.isEmpty && setAside.isEmpty && marks.isEmpty
  }
  var isFull: Bool {
    places.count >= Self.rowsMax || bytes.count >= Self.bytesMax
      || rejections.count + setAside.count >= Self.rowsMax || marks.count >= Self.rowsMax
  }

  init(part: Int = 0) {
    self.part = part
    bytes.reserveCapacity(Self.bytesMax + Self.bytesMax / 4)
    places.reserveCapacity(Self.rowsMax)
  }

  mutating func add(_ record: RowRecord, _ cells: [Cell], line: Int) {
    CellText.append(cells, to: &bytes)
    places.append(Place(record: record, line: line, end: bytes.count))
  }

  mutating func add(_ rejection: RowRejection) { rejections.append(rejection) }

  mutating func add(_ row: SetAsideRow) { setAside.append(row) }

  mutating func add(_ mark: StretchMark) { marks.append((places.count, mark)) }

  /// Reads a row of plain text; the outcome tells whether it was taken.
  mutating func read(
    _ row: DelimitedRows, by reader: inout PlainRowReader
  ) -> PlainRowReader.Outcome {
    let outcome = reader.read(row.row, line: row.rowLine, into: &bytes)
    if case .record(let record) = outcome {
      places.append(Place(record: record, line: row.rowLine, end: bytes.count))
    }
    return outcome
  }

  /// Hands everything to a sink.
  func deliver(to sink: any RecordSink) throws {
    for rejection in rejections { try sink.reject(rejection.placed(inPart: part)) }
    for row in setAside { try sink.setAside(row.placed(inPart: part)) }
    var start = 0
    var marks = marks[...]
    for (number, place) in places.enumerated() {
      while let next = marks.first, next.place == number {
        try deliver(next.mark, to: sink)
        marks.removeFirst()
      }
      let cells = CellText(bytes: bytes[start..<place.end])
      start = place.end
      let line = ExportPlaces.number(line: place.line, part: part)
      try sink.put(ImportedRow(record: place.record, cellText: cells, line: line))
    }
    for (_, mark) in marks { try deliver(mark, to: sink) }
  }

  private func deliver(_ mark: StretchMark, to sink: any RecordSink) throws {
    switch mark {
    case .opened: try sink.openStretch()
    case .noted(let stretch): try sink.note(stretch)
    case .passed(let number, let stretch): try sink.pass(stretch, number: number)
    }
  }
}
