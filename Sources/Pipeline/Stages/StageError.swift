/// Why a stage could not do what it was asked; becomes words at the door.
public enum StageError: Error, Sendable, Equatable {
  /// The file to import is not there.
  case noSuchFile(String)
  /// The mapping has several exports, and the name of the file fits none or more than one.
  case unclearRule(String, mapping: String)
  /// No mapping has this name; the names that there are.
  case unknownMapping(String, known: [String])
  /// An option names nothing that is there, or several things: why, in words, and what there is.
  case nothingNamed(String, there: [String])
  /// The saved plan differs from what would be planned now; what moved, in words.
  case stalePlan(String)
}
