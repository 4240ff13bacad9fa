import Formats
import Foundation
import FoundationXML
import Reconciliation
import TestKit

@testable import Exports

/// XML: read in pieces of any size it is the same, elements nest, and the system's own parser
/// finds the same names and texts in whatever is taken.
func fuzzXML(_ bytes: [UInt8]) {
  var choices = FuzzChoices(bytes)
  let piece = 1 + choices.below(16)
  let text = Array(choices.rest)
  let whole = tokens(text, piece: 1 << 20)
  hold(tokens(text, piece: piece) == whole, "pieces of \(piece) read differently")
  guard case .success(let tokens) = whole else { return }
  var open: [String] = []
  for token in tokens {
    if token.kind == .start { open.append(token.text) }
    if token.kind == .end { hold(open.popLast() == token.text, "elements do not nest") }
  }
  hold(open.isEmpty, "an element stays open")
  // A declared encoding is seen to before the tokens are, and the system's parser falls over
  // instructions without content: what has either is not shown to it.
  let prose = String(decoding: text, as: UTF8.self)
  guard String(validating: text, as: UTF8.self) != nil, !prose.contains("<?") else { return }
  let witness = XMLWitness(text)
  hold(witness.isSound, "the system's parser refuses it")
  hold(
    witness.names == tokens.filter { $0.kind == .start }.map(\.text),
    "the system's parser sees other elements")
}

/// A token by its kind, apart from its text: a name may begin with a mark that combines.
private struct SeenToken: Equatable {
  enum Kind { case start, end, attribute, value, text }
  var kind: Kind
  var text: String
}

private func tokens(_ text: [UInt8], piece: Int) -> Result<[SeenToken], ExportRefusal> {
  var limits = ExportLimits()
  limits.cellBytesMax = 2_000
  limits.nameBytesMax = 60
  limits.depthMax = 30
  var reader = XMLTokens(SourceStream(ByteArraySource(text), chunkBytes: piece), limits: limits)
  var found: [SeenToken] = []
  var content: [UInt8] = []
  do {
    while let token = try reader.next() {
      if case .text(let text) = token {
        content += text
        continue
      }
      found.append(.init(kind: .text, text: String(decoding: content, as: UTF8.self)))
      content = []
      switch token {
      case .start(let name, let attributes):
        hold(reader.depth <= limits.depthMax, "deeper than the limit")
        found.append(.init(kind: .start, text: name.qualified))
        for attribute in attributes {
          found.append(.init(kind: .attribute, text: attribute.name.qualified))
          found.append(.init(kind: .value, text: attribute.value))
        }
      case .end(let name): found.append(.init(kind: .end, text: name.qualified))
      case .text: break
      }
    }
    return .success(found)
  } catch let refusal as ExportRefusal {
    return .failure(refusal)
  } catch {
    fail("an error of another kind: \(error)")
  }
}

/// What the system's XML parser makes of a document.
private final class XMLWitness: NSObject, XMLParserDelegate {
  private(set) var names: [String] = []
  private(set) var isSound = false

  init(_ bytes: [UInt8]) {
    super.init()
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = self
    isSound = parser.parse()
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    names.append(name)
  }
}

/// Rows of JSON: the same in pieces of any size, and none where the text as a whole is damaged.
func fuzzJSONRows(_ bytes: [UInt8]) {
  var choices = FuzzChoices(bytes)
  let piece = 1 + choices.below(16)
  let pointer = choices.flag() ? JSONPointer("/data") : nil
  let text = Array(choices.rest)
  let whole = elements(text, pointer, piece: 1 << 20)
  hold(elements(text, pointer, piece: piece) == whole, "pieces of \(piece) read differently")
  let value = try? JSONValue(parsing: text)
  let list = pointer.map { value?[$0] ?? nil } ?? value
  if let list = list?.arrayValue {
    hold(whole == list.map { $0.written() }, "the rows are not those of the text")
  } else if value == nil {
    hold(
      whole == nil || String(validating: text, as: UTF8.self) == nil || isDeep(text),
      "a damaged text gives rows")
  }
}

/// Whether brackets nest deeper than the tree takes; the rows need only take their own depth.
private func isDeep(_ text: [UInt8]) -> Bool { text.count { $0 == 0x5B || $0 == 0x7B } > 200 }

private func elements(_ text: [UInt8], _ pointer: JSONPointer?, piece: Int) -> [String]? {
  var reader = JSONElements(
    SourceStream(ByteArraySource(text), chunkBytes: piece), at: pointer, limits: .standard)
  var rows: [String] = []
  do {
    while let element = try reader.next() {
      rows.append(try element.document(.standard).root.value.written())
    }
    return rows
  } catch {
    return nil
  }
}

/// Whole exports of every format: each row has every column, and every row is accounted for.
func fuzzExports(_ bytes: [UInt8]) {
  var choices = FuzzChoices(bytes)
  let names = ["a.csv", "a.tsv", "a.ndjson", "a.json", "a.xml", "a.txt", "a.csv.gz"]
  let more = ["plain.tsv", "a.zip", "a.xls", "a.xlsx", "old.csv"]
  let name = (names + more)[choices.below(names.count + more.count)]
  let text = Array(choices.rest)
  var rules = ReadingRules()
  switch name {
  case "a.csv.gz": look(ExportFixtures.gzip(text), name, rules)
  case "plain.tsv":
    (rules.quote, rules.escape, rules.comment) = (nil, "\\", "#")
    look(text, name, rules)
  case "a.zip":
    rules.member = "b*"
    look(ExportFixtures.archive([("a.csv", [0x61]), ("b.csv", text)]), name, rules)
  case "old.csv":
    rules.encoding = fuzzedEncodings[text.count % fuzzedEncodings.count]
    look(text, name, rules)
  default: look(text, name, rules)
  }
}

/// Workbooks: a sheet made of the input, in a sound archive.
func fuzzWorkbook(_ bytes: [UInt8]) {
  let parts = String(decoding: bytes, as: UTF8.self).split(
    separator: "\u{1}", maxSplits: 2, omittingEmptySubsequences: false)
  look(
    ExportFixtures.workbook(
      sheet: String(parts[0]), shared: parts.count > 1 ? String(parts[1]) : "",
      styles: parts.count > 2 ? String(parts[2]) : ""),
    "a.xlsx", ReadingRules())
}

private func look(_ bytes: [UInt8], _ name: String, _ rules: ReadingRules) {
  var limits = ExportLimits()
  limits.columnsMax = 200
  do {
    let preview = try ExportPreview(
      ExportFile(name: name, bytes: ByteArraySource(bytes)), rules: rules, limits: limits)
    hold(preview.rows.count + preview.rejected.count == preview.total, "a row is lost")
    hold(preview.rows.allSatisfy { $0.count == preview.columns.count }, "a row lacks a column")
    hold(preview.columns.count <= limits.columnsMax, "more columns than the limit")
  } catch let refusal as ExportRefusal {
    hold(refusal.file == name && !refusal.message.isEmpty, "a refusal names no file")
  } catch {
    fail("an error of another kind: \(error)")
  }
}
