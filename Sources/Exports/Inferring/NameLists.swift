/// Names of columns in the languages and systems that exports come from, folded as
/// `ColumnName.folded` does.
enum NameLists {
  /// Who a customer number is of.
  static let customers: Set<String> = [
    "customer", "customers", "cust", "client", "clients", "clienti", "cli", "kun", "kunde",
    "kunden", "kund", "kd", "debitor", "debitoren", "deb", "debtor", "debiteur", "debiteuren",
    "account",
    "acct", "acc", "konto", "partner", "businesspartner", "geschaftspartner", "bpartner", "bp",
    "card", "klant", "klanten", "relatie", "klient", "klienta", "klienci", "kontrahent",
    "kontrahenta", "odbiorca", "odbiorcy", "nabywca", "nabywcy", "cliente", "clientes", "conto",
    "compte", "tiers", "cuenta", "conta", "zakaznik", "zakaznika", "kunda", "ugyfel",
    "vevo", "musteri", "buyer", "kaufer", "acheteur", "soldto", "vendor", "vend", "supplier",
    "lieferant", "lieferanten", "kreditor", "kreditoren", "creditor", "fournisseur", "fornitore",
    "proveedor", "fornecedor", "leverancier", "crediteur", "dostawca", "dostawcy", "mitglied",
    "mitglieds",
  ]
  /// Who an id of a record may be of besides.
  static let persons: Set<String> = [
    "contact", "contacts", "user", "lead", "person", "persona", "company", "organization",
    "organisation", "employee", "profile", "prospect", "subscriber", "member", "kontakt",
    "contatto", "contacto", "contato", "benutzer", "firma", "firmen", "personen",
    "adress", "adresse", "anschrift", "utente", "usuario", "utilisateur", "entity",
  ]
  /// What a number, a code or an id is called.
  static let numbers: Set<String> = [
    "id", "ids", "no", "nr", "num", "nbr", "nmbr", "number", "nummer", "numero", "numer", "code",
    "cod", "codice", "codigo", "kod", "cd", "key", "ref", "reference", "referenz", "referencia",
    "riferimento", "referentie", "uid", "uuid", "guid", "identifier", "identifiant", "kennung",
    "schlussel", "account", "accountno", "accountnumber", "accountnum",
  ]
  /// Columns that are a customer's number by their whole name, of one system or another.
  static let customerNumbers: Set<String> = [
    "kunnr", "lifnr", "cardcode", "custnmbr", "accountnum", "custaccount", "customeraccount",
    "custtable", "kdnr", "kndnr", "knr", "debnr", "debcode", "cmpcode", "kundennummer", "entityid",
    "customerref", "accountref", "accref", "accountreference", "codcli", "cdcli", "clientecod",
    "codclifor", "anagraficaid", "ragsocid", "cvecliente", "codtiers", "ctnum", "relatienummer",
    "relatiecode", "akronim", "symbolkontrahenta", "adressnummer", "adressnr", "kundenkonto",
    "personenkonto", "geschaftspartnernummer", "regnum", "customerseq", "soldtoparty",
  ]
  /// What says that an id comes from another system.
  static let external: Set<String> = [
    "external", "ext", "extern", "externe", "externo", "externa", "esterno", "externer", "erp",
    "legacy", "foreign", "fremd", "sap", "oracle", "navision", "nav", "netsuite", "sage", "xero",
    "quickbooks", "zcrm",
  ]
  /// Ids and numbers of the record by their whole name.
  static let records: Set<String> = [
    "id", "recordid", "objectid", "hsobjectid", "internalid", "internalnumber", "entryid",
    "systemid", "sysid", "uid", "uuid", "guid", "gid", "vid", "uniqueid", "datensatzid",
  ]
  /// Numbers and codes of whatever the list is of.
  static let bareNumbers: Set<String> = [
    "no", "nr", "num", "number", "nummer", "numero", "numer", "code", "codice", "codigo", "kod",
    "ref", "reference", "referenz", "referencia", "key", "schlussel", "kennung", "identifier",
    "identifiant", "cod",
  ]
  /// Columns that count the rows of the file.
  static let counters: Set<String> = [
    "pos", "position", "lfd", "lfdnr", "laufendenummer", "zeile", "zeilennr", "row", "rownum",
    "rownumber", "rowno", "line", "lineno", "linenumber", "index", "idx", "seq", "sequence",
    "sequenz", "rang", "rank", "poz", "pozycja", "lp", "riga", "rigo", "fila", "ligne", "linha",
    "regel", "satz", "satznr", "zahler", "counter", "item", "recno", "rowid", "unnamed0",
  ]
  /// What points at another record, such as the owner or the parent of this one.
  static let others: Set<String> = [
    "owner", "parent", "master", "createdby", "modifiedby", "updatedby", "creator", "manager",
    "reportsto", "rep", "salesrep", "salesperson", "employee", "agent", "admin", "group",
    "gruppe", "type", "typ", "category", "kategorie", "list", "plan", "subscription", "invoice",
    "order", "bestellung", "auftrag", "beleg", "transaction", "payment", "address", "session",
    "device", "campaign", "status", "default", "billto", "shipto", "jigsaw", "call", "pricelist",
    "template", "currency", "term", "terms", "location", "territory", "photo", "locale",
    "language", "stage", "source", "hash", "class", "subsidiary", "email", "merged", "profil",
    "besitzer", "eigentumer", "vertreter", "verantwortlich", "salesforce", "product", "sku",
    "bill", "ship", "tax", "form", "bank", "related", "associated",
  ]
  /// Columns that tell areas of one source apart, in each of which numbers begin anew.
  static let areas: Set<String> = [
    "dataareaid", "dataarea", "mandant", "mandt", "bukrs", "buchungskreis", "companycode", "vkorg",
    "salesorg", "salesorganization", "subsidiary", "legalentity", "entity", "tenant", "website",
    "store", "storeid", "company", "firma", "gesellschaft", "societe", "azienda", "empresa",
    "societa", "administratie", "spolka", "org", "organization", "companyid", "site", "werk",
    "kontokreis", "betrieb", "filiale", "branch",
  ]
  /// What people add up, or compare by size.
  static let quantities: Set<String> = [
    "amount", "amounts", "betrag", "summe", "sum", "total", "gesamt", "limit", "kreditlimit",
    "credit", "kredit", "balance", "saldo", "saldi", "solde", "umsatz", "revenue", "turnover",
    "sales", "price", "preis", "prix", "prezzo", "precio", "preco", "prijs", "cena", "cost",
    "costs", "kosten", "costo", "cout", "custo", "rabatt", "discount", "sconto", "remise",
    "descuento", "desconto", "korting", "skonto", "percent", "percentage", "prozent", "quantity",
    "menge", "qty", "cantidad", "quantite", "quantita", "quantidade", "aantal", "ilosc", "wert",
    "value", "valor", "valore", "valeur", "waarde", "wartosc", "weight", "gewicht", "poids",
    "peso", "klimk", "netwr", "importe", "importo", "monto", "montant", "bedrag", "kwota",
    "omzet", "obrot", "fatturato", "ventas", "vendas", "ventes", "chiffre", "ca", "spent",
    "spend", "paid", "due", "debt", "deuda", "schulden", "offen", "offene", "income", "ingresos",
    "renda", "einkommen", "salary", "gehalt", "budget", "fee", "gebuhr", "volume", "profit",
    "gewinn", "marge", "margin", "bonus", "guthaben", "forderung", "arr", "mrr", "ltv", "gastos",
    "receita", "despesa", "tariffa", "crlmt", "creditlimit", "annualrevenue",
  ]
  /// What is counted, and so is whole.
  static let counts: Set<String> = [
    "count", "anzahl", "punkte", "points", "point", "punti", "puntos", "pontos", "punten",
    "punkty", "score", "hubspotscore", "visits", "visites", "besuche", "orders", "employees",
    "mitarbeiter", "numberof", "numberofemployees", "orderscount", "age", "alter", "edad", "eta",
    "idade", "leeftijd", "wiek", "nombre", "liczba", "stuck", "stueck", "clicks", "opens", "logins",
    "purchases", "kaufe", "downloads", "sessions", "quota",
  ]
  /// Names of codes: nobody adds them up, though they may be all digits.
  static let codes: Set<String> = [
    "plz", "postleitzahl", "zip", "zipcode", "postal", "postalcode", "postcode", "cap", "cp",
    "codepostal", "codigopostal", "kodpocztowy", "cep", "psc", "pstlz", "telefon", "telephone",
    "phone", "tel", "telf1", "telefono", "telefone", "telefoon", "fax", "telefax", "mobile",
    "mobil", "handy", "movil", "cellulare", "gsm", "celular", "portable", "filiale", "branch",
    "store", "kostenstelle", "iban", "bic", "swift", "blz", "bank", "konto", "kontonummer",
    "steuer", "steuernummer", "ust", "ustid", "vat", "tax", "taxid", "ein", "ssn", "tin", "siret",
    "siren", "nip", "regon", "pesel", "krs", "cif", "nif", "dni", "cnpj", "cpf", "piva",
    "partitaiva", "codicefiscale", "kvk", "btw", "ean", "gtin", "upc", "isbn", "sku", "artikel",
    "material", "gln", "duns", "sic", "naics", "nace", "version", "hausnummer", "housenumber",
    "type", "typ", "tipo", "status", "class", "klasse", "group", "gruppe", "groupe", "grupo",
    "gruppo", "year", "jahr", "annee", "ano", "anno", "month", "monat", "region", "territory",
    "chapter", "level", "stufe", "kategorie", "category", "card", "lot", "batch", "charge", "pin",
    "extension", "durchwahl", "vorwahl", "areacode", "mandt", "mandant", "werk", "plant",
  ]
  /// Codes that may well be unique, and never are what a reset refers to.
  static let neverKeys: Set<String> = [
    "plz", "zip", "zipcode", "postalcode", "postcode", "telefon", "telephone", "phone", "tel",
    "telefono", "telefone", "telefoon", "fax", "telefax", "mobile", "mobil", "handy", "movil",
    "cellulare", "iban", "bic", "swift", "bank", "bankaccount", "bankverbindung", "password",
    "passwort", "token", "etag", "url", "web", "website", "homepage", "hausnummer", "latitude",
    "longitude", "signature", "street", "strasse", "straat", "address", "adresse", "indirizzo",
    "direccion", "description", "beschreibung", "note", "notes", "notiz", "bemerkung",
    "bemerkungen", "comment", "comments", "kommentar", "photo", "image", "avatar", "ip", "ort",
    "city", "stadt", "ville", "citta", "ciudad", "synctoken",
  ]
  /// What says that a column is a yes or a no.
  static let flags: Set<String> = [
    "is", "has", "flag", "active", "aktiv", "actif", "activo", "attivo", "actief", "aktywny",
    "ativo", "inactive", "enabled", "disabled", "blocked", "block", "gesperrt", "sperre", "sperr",
    "locked", "bloque", "bloccato", "bloqueado", "geblokkeerd", "zablokowany", "deleted",
    "geloscht", "archived", "news", "newsletter", "optin", "optout", "subscribed", "verified",
    "confirmed", "vip", "exempt", "allowed", "accepts", "opt", "valid", "hidden", "primary",
    "default", "taxexempt", "lastschrift", "mahnsperre", "liefersperre", "werbung",
  ]
  /// When a row was last changed.
  static let changed: Set<String> = [
    "changed", "modified", "updated", "aedat", "modstamp", "systemmodstamp", "writedate",
    "lastmodified", "lastmodifieddate", "updatedat", "geaendert", "geandert", "anderung",
    "aenderung", "modifie", "modificado", "modificato", "modifica", "modificacion", "gewijzigd",
    "zmodyfikowano", "modyfikacja", "lastchanged", "lastupdate", "changedon", "modifiedon",
    "modifieddatetime", "lastmodifieddatetime", "alterado",
  ]
  /// What marks a record as deleted.
  static let deleted: Set<String> = [
    "deleted", "isdeleted", "archived", "loevm", "lvorm", "geloscht", "geloescht",
    "loschkennzeichen", "loeschkennzeichen", "supprime", "eliminado", "eliminato", "verwijderd",
    "usuniety", "excluido",
    "loekz", "fivetrandeleted",
  ]
  /// What says that a column holds a day or a time.
  static let times: Set<String> = [
    "date", "datum", "data", "fecha", "time", "zeit", "timestamp", "at", "on", "am", "seit",
    "since", "created", "createdate", "erdat", "aedat", "geburtstag", "birthday", "birthdate",
    "naissance", "nascita", "nacimiento", "geboren", "erstellt", "angelegt", "updated", "modified",
    "changed", "geandert", "lastvisit", "ersteller", "dob",
  ]
}
