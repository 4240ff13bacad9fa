import Console
import Formats
import Reconciliation
import Testing

/// What people have put into fields to break programs; each must be shown as text everywhere.
private let hostile = [
  "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
  "</code></article><svg onload=alert(1)>", "<!--", "]]>", "&lt;b&gt;", "javascript:alert(1)",
  "${7*7}{{7*7}}<%= 7*7 %>", "</style><style>*{display:none}",
  "<iframe srcdoc='<script>x</script>'>",
  "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", " =1+1", "\n@x",
  "\u{FEFF}=1+1", "＝1+1", "x;=1+1", "=HYPERLINK(\"http://x\",\"y\")", "\u{202E}gpj.exe", "a\u{0}b",
  "\u{1B}[2J\u{1B}]0;owned\u{7}", "\u{200B}\u{200E}\u{2066}x", "שלום עולם", "مرحبا", "𝕿𝖊𝖘𝖙",
  "z̷̡̛͓̗̫a̴l̵g̸o̶", "😀👩‍👩‍👧‍👦🏳️‍🌈", "\u{E000}\u{FFFF}", "../../etc/passwd", "'; DROP TABLE conflicts;--",
  "a\r\nSet-Cookie: x=1", String(repeating: "W", count: 10_000),
]

@Suite struct HostileTextTests {
  private func view(_ text: String) -> ConflictView {
    var view = SampleReport.view("c000000000001", .conflict, hours: 3)
    view.mapping = text
    view.reference = text
    view.origin = text
    view.reset = text
    view.field = text
    view.baseSource = .text(text)
    view.baseRemote = .absent
    view.source = .text(text)
    view.remote = .present(.object(JSONObject([(text, .string(text))])))
    view.detail = text
    view.file = text
    view.line = 1
    view.remoteChangedAt = SampleReport.now
    view.sourceChangedAt = SampleReport.now
    view.remoteChangedBy = text
    view.assignee = text
    view.decision = DecisionView(take: text, by: text, at: SampleReport.now, reason: text)
    return view
  }

  private func model(_ text: String) -> ReportModel {
    var model = ReportModel(organization: text, mode: text, asOf: SampleReport.now)
    var run = SampleReport.run
    run.run = text
    run.messages = [text]
    model.lastRun = LastRun(summary: run)
    model.sources = [SourceFreshness(mapping: text, deliveredAt: nil, maxAgeSeconds: 1)]
    model.conflicts = [view(text)]
    model.openCount = 1
    model.delta = ReportDelta(since: SampleReport.now)
    model.delta?.gone = [.init(id: text, subject: text, state: .closed)]
    model.refused = [
      RefusedExport(mapping: text, file: text, sha256: text, at: SampleReport.now, reason: text)
    ]
    model.rejected = [RejectedRow(mapping: text, file: text, line: 1, column: text, reason: text)]
    model.rejectedCount = 1
    model.rails = [
      .sample(name: text, mapping: text, measured: 1, limit: 0, plan: text)
    ]
    model.paused = Pause(reason: text)
    return model
  }

  /// The elements and attributes of a page, without its texts and attribute values.
  private func markup(_ page: String) -> Set<String> {
    var names: Set<String> = []
    for tag in page.matches(of: #/<\/?([a-zA-Z!][^>\s]*)((?:[^>"]|"[^"]*")*)>/#) {
      names.insert(String(tag.1))
      for attribute in String(tag.2).matches(of: #/\s([^\s=">]+)(?:="[^"]*")?/#) {
        names.insert("@" + attribute.1)
      }
    }
    return names
  }

  @Test(arguments: hostile)
  func `a page has the same markup whatever stands in the data`(text: String) {
    let times = SampleReport.times
    let page = String(decoding: ReportHTML(model(text), times: times).bytes(), as: UTF8.self)
    let plain = String(decoding: ReportHTML(model("x"), times: times).bytes(), as: UTF8.self)
    // Signs for invisible characters and folded values bring elements of their own.
    let allowed: Set = ["span", "del", "ins", "@title", "@tabindex"]
    #expect(markup(page).subtracting(markup(plain)).subtracting(allowed) == [])
    #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
    for mark in ["\u{202E}", "\u{2066}", "\u{200E}", "\u{200B}"] {
      let isThere = page.unicodeScalars.contains(mark.unicodeScalars.first ?? " ")
      #expect(!isThere, "\(mark.unicodeScalars)")
    }
  }

  @Test(arguments: hostile)
  func `no cell of the CSV starts a formula`(text: String) {
    let csv = ConflictCSV.write([view(text)])
    var rows = cells(csv, separator: ",")
    #expect(rows.count == ConflictCSV.columns.count * 2)
    rows += cells(csv.replacing("\"", with: ""), separator: ";")
    for cell in rows {
      let start = cell.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.first ?? "x"
      #expect(!"=+-@＝＋－＠".contains(start), "\(cell.debugDescription)")
      #expect(cell.first != "\t" && cell.first != "\r")
    }
  }

  /// All cells of a CSV text, line after line.
  private func cells(_ csv: String, separator: Character) -> [String] {
    var cells: [String] = []
    var cell = ""
    var isQuoted = false
    for character in csv {
      if character == "\"" {
        isQuoted.toggle()
      } else if !isQuoted && (character == separator || character == "\r\n") {
        cells.append(cell)
        cell = ""
      } else {
        cell.append(character)
      }
    }
    return cells
  }

  @Test(arguments: hostile)
  func `a terminal gets no control characters`(text: String) {
    let report = ReportText(model(text), times: SampleReport.times, style: TextStyle()).text()
    #expect(!report.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    let list = ConflictText.list(
      [view(text)], total: 1, times: SampleReport.times, style: TextStyle())
    #expect(!list.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{202E}" })
  }

  @Test(arguments: hostile)
  func `JSON gives the text back as it was`(text: String) throws {
    let document = ReportJSON.document(model(text), times: SampleReport.times).written()
    let read = try JSONValue(parsing: document)
    #expect(read["conflicts"]?.arrayValue?[0]["reference"]?.text == text)
    #expect(read["conflicts"]?.arrayValue?[0]["source"]?.text == text)
  }
}
