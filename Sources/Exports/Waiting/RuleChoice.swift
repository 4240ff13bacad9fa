import Effects
public import Reconciliation

extension Mapping {
  /// The export rule by which a file is read that was named by hand.
  ///
  /// Where there are several, the one whose path fits the name of the file; nil where none or more
  /// than one does.
  public func rule(forFileNamed name: String) -> ExportRule? {
    guard exports.count > 1 else { return export }
    let fitting = exports.filter { FilePath.matches(name, FilePath.name(of: $0.path)) }
    return fitting.count == 1 ? fitting[0] : nil
  }
}
