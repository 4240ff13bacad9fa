import Effects
import Formats

/// Fetches secrets from where the configuration says they are.
struct SecretReader {
  let files: Files
  let environment: any EnvironmentSource
  /// Variables that hold secrets: a command that prints one doesn't get the others.
  var secretVariables: Set<String> = []

  /// The most bytes of a secret.
  static let bytesMax = 64 << 10
  /// Seconds that a command may take to print a secret.
  static let commandSeconds = 30.0

  /// The secret, without surrounding white space; `name` is its key in the configuration.
  func read(_ source: Configuration.SecretSource, name: String) async throws -> Secret {
    switch source {
    case .environment(let variable): try fromEnvironment(variable, name)
    case .file(let path): try fromFile(path, name)
    case .command(let words): try await fromCommand(words, name)
    }
  }

  private func fromEnvironment(_ variable: String, _ name: String) throws -> Secret {
    guard let value = environment.value(of: variable)?.trimmed, !value.isEmpty else {
      throw Failure(
        .configuration, "api.\(name): the environment variable \(variable) is not set",
        hint: "export \(variable)=… before the command, or name another variable")
    }
    return Secret(value)
  }

  private func fromFile(_ path: String, _ name: String) throws -> Secret {
    let bytes: [UInt8]
    do {
      if let facts = try files.facts(path), facts.isReadableByOthers {
        throw Failure(
          .configuration, "api.\(name): \(path) can be read by others",
          hint: "chmod 600 \(path)")
      }
      bytes = try files.read(path, bytesMax: Self.bytesMax)
    } catch let error as FileError {
      throw Failure(.configuration, "api.\(name): \(error)")
    }
    return try secret(bytes, name, from: path)
  }

  private func fromCommand(_ words: [String], _ name: String) async throws -> Secret {
    let outcome: Subprocess.Outcome
    do {
      var job = Subprocess(
        words, timeoutSeconds: Self.commandSeconds, outputBytesMax: Self.bytesMax)
      job.hiddenVariables = secretVariables
      outcome = try await job.run()
    } catch {
      throw Failure(.configuration, "api.\(name): the command \(words[0]) failed: \(error)")
    }
    guard outcome.status == 0 else {
      throw Failure(
        .configuration, "api.\(name): the command \(words[0]) ended with \(outcome.status)",
        hint: "run it by hand to see why")
    }
    return try secret(outcome.output, name, from: words[0])
  }

  private func secret(_ bytes: [UInt8], _ name: String, from place: String) throws -> Secret {
    let text = String(decoding: bytes, as: UTF8.self).trimmed
    guard !text.isEmpty else {
      throw Failure(.configuration, "api.\(name): nothing came from \(place)")
    }
    return Secret(text)
  }
}

extension Configuration {
  /// The environment variables that hold secrets: no program that is started gets them.
  var secretVariables: Set<String> {
    Set(
      [api.clientID, api.clientSecret].compactMap { source in
        if case .environment(let name) = source { name } else { nil }
      })
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
