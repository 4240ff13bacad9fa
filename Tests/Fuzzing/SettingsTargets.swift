import Formats
import Reconciliation

/// The configuration: accepted, or refused with problems that each have a place.
func fuzzConfiguration(_ bytes: [UInt8]) {
  do throws(SettingsProblems) {
    let configuration = try Configuration(parsing: bytes, file: "/shop/Config/resetsync.json")
    hold(configuration.mirrorPath.hasPrefix("/"), "a path is not resolved")
    hold(configuration.api.mode == "test" || configuration.api.mode == "live", "another mode")
    hold((1...32).contains(configuration.api.maxInFlight), "max_in_flight out of its range")
  } catch {
    checkPlaces(error, in: bytes)
  }
}

/// Mappings: accepted, or refused with places; rewritten as plain JSON they mean the same.
func fuzzMapping(_ bytes: [UInt8]) {
  do throws(SettingsProblems) {
    let mapping = try Mapping(parsing: bytes, file: "/shop/Mappings/erp.json")
    hold(!mapping.origins.isEmpty && !mapping.name.isEmpty, "a mapping without name or origin")
    hold(Set(mapping.columnsNeeded).count == mapping.columnsNeeded.count, "a column twice")
    let plain = Array(try SettingsDocument(bytes, file: "a").value.written(indent: 2).utf8)
    let again = try Mapping(parsing: plain, file: "/shop/Mappings/erp.json")
    hold(again.rulesDigest == mapping.rulesDigest, "the rules depend on the spelling")
    hold(again.recordsDigest == mapping.recordsDigest, "the columns depend on the spelling")
  } catch {
    checkPlaces(error, in: bytes)
  }
}

private func checkPlaces(_ problems: SettingsProblems, in bytes: [UInt8]) {
  let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 2
  hold(!problems.problems.isEmpty, "no problem, and yet refused")
  for problem in problems.problems {
    hold((1...lines).contains(problem.line) && problem.column >= 1, "a problem has no place")
  }
}

/// Plan files: what was written reads back as it was, and what reads was written so.
func fuzzPlan(_ bytes: [UInt8]) {
  if let read = try? PlanFile(parsing: bytes) {
    let text = PlanFile.written(read.header, read.updates)
    let again = try? PlanFile(parsing: Array(text.utf8))
    hold(again?.updates == read.updates, "a plan that was read can't be written")
  }
  if let value = try? JSONValue(parsing: bytes), let update = PlannedUpdate(json: value) {
    hold(PlannedUpdate(json: update.json) == update, "an update does not read back")
  }
  var choices = FuzzChoices(bytes)
  let updates = (0..<choices.below(4)).map { _ in update(&choices) }
  var digest = PlanDigest()
  for update in updates { digest.add(update) }
  let header = PlanHeader(
    digest: digest.hex, run: choices.text(bytesMax: 9), createdAt: Timestamp(microseconds: 0),
    organization: choices.text(bytesMax: 9), mode: "test",
    mappings: [choices.text(bytesMax: 5): "ab"], updates: updates.count, expectedSeconds: 1)
  let read = try? PlanFile(parsing: Array(PlanFile.written(header, updates).utf8))
  hold(read?.updates == updates && read?.header == header, "a plan does not read back")
  var turned = PlanDigest()
  for update in updates.reversed() { turned.add(update) }
  hold(turned.hex == digest.hex, "the digest depends on the order")
}

private func update(_ choices: inout FuzzChoices) -> PlannedUpdate {
  let fields = (0..<choices.below(3)).map { _ in
    let written = value(&choices)
    return FieldWrite(
      metadata: choices.text(bytesMax: 12), expected: value(&choices), value: written,
      reason: WriteReason.allCases[choices.below(WriteReason.allCases.count)],
      afterBase: choices.flag()
        ? BasePair(agreed: written)
        : BasePair(source: choices.flag() ? value(&choices) : nil, remote: value(&choices)))
  }
  func text() -> TextWrite? {
    guard choices.flag() else { return nil }
    return TextWrite(
      expected: choices.flag() ? choices.text(bytesMax: 9) : nil,
      value: choices.flag() ? choices.text(bytesMax: 9) : nil)
  }
  return PlannedUpdate(
    resetID: choices.text(bytesMax: 9), mapping: choices.text(bytesMax: 9),
    key: Key(origin: choices.text(bytesMax: 9), reference: choices.text(bytesMax: 9)),
    fields: fields, reference: text(), referenceOrigin: text(),
    decisions: choices.flag() ? [choices.text(bytesMax: 13)] : [])
}

private func value(_ choices: inout FuzzChoices) -> FieldValue {
  switch choices.below(6) {
  case 0: .absent
  case 1: .present(.null)
  case 2: .present(.bool(choices.flag()))
  case 3: .present(.int(choices.byte()))
  case 4: .present(.array([.string(choices.text(bytesMax: 6)), .int(-1)]))
  default: .text(choices.text(bytesMax: 20))
  }
}
