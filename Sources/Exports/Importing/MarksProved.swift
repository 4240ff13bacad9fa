public import Reconciliation

/// Rows of an export were read without a decimal mark that it proves: it is to be read again by
/// the mapping that knows the marks.
public struct MarksProved: Error, Sendable {
  /// All marks that are known now, by field.
  public let marks: [String: ProvedMark]
}

extension Mapping {
  /// The decimal marks that the evidence of an export of these files leaves, by field.
  ///
  /// Throws `MarksProved` where it is to be read again, and `ExportRefusal` where a column
  /// contradicts itself or, unless the mapping `learnsAnew`, an export before.
  func settled(
    _ evidence: MarkEvidence, of places: ExportPlaces, learnsAnew: Bool = false
  ) throws -> [String: ProvedMark] {
    switch judge(evidence, of: places, learnsAnew: learnsAnew) {
    case .settled(let marks): return marks
    case .readAgain(let marks): throw MarksProved(marks: marks)
    case .refused(let reason, let line, let contradicts):
      throw ExportRefusal(
        contradicts ? .otherMark : .twoMarks, reason, file: places.file(of: line),
        line: ExportPlaces.line(of: line))
    }
  }
}
