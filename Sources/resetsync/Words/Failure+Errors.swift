import CommerceLayer
import Effects
import Exports
import Formats
import Foundation
import HTTP
import Mirror
import Pipeline
import Reconciliation
import Sandbox

extension Failure {
  /// Any error of the program as words and exit code.
  init(describing error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as UsageError: self.init(error)
    case let error as SettingsProblems:
      self.init(.configuration, error.problems.map(\.description).joined(separator: "\n"))
    case let error as SettingsProblem: self.init(.configuration, error.description)
    case let error as CronError: self.init(.usage, error.description)
    case let error as MirrorError: self.init(error)
    case let error as APIError: self.init(error)
    case let error as ExportRefusal:
      self.init(.inputNotTrusted, error.problem, hint: error.advice)
      details = error.json["error"]?.objectValue ?? [:]
    case let error as StageError: self.init(error)
    case let error as RunLockError: self.init(error)
    case let error as PlanFileError: self.init(.stalePlan, error.message)
    case let error as ResolutionError: self.init(.usage, error.message)
    case let error as FileError: self.init(error)
    case let error as SandboxSeedError:
      self.init(.configuration, "seed file: \(error.description)")
    case let error as HTTPServerError: self.init(error)
    case is CancellationError: self.init(.terminated, "stopped by a signal")
    default:
      // A name of a type is no help to anybody who meets it.
      let hasWords = (type(of: error) as Any.Type) is any CustomStringConvertible.Type
      self.init(
        .internalError, hasWords ? "unexpected: \(error)" : "something unexpected went wrong",
        hint: "it is a mistake in this program: tell its makers what was done")
    }
  }

  private init(_ error: HTTPServerError) {
    switch error {
    case .badAddress(let text):
      self.init(
        .configuration, "“\(text)” is no address to listen on",
        hint: "write 127.0.0.1:PORT, [::1]:PORT, localhost:PORT or unix:PATH")
    case .cannotListen(let words): self.init(.configuration, words)
    case .alreadyStarted: self.init(.internalError, "the server listens already")
    }
  }

  private init(_ error: UsageError) {
    let page = error.command.map { "help \($0)" } ?? "--help"
    self.init(.usage, error.message, hint: "try: resetsync \(page)")
  }

  private init(_ error: MirrorError) {
    if error.kind == .busy, let path = error.path {
      self.init(writingTo: path)
      return
    }
    let exit: ExitCode =
      switch error.kind {
      case .corrupt, .newerSchema, .cannotOpen, .diskFull: .mirrorNeedsPerson
      case .busy: .locked
      case .wrongOrganization: .inputNotTrusted
      case .notFound, .refused, .moved: .usage
      case .interrupted, .unexpected: .internalError
      }
    self.init(exit, error.message, hint: error.hint)
  }

  /// Somebody else has been writing to the mirror for too long: a run of ours, or any program.
  private init(writingTo path: String) {
    let writer = LockingProcess.writing(byte: Mirror.writeLockByte, of: path + "-shm").first
    let run = RunLockHolder.read(path + ".lock")
    if let run, run.pid != getpid(), writer.map({ $0.id == run.pid }) ?? true {
      self.init(.locked, "the mirror is in use by \(run)", hint: "wait for its end")
      return
    }
    let name = writer.map { ": \($0.name ?? "unknown"), process \($0.id)" } ?? ""
    self.init(
      .locked, "another program, no run of resetsync, holds the write lock of \(path)\(name)",
      hint: "end its transaction or the program (`fuser -v` names all that have the file open), and"
        + " repeat this; nothing was harmed")
  }

  private init(_ error: FileError) {
    let hint =
      error.isDiskFull
      ? "make room on that disk; nothing was lost, the command can be repeated"
      : "check the path and who may use it"
    // A path that leads nowhere was typed; what can't be read or written needs somebody's hand.
    self.init(error.isMissing ? .usage : .mirrorNeedsPerson, error.description, hint: hint)
  }

  /// Output that did not arrive, though what was asked for is done.
  init(lostOutput error: FileError) {
    let cause = error.isDiskFull ? "make room there" : "give it an output that can be written"
    self.init(
      .mirrorNeedsPerson, error.description,
      hint: "what was asked for is done, not all of its result was told: \(cause), and repeat it")
  }

  private init(_ error: RunLockError) {
    switch error {
    case .held(let path, let holder, let waited):
      let who = holder.map { "\($0)" } ?? "another run"
      let how = waited >= 1 ? " (waited \(Int(waited)) s for it)" : ""
      let next =
        holder?.command == "daemon" || path.hasSuffix(Self.daemonLockSuffix)
        ? "stop that daemon first; one-shot commands run beside it and take turns"
        : "wait for its end, or say how long to wait, such as `--wait 5m`"
      self.init(.locked, "the mirror is in use by \(who)\(how)", hint: next)
    case .unusable(let path, let reason):
      self.init(
        .mirrorNeedsPerson, "can't lock \(path): \(reason)",
        hint: "the mirror's folder must be writable for this user, its disk not full, and the limit"
          + " of open files not reached")
    case .cancelled:
      self.init(.terminated, "stopped by a signal while waiting for another run to end")
    }
  }

  /// A mapping that nobody knows, the nearest name and all that there are.
  static func unknownMapping(_ name: String, known: [String]) -> Failure {
    let near = nearestName(to: name, among: known).map { "; did you mean “\($0)”?" } ?? ""
    return Failure(
      .usage, "no mapping is named “\(name)”\(near)",
      hint: "there are: \(known.joined(separator: ", "))")
  }

  /// The end of the name of the lock that a daemon holds for its life.
  static let daemonLockSuffix = ".daemon.lock"

  private init(_ error: APIError) {
    let exit: ExitCode =
      switch error.kind {
      case .wrongOrganization, .wrongMode: .inputNotTrusted
      case .misconfigured: .configuration
      case .cancelled: .terminated
      case .unreachable, .refusedCredentials, .notPermitted, .throttled, .notFound, .refused,
        .outcomeUnknown, .incompatible, .paused:
        .apiUnavailable
      }
    self.init(exit, error.description)
  }

  private init(_ error: StageError) {
    switch error {
    case .noSuchFile(let path):
      self.init(.usage, "there is no export at \(path)", hint: "check the path")
    case .unclearRule(let path, let mapping):
      self.init(
        .usage, "\(path): which of the exports of “\(mapping)” is it?",
        hint: "rename the file as the \"path\" of one of them has it")
    case .unknownMapping(let name, let known):
      self = .unknownMapping(name, known: known)
    case .nothingNamed(let why, let there):
      let list = there.isEmpty ? "there is none" : "there is: " + there.joined(separator: "; ")
      self.init(.usage, why, hint: list)
    case .stalePlan(let difference):
      self.init(
        .stalePlan, "the saved plan is stale: \(difference)",
        hint: "make a new one: resetsync reconcile --dry-run --plan-out FILE")
    }
  }
}
