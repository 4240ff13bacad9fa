import Formats
import Reconciliation
import Testing

private func write(
  _ metadata: String, _ expected: FieldValue, _ value: FieldValue
) -> FieldWrite {
  FieldWrite(
    metadata: metadata, expected: expected, value: value, reason: .policy,
    afterBase: BasePair(agreed: value))
}

private func update(_ fields: [FieldWrite], reference: TextWrite? = nil) -> PlannedUpdate {
  PlannedUpdate(
    resetID: "r", mapping: "sap", key: Key(origin: "sap", reference: "1"), fields: fields,
    reference: reference)
}

private func push(_ fresh: String, _ update: PlannedUpdate, reference: String? = "1") -> PushVerdict
{
  mergeForPush(
    fresh: object(fresh), reference: reference, referenceOrigin: "sap", update: update)
}

@Test func `foreign metadata goes back as it came, byte for byte`() throws {
  let fresh =
    #"{"z":1.0,"big":12345678901234567890,"group":"a","e\u0301":"\u00e9","deep":{"b":1e2,"a":[1.50,null]},"t":"\ud83d"}"#
  let wanted = update([
    write("group", .text("a"), .text("b")), write("/deep/new/x", .absent, .present(true)),
    write("gone", .absent, .absent),
  ])
  guard case .send(let metadata?, nil, nil) = push(fresh, wanted) else {
    Issue.record("\(push(fresh, wanted))")
    return
  }
  #expect(
    metadata.written()
      == #"{"z":1.0,"big":12345678901234567890,"group":"b","e\u0301":"\u00e9","deep":{"b":1e2,"a":[1.50,null],"new":{"x":true}},"t":"\ud83d"}"#
  )
}

@Test func `a value that moved leaves the whole update for the next run`() {
  let wanted = update([
    write("a", .text("1"), .text("2")), write("b", .text("1"), .text("2")),
  ])
  #expect(push(#"{"a":"1","b":"9"}"#, wanted) == .moved(fields: ["b"]))
  #expect(push(#"{"a":"1"}"#, wanted) == .moved(fields: ["b"]))
  #expect(push(#"{"a":"2","b":"2"}"#, wanted) == .alreadyThere)
  guard case .send(let metadata?, _, _) = push(#"{"a":"2","b":"1"}"#, wanted) else {
    Issue.record("half an update is not finished")
    return
  }
  #expect(metadata.written() == #"{"a":"2","b":"2"}"#)
}

@Test func `removing a key takes the key alone`() {
  let wanted = update([write("/erp/limit", .present(json("1.5")), .absent)])
  guard case .send(let metadata?, _, _) = push(#"{"erp":{"limit":1.50}}"#, wanted) else {
    Issue.record("not sent")
    return
  }
  #expect(metadata.written() == #"{"erp":{}}"#)
  #expect(push("{}", wanted) == .alreadyThere)
  #expect(push(#"{"erp":7}"#, wanted) == .blocked(field: "/erp/limit", parent: "/erp"))
}

@Test func `references are written only over what was expected`() {
  let wanted = update([], reference: TextWrite(expected: nil, value: "1"))
  #expect(
    push("{}", wanted, reference: nil)
      == .send(metadata: nil, reference: wanted.reference, referenceOrigin: nil))
  #expect(push("{}", wanted, reference: "1") == .alreadyThere)
  #expect(push("{}", wanted, reference: "2") == .moved(fields: ["reference"]))
}

@Test func `an update that settles one conflict more is the same in all else`() {
  let plain = PlannedUpdate(
    resetID: "r", mapping: "sap", key: Key(origin: "sap", reference: "1"),
    fields: [write("a", .text("1"), .text("2"))], reference: TextWrite(expected: nil, value: "1"),
    referenceOrigin: TextWrite(expected: "crm", value: "sap"), decisions: ["c1"])
  let more = PlannedUpdate(
    resetID: plain.resetID, mapping: plain.mapping, key: plain.key, fields: plain.fields,
    reference: plain.reference, referenceOrigin: plain.referenceOrigin, decisions: ["c1", "c2"])
  #expect(plain.settling("c2") == more)
}

@Test func `an answer is compared with the intent`() {
  let wanted = update(
    [write("a", .absent, .present(json("1.0"))), write("b", .text("x"), .absent)],
    reference: TextWrite(expected: nil, value: "1"))
  func missing(_ answer: String, _ reference: String?) -> [String] {
    unverified(
      answer: object(answer), reference: reference, referenceOrigin: "sap", update: wanted)
  }
  #expect(missing(#"{"a":1}"#, "1").isEmpty)
  #expect(missing(#"{"a":1,"b":null}"#, "1") == ["b"])
  #expect(missing("{}", nil) == ["a", "reference"])
}

