@testable import Formats

/// JSON: what is read is written back byte for byte but for blanks, and reads as the same again.
func fuzzJSON(_ bytes: [UInt8]) {
  guard let value = try? JSONValue(parsing: bytes) else {
    hold((try? JSONDocument(bytes)) == nil, "the tape takes what the tree refuses")
    return
  }
  let written = value.writtenBytes()
  hold(written == withoutBlanks(bytes), "the spelling is not kept")
  guard let document = try? JSONDocument(bytes) else {
    fail("the tape refuses what the tree takes")
  }
  hold(document.root.value == value, "tape and tree differ")
  hold(document.root.value.writtenBytes() == written, "tape and tree are spelled differently")
  let canonical = value.canonicalText
  guard let again = try? JSONValue(parsing: canonical) else {
    fail("the canonical text is no JSON")
  }
  hold(again == value, "the canonical text means something else")
  hold(again.canonicalText == canonical, "the canonical text is not its own canonical text")
  hold((try? JSONValue(parsing: value.written(indent: 2))) == value, "indenting changes it")
  var pointed = 0
  walk(value, [], &pointed) { tokens, part in
    let pointer = JSONPointer(tokens: tokens)
    hold(JSONPointer(pointer.text) == pointer, "a pointer does not read back")
    hold(value[pointer] == part, "a pointer leads elsewhere")
  }
}

private func walk(
  _ value: JSONValue, _ tokens: [String], _ count: inout Int, _ look: ([String], JSONValue) -> Void
) {
  guard count < 40 else { return }
  count += 1
  look(tokens, value)
  switch value {
  case .array(let elements):
    for (place, element) in elements.enumerated() {
      walk(element, tokens + [String(place)], &count, look)
    }
  case .object(let object):
    for (key, element) in object { walk(element, tokens + [key.value], &count, look) }
  case .null, .bool, .number, .string: break
  }
}

/// A JSON text without the blanks between its tokens.
private func withoutBlanks(_ bytes: [UInt8]) -> [UInt8] {
  var (isText, isEscaped) = (false, false)
  return bytes.filter { byte in
    if isText {
      if isEscaped {
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x22 {
        isText = false
      }
      return true
    }
    if byte == 0x22 { isText = true }
    return ![0x20, 0x09, 0x0A, 0x0D].contains(byte)
  }
}

/// Settings: whatever is strict JSON reads as the same value, and a problem has a place.
func fuzzSettings(_ bytes: [UInt8]) {
  do throws(SettingsProblems) {
    let document = try SettingsDocument(bytes, file: "a.json")
    if let strict = try? JSONValue(parsing: bytes) {
      hold(document.value == strict, "settings read strict JSON differently")
    }
    let reader = SettingsReader(document)
    _ = reader.optionalString("a")
    _ = reader.int("b", in: 0...9, default: 1)
    _ = reader.duration("c", default: 1)
    for section in reader.sections("d") { _ = section.strings("e", default: []) }
    try reader.finish()
  } catch {
    let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
    hold(!error.problems.isEmpty, "no problem, and yet refused")
    for problem in error.problems {
      hold(problem.line >= 1 && problem.line <= lines + 1, "a problem stands outside the file")
      hold(problem.column >= 1, "a problem stands before its line")
    }
  }
}

/// Delimited text: read in pieces of any size it is the same, and what was read in RFC 4180 can
/// be written and read again.
func fuzzCSV(_ bytes: [UInt8]) {
  var choices = FuzzChoices(bytes)
  let style = choices.byte()
  let delimiter: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C]
  var dialect = CSVDialect(
    delimiter: delimiter[style & 3], quote: style & 4 == 0 ? 0x22 : nil,
    escape: style & 8 == 0 ? .doubled : .backslash, trimsAroundQuotes: style & 16 != 0,
    isStrict: style & 32 == 0, blankLines: style & 64 == 0 ? .skip : .keep,
    comment: style & 64 == 0 ? [] : [0x23])
  let limits = CSVLimits(fieldBytesMax: 200, fieldsPerRowMax: 20, rowBytesMax: 400)
  let piece = 1 + choices.below(16)
  let text = Array(choices.rest)
  let whole = rows(text, dialect, limits, piece: .max)
  hold(rows(text, dialect, limits, piece: piece) == whole, "pieces of \(piece) read differently")
  for row in whole.rows {
    hold(row.fields.count <= limits.fieldsPerRowMax, "more fields than the limit")
    hold(row.fields.allSatisfy { $0.count <= limits.fieldBytesMax }, "a field above the limit")
  }
  _ = CSVDialect.detect(text)
  guard String(validating: text, as: UTF8.self) != nil else { return }
  dialect = CSVDialect()
  let read = rows(text, dialect, limits, piece: .max)
  guard read.errors.isEmpty else { return }
  let texts = read.rows.map { $0.fields.map { String(decoding: $0, as: UTF8.self) } }
  var writer = CSVWriter(quoting: style & 128 == 0 ? .whereNeeded : .all)
  for row in texts { writer.write(row) }
  let again = rows(writer.take(), dialect, .standard, piece: .max)
  hold(again.rows.map(\.fields) == read.rows.map(\.fields), "writing changes the fields")
}

