/// A colour by its three sRGB parts, 0 to 255.
public struct Colour: Sendable, Equatable {
  /// Red, green and blue as `0xRRGGBB`.
  public let rgb: UInt32

  /// Makes a colour from `0xRRGGBB`.
  public init(_ rgb: UInt32) { self.rgb = rgb }

  /// As CSS writes it: `#1a2b3c`.
  public var css: String {
    let hex = String(rgb & 0xFF_FFFF, radix: 16)
    return "#" + String(repeating: "0", count: 6 - hex.count) + hex
  }

  /// Relative luminance (WCAG 2.1), 0 to 1.
  public var luminance: Double {
    let parts = [16, 8, 0].map { shift -> Double in
      let part = Double((rgb >> UInt32(shift)) & 0xFF) / 255
      return part <= 0.04045 ? part / 12.92 : Self.power((part + 0.055) / 1.055)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }

  /// The contrast ratio to another colour (WCAG 2.1), 1 to 21.
  public func contrast(to other: Colour) -> Double {
    let (high, low) = (max(luminance, other.luminance), min(luminance, other.luminance))
    return (high + 0.05) / (low + 0.05)
  }

  /// `base` to the power of 2.4: its square, times its fifth root squared by Newton's method.
  private static func power(_ base: Double) -> Double {
    guard base > 0 else { return 0 }
    var root = 0.8
    for _ in 0..<40 { root = (4 * root + base / (root * root * root * root)) / 5 }
    return base * base * root * root
  }
}

/// The colours of the pages, for light and for dark surroundings.
public enum Palette: String, CaseIterable, Sendable {
  /// The ground.
  case paper
  /// Text.
  case ink
  /// Text of second rank.
  case muted
  /// Lines between groups.
  case line
  /// Ground of values and fields.
  case tint
  /// Links, buttons, the one accent.
  case accent
  /// Text on the accent.
  case onAccent
  /// Severity critical.
  case critical
  /// Severity high.
  case high
  /// Severity medium.
  case medium
  /// Severity low.
  case low
  /// What is as it should be.
  case good
  /// Ground of an added part.
  case addedGround
  /// Text of an added part.
  case added
  /// Ground of a removed part.
  case removedGround
  /// Text of a removed part.
  case removed
  /// Bar of what is in step.
  case barStep
  /// Bar of what is counted only.
  case barRest

  /// What a pair of colours must reach: 4.5 for text, 3 for shapes (WCAG 2.1, 1.4.3 and 1.4.11).
  public static let requirements: [(front: Palette, ground: Palette, ratio: Double)] = [
    (.ink, .paper, 7), (.ink, .tint, 7), (.muted, .paper, 4.5), (.muted, .tint, 4.5),
    (.accent, .paper, 4.5), (.accent, .tint, 4.5), (.onAccent, .accent, 4.5),
    (.critical, .paper, 4.5), (.high, .paper, 4.5), (.medium, .paper, 4.5), (.low, .paper, 4.5),
    (.good, .paper, 4.5), (.added, .addedGround, 4.5), (.removed, .removedGround, 4.5),
    (.barStep, .paper, 3), (.barRest, .paper, 3),
  ]

  /// The colour on a light page.
  public var light: Colour { Colour(values.light) }

  /// The colour on a dark page.
  public var dark: Colour { Colour(values.dark) }

  /// The name of the colour in the style sheet.
  var variable: String { "--\(rawValue)" }

  private var values: (light: UInt32, dark: UInt32) {
    switch self {
    case .paper: (0xFFFFFF, 0x14171A)
    case .ink: (0x1B1F23, 0xE4E7EA)
    case .muted: (0x5B636B, 0x9CA5AE)
    case .line: (0xD9DDE1, 0x343A40)
    case .tint: (0xF5F6F7, 0x1D2125)
    case .accent: (0x0B5CAD, 0x7DB8F2)
    case .onAccent: (0xFFFFFF, 0x0D1B2A)
    case .critical: (0xA8071A, 0xFF8F8A)
    case .high: (0xA13D00, 0xF7A35C)
    case .medium: (0x7A5A00, 0xDDBB4A)
    case .low: (0x4F5B66, 0xA9B4BF)
    case .good: (0x1A6B35, 0x6FCF8B)
    case .addedGround: (0xDDF4E2, 0x15371F)
    case .added: (0x0F5223, 0xA5E6B6)
    case .removedGround: (0xFCE3E1, 0x47191A)
    case .removed: (0x8A1212, 0xFFBDB8)
    case .barStep: (0x6F8FAF, 0x5F7F9F)
    case .barRest: (0x858D95, 0x6C757D)
    }
  }
}
