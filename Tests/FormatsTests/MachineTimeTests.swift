import Formats
import Testing

struct MachineTimeTests {
  @Test func `counts become instants, to the microsecond`() {
    #expect(MachineTime.seconds.read("0")?.instant == Timestamp(microseconds: 0))
    #expect(MachineTime.seconds.read("1.0000019")?.instant == Timestamp(microseconds: 1_000_001))
    #expect(MachineTime.seconds.read("1e-7")?.instant == Timestamp(microseconds: 0))
    #expect(MachineTime.milliseconds.read("-1")?.instant == Timestamp(microseconds: -1_000))
    #expect(MachineTime.dotnet.read("/Date(1)/")?.instant == Timestamp(microseconds: 1_000))
    #expect(MachineTime.dotnet.read("/Date(1-0330)/")?.offsetSeconds == -12_600)
  }

  @Test(arguments: [
    "", " 1", "1 ", "+1", "1,5", "0x1", "1e99999999999999999999", "253402300800", "-62135596801",
    "99999999999999999999", "NaN",
  ])
  func `no count of seconds, or beyond the years 1 to 9999`(text: String) {
    #expect(MachineTime.seconds.read(text) == nil)
  }

  @Test func `the years 1 to 9999 are whole`() {
    #expect(MachineTime.seconds.read("253402300799.999999")?.instant.civil().date.year == 9999)
    #expect(MachineTime.seconds.read("-62135596800")?.instant.civil().date.year == 1)
  }

  @Test(arguments: [
    ("1700000000", MachineTime.seconds), ("1700000000000", .milliseconds),
    ("/Date(0)/", .dotnet), ("170000000", nil), ("17000000000", nil), ("0170000000", nil),
    ("20231114", nil), ("20231114221320", nil), ("170000000x", nil), ("", nil),
  ])
  func `what a text looks like`(text: String, wanted: MachineTime?) {
    #expect(MachineTime(lookingLike: text) == wanted)
  }
}