@Test func `undo restores only what still stands, and can be undone`() throws {
  let written = update([
    write("a", .text("1"), .text("2")), write("b", .absent, .text("2")),
  ])
  let base = Base(["a": BasePair(agreed: .text("2")), "b": BasePair(agreed: .text("2"))])
  let undo = inverse(
    of: written, metadata: object(#"{"a":"2","b":"9"}"#), reference: "1", referenceOrigin: "sap",
    base: base)
  #expect(undo.movedSince == ["b"])
  let update = try #require(undo.update)
  #expect(
    update.fields == [
      FieldWrite(
        metadata: "a", expected: .text("2"), value: .text("1"), reason: .undo,
        afterBase: BasePair(source: .text("2"), remote: .text("1")))
    ])
  // The next run leaves it alone, and undoing the undo leads back.
  let verdict = merge(
    source: .text("2"), remote: .text("1"), base: update.fields[0].afterBase, policy: .source,
    times: ChangeTimes(source: nil, remote: nil))
  #expect(verdict.step == .keptApart)
  let redo = inverse(
    of: update, metadata: object(#"{"a":"1"}"#), reference: "1", referenceOrigin: "sap",
    base: Base(["a": update.fields[0].afterBase]))
  #expect(redo.update?.fields.first?.value == .text("2"))
  #expect(redo.update?.fields.first?.afterBase == BasePair(agreed: .text("2")))
  let nothing = inverse(
    of: written, metadata: JSONObject(), reference: nil, referenceOrigin: nil, base: base)
  #expect(nothing.update == nil && nothing.movedSince == ["a"] && nothing.asBefore == ["b"])
}

@Test func `undo takes parents along that the write made, where nothing else is in them`() throws {
  let written = update([
    write("/erp/risk/limit", .absent, .text("5")), write("/erp/group", .absent, .text("g")),
  ])
  func left(_ metadata: String, before: String) throws -> String {
    let now = object(metadata)
    let undo = inverse(
      of: written, metadata: now, reference: "1", referenceOrigin: "sap", base: Base(),
      before: object(before))
    let update = try #require(undo.update)
    // What a stored plan keeps of it is enough.
    let stored = try #require(PlannedUpdate(json: update.json))
    #expect(stored == update)
    guard
      case .send(let sent?, nil, nil) = mergeForPush(
        fresh: now, reference: "1", referenceOrigin: "sap", update: stored)
    else { return "nothing is sent" }
    #expect(unverified(answer: sent, reference: "1", referenceOrigin: "sap", update: stored) == [])
    return JSONValue.object(sent).written()
  }
  let whole = #"{"x":1.0,"erp":{"risk":{"limit":"5"},"group":"g"}}"#
  #expect(try left(whole, before: #"{"x":1.0}"#) == #"{"x":1.0}"#)
  #expect(try left(whole, before: #"{"x":1.0,"erp":{}}"#) == #"{"x":1.0,"erp":{}}"#)
  #expect(
    try left(whole, before: #"{"x":1.0,"erp":{"risk":{}}}"#) == #"{"x":1.0,"erp":{"risk":{}}}"#)
  let theirs = #"{"erp":{"risk":{"limit":"5"},"group":"g","note":"n"}}"#
  #expect(try left(theirs, before: "{}") == #"{"erp":{"note":"n"}}"#)
}

@Test func `undo puts a reference back only where ours still stands`() {
  let written = PlannedUpdate(
    resetID: "r", mapping: "sap", key: Key(origin: "sap", reference: "1"), fields: [],
    reference: TextWrite(expected: "7", value: "1"),
    referenceOrigin: TextWrite(expected: nil, value: "sap"))
  func undo(_ reference: String?, _ origin: String?) -> UndoPlan {
    inverse(
      of: written, metadata: JSONObject(), reference: reference, referenceOrigin: origin,
      base: Base())
  }
  let both = undo("1", "sap")
  #expect(both.movedSince.isEmpty)
  #expect(both.update?.reference == TextWrite(expected: "1", value: "7"))
  #expect(both.update?.referenceOrigin == TextWrite(expected: "sap", value: nil))
  let one = undo("2", "sap")
  #expect(one.movedSince == ["reference"])
  #expect(one.update?.reference == nil && one.update?.referenceOrigin != nil)
  let none = undo("2", "crm")
  #expect(none.movedSince == ["reference", "reference_origin"] && none.update == nil)
}

@Test func `undo keeps the value that the source has now as its side of the base`() {
  let written = update([
    FieldWrite(
      metadata: "a", expected: .text("1"), value: .text("2"), reason: .decision,
      afterBase: BasePair(source: .text("t"), remote: .text("2")))
  ])
  func base(_ pair: BasePair) -> BasePair? {
    inverse(
      of: written, metadata: object(#"{"a":"2"}"#), reference: nil, referenceOrigin: nil,
      base: Base(["a": pair])
    ).update?.fields.first?.afterBase
  }
  let moved = BasePair(source: .text("s"), remote: .text("2"))
  #expect(base(moved) == BasePair(source: .text("s"), remote: .text("1")))
  #expect(base(.none) == BasePair(source: .text("t"), remote: .text("1")))
}

@Test func `an origin is written, and verified, as the reference is`() {
  let wanted = PlannedUpdate(
    resetID: "r", mapping: "sap", key: Key(origin: "sap", reference: "1"), fields: [],
    referenceOrigin: TextWrite(expected: "crm", value: "sap"))
  func push(_ origin: String?) -> PushVerdict {
    mergeForPush(fresh: object("{}"), reference: "1", referenceOrigin: origin, update: wanted)
  }
  #expect(
    push("crm") == .send(metadata: nil, reference: nil, referenceOrigin: wanted.referenceOrigin))
  #expect(push("sap") == .alreadyThere)
  #expect(push("erp") == .moved(fields: ["reference_origin"]))
  func missing(_ origin: String?) -> [String] {
    unverified(answer: object("{}"), reference: "1", referenceOrigin: origin, update: wanted)
  }
  #expect(missing("sap").isEmpty)
  #expect(missing("crm") == ["reference_origin"] && missing(nil) == ["reference_origin"])
}
