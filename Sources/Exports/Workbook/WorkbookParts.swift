import Formats

/// A workbook's container: opens its parts by name.
protocol WorkbookArchive {
  /// The bytes of a part; nil where there is none. Throws `ExportRefusal`.
  func part(_ name: String) throws -> (any ByteStream)?
}

/// What a workbook says of itself: its sheets and where their parts are.
struct WorkbookParts {
  struct Sheet: Equatable {
    var name: String
    var part: String
    var isHidden = false
  }

  private(set) var sheets: [Sheet] = []
  private(set) var epoch = SpreadsheetEpoch.year1900
  private(set) var sharedStrings: String?
  private(set) var styles: String?

  init(_ archive: any WorkbookArchive, limits: ExportLimits) throws {
    let root = try Self.relations(of: "", archive, limits)
    let workbook = root.first { $0.type.hasSuffix("/officeDocument") }?.target ?? "xl/workbook.xml"
    guard let stream = try archive.part(workbook) else {
      throw ExportRefusal(.malformed, "the container holds no workbook (\(workbook))")
    }
    let relations = try Self.relations(of: workbook, archive, limits)
    var tokens = try XMLTokens(part: stream, limits: limits)
    while let token = try tokens.next() {
      guard case .start(let name, let attributes) = token else { continue }
      if name.local == "workbookPr", ["1", "true"].contains(attributes["date1904"]) {
        epoch = .year1904
      }
      guard name.local == "sheet", let id = attributes["id"], let title = attributes["name"],
        let relation = relations.first(where: { $0.id == id }),
        relation.type.hasSuffix("/worksheet")
      else { continue }
      let isHidden = ["hidden", "veryHidden"].contains(attributes["state"])
      sheets.append(Sheet(name: title, part: relation.target, isHidden: isHidden))
    }
    sharedStrings = relations.first { $0.type.hasSuffix("/sharedStrings") }?.target
    styles = relations.first { $0.type.hasSuffix("/styles") }?.target
  }

  /// The sheet of a name; spreadsheets tell no case apart in names.
  func sheet(_ name: String) throws -> Sheet {
    let found =
      sheets.first { $0.name.isExactly(name) }
      ?? sheets.first { $0.name.lowercased() == name.lowercased() }
    if let found { return found }
    throw ExportRefusal(
      .sheet, "there is no sheet “\(name)”; the workbook has \(sheets.map(\.name).quoted.listed)")
  }

  private struct Relation {
    var id: String
    var type: String
    var target: String
  }

  private static func relations(
    of part: String, _ archive: any WorkbookArchive, _ limits: ExportLimits
  ) throws -> [Relation] {
    let cut = part.lastIndex(of: "/").map { part.index(after: $0) } ?? part.startIndex
    let folder = part[..<cut]
    let name = "\(folder)_rels/\(part[cut...]).rels"
    guard let stream = try archive.part(name) else { return [] }
    var tokens = try XMLTokens(part: stream, limits: limits)
    var relations: [Relation] = []
    while let token = try tokens.next() {
      guard case .start(let name, let attributes) = token, name.local == "Relationship",
        attributes["TargetMode"] != "External", let id = attributes["Id"],
        let type = attributes["Type"], let target = attributes["Target"]
      else { continue }
      relations.append(Relation(id: id, type: type, target: resolve(target, in: folder)))
    }
    return relations
  }

  /// A target as a name in the container: absolute, or as seen from the folder of its owner.
  private static func resolve(_ target: String, in folder: Substring) -> String {
    var parts = target.hasPrefix("/") ? [] : folder.split(separator: "/")
    for part in target.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }
}

/// Which cell styles show dates.
struct WorkbookStyles {
  private var dates: [Bool] = []

  init() {}

  init(_ stream: any ByteStream, limits: ExportLimits) throws {
    var tokens = try XMLTokens(part: stream, limits: limits)
    var custom: [Int: Bool] = [:]
    var inCellFormats = false
    while let token = try tokens.next() {
      switch token {
      case .text: continue
      case .end(let name):
        if name.local == "cellXfs" { inCellFormats = false }
      case .start(let name, let attributes):
        switch name.local {
        case "cellXfs": inCellFormats = true
        case "numFmt":
          guard let id = attributes["numFmtId"].flatMap({ Int($0) }) else { continue }
          custom[id] = NumberFormat.isDate(code: attributes["formatCode"] ?? "")
        case "xf" where inCellFormats:
          let id = attributes["numFmtId"].flatMap { Int($0) } ?? 0
          dates.append(custom[id] ?? NumberFormat.isDate(id: id))
        default: continue
        }
      }
    }
  }

  /// Whether cells of this style show a date.
  func isDate(_ style: Int) -> Bool { dates.indices.contains(style) && dates[style] }
}

extension [XMLAttribute] {
  /// The value of an attribute by its name without prefix.
  subscript(name: String) -> String? { first { $0.name.local == name }?.value }
}
