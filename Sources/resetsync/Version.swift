/// The program's version, as `--version` prints it and as the API sees it in `User-Agent`.
enum Version {
  static let text = "0.1.0"
}
