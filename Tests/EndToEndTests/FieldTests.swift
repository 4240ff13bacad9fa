import Testing

/// What the field has sent and done, case by case: `Tests/Field` holds the files.
@Suite(.serialized) struct FieldTests {
  @Test(arguments: FieldCase.all)
  func `a case of the field ends right`(_ field: FieldCase) async throws {
    let plays = try field.plays()
    #expect(!plays.isEmpty, "\(field.testDescription) plays nothing")
    for play in plays {
      let faults = try await play.faults()
      #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    }
  }

  @Test func `there are cases`() {
    #expect(FieldCase.all.count > 30)
  }
}
