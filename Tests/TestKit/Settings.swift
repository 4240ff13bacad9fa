public import Reconciliation

extension SafetySettings {
  /// Every rail off: a plan may leave whatever it holds.
  public static let off: SafetySettings = {
    var settings = SafetySettings()
    settings.firstRun = .push
    for rail in RailName.allCases { settings.limits[rail] = RailLimit?.none }
    return settings
  }()
}