private struct ReadRows: Equatable {
  struct Row: Equatable {
    let line: Int
    let fields: [[UInt8]]
  }
  var rows: [Row] = []
  var errors: [CSVError] = []
}

private func rows(
  _ text: [UInt8], _ dialect: CSVDialect, _ limits: CSVLimits, piece: Int
) -> ReadRows {
  var reader = CSVReader(dialect: dialect, limits: limits)
  var result = ReadRows()
  var row = CSVRow()
  func drain() {
    while true {
      do throws(CSVError) {
        guard try reader.next(into: &row) else { return }
        let fields = (0..<row.count).map { Array(row.bytes($0)) }
        result.rows.append(.init(line: row.line, fields: fields))
      } catch {
        result.errors.append(error)
        if !error.isRowOnly { return }
      }
    }
  }
  var rest = text[...]
  while !rest.isEmpty {
    reader.feed(rest.prefix(piece))
    rest = rest.dropFirst(piece)
    drain()
  }
  reader.finish()
  drain()
  return result
}

/// NDJSON: pieces of any size give the same values, and each line is what JSON makes of it.
func fuzzNDJSON(_ bytes: [UInt8]) {
  var choices = FuzzChoices(bytes)
  let piece = 1 + choices.below(16)
  let text = Array(choices.rest)
  let whole = lines(text, piece: .max)
  hold(lines(text, piece: piece) == whole, "pieces of \(piece) read differently")
  let apart = text.split(separator: 0x0A).filter { line in
    !line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
  }
  let values = apart.map { (try? JSONValue(parsing: Array($0)))?.written() ?? "error" }
  hold(whole.map { $0.hasPrefix("error") ? "error" : $0 } == values, "a line reads differently")
}

private func lines(_ text: [UInt8], piece: Int) -> [String] {
  var reader = NDJSONReader()
  var found: [String] = []
  func drain() {
    while true {
      do throws(JSONError) {
        guard let document = try reader.next() else { return }
        found.append(document.root.value.written())
      } catch {
        found.append("error \(error)")
      }
    }
  }
  var rest = text[...]
  while !rest.isEmpty {
    reader.feed(rest.prefix(piece))
    rest = rest.dropFirst(piece)
    drain()
  }
  reader.finish()
  drain()
  return found
}

