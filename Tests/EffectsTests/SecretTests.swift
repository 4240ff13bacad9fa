import Effects
import Testing

@Suite struct SecretTests {
  @Test func `a secret is hidden however it is printed`() {
    struct Holder { let secret: Secret }
    let secret = Secret("swordfish")
    var dumped = ""
    dump(Holder(secret: secret), to: &dumped)
    let printed = [
      "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])",
      "\(Optional(secret) as Any)", "\(Holder(secret: secret))", dumped,
    ]
    for text in printed { #expect(!text.contains("swordfish"), "\(text)") }
    #expect(secret.reveal() == "swordfish")
  }
}
