import Exports
import Formats
import Reconciliation
import Testing

/// Which key is proposed for the exports of the systems that people have.
@Suite struct KeyProposalTests {
  /// An export as a system writes it, and the key that a person who knows it would choose.
  struct System: Sendable, CustomTestStringConvertible {
    var name: String
    var header: String
    var row: @Sendable (Int) -> String
    /// Nil where nobody could choose without asking.
    var key: String?
    /// What must be named beside it, or in its place.
    var rivals: [String] = []
    var rows = 30

    var testDescription: String { name }
    var text: String { header + "\n" + (1...rows).map { row($0) + "\n" }.joined() }
  }

  static let systems: [System] = [
    System(
      name: "Lexware", header: "Kunden-Nr.;Anrede;Name;PLZ;Ort;Telefon;USt-IdNr.;Umsatz",
      row: { "\(10_000 + $0 * 3);Herr;Name \($0);0\(1_067 + $0);Ort;0351 \($0);DE\($0);\($0),50" },
      key: "Kunden-Nr."),
    System(
      name: "JTL", header: "Interner Schlüssel;Kundennummer;Firma;E-Mail;Telefon",
      row: { "\(4_000 + $0 * 2);KD\(500 + $0 * 7);Firma \($0);k\($0)@example.de;030\($0)" },
      key: "Kundennummer", rivals: ["Interner Schlüssel"]),
    System(
      name: "DATEV",
      header: "Konto;Name (Adressattyp Unternehmen);Kurzbezeichnung;EU-UStID;IBAN-Nr. 1",
      row: { "\(10_000 + $0 * 100);Kunde \($0);K\($0);DE\(900_000 + $0);DE89 3704 \($0)" },
      key: "Konto"),
    System(
      name: "SAP list", header: "Mandant;Debitor;Name 1;Suchbegriff;Postleitzahl;Kreditlimit",
      row: { "100;00000\(10_040 + $0 * 3);Kunde \($0);K\($0);80331;\($0).000,00" },
      key: "Debitor"),
    System(
      name: "SAP table", header: "MANDT;KUNNR;ADRNR;SORTL;KLIMK",
      row: { "100;00000\(10_040 + $0 * 3);00000\(77_000 + $0 * 5);SORT \($0);\($0),00" },
      key: "KUNNR", rivals: ["ADRNR"]),
    System(
      name: "Business One", header: "CardCode\tCardName\tGroupCode\tBalance\tE_Mail\tDocEntry",
      row: { "C\(20_000 + $0 * 9)\tName \($0)\t10\t\($0).50\tk\($0)@example.com\t\(3 * $0)" },
      key: "CardCode"),
    System(
      name: "Salesforce", header: "\"ID\",\"ACCOUNTID\",\"OWNERID\",\"NAME\",\"EMAIL\"",
      row: {
        "\"003x\(1_000 + $0)AAA\",\"001x\(2_000 + $0)AAB\",\"005x\(3_000 + $0)AAC\",\"N \($0)\",\"k\($0)@example.com\""
      },
      key: "ID", rivals: ["ACCOUNTID"]),
    System(
      name: "Salesforce with an id of the ERP", header: "Id,Name,ERP_ID__c,AnnualRevenue",
      row: { "001x\(1_000 + $0)AAA,Name \($0),\(70_000 + $0 * 11),\($0)0000.0" },
      key: nil, rivals: ["ERP_ID__c", "Id"]),
    System(
      name: "HubSpot", header: "Record ID,First Name,Last Name,Email,Phone Number,Create Date",
      row: {
        "\(31_001 + $0 * 50),First \($0),Last,k\($0)@example.com,+1 555 \($0),2024-03-1\($0 % 9)"
      },
      key: "Record ID", rivals: ["Email"]),
    System(
      name: "Zoho", header: "Record Id,Account Owner.id,Account Name,Account Number,Rating",
      row: { "zcrm_5550\(1_000 + $0),zcrm_111,Account \($0),,3" },
      key: "Record Id"),
    System(
      name: "Odoo", header: "\"id\",\"name\",\"ref\",\"email\",\"vat\"",
      row: {
        "\"__export__.res_partner_\($0 * 3)_ab\",\"Name \($0)\",\"K\(100 + $0 * 7)\",\"k\($0)@example.com\",\"BE0\($0)\""
      },
      key: nil, rivals: ["id", "ref"]),
    System(
      name: "Business Central", header: "No.,Name,Phone No.,VAT Registration No.,Balance (LCY)",
      row: { "\(10_000 * $0 + 7),Name \($0),\(5_550_100 + $0),GB\(100 + $0),\"\($0),000.50\"" },
      key: "No."),
    System(
      name: "NetSuite", header: "Internal ID,ID,Name,External ID,Sales Rep,Balance",
      row: { "\(9_000 + $0 * 4),\($0 * 4 + 31) Name,Name \($0),CRM-\($0 * 13),- None -,\($0).25" },
      key: nil, rivals: ["Internal ID", "External ID"]),
    System(
      name: "Sage", header: "Account Reference,Company Name,Balance,Credit Limit,VAT Number",
      row: { "ABC\(100 + $0 * 3),Company \($0),\($0).50,1000,GB\(900 + $0)" },
      key: "Account Reference"),
    System(
      name: "Shopify with its id", header: "Customer ID,First Name,Email,Total Spent,Total Orders",
      row: { "'6\(104_000_000_000 + $0 * 97),F\($0),k\($0)@example.com,\($0).00,\($0)" },
      key: "Customer ID", rivals: ["Email"]),
    System(
      name: "Shopify of old", header: "First Name,Last Name,Email,Accepts Marketing,Total Spent",
      row: { "F,L,k\($0)@example.com,yes,\($0).00" }, key: nil, rivals: ["Email"]),
    System(
      name: "WooCommerce", header: "customer_id,user_id,username,email,date_registered",
      row: { "\(7 * $0 + 90),\(5 * $0 + 33),u\($0),k\($0)@example.com,2024-01-0\(1 + $0 % 9)" },
      key: "customer_id", rivals: ["user_id"]),
    System(
      name: "Magento", header: "email,_website,_store,entity_id,group_id,firstname,password_hash",
      row: { "k\($0)@example.com,base,default,\(140 + $0 * 3),1,F,\($0)abc" }, key: "entity_id",
      rivals: ["email"]),
    System(
      name: "Xero", header: "*ContactName,AccountNumber,EmailAddress,TaxNumber,POPostalCode",
      row: { "Name \($0),AC-\(30 + $0 * 7),k\($0)@example.com,\(100_000 + $0),\(2_000 + $0)" },
      key: "AccountNumber"),
    System(
      name: "Italian", header: "Codice Cliente;Ragione sociale;Partita IVA;CAP;Fatturato",
      row: { "C\(800 + $0 * 3);Ditta \($0);0\(123_456_780 + $0);0\(1_000 + $0);\($0).000,00" },
      key: "Codice Cliente"),
    System(
      name: "French", header: "N° client;Raison sociale;SIRET;Code postal;Solde",
      row: {
        "\(4_110_000 + $0 * 7);Société \($0);\(12_345_678_900_000 + $0);0\(1_000 + $0);\($0),10"
      },
      key: "N° client"),
    System(
      name: "Spanish", header: "Código de cliente;Nombre;NIF;Saldo",
      row: { "430\(100 + $0 * 7);Nombre \($0);B\(900 + $0);\($0),10" }, key: "Código de cliente"),
    System(
      name: "Portuguese", header: "Cód. Cliente;Nome;CNPJ;Limite de Crédito",
      row: { "\(5_000 + $0 * 9);Nome \($0);12.345.678/000\($0);\($0).000,00" }, key: "Cód. Cliente"),
    System(
      name: "Dutch", header: "Relatienummer;Naam;KvK;Omzet",
      row: { "\(13_000 + $0 * 3);Naam \($0);\(60_000_000 + $0);\($0),00" }, key: "Relatienummer"),
    System(
      name: "Polish", header: "Kod kontrahenta;Nazwa;NIP;Kwota",
      row: { "KH\(100 + $0 * 3);Nazwa \($0);\(5_222_826_000 + $0);\($0),00" },
      key: "Kod kontrahenta"),
    System(
      name: "counted rows", header: "Pos;E-Mail;Konto;Name",
      row: { "\($0);k\($0)@example.de;\(71_000 + $0 * 7);Name \($0)" }, key: "Konto",
      rivals: ["Pos", "E-Mail"]),
    System(
      name: "positions by ten", header: "Position;Kunde;Betrag",
      row: { "\($0 * 10);K\(9_000 + $0 * 13);\($0),10" }, key: "Kunde", rivals: ["Position"]),
    System(
      name: "serial ids", header: "customer_id,name,city", row: { "\($0),Name \($0),Rome" },
      key: nil,
      rivals: ["customer_id"]),
    System(
      name: "few rows", header: "Kundennummer;Name", row: { "K\(100 + $0 * 7);N \($0)" }, key: nil,
      rivals: ["Kundennummer"], rows: 4),
    System(
      name: "nothing", header: "color,size", row: { "\($0 % 2),\($0 % 3)" }, key: nil),
    System(
      name: "customers of orders", header: "Order ID,Customer Number,Total",
      row: { "\(900 + $0 * 3),\(40 + $0 % 9),\($0).50" }, key: nil,
      rivals: ["Customer Number", "Order ID"]),
  ]

