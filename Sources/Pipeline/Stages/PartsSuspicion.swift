import Effects
import Exports
import Formats
import Reconciliation

/// Exports of a mapping that knows of no parts, and that look like parts all the same.
struct PartsSuspicion {
  private let groups: [UntoldParts]
  private let mapping: Mapping
  /// The paths of those that were not looked at before.
  private let new: Set<String>

  init(_ deliveries: [Delivery], new: Set<String>, _ mapping: Mapping) {
    groups = new.isEmpty ? [] : UntoldParts.groups(deliveries)
    self.mapping = mapping
    self.new = new
  }

  /// Why a delivery is no whole export; nil where nothing says so.
  ///
  /// Those that came before count only where a time in the name says that they belong together.
  func reason(_ delivery: Delivery) -> String? {
    for group in groups where group.members.contains(delivery) {
      let others = group.members.filter {
        $0 != delivery && (group.haveStamp || new.contains($0.path))
      }
      guard let other = group.sibling(apartFrom: delivery, among: others, by: mapping) else {
        continue
      }
      return
        "it seems to be one part of an export in several files: \(FilePath.visible(other.name)) "
        + "beside it has other keys. " + Self.setting(group)
    }
    return nil
  }

  /// What to set where an export turns out to be another one than the last, and has siblings.
  func hint(_ delivery: Delivery) -> String? {
    groups.first { $0.members.contains(delivery) }.map {
      "if it is one part of an export in several files: " + Self.setting($0)
    }
  }

  private static func setting(_ group: UntoldParts) -> String {
    "Name the parts in the mapping, under \"export\": \"parts\": "
      + JSONValue.string(group.pattern).written()
  }
}
