/// The names in an OLE compound file (MS-CFB), as old office documents are, and new ones with a
/// password.
public struct CompoundFile: Sendable {
  /// The first bytes of each.
  public static let start: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

  /// The names of streams and storages, as far as they can be read.
  public let names: [String]

  /// How many sectors of the directory are read.
  private static let sectorsMax = 64

  /// Reads the directory; throws what the source throws.
  public init(_ source: any ByteSource) throws {
    let header = try source.read(at: 0, count: 512)
    guard header.count == 512, header.starts(with: Self.start) else {
      names = []
      return
    }
    let shift = littleEndian(header, 30, 2) == 12 ? 12 : 9
    var (names, sector) = ([String](), littleEndian(header, 48, 4))
    for _ in 0..<Self.sectorsMax {
      let bytes = try source.read(at: (sector + 1) << shift, count: 1 << shift)
      guard bytes.count == 1 << shift else { break }
      names += stride(from: 0, to: bytes.count, by: 128).compactMap { Self.name(bytes, $0) }
      guard let next = try Self.next(sector, source, header, shift) else { break }
      sector = next
    }
    self.names = names
  }

  /// A name in UTF-16 with a zero behind it, and its length in bytes.
  private static func name(_ bytes: [UInt8], _ at: Int) -> String? {
    let length = littleEndian(bytes, at + 64, 2)
    guard (4...64).contains(length) else { return nil }
    let units = stride(from: at, to: at + length - 2, by: 2)
      .map { UInt16(littleEndian(bytes, $0, 2)) }
    return String(decoding: units, as: UTF16.self)
  }

  /// The sector behind another by the allocation table, whose first parts the header names.
  private static func next(
    _ sector: Int, _ source: any ByteSource, _ header: [UInt8], _ shift: Int
  ) throws -> Int? {
    let perSector = 1 << (shift - 2)
    let part = sector / perSector
    guard part < 109 else { return nil }
    let table = littleEndian(header, 76 + part * 4, 4)
    let place = (table + 1) << shift + sector % perSector * 4
    let entry = try source.read(at: place, count: 4)
    guard entry.count == 4 else { return nil }
    let next = littleEndian(entry, 0, 4)
    return next < 0xFFFF_FFFA ? next : nil
  }
}
