import Formats
import Testing

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("recnocile", "reconcile"), ("Pull", "pull"), ("improt", "import"), ("preveiw", "preview"),
    ("statuss", "status"), ("conflict", "conflicts"),
  ])
  func `a near name is found`(typed: String, meant: String) {
    let names = ["reconcile", "pull", "import", "preview", "status", "conflicts", "review"]
    #expect(nearestName(to: typed, among: names) == meant)
  }

  @Test(arguments: ["", "zzz", "reconcilereconcilereconcile"])
  func `nothing near finds nothing`(typed: String) {
    #expect(nearestName(to: typed, among: ["reconcile", "pull", ""]) == nil)
  }
}
