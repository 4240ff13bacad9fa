import Exports
import Formats

/// What the demo plays, as `Mappings/samples/demo-story.json` tells it.
struct DemoStory: Sendable {
  /// One step of the story.
  enum Step: Sendable {
    /// The exports up to a day arrive.
    case deliver(day: CivilDate)
    /// One run; the situations that the planted resets must be in afterwards, by reset.
    case reconcile(expected: [String: String])
    /// Somebody edits a reset in the shop.
    case edit(reset: String, metadata: JSONObject?, reference: String?)
    /// Somebody deletes a reset in the shop.
    case delete(reset: String)
    /// Somebody decides a conflict.
    case decide(kind: String, reset: String, field: String?, take: String, reason: String)
  }

  /// The seed file, beside the story.
  let seed: String
  /// The steps, in order.
  let steps: [Step]

  /// The day of the last night.
  var lastDay: CivilDate? {
    steps.compactMap { if case .deliver(let day) = $0 { day } else { nil } }.max()
  }

  /// Reads a story; throws every problem of the file.
  init(parsing bytes: [UInt8]) throws {
    let settings = SettingsReader(try SettingsDocument(bytes, file: "demo-story.json"))
    seed = settings.string("seed")
    _ = settings.string("exports")
    steps = settings.sections("steps").compactMap(Self.step)
    try settings.finish()
  }

  private static func step(_ step: SettingsReader) -> Step? {
    if let text = step.optionalString("import_until") {
      let day = FileNameTime(in: text).map { $0.instant.civil().date }
      if day == nil { step.problem("import_until", "is no day such as 20261120") }
      return day.map(Step.deliver)
    }
    if let run = step.optionalSection("reconcile") {
      let expected = run.stringMap("expect").map { ($0.key, $0.value) }
      return .reconcile(expected: Dictionary(expected, uniquingKeysWith: { $1 }))
    }
    if let edit = step.optionalSection("edit") {
      return .edit(
        reset: edit.string("reset"), metadata: edit.json("metadata")?.objectValue,
        reference: edit.optionalString("reference"))
    }
    if let deletion = step.optionalSection("delete") {
      return .delete(reset: deletion.string("reset"))
    }
    guard let decision = step.optionalSection("decide") else {
      step.problem("reconcile", "is no step of a story")
      return nil
    }
    return .decide(
      kind: decision.string("kind"), reset: decision.string("reset"),
      field: decision.optionalString("field"), take: decision.string("take"),
      reason: decision.string("reason"))
  }
}
