extension CommandSpec {
  /// Every command, in the order of the contract.
  static let table: [CommandSpec] = [
    .demo, .initialize, .check, .preview, .importExports, .pull, .reconcile,
    .conflicts, .conflictsList, .conflictsShow, .conflictsResolve, .conflictsSnooze,
    .conflictsAssign, .conflictsComment, .conflictsReopen,
    .plan, .planShow, .link, .unlink, .report, .review, .explain, .undo, .status, .runs, .runsList,
    .runsShow,
    .schedule,
    .daemon, .sandbox, .backup, .restore, .verify, .pause, .resume, .generate,
  ]
}