/// Encodings: pieces of any size decode alike, to sound UTF-8 or an error with its place.
func fuzzEncodings(_ bytes: [UInt8]) {
  var choices = FuzzChoices(bytes)
  let name = fuzzedEncodings[choices.below(fuzzedEncodings.count)]
  guard let encoding = TextEncoding(name: name) else { return }
  let piece = 1 + choices.below(8)
  let text = Array(choices.rest)
  let whole = decoded(text, encoding, piece: .max)
  hold(decoded(text, encoding, piece: piece) == whole, "pieces of \(piece) decode differently")
  switch whole {
  case .success(let bytes):
    hold(String(validating: bytes, as: UTF8.self) != nil, "what was decoded is no UTF-8")
  case .failure(let error): hold(error.line >= 1 && error.column >= 1, "an error has no place")
  }
  if encoding == .utf8 {
    let isSound = String(validating: text, as: UTF8.self) != nil
    hold(isSound == ((try? whole.get()) != nil), "UTF-8 is judged differently by the library")
  }
  _ = try? TextEncoding.resolve(sample: text)
  var (evidence, cut) = (EncodingEvidence(), EncodingEvidence())
  evidence.add(text)
  var rest = text[...]
  while !rest.isEmpty {
    cut.add(Array(rest.prefix(piece)))
    rest = rest.dropFirst(piece)
  }
  evidence.finish()
  cut.finish()
  hold(
    (evidence.sequences, evidence.strayBytes) == (cut.sequences, cut.strayBytes),
    "pieces of \(piece) are counted differently")
  let candidates = EncodingCandidates(evidence)
  hold((0...1).contains(candidates.confidence), "a confidence that is no share")
  hold(candidates == EncodingCandidates(cut), "pieces of \(piece) are ranked differently")
}

/// One of each way of decoding, and those of the system that keep a state.
let fuzzedEncodings = [
  "utf-8", "windows-1252", "koi8-r", "utf-16le", "utf-16be", "utf-32le", "utf-7", "ibm273",
  "gb18030", "cp932", "euc-kr", "big5-hkscs", "iso-2022-jp", "iso-2022-kr", "windows-1258",
  "iso_6937",
]

private func decoded(
  _ text: [UInt8], _ encoding: TextEncoding, piece: Int
) -> Result<[UInt8], TextEncodingError> {
  var out: [UInt8] = []
  do throws(TextEncodingError) {
    var decoder = try TextDecoder(encoding)
    var rest = text[...]
    while !rest.isEmpty {
      out += try decoder.decode(Array(rest.prefix(piece)))
      rest = rest.dropFirst(piece)
    }
    return .success(out + (try decoder.finish()))
  } catch {
    return .failure(error)
  }
}

/// Deflate, bare and in gzip: whatever comes out stays within the limits.
func fuzzInflate(_ bytes: [UInt8]) {
  let limits = ArchiveLimits(ratioMax: 50, ratioFreeBytes: 1 << 12, outputBytesMax: 1 << 16)
  var reader = GzipReader(ByteArraySource(bytes), limits: limits)
  if let content = try? reader.readAll(bytesMax: 1 << 16) {
    hold(content.count <= max(1 << 12, bytes.count * 50), "more came out than the limits allow")
  }
  var inflater = Inflater(BitInput(ByteArraySource(bytes), range: 0..<bytes.count))
  inflater.restart()
  var count = 0
  while count < 1 << 18, let part = try? inflater.next() {
    hold(!part.isEmpty, "an empty part")
    count += part.count
  }
}

/// ZIP: no entry leads out of the archive, no content is other than the directory says.
func fuzzZip(_ bytes: [UInt8]) {
  _ = try? CompoundFile(ByteArraySource(bytes))
  for entry in (try? ZipArchive(ByteArraySource(bytes), names: .parts))?.entries ?? [] {
    hold(!entry.name.hasPrefix("/") && !entry.name.contains("\\"), "a part has an odd name")
  }
  let limits = ArchiveLimits(outputBytesMax: 1 << 16)
  guard let archive = try? ZipArchive(ByteArraySource(bytes), limits: limits) else { return }
  hold(archive.entries.count <= limits.entriesMax, "more entries than the limit")
  var names: Set<String> = []
  for entry in archive.entries.prefix(50) {
    hold(names.insert(entry.name).inserted, "a name twice")
    let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
    hold(!entry.name.hasPrefix("/") && !parts.contains(".."), "an entry leads out")
    guard let content = try? archive.contents(of: entry, bytesMax: 1 << 14) else { continue }
    hold(content.count == entry.size, "an entry is longer or shorter than its directory says")
    var crc = CRC32()
    crc.update(content)
    hold(crc.value == entry.crc32, "an entry has another checksum")
  }
}
