import Console
import Formats
import Reconciliation
import Testing

@Suite struct HeadlineTests {
  private var quiet: ReportModel {
    var model = SampleReport.model
    (model.conflicts, model.openCount, model.oldestOpen) = ([], 0, nil)
    (model.rails, model.refused) = ([], [])
    model.sources.removeLast()
    return model
  }

  private func headline(_ change: (inout ReportModel) -> Void) -> Headline {
    var model = quiet
    change(&model)
    return Headline(of: model, times: SampleReport.times)
  }

  @Test func `nothing to do says so, with the number in step`() {
    let headline = headline { _ in }
    #expect(headline.text == "Nothing needs you. 1,204 resets in step as of 08:00.")
    #expect(!headline.needsPerson)
  }

  @Test func `conflicts come first, with the age of the oldest`() {
    let headline = headline {
      $0.openCount = 3
      $0.oldestOpen = SampleReport.time("2026-11-20T12:00:00Z")
      $0.sources[0].deliveredAt = SampleReport.now.adding(seconds: -31 * 3_600)
      $0.sources[0].maxAgeSeconds = 86_400
    }
    #expect(
      headline.text
        == "3 conflicts need you, the oldest since Friday. SAP has sent nothing for 31 hours.")
    #expect(headline.needsPerson)
  }

  @Test func `one conflict is spoken of as one`() {
    let headline = headline {
      $0.openCount = 1
      $0.oldestOpen = SampleReport.time("2026-11-23T05:12:00Z")
    }
    #expect(headline.text == "1 conflict needs you, since 06:12.")
  }

  @Test func `other matters are named even when no conflict is open`() {
    let headline = headline {
      $0.rails = SampleReport.model.rails
      $0.paused = Pause(since: SampleReport.time("2026-11-22T12:00:00Z"))
    }
    #expect(
      headline.text
        == "The rail “same field” holds updates back until you approve them. "
        + "Writing is paused since yesterday. No conflict is open.")
  }

  @Test func `a stale pull and a failed run are named`() {
    let headline = headline {
      $0.remote.pulledAt = SampleReport.now.adding(seconds: -9 * 3_600)
      $0.lastRun?.summary.result = .apiUnavailable
      $0.lastRun?.summary.push.failed = 2
    }
    #expect(headline.text.contains("Commerce Layer was last read 9 hours ago."))
    #expect(headline.text.contains("2 updates failed in the last run."))
    #expect(headline.text.contains("could not reach Commerce Layer"))
  }

  @Test func `before the first run the first step is named`() {
    let model = ReportModel(organization: "a", mode: "test", asOf: SampleReport.now)
    let headline = Headline(of: model, times: SampleReport.times)
    #expect(headline.text == "No run yet: `resetsync reconcile` makes the first one.")
  }
}
