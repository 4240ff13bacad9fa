/// What a pager makes of an answer.
enum PageVerdict: Equatable {
  /// Rows to hand on, in the order of the pull.
  case rows([ResetResource])
  /// Not an answer to the question; it is asked again.
  case wrong
}
