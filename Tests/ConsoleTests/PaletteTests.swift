import Console
import Testing

@Suite struct PaletteTests {
  @Test func `every pair reaches its contrast on a light and on a dark page`() {
    for (front, ground, ratio) in Palette.requirements {
      let light = front.light.contrast(to: ground.light)
      let dark = front.dark.contrast(to: ground.dark)
      #expect(light >= ratio, "\(front) on \(ground), light: \(light)")
      #expect(dark >= ratio, "\(front) on \(ground), dark: \(dark)")
    }
  }

  @Test func `every colour of text or shape is held to a ratio`() {
    let checked = Set(Palette.requirements.flatMap { [$0.front, $0.ground] })
    #expect(Set(Palette.allCases).subtracting(checked) == [.line])
  }

  @Test func `the ratio is that of WCAG`() {
    let (black, white) = (Colour(0x000000), Colour(0xFFFFFF))
    #expect(black.contrast(to: white) == 21)
    #expect(abs(Colour(0x777777).contrast(to: white) - 4.478) < 0.001)
    #expect(abs(Colour(0x0000FF).contrast(to: white) - 8.592) < 0.001)
    #expect(Colour(0x0A0B0C).css == "#0a0b0c")
  }
}
