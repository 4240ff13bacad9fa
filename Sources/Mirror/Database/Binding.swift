internal import SQLite

/// Whose data the mirror holds.
extension Mirror {
  /// Binds the mirror to an organization and mode at its first use, and refuses any other.
  ///
  /// Throws `MirrorError.wrongOrganization`: two organizations in one mirror would delete each
  /// other.
  public func bind(organization: String, mode: String) throws {
    try write {
      guard let known = try fact("organization") else {
        try setFact("organization", organization)
        return try setFact("mode", mode)
      }
      let knownMode = try fact("mode") ?? ""
      guard known == organization, knownMode == mode else {
        throw MirrorError(
          .wrongOrganization,
          "mirror \(path) belongs to organization \"\(known)\" in mode \(knownMode), "
            + "not to \"\(organization)\" in mode \(mode)",
          hint: "use another `mirror.path` for it, or correct `api.organization` and `api.mode`")
      }
    }
  }
}
