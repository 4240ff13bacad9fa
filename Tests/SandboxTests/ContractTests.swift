import Foundation
import Testing

/// The contract that the sandbox plays, statement by statement, and the test that shows each.
struct ContractTests {
  struct Row {
    let statement: String
    let section: String
    let test: String

    init(_ section: String, _ statement: String, _ test: String) {
      self.section = section
      self.statement = statement
      self.test = test
    }
  }

  static let rows: [Row] = [
    Row("1.1", "a version may stand in the path", "a version in the path answers too"),
    Row("1.2", "test and live data are apart, by credential", "test and live data are apart"),
    Row(
      "1.3", "client credentials give a bearer token",
      "a token request gives a bearer token for two hours"),
    Row(
      "1.3", "no refresh token comes with this grant",
      "a token request gives a bearer token for two hours"),
    Row("1.3", "the token endpoint takes JSON and forms", "a token request may be a form"),
    Row(
      "1.3", "a wrong client is 401 invalid_client",
      "a refused token request says why with a numeric status"),
    Row(
      "1.3", "token errors have a numeric status",
      "a refused token request says why with a numeric status"),
    Row("1.3", "token errors are an array or an object", "token errors can be one object"),
    Row("1.3", "a sales channel must name a market", "a sales channel needs a market scope"),
    Row("1.3", "sales channel tokens live four hours", "a sales channel needs a market scope"),
    Row("1.3", "a new token does not end the old one", "a second token does not end the first"),
    Row(
      "1.3", "a repeated request may give the current token",
      "a repeated request can give the current token"),
    Row("1.3", "30 token requests a minute", "token requests have their own limit"),
    Row(
      "1.4", "the token is a JWT with these claims",
      "the token tells organisation, application and mode"),
    Row("1.5", "sales channels may only update", "a sales channel may update and nothing else"),
    Row("1.5", "the read-only role reads", "a read-only credential reads but does not write"),
    Row("1.6", "an expired token is INVALID_TOKEN", "an expired token is invalid"),
    Row("1.6", "a revoked token is INVALID_TOKEN", "a revoked token is invalid"),
    Row("1.6", "a malformed token is INVALID_TOKEN", "a missing or malformed token is invalid"),
    Row("2", "Accept is required, else 406", "another Accept is not acceptable"),
    Row("2", "other servers take wildcards", "wildcards can be acceptable"),
    Row(
      "2", "Content-Type is required on writes, else 415",
      "another content type of a write is unsupported"),
    Row(
      "3.1", "the token and e-mail read back, write-only fields never do",
      "the token resets the password once"),
    Row("3.1", "null clears references", "duplicate references are allowed and null clears them"),
    Row("3.2", "POST is 201", "create answers 201 with the documented shape"),
    Row(
      "3.2", "GET, PATCH are 200, DELETE 204", "retrieve and delete answer 200, 204 and then 404"),
    Row("3.2", "PUT is not used", "other methods are not allowed"),
    Row("3.2", "customer and events are sub-resources", "related resources and linkage answer"),
    Row(
      "3.2", "customers are a resource of their own", "customers can be created, read and updated"),
    Row(
      "14", "resets may go with their customer", "deleting a customer takes its resets along"),
    Row("3.3", "the shape of a resource", "create answers 201 with the documented shape"),
    Row("3.3", "an empty relationships member passes", "an empty relationships object is harmless"),
    Row(
      "3.3", "absent metadata is empty", "absent metadata reads as an empty object or as null"),
    Row(
      "3.4", "meta is at the resource, the document, both or nowhere",
      "meta stands where the option says"),
    Row("3.5", "the token resets the password once", "the token resets the password once"),
    Row("3.5", "tokens live six hours", "a wrong or expired token resets nothing"),
    Row(
      "3.5", "used tokens may be cleared, guests refused",
      "a used token can read as null and guests can be refused"),
    Row(
      "3.6", "a missing e-mail is 422 blank",
      "a missing e-mail is a validation error with pointer and meta"),
    Row("3.6", "an unknown e-mail is 422", "a create that can't be is refused"),
    Row(
      "3.6", "read-only attributes are 400 PARAM_NOT_ALLOWED",
      "read-only and unknown attributes of an update are refused"),
    Row("3.6", "another id is 400 KEY_NOT_INCLUDED_IN_URL", "an update needs the id of its URL"),
    Row("3.6", "another type is 400 TYPE_MISMATCH", "a create that can't be is refused"),
    Row(
      "3.6", "duplicate references are allowed",
      "duplicate references are allowed and null clears them"),
    Row("4.2", "PATCH replaces metadata", "a patch replaces the whole object"),
    Row("4.2", "a merging server is a switch", "a patch can merge"),
    Row("4.2", "a null key stays", "a key set to null stays with null"),
    Row(
      "4.3", "jsonb reorders and respells",
      "order and number spelling survive unless jsonb is played"),
    Row("4.4", "a change moves updated_at", "a real change moves updated_at, always forward"),
    Row("4.4", "a no-op does not", "a no-op leaves updated_at alone"),
    Row("5.1", "ten rows a page, 25 at most", "a page has ten rows by default and 25 at most"),
    Row(
      "5.1", "links are absolute and repeat the query",
      "links are absolute, encoded, and repeat filters and order"),
    Row("5.1", "prev and next miss at the ends", "prev and next are missing at the ends"),
    Row("5.2", "bad pages are 400", "bad pages are refused"),
    Row("5.2", "a page beyond the end is empty", "a page beyond the end is empty"),
    Row("5.2", "an empty collection has page 1 as last", "prev and next are missing at the ends"),
    Row("5.3", "five attributes sort", "documented attributes sort both ways"),
    Row("5.3", "null sorts last", "nulls sort last"),
    Row("5.3", "others are INVALID_SORT_CRITERIA", "other attributes do not sort"),
    Row("5.3", "an order that is not total is not stable", "ties can be shuffled"),
    Row(
      "5.4", "ids order by insertion, not by text",
      "ids are opaque and their text order is not their order"),
    Row(
      "5.4", "id_gt walks hold", "a key walk sees every row once while rows come and go"),
    Row("5.4", "storage is finer than milliseconds", "storage is finer than what is shown"),
    Row(
      "5.4", "updated rows move to the end",
      "an update moves a row to the end of the order of updates"),
    Row("6.1", "filters are ANDed", "several filters must all hold"),
    Row("6.1", "_or_ inside a key, relations by prefix", "every matcher selects its rows"),
    Row("6.2", "all matchers, null-aware", "every matcher selects its rows"),
    Row("6.2", "ids compare by number", "ids compare in insertion order"),
    Row("6.2", "LIKE may ignore case", "matchers can ignore case"),
    Row("6.3", "dates and date-only values", "every matcher selects its rows"),
    Row("6.3", "bad values are 400", "values of the wrong kind are refused"),
    Row("3.1", "plain filters", "plain filters select too"),
    Row("3.1", "relation filters", "relations filter by id"),
    Row("3.1", "the token is filterable", "the token filters"),
    Row("6.4", "unknown filters are 400 or ignored", "unknown filters are refused or ignored"),
    Row("6.5", "includes, once, with linkage", "includes come once, with linkage, over dot paths"),
    Row("6.5", "includes must be named in fields", "an include must be named in fields"),
    Row("6.5", "event_stores are not includable", "unknown fields and includes are refused"),
    Row("6.5", "sparse fields", "fields select attributes and relationships"),
    Row("6.5", "sparse fields on writes", "fields work on writes"),
    Row("7", "burst of 25 or 50 in 10 s", "the burst window closes after its figure and slides"),
    Row("7", "average of 100 or 200 in 60 s", "the average window sums over a minute"),
    Row(
      "7", "average over all endpoints, burst per endpoint",
      "the average sums over endpoints, the burst does not"),
    Row("7", "one counter or two", "reads and writes share one budget or have two"),
    Row("7", "three headers on every answer", "every answer carries the average limit"),
    Row("7", "hammering prolongs the block", "hammering prolongs the block"),
    Row(
      "2", "a back end forwards its client's address",
      "limits count by forwarded client address for a back end"),
    Row("7", "1 request in 600 ms is always fine", "a slow client never meets a limit"),
    Row(
      "8.2", "the status is a string, or a number", "the status of an error can be a number"),
    Row("8.1", "what a path does not take is 405 with Allow", "other methods are not allowed"),
    Row("8.2", "404 text", "retrieve and delete answer 200, 204 and then 404"),
    Row(
      "9.3", "entries of creates and updates",
      "a change tells who changed which attribute from what to what"),
    Row("9.3", "who is told apart", "another writer is told apart"),
    Row(
      "9.3", "the reset token may stand in an entry",
      "a create is an entry, its token shown only on request"),
    Row("9.3", "cursor pages without counts", "a cursor pages through them"),
    Row("9.3", "no collection", "there is no collection, but single entries"),
    Row("9.3", "null link, empty objects, offset times", "the recorded quirks are there"),
    Row(
      "13", "429 and 5xx in all body kinds",
      "refusals come in all body kinds, with and without Retry-After"),
    Row(
      "13", "time-out or reset after the write",
      "a lost connection loses the answer and maybe the write"),
    Row("13", "hangs", "a hanging request ends when the sandbox stops"),
    Row(
      "13", "truncated, slow and invalid bodies",
      "a body can be truncated, slow, broken, or of another type"),
    Row("13", "repeated and cycling pages", "a page can repeat and pages can cycle"),
    Row("13", "token revoked in mid-run", "a token can be revoked in mid-run"),
    Row("13", "another writer between GET and PATCH", "somebody writes between read and write"),
    Row("13", "rows change between two pages", "rows change, vanish and appear between two pages"),
    Row(
      "13", "answers of another mode or organisation, or with a secret",
      "an answer can leak the token and lie about its origin"),
    Row("16", "429 as recorded", "a refusal looks as it was recorded"),
  ]

  private static func sources() throws -> [String] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return try files.filter {
      $0.pathExtension == "swift" && $0.lastPathComponent != "ContractTests.swift"
    }
    .map { try String(contentsOf: $0, encoding: .utf8) }
  }

  @Test func `every statement has a test that exists`() throws {
    let sources = try Self.sources()
    #expect(sources.count > 5)
    for row in Self.rows {
      let declaration = "func `\(row.test)`("
      #expect(
        sources.contains { $0.contains(declaration) },
        "section \(row.section), \(row.statement): no test named \(row.test)")
    }
  }
}
