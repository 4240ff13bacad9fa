/// How likely it is that words are words: one language has their letters, and they look written.
enum LetterModel {
  /// The letters outside ASCII of the languages that exports are met in, the frequent ones first.
  private static let alphabets = [
    "üäöß", "éèàêçôîâûëïùœü", "áíóéñúü", "ãçáéíóõêâàú", "èàòùéìî", "ëéïöüè",
    "åøæéö", "åäöé", "äöå", "íáðéóþúýöæ", "łóążęśćńź", "ářěíéčýžšůúňďťó", "áéíýčžšúľťňôďóäŕĺ",
    "áéöőüóíúű", "ăîâşţșț", "šžčćđ", "ëç", "ıüşçğöiâî", "äõüöšž", "āēīšžņļķģūč",
    "ėšžųįąčęū", "ħġżċàèù", "ấếộàáđểạưăâêôơ",
    "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "оаинвтрекслдмупязьбгіїєйчшюжхщцфґ",
    "аоеитнрсвлкдпмузябъгчжйцщшюфхь", "аоиенрстјкудлпвмзгбњљћшчжцђхфџ",
    "αοιετσνρηπκμλυςίόάέγωδήχύθώφβξζψϊ", "יולאהרמתנשבקדחפעגכטזסצםןךףץ",
    "اليرنموتبدسعةهفقكحجشطصخزضءذثغئأإآىظؤ", "านรอกงมยลวดทสตะปบคหแชพจขใไเโัิีึืุู่้็์ำๆ",
  ].map { Array($0.unicodeScalars) }

  /// For each letter the alphabets that have it, and how much it counts there.
  private static let weights: [Unicode.Scalar: [(alphabet: Int, weight: Double)]] = {
    var weights: [Unicode.Scalar: [(alphabet: Int, weight: Double)]] = [:]
    for (number, letters) in alphabets.enumerated() {
      for (place, letter) in letters.enumerated() {
        let weight = 1 - 0.5 * Double(place) / Double(letters.count)
        weights[letter, default: []].append((number, weight))
      }
    }
    return weights
  }()

  /// Common characters of names, addresses and goods in Chinese and Japanese.
  private static let commonHan = Set(
    ("的一是不了在人有我他这中大来上国市区省县路街号公司有限技术产品客户名称地址电话北京海广州深圳"
      + "天津重庆南西东新安江河山湖林张王李刘陈杨赵黄周吴金年月日时分價國際東區號臺灣電話廣縣鄉鎮"
      + "田中山本木村井川藤原松高橋東京都大阪府県株式会社店名古屋横浜神戸番地品商工業").unicodeScalars)

  /// From 1 for words that one language has all letters of, down below 0 for none at all.
  static func score(_ words: [String]) -> Double {
    var (total, faults, signs) = (0.0, 0.0, 0.0)
    var covered = [Double](repeating: 0, count: alphabets.count)
    var east = 0.0
    for word in words {
      var previous: Unicode.Scalar?
      for scalar in word.unicodeScalars {
        defer { previous = scalar }
        faults += fault(scalar, after: previous)
        guard scalar.value >= 0x80 else { continue }
        total += 1
        if isSign(scalar) { signs += 0.5 }
        let lower = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
        east += eastern(scalar)
        for (alphabet, weight) in weights[lower] ?? [] { covered[alphabet] += weight }
      }
    }
    // EBCDIC without any letter outside ASCII: the letters are there, and that is all.
    guard total > 0 else { return 0.5 - min(0.5, faults / Double(max(1, words.count))) }
    let known = (covered + [east]).max() ?? 0
    return (known + signs - faults) / total
  }

  /// Signs of text, money and measure that stand alone.
  private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
    "€£°§–—‘’“”„‚…«»½¼²³®©™¿¡ºª·".unicodeScalars.contains(scalar)
  }

  /// How much a character speaks against the reading, where it stands.
  private static func fault(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) -> Double {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .control, .privateUse, .unassigned, .surrogate: return 3
    case .nonspacingMark where previous.map(isLetter) != true: return 2
    default: break
    }
    if (0x2500...0x25FF).contains(scalar.value) || scalar.value == 0xFFFD { return 3 }
    guard let previous else { return 0 }
    let (isLetter, wasLetter) = (isLetter(scalar), isLetter(previous))
    guard isLetter else { return wasLetter && isSymbol(scalar) ? 1 : 0 }
    guard wasLetter else { return isSymbol(previous) ? 1 : 0 }
    if script(scalar) != script(previous) { return 2 }
    return properties.isUppercase && previous.properties.isLowercase ? 1.5 : 0
  }

  /// What a character of the east adds: those of daily use are likely, the rest is filler.
  private static func eastern(_ scalar: Unicode.Scalar) -> Double {
    switch scalar.value {
    case 0x3041...0x30FF: 1
    case 0xAC00...0xD7A3: 0.9
    case 0x3400...0x9FFF: commonHan.contains(scalar) ? 1 : 0.6
    case 0xFF66...0xFF9F: 0.6
    default: 0
    }
  }

  /// The signs of Spanish ordinals are letters to Unicode.
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic && scalar != "ª" && scalar != "º"
  }

  /// Whether a character outside ASCII has no place beside a letter; quotes and dashes have.
  private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x80 else { return false }
    switch scalar.properties.generalCategory {
    case .currencySymbol, .mathSymbol, .modifierSymbol, .otherSymbol, .otherNumber, .spaceSeparator,
      .otherLetter:
      return true
    case .otherPunctuation: return scalar != "…" && scalar != "·"
    default: return false
    }
  }

  private enum Script {
    case latin, greek, cyrillic, hebrew, arabic, thai, hangul, han, other
  }

  private static func script(_ scalar: Unicode.Scalar) -> Script {
    switch scalar.value {
    case 0..<0x250, 0x1E00..<0x1F00: .latin
    case 0x370..<0x400: .greek
    case 0x400..<0x530: .cyrillic
    case 0x590..<0x600: .hebrew
    case 0x600..<0x700: .arabic
    case 0xE00..<0xE80: .thai
    case 0xAC00...0xD7A3: .hangul
    case 0x3041...0x30FF, 0x3400...0x9FFF, 0xFF66...0xFF9F: .han
    default: .other
    }
  }
}
