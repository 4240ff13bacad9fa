/// A text and its bytes in an encoding, as Python's codecs write them.
struct EncodingVector: Sendable {
  /// The encoding.
  let name: String
  /// The bytes in hex.
  let hex: String
  /// What they say.
  let text: String

  init(_ name: String, _ hex: String, _ text: String) {
    self.name = name
    self.hex = hex
    self.text = text
  }

  var bytes: [UInt8] {
    var digits = hex[...]
    var bytes: [UInt8] = []
    while !digits.isEmpty {
      bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
      digits = digits.dropFirst(2)
    }
    return bytes
  }
}

/// Vectors of many encodings.
enum EncodingVectors {
  /// Two columns with the words of one language each.
  static let tables = [
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303b4dfc6e6368656e0a4b313b4772f6df650a4b323b5afc726963680a4b33"
        + "3b4bf66c6e0a4b343b53747261df650a4b353bdc6265727365650a4b363be475df6572650a4b373b"
        + "d67374657272656963680a",
      "ID;NAME\nK0;München\nK1;Größe\nK2;Zürich\nK3;Köln\nK4;Straße\nK5;Übersee\nK6;äußere\nK7;Österreich\n"
    ),
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303b4dfc6c6c65720a",
      "ID;NAME\nK0;Müller\n"),
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303bd67374657272656963680a",
      "ID;NAME\nK0;Österreich\n"),
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303b4f726ce9616e730a4b313b426573616ee76f6e0a4b323b4eee6d65730a"
        + "4b333b53e874650a4b343b6661e76164650a4b353b4368e2746561750a4b363b639c75720a",
      "ID;NAME\nK0;Orléans\nK1;Besançon\nK2;Nîmes\nK3;Sète\nK4;façade\nK5;Château\nK6;cœur\n"),
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303b4de16c6167610a4b313b43e164697a0a4b323b4c6f67726ff16f0a4b33"
        + "3b4c65f36e0a4b343b4efaf1657a0a4b353b5065f1610a",
      "ID;NAME\nK0;Málaga\nK1;Cádiz\nK2;Logroño\nK3;León\nK4;Núñez\nK5;Peña\n"),
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303b53e36f0a4b313b5061756c6f0a4b323b436f6e636569e7e36f0a4b333b"
        + "4775696d6172e365730a4b343bc9766f72610a4b353b42726167610a4b363b61e7e36f0a",
      "ID;NAME\nK0;São\nK1;Paulo\nK2;Conceição\nK3;Guimarães\nK4;Évora\nK5;Braga\nK6;ação\n"),
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303b466f726cec0a4b313b436566616cf90a4b323b63697474e00a4b333b4e"
        + "617264f20a4b343be80a",
      "ID;NAME\nK0;Forlì\nK1;Cefalù\nK2;città\nK3;Nardò\nK4;è\n"),
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303bc5726875730a4b313b4bf862656e6861766e0a4b323b4ef87272656272"
        + "6f0a4b333b53f86e646572626f72670a4b343bc672f80a",
      "ID;NAME\nK0;Århus\nK1;København\nK2;Nørrebro\nK3;Sønderborg\nK4;Ærø\n"),
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303b4d616c6df60a4b313b47f67465626f72670a4b323b56e473746572e573"
        + "0a4b333bd6726562726f0a",
      "ID;NAME\nK0;Malmö\nK1;Göteborg\nK2;Västerås\nK3;Örebro\n"),
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303b5265796b6a6176ed6b0a4b313bdef3727368f6666e0a4b323bcd736166"
        + "6af672f075720a",
      "ID;NAME\nK0;Reykjavík\nK1;Þórshöfn\nK2;Ísafjörður\n"),
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303b4ddc4e4348454e0a4b313b4752d65353450a4b323b4bd64c4e0a4b333b"
        + "5adc524943480a",
      "ID;NAME\nK0;MÜNCHEN\nK1;GRÖSSE\nK2;KÖLN\nK3;ZÜRICH\n"),
    EncodingVector(
      "windows-1252",
      "49443b4e414d450a4b303b3132800a4b313b934669726d61940a4b323b960a4b333b436f0a",
      "ID;NAME\nK0;12€\nK1;“Firma”\nK2;–\nK3;Co\n"),
    EncodingVector(
      "windows-1250",
      "49443b4e414d450a4b303ba3f3649f0a4b313b476461f1736b0a4b323b506f7a6e61f10a4b333b4b"
        + "72616bf3770a4b343b5761b362727a7963680a4b353b8c7769646e6963610a4b363bbff3b374790a",
      "ID;NAME\nK0;Łódź\nK1;Gdańsk\nK2;Poznań\nK3;Kraków\nK4;Wałbrzych\nK5;Świdnica\nK6;żółty\n"),
    EncodingVector(
      "windows-1250",
      "49443b4e414d450a4b303b506c7a65f20a4b313b50f8ed6272616d0a4b323b44ece8ed6e0a4b333b"
        + "da7374ed0a4b343b8eefe1720a4b353b54f86562ede80a4b363b4a69686c6176610a",
      "ID;NAME\nK0;Plzeň\nK1;Příbram\nK2;Děčín\nK3;Ústí\nK4;Žďár\nK5;Třebíč\nK6;Jihlava\n"),
    EncodingVector(
      "windows-1250",
      "49443b4e414d450a4b303b4b6f9a6963650a4b313b8e696c696e610a4b323b5072659a6f760a4b33"
        + "3b5472656ee8ed6e0a4b343bbc75626f76f2610a",
      "ID;NAME\nK0;Košice\nK1;Žilina\nK2;Prešov\nK3;Trenčín\nK4;Ľubovňa\n"),
    EncodingVector(
      "windows-1250",
      "49443b4e414d450a4b303b4779f5720a4b313b537ae96b6573666568e97276e1720a4b323b446562"
        + "726563656e0a4b333b50e963730a4b343b4e79ed7265677968e17a610a4b353b48f3646d657af576"
        + "e173e17268656c790a4b363b54fb7a0a",
      "ID;NAME\nK0;Győr\nK1;Székesfehérvár\nK2;Debrecen\nK3;Pécs\nK4;Nyíregyháza\nK5;Hódmezővásárhely\nK6;Tűz\n"
    ),
    EncodingVector(
      "windows-1250",
      "49443b4e414d450a4b303ba3f3649f0a4b313b476461f1736b0a4b323b5072f9686f6e6963650a4b"
        + "333b506f7a6e61f10a4b343b4779f5720a4b353bd8ed6d0a",
      "ID;NAME\nK0;Łódź\nK1;Gdańsk\nK2;Průhonice\nK3;Poznań\nK4;Győr\nK5;Řím\n"),
    EncodingVector(
      "windows-1250",
      "49443b4e414d450a4b303b8a6962656e696b0a4b313bc8616b6f7665630a4b323b506f9e6567610a"
        + "4b333bd0616b6f766f0a4b343bc6757072696a610a",
      "ID;NAME\nK0;Šibenik\nK1;Čakovec\nK2;Požega\nK3;Đakovo\nK4;Ćuprija\n"),
    EncodingVector(
      "windows-1250",
      "49443b4e414d450a4b303b47616c61fe690a4b313b426163e3750a4b323b436f6e7374616efe610a"
        + "4b333b4961ba690a4b343b427261ba6f760a",
      "ID;NAME\nK0;Galaţi\nK1;Bacău\nK2;Constanţa\nK3;Iaşi\nK4;Braşov\n"),
    EncodingVector(
      "windows-1251",
      "49443b4e414d450a4b303bcceef1eae2e00a4b313bcae0e7e0edfc0a4b323bcfe5f0ecfc0a4b333b"
        + "ceecf1ea0a4b343bd2e2e5f0fc0a4b353bd3f4e00a",
      "ID;NAME\nK0;Москва\nK1;Казань\nK2;Пермь\nK3;Омск\nK4;Тверь\nK5;Уфа\n"),
    EncodingVector(
      "windows-1251",
      "49443b4e414d450a4b303bccced1cac2c00a4b313bcac0c7c0cddc0a4b323bcfc5d0ccdc0a",
      "ID;NAME\nK0;МОСКВА\nK1;КАЗАНЬ\nK2;ПЕРМЬ\n"),
    EncodingVector(
      "windows-1251",
      "49443b4e414d450a4b303bcae8bfe20a4b313bcbfce2b3e20a4b323bd5e0f0eab3e20a4b333bd7e5"
        + "f0edb3e2f6b30a4b343bc7e0efeef0b3e6e6ff0a",
      "ID;NAME\nK0;Київ\nK1;Львів\nK2;Харків\nK3;Чернівці\nK4;Запоріжжя\n"),
    EncodingVector(
      "windows-1251",
      "49443b4e414d450a4b303bd1eef4e8ff0a4b313bcfebeee2e4e8e20a4b323bc2e0f0ede00a4b333b"
        + "c1f3f0e3e0f10a",
      "ID;NAME\nK0;София\nK1;Пловдив\nK2;Варна\nK3;Бургас\n"),
    EncodingVector(
      "koi8-r",
      "49443b4e414d450a4b303bedcfd3cbd7c10a4b313bebc1dac1ced80a4b323bf0c5d2cdd80a4b333b"
        + "efcdd3cb0a4b343bf4d7c5d2d80a4b353bf5c6c10a",
      "ID;NAME\nK0;Москва\nK1;Казань\nK2;Пермь\nK3;Омск\nK4;Тверь\nK5;Уфа\n"),
    EncodingVector(
      "koi8-r",
      "49443b4e414d450a4b303bedeff3ebf7e10a4b313bebe1fae1eef80a4b323bf0e5f2edf80a",
      "ID;NAME\nK0;МОСКВА\nK1;КАЗАНЬ\nK2;ПЕРМЬ\n"),
    EncodingVector(
      "cp866",
      "49443b4e414d450a4b303b8caee1aaa2a00a4b313b8aa0a7a0adec0a4b323b8fa5e0acec0a4b333b"
        + "8eace1aa0a4b343b92a2a5e0ec0a4b353b93e4a00a",
      "ID;NAME\nK0;Москва\nK1;Казань\nK2;Пермь\nK3;Омск\nK4;Тверь\nK5;Уфа\n"),
    EncodingVector(
      "iso-8859-5",
      "49443b4e414d450a4b303bbcdee1dad2d00a4b313bbad0d7d0ddec0a4b323bbfd5e0dcec0a4b333b"
        + "bedce1da0a4b343bc2d2d5e0ec0a4b353bc3e4d00a",
      "ID;NAME\nK0;Москва\nK1;Казань\nK2;Пермь\nK3;Омск\nK4;Тверь\nK5;Уфа\n"),
    EncodingVector(
      "mac-cyrillic",
      "49443b4e414d450a4b303b8ceef1eae2e00a4b313b8ae0e7e0edfc0a4b323b8fe5f0ecfc0a4b333b"
        + "8eecf1ea0a4b343b92e2e5f0fc0a4b353b93f4e00a",
      "ID;NAME\nK0;Москва\nK1;Казань\nK2;Пермь\nK3;Омск\nK4;Тверь\nK5;Уфа\n"),
    EncodingVector(
      "windows-1253",
      "49443b4e414d450a4b303bc1e8deede10a4b313bc8e5f3f3e1ebefeddfeae70a4b323bd0dcf4f1e1"
        + "0a4b333bc7f1dceaebe5e9ef0a4b343bcbdcf1e9f3e10a",
      "ID;NAME\nK0;Αθήνα\nK1;Θεσσαλονίκη\nK2;Πάτρα\nK3;Ηράκλειο\nK4;Λάρισα\n"),
    EncodingVector(
      "windows-1254",
      "49443b4e414d450a4b303bdd7374616e62756c0a4b313b446979617262616bfd720a4b323bde616e"
        + "6cfd757266610a4b333b45736b69fe656869720a4b343b4d75f06c610a4b353bc761f00a",
      "ID;NAME\nK0;İstanbul\nK1;Diyarbakır\nK2;Şanlıurfa\nK3;Eskişehir\nK4;Muğla\nK5;Çağ\n"),
    EncodingVector(
      "windows-1257",
      "49443b4e414d450a4b303bd06961756c6961690a4b313b50616e6576ebfe79730a4b323b4b6c6169"
        + "70eb64610a4b333b56696c6e6975730a4b343b4beb6461696e6961690a4b353b4d61fe65696b6961"
        + "690a",
      "ID;NAME\nK0;Šiauliai\nK1;Panevėžys\nK2;Klaipėda\nK3;Vilnius\nK4;Kėdainiai\nK5;Mažeikiai\n"),
    EncodingVector(
      "windows-1257",
      "49443b4e414d450a4b303b52ee67610a4b313b4c696570e26a610a4b323b4afb726d616c610a4b33"
        + "3b4ae76b616270696c730a4b343b52e77a656b6e650a",
      "ID;NAME\nK0;Rīga\nK1;Liepāja\nK2;Jūrmala\nK3;Jēkabpils\nK4;Rēzekne\n"),
    EncodingVector(
      "windows-1255",
      "49443b4e414d450a4b303be9f8e5f9ece9ed0a4b313be7e9f4e40a4b323be0f9e3e5e30a",
      "ID;NAME\nK0;ירושלים\nK1;חיפה\nK2;אשדוד\n"),
    EncodingVector(
      "windows-1256",
      "49443b4e414d450a4b303bc7e1dec7e5d1c90a4b313bc7e1d1edc7d60a4b323bcfc8ed0a",
      "ID;NAME\nK0;القاهرة\nK1;الرياض\nK2;دبي\n"),
    EncodingVector(
      "iso-8859-2",
      "49443b4e414d450a4b303ba3f364bc0a4b313b476461f1736b0a4b323b506f7a6e61f10a4b333ba6"
        + "7769646e6963610a4b343bbff3b374790a4b353ba66cb1736b0a",
      "ID;NAME\nK0;Łódź\nK1;Gdańsk\nK2;Poznań\nK3;Świdnica\nK4;żółty\nK5;Śląsk\n"),
    EncodingVector(
      "iso-8859-2",
      "49443b4e414d450a4b303b506c7a65f20a4b313b50f8ed6272616d0a4b323baeefe1720a4b333ba9"
        + "756d7065726b0a4b343b54f86562ede80a",
      "ID;NAME\nK0;Plzeň\nK1;Příbram\nK2;Žďár\nK3;Šumperk\nK4;Třebíč\n"),
    EncodingVector(
      "iso-8859-9",
      "49443b4e414d450a4b303bdd7374616e62756c0a4b313b446979617262616bfd720a4b323bde616e"
        + "6cfd757266610a",
      "ID;NAME\nK0;İstanbul\nK1;Diyarbakır\nK2;Şanlıurfa\n"),
    EncodingVector(
      "cp850",
      "49443b4e414d450a4b303b4d816e6368656e0a4b313b477294e1650a4b323b8f726875730a4b333b"
        + "4b946c6e0a4b343b5a81726963680a4b353b4da06c6167610a",
      "ID;NAME\nK0;München\nK1;Größe\nK2;Århus\nK3;Köln\nK4;Zürich\nK5;Málaga\n"),
    EncodingVector(
      "cp850",
      "49443b4e414d450a4b303b4f726c82616e730a4b313b426573616e876f6e0a4b323b4e8c6d65730a"
        + "4b333b538a74650a",
      "ID;NAME\nK0;Orléans\nK1;Besançon\nK2;Nîmes\nK3;Sète\n"),
    EncodingVector(
      "cp852",
      "49443b4e414d450a4b303b9da264ab0a4b313b476461e4736b0a4b323b506f7a6e61e40a4b333b97"
        + "7769646e6963610a",
      "ID;NAME\nK0;Łódź\nK1;Gdańsk\nK2;Poznań\nK3;Świdnica\n"),
    EncodingVector(
      "cp852",
      "49443b4e414d450a4b303b506c7a65e50a4b313b50fda16272616d0a4b323b44d89fa16e0a",
      "ID;NAME\nK0;Plzeň\nK1;Příbram\nK2;Děčín\n"),
    EncodingVector(
      "cp437",
      "49443b4e414d450a4b303b4da06c6167610a4b313b43a064697a0a4b323b4c6f67726fa46f0a",
      "ID;NAME\nK0;Málaga\nK1;Cádiz\nK2;Logroño\n"),
    EncodingVector(
      "macintosh",
      "49443b4e414d450a4b303b4d9f6e6368656e0a4b313b47729aa7650a4b323b5a9f726963680a4b33"
        + "3b4b9a6c6e0a4b343b47728c7374656e0a4b353b4d876c6167610a",
      "ID;NAME\nK0;München\nK1;Größe\nK2;Zürich\nK3;Köln\nK4;Gråsten\nK5;Málaga\n"),
    EncodingVector(
      "macintosh",
      "49443b4e414d450a4b303b4f726c8e616e730a4b313b426573616e8d6f6e0a4b323b4e946d65730a"
        + "4b333b538f74650a",
      "ID;NAME\nK0;Orléans\nK1;Besançon\nK2;Nîmes\nK3;Sète\n"),
    EncodingVector(
      "mac-centraleurope",
      "49443b4e414d450a4b303b506c7a65cb0a4b313b50de926272616d0a4b323b449e8b926e0a4b333b"
        + "eb9387720a",
      "ID;NAME\nK0;Plzeň\nK1;Příbram\nK2;Děčín\nK3;Žďár\n"),
    EncodingVector(
      "windows-874",
      "49443b4e414d450a4b303ba1c3d8a7e0b7bec1cbd2b9a4c30a4b313be0aad5c2a7e3cbc1e80a4b32"
        + "3bc0d9e0a1e7b50a",
      "ID;NAME\nK0;กรุงเทพมหานคร\nK1;เชียงใหม่\nK2;ภูเก็ต\n"),
    EncodingVector(
      "gb18030",
      "49443b4e414d450a4b303bb1b1bea9cad00a4b313bc9cfbaa30a4b323bb9e3d6dd0a4b333bc9eedb"
        + "da0a4b343bd3d0cfdeb9abcbbe0a4b353bbfcdbba7c3fbb3c60a",
      "ID;NAME\nK0;北京市\nK1;上海\nK2;广州\nK3;深圳\nK4;有限公司\nK5;客户名称\n"),
    EncodingVector(
      "gb18030",
      "49443b4e414d450a4b303bbabcd6dd0a4b313bcbd5d6dd0a4b323bcee4baba0a",
      "ID;NAME\nK0;杭州\nK1;苏州\nK2;武汉\n"),
    EncodingVector(
      "big5",
      "49443b4e414d450a4b303bbb4fa55fa5ab0a4b313bb0aab6af0a4b323bbb4fa4a40a4b333ba6b3ad"
        + "ada4bda5710a4b343babc8a4e1a657bad90a",
      "ID;NAME\nK0;臺北市\nK1;高雄\nK2;臺中\nK3;有限公司\nK4;客戶名稱\n"),
    EncodingVector(
      "cp932",
      "49443b4e414d450a4b303b938c8b9e93730a4b313b91e58de3957b0a4b323b8a948eae89ef8ed00a"
        + "4b333b834a835e834a83690a4b343b82d082e782aa82c80a4b353b89a1956c8e730a",
      "ID;NAME\nK0;東京都\nK1;大阪府\nK2;株式会社\nK3;カタカナ\nK4;ひらがな\nK5;横浜市\n"),
    EncodingVector(
      "cp932",
      "49443b4e414d450a4b303bd4cfc0de0a4b313b938c8b9e0a",
      "ID;NAME\nK0;ﾔﾏﾀﾞ\nK1;東京\n"),
    EncodingVector(
      "euc-jp",
      "49443b4e414d450a4b303bc5ecb5fec5d40a4b313bc2e7bae5c9dc0a4b323bb3f4bcb0b2f1bcd20a"
        + "4b333ba5aba5bfa5aba5ca0a4b343ba4d2a4e9a4aca4ca0a",
      "ID;NAME\nK0;東京都\nK1;大阪府\nK2;株式会社\nK3;カタカナ\nK4;ひらがな\n"),
    EncodingVector(
      "cp949",
      "49443b4e414d450a4b303bbcadbfef0a4b313bbacebbea0a4b323bb4ebb1b80a4b333bc0cec3b50a"
        + "4b343bb1a4c1d60a4b353bc8b8bbe70a",
      "ID;NAME\nK0;서울\nK1;부산\nK2;대구\nK3;인천\nK4;광주\nK5;회사\n"),
    EncodingVector(
      "ibm273",
      "c9c45ed5c1d4c525d2f05ed2e4d5c4c525d2f15ed6d9e325d2f25ed4d0958388859525d2f35ed26a"
        + "939525d2f45ec7996aa18525d2f55ef1f2f3f4f525d2f65ec8819482a4998725d2f75ec285999389"
        + "9525",
      "ID;NAME\nK0;KUNDE\nK1;ORT\nK2;München\nK3;Köln\nK4;Größe\nK5;12345\nK6;Hamburg\nK7;Berlin\n"),
    EncodingVector(
      "ibm037",
      "c9c45ed5c1d4c525d2f05ec3e4e2e3d6d4c5d925d2f15ed5c1d4c525d2f25ed3969584969525d2f3"
        + "5ed7819989a225d2f45ef1f2f3f4f525d2f55ec2859993899525",
      "ID;NAME\nK0;CUSTOMER\nK1;NAME\nK2;London\nK3;Paris\nK4;12345\nK5;Berlin\n"),
    EncodingVector(
      "ibm500",
      "c9c45ed5c1d4c525d2f05ec3d3c9c5d5e325d2f15ed5d6d425d2f25ed69993518195a225d2f35ec2"
        + "85a2819548969525d2f45ef1f2f3f4f525d2f55ed7819989a225",
      "ID;NAME\nK0;CLIENT\nK1;NOM\nK2;Orléans\nK3;Besançon\nK4;12345\nK5;Paris\n"),
  ]

  /// Encodings with states, of several bytes, or with other digits.
  static let odd = [
    EncodingVector(
      "utf-7",
      "47722b4150774133772d652026202b5a65566e4c41202b2d2d202b414b4d2d",
      "Grüße & 日本 +- £"),
    EncodingVector(
      "utf-16le",
      "6100ac203dd800dedf00",
      "a€😀ß"),
    EncodingVector(
      "utf-16be",
      "006120acd83dde0000df",
      "a€😀ß"),
    EncodingVector(
      "utf-32le",
      "61000000ac20000000f60100df000000",
      "a€😀ß"),
    EncodingVector(
      "utf-32be",
      "000000610001f600000065e5",
      "a😀日"),
    EncodingVector(
      "iso-2022-jp",
      "1b2442456c357e1b284220616263201b2442252b253f252b254a1b2842",
      "東京 abc カタカナ"),
    EncodingVector(
      "iso-2022-kr",
      "1b2429430e3c2d3f6f0f20616263200e3a4e3b6a0f",
      "서울 abc 부산"),
    EncodingVector(
      "gb18030",
      "61a2e3953282368140",
      "a€𠀀丂"),
    EncodingVector(
      "big5-hkscs",
      "adbbb4e4209def",
      "香港 嘅"),
    EncodingVector(
      "windows-1258",
      "48e0204ef46920d061",
      "Hà Nôi Đa"),
    EncodingVector(
      "johab",
      "d0658b6920616263",
      "한글 abc"),
    EncodingVector(
      "ibm1140",
      "d799898385409f40f1f2",
      "Price € 12"),
    EncodingVector(
      "cp437",
      "82abb3e1",
      "é½│ß"),
    EncodingVector(
      "tis-620",
      "a1a2",
      "กข"),
  ]
}
