import Effects

@testable import CommerceLayer

/// Keeps the ids of a full pull as the mirror would, and what it was asked for.
final class WalkMemory: Sendable {
  private let ids: Lock<Set<String>>
  private let questions = Lock<[(id: String, wasThere: Bool)]>([])

  /// Starts with what a pager has handed on before it was stopped.
  init(_ ids: Set<String> = []) { self.ids = Lock(ids) }

  /// The ids that were asked for, in order, and the answers.
  var asked: [(id: String, wasThere: Bool)] { questions.withLock { $0 } }

  func note(_ page: PullPage) {
    ids.withLock { ids in for row in page.rows { ids.insert(row.id) } }
  }

  func has(_ id: String) -> Bool {
    let wasThere = ids.withLock { $0.contains(id) }
    questions.withLock { $0.append((id, wasThere)) }
    return wasThere
  }
}

/// Hands pages to a closure and answers from a memory.
struct WalkSink: PullSink {
  let memory: WalkMemory
  let each: (PullPage) async throws -> Void

  func add(_ page: PullPage) async throws {
    try await each(page)
    memory.note(page)
  }

  func has(_ id: String) -> Bool { memory.has(id) }
}

extension CommerceLayerClient {
  /// The bytes of a filter that soon doubts every id.
  static let tinyFilterBytes = 8

  /// A full pull by a closure; with a memory of its own unless it gets one.
  func pullAll(
    resuming cursor: FullPullCursor? = nil, filterBytes: Int? = nil,
    memory: WalkMemory = WalkMemory(), each: @escaping (PullPage) async throws -> Void
  ) async throws -> FullPullOutcome {
    var sink = WalkSink(memory: memory, each: each)
    return try await pullAll(resuming: cursor, filterBytes: filterBytes, into: &sink)
  }
}