  @Test(arguments: systems)
  func `the key is the one of a person who knows the system, or is asked for`(_ system: System)
    throws
  {
    let (text, draft) = try Self.draft(system.text, "customers.csv")
    #expect(draft.keyColumn == system.key, "\(draft.keyReason); \(draft.rivals)")
    for rival in system.rivals {
      #expect(draft.rivals.contains(rival), "\(draft.rivals)")
      #expect(text.contains("// - \(rival): "), "\(text)")
    }
    guard system.key == nil else {
      let mapping = try Mapping(parsing: Array(text.utf8), file: "guess.json")
      #expect(mapping.reference.columns == [system.key])
      return
    }
    let problems = #expect(throws: SettingsProblems.self) {
      try Mapping(parsing: Array(text.utf8), file: "guess.json")
    }
    #expect(problems?.problems.map(\.description).joined().contains("left to be filled in") == true)
    #expect(problems?.problems.count == 1, "\(String(describing: problems))")
  }

  @Test func `a number that repeats in the areas of a source is told with them`() throws {
    let rows = (1...20).map { "US-0\($0 % 10 + 10),Name \($0),\($0 > 10 ? "usmf" : "gbsi")" }
    let text = (["CUSTOMERACCOUNT,ORGANIZATIONNAME,DataAreaId"] + rows).joined(separator: "\n")
    let (words, draft) = try Self.draft(text + "\n", "customers.csv")
    #expect(draft.keyColumn == nil)
    let plain = words.replacing("\n  //", with: "")
    #expect(plain.contains(#""origin_column": {"column": "DataAreaId"}"#))
    #expect(plain.contains(#"the origins "gbsi", "usmf""#))
    #expect(plain.contains(#""columns": ["CUSTOMERACCOUNT", "DataAreaId"]"#))
  }

  /// Zeros in front are stripped where the mirror shows that nothing meets otherwise.
  @Test(arguments: [
    ("one length, needed", (1...9).map { "00000\(42 + $0)" }, (1...9).map { "\(42 + $0)" }, true),
    (
      "one length, not needed", (1...9).map { "0000\(42 + $0)" }, (1...9).map { "0000\(42 + $0)" },
      false
    ),
    (
      "one length, some meet", (1...9).map { "0000\(42 + $0)" },
      (1...8).map { "\(42 + $0)" } + ["000051"], false
    ),
    ("several lengths", (1...9).map { "0\($0 * 9)" }, (1...9).map { "\($0 * 9)" }, false),
    ("nothing known", (1...9).map { "00000\(42 + $0)" }, [], false),
  ])
  func `zeros are stripped only where the mirror shows the need`(
    _ name: String, _ numbers: [String], _ known: [String], _ isStripped: Bool
  ) throws {
    let text = "No,Tier\n" + numbers.map { "\($0),gold\n" }.joined()
    let (words, draft) = try Self.draft(text, "bc.csv", known: known)
    #expect(draft.keyColumn == "No")
    #expect(words.contains("strip_leading_zeros") == isStripped)
    #expect(words.contains("zeros in front") == isStripped)
  }

  @Test func `what the mirror knows counts more than a name`() throws {
    let rows = (1...20).map { "\(900 + $0 * 3),A-\($0 * 7),\($0)" }
    let text = "Customer Number,Code,Pos\n" + rows.map { $0 + "\n" }.joined()
    let known = (1...10).map { "A-\($0 * 7)" }
    let (words, draft) = try Self.draft(text, "c.csv", known: known)
    #expect(draft.keyColumn == "Code")
    #expect(words.contains("confidence proved: it has 10 of the 10 known references"))
    #expect(words.contains(#""origins": ["shop"]"#))
    // Small numbers meet a count of rows by chance.
    let (_, counted) = try Self.draft(text, "c.csv", known: (1...10).map { "\($0)" })
    #expect(counted.keyColumn == "Customer Number")
  }

  static func draft(
    _ text: String, _ name: String, known: [String] = []
  ) throws -> (String, MappingDraft) {
    let file = ExportFile(name: name, bytes: ByteArraySource(Array(text.utf8)))
    let references = known.map { KnownReference(origin: "shop", reference: $0) }
    let draft = try MappingInference(file, references: references)
      .draft(name: "guess", path: "in/*.csv")
    return (draft.text, draft)
  }
}
