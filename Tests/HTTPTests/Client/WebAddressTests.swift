import HTTP
import Testing

@Suite struct WebAddressTests {
  @Test(arguments: [
    ("https://yourdomain.commercelayer.io/api", "yourdomain.commercelayer.io", 443),
    ("HTTPS://Example.COM", "example.com", 443),
    ("http://127.0.0.1:8080/x?y=1", "127.0.0.1", 8080),
    ("http://[::1]:9/", "::1", 9),
    ("https://host?filter%5Bq%5D=1", "host", 443),
  ])
  func `the parts are read`(_ text: String, _ host: String, _ port: Int) {
    let address = WebAddress(text)
    #expect(address?.host == host)
    #expect(address?.port == port)
  }

  @Test(arguments: [
    "", "ftp://host/", "https://", "https:///path", "https://user@host/", "https://a:b@host/",
    "https://host:0/", "https://host:65536/", "https://host:/", "https://host:8x/",
    "https://host/a b", "https://host/#top", "https://host\\@evil/", "https://h\u{f6}st/",
    "https://[::1/", "https://[host]/", "//host/", "host", "https://host/\r\nX: y",
  ])
  func `what parsers could read differently is refused`(_ text: String) {
    #expect(WebAddress(text) == nil)
  }

  @Test(arguments: [
    ("http://localhost/", true), ("http://127.0.0.1/", true), ("http://127.255.3.9/", true),
    ("http://[::1]/", true), ("http://127.0.0.1.evil.com/", false), ("http://127.1/", false),
    ("http://0127.0.0.1/", false), ("http://128.0.0.1/", false), ("http://localhost.x/", false),
    ("http://127.0.0.01/", false), ("http://[::2]/", false),
  ])
  func `loopback is told from what only looks like it`(_ text: String, _ expected: Bool) {
    #expect(WebAddress(text)?.isLoopback == expected)
  }
}
