public import Reconciliation

/// What one run is asked to do.
public struct RunRequest: Sendable {
  /// How much to pull.
  public enum Pull: Sendable, Equatable {
    /// Nothing.
    case none
    /// What changed since the watermark; everything where there is none.
    case changes
    /// Everything.
    case full
  }

  /// Which exports to import.
  public enum Imports: Sendable, Equatable {
    /// None.
    case none
    /// Those that wait in the folders of these mappings; of all mappings when the list is empty.
    case waiting(mappings: [String])
    /// One file for one mapping.
    case file(path: String, mapping: String)
  }

  /// What to decide about.
  public enum Scope: Sendable, Equatable {
    /// Nothing: the run only pulls and imports.
    case nothing
    /// Every key touched since the last reconcile.
    case changes
    /// These references.
    case references([String])
    /// What a run wrote, to be taken back.
    case undo(run: String)
  }

  /// The command, as the history shows it.
  public var command: String
  /// How much to pull.
  public var pull = Pull.none
  /// Which exports to import.
  public var imports = Imports.none
  /// The SHA-256 of an export that may pass its guards.
  public var acceptedExport: String?
  /// What to decide about.
  public var scope = Scope.nothing
  /// Only these mappings; all when the list is empty.
  public var mappings: [String] = []
  /// Whether nothing is stored but the plan, and nothing sent.
  public var isDryRun = false
  /// Whether cleared updates are sent.
  public var pushes = true
  /// The digest of a plan that may pass its rails.
  public var approvedDigest: String?
  /// A saved plan: the run applies exactly it, or nothing.
  public var savedPlan: PlanFile?
  /// Whether changes and open conflicts have an exit code of their own.
  public var detailsExit = false
  /// Who asks.
  public var by: String

  /// A run of this command that does nothing yet.
  public init(command: String, by: String) {
    self.command = command
    self.by = by
  }
}
