import Foundation
import Glibc

/// libFuzzer's own main loop, linked in by `-sanitize=fuzzer`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The target that this process fuzzes: chosen once, before the first input.
nonisolated(unsafe) private var chosen: FuzzTarget = { _ in }

/// One fuzzing program for all targets: `Fuzzing NAME [libFuzzer options] [corpus folders]`.
///
/// Each target takes the bytes that libFuzzer makes up and checks rules that hold for every
/// input; a rule that does not hold, or a trap, ends the process and leaves the input behind.
@main struct Fuzzer {
  static func main() {
    let words = CommandLine.arguments
    guard words.count > 1, let target = fuzzTargets[words[1]] else {
      print(fuzzTargets.keys.sorted().joined(separator: "\n"))
      exit(words.count > 1 ? 64 : 0)
    }
    unsafe chosen = target
    let rest = [words[0]] + words.dropFirst(2)
    var list = unsafe rest.map { unsafe strdup($0) } + [nil]
    var count = Int32(rest.count)
    let status = unsafe list.withUnsafeMutableBufferPointer { list in
      guard var base = list.baseAddress else { return Int32(1) }
      return unsafe runFuzzer(&count, &base) { bytes, count in
        unsafe chosen(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
      }
    }
    exit(status)
  }
}

/// What is done with one input.
typealias FuzzTarget = @Sendable ([UInt8]) -> Void

/// Every target by its name, which is also that of its corpus and its dictionary.
let fuzzTargets: [String: FuzzTarget] = [
  "json": fuzzJSON, "settings": fuzzSettings, "csv": fuzzCSV, "ndjson": fuzzNDJSON,
  "encodings": fuzzEncodings, "values": fuzzValues, "inflate": fuzzInflate, "zip": fuzzZip,
  "xml": fuzzXML, "json-rows": fuzzJSONRows, "exports": fuzzExports, "workbook": fuzzWorkbook,
  "cron": fuzzCron, "http-requests": fuzzRequests, "http-answers": fuzzAnswers,
  "api-answers": fuzzDocuments, "configuration": fuzzConfiguration, "mapping": fuzzMapping,
  "plan": fuzzPlan,
]

/// Ends the process with the rule that does not hold; a trap would not say it in a release build.
func hold(_ isHeld: Bool, _ rule: @autoclosure () -> String) {
  if !isHeld { fail(rule()) }
}

/// Ends the process and says why.
func fail(_ rule: String) -> Never {
  FileHandle.standardError.write(Data("ERROR: rule broken: \(rule)\n".utf8))
  abort()
}

/// Choices drawn from the start of an input; the rest of it is the material.
struct FuzzChoices {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// The next byte; 0 where there is none.
  mutating func byte() -> Int { Int(rest.popFirst() ?? 0) }

  /// One of so many.
  mutating func below(_ count: Int) -> Int { byte() % count }

  /// Whether the next byte is odd.
  mutating func flag() -> Bool { byte() & 1 == 1 }

  /// A number of eight bytes.
  mutating func number() -> UInt64 {
    (0..<8).reduce(0) { value, _ in value << 8 | UInt64(byte()) }
  }

  /// A text of up to so many bytes, its length drawn first.
  mutating func text(bytesMax: Int) -> String {
    let part = rest.prefix(below(bytesMax + 1))
    rest = rest.dropFirst(part.count)
    return String(decoding: part, as: UTF8.self)
  }
}
