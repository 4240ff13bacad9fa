/// The files of one export, and where in them its rows stand.
///
/// A row of an export in several files is told by one number: its line, with the place of its file
/// (from 0) in the upper half.
public struct ExportPlaces: Sendable, Hashable {
  /// The names of the files, in their order; one at least.
  public let files: [String]

  /// Bits of a place that are the line.
  static let lineBits = 32
  private static let lineMask = 1 << lineBits - 1

  /// An export of these files.
  public init(_ files: [String]) { self.files = files }

  /// An export of one file.
  public init(_ file: String) { files = [file] }

  /// The number of a line, from 1, of the part at a place, from 0.
  public static func number(line: Int, part: Int) -> Int { part << lineBits | line }

  /// The place of its file, from 0.
  public static func part(of number: Int) -> Int { number >> lineBits }

  /// The line in its file, from 1.
  public static func line(of number: Int) -> Int { number & lineMask }

  /// The file of a row.
  public func file(of number: Int) -> String {
    let part = Self.part(of: number)
    return part < files.count ? files[part] : files.first ?? ""
  }

  /// `line 7`, or `line 7 of FILE` where there are several files.
  public func words(_ number: Int) -> String {
    "line \(Self.line(of: number))" + (files.count > 1 ? " of \(file(of: number))" : "")
  }
}
