internal import CProcessor

/// The compression function of SHA-256, FIPS 180-4 section 6.2.2.
enum SHA256Block {
  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585,
    0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]

  /// Whether the processor has instructions for it, which are about five times as fast.
  static let isInProcessor = shim_has_sha256() != 0

  /// Works `count` blocks of 64 bytes from `start` on into the state; the span must hold them.
  static func compress(
    _ bytes: Span<UInt8>, from start: Int, count: Int, into state: inout SIMD8<UInt32>
  ) {
    guard count > 0 else { return }
    if isInProcessor {
      compressInProcessor(bytes, from: start, count: count, into: &state)
    } else {
      compressInSwift(bytes, from: start, count: count, into: &state)
    }
  }

  static func compressInProcessor(
    _ bytes: Span<UInt8>, from start: Int, count: Int, into state: inout SIMD8<UInt32>
  ) {
    precondition(isInProcessor && start >= 0 && start + count * 64 <= bytes.count)
    unsafe constants.withUnsafeBufferPointer { constants in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        unsafe withUnsafeMutableBytes(of: &state) { state in
          guard let constants = constants.baseAddress, let bytes = bytes.baseAddress,
            let words = unsafe state.bindMemory(to: UInt32.self).baseAddress
          else { return }
          unsafe shim_sha256_blocks(words, constants, bytes + start, count)
        }
      }
    }
  }

  static func compressInSwift(
    _ bytes: Span<UInt8>, from start: Int, count: Int, into state: inout SIMD8<UInt32>
  ) {
    precondition(start >= 0 && start + count * 64 <= bytes.count)
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { schedule in
      guard let words = schedule.baseAddress else { return }
      unsafe constants.withUnsafeBufferPointer { constants in
        guard let constants = constants.baseAddress else { return }
        unsafe bytes.withUnsafeBytes { raw in
          for block in 0..<count {
            unsafe load(raw, start + block * 64, words)
            unsafe rounds(words, constants, &state)
          }
        }
      }
    }
  }

  /// The first 16 words of a block's message schedule.
  @inline(__always)
  private static func load(
    _ raw: UnsafeRawBufferPointer, _ start: Int, _ words: UnsafeMutablePointer<UInt32>
  ) {
    for i in 0..<16 {
      let word = unsafe raw.loadUnaligned(fromByteOffset: start &+ i &* 4, as: UInt32.self)
      unsafe words[i] = UInt32(bigEndian: word)
    }
  }

  /// All rounds of one block: sixteen with the block's words, then three times sixteen with words
  /// made in passing, which leaves the processor something to do while a round waits for the last.
  @inline(__always)
  private static func rounds(
    _ words: UnsafeMutablePointer<UInt32>, _ constants: UnsafePointer<UInt32>,
    _ state: inout SIMD8<UInt32>
  ) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    var turn = 0
    while turn < 64 {
      var i = 0
      while i < 16 {
        let at = turn &+ i
        if turn > 0 {
          unsafe extend(words, i)
        }
        unsafe step(a, b, c, &d, e, f, g, &h, words[i] &+ constants[at])
        unsafe step(h, a, b, &c, d, e, f, &g, words[i &+ 1] &+ constants[at &+ 1])
        unsafe step(g, h, a, &b, c, d, e, &f, words[i &+ 2] &+ constants[at &+ 2])
        unsafe step(f, g, h, &a, b, c, d, &e, words[i &+ 3] &+ constants[at &+ 3])
        unsafe step(e, f, g, &h, a, b, c, &d, words[i &+ 4] &+ constants[at &+ 4])
        unsafe step(d, e, f, &g, h, a, b, &c, words[i &+ 5] &+ constants[at &+ 5])
        unsafe step(c, d, e, &f, g, h, a, &b, words[i &+ 6] &+ constants[at &+ 6])
        unsafe step(b, c, d, &e, f, g, h, &a, words[i &+ 7] &+ constants[at &+ 7])
        i &+= 8
      }
      turn &+= 16
    }
    state = state &+ SIMD8(a, b, c, d, e, f, g, h)
  }

  /// Replaces eight words of the schedule from `start` on by those sixteen places further.
  @inline(__always)
  private static func extend(_ words: UnsafeMutablePointer<UInt32>, _ start: Int) {
    for i in start..<start &+ 8 {
      let near = unsafe words[(i &+ 14) & 15]
      let far = unsafe words[(i &+ 1) & 15]
      let s1 = rotate(near, 17) ^ rotate(near, 19) ^ near >> 10
      let s0 = rotate(far, 7) ^ rotate(far, 18) ^ far >> 3
      unsafe words[i] = words[i] &+ s1 &+ words[(i &+ 9) & 15] &+ s0
    }
  }

  /// One round; only `d` and `h` change.
  @inline(__always)
  private static func step(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32,
    _ g: UInt32, _ h: inout UInt32, _ input: UInt32
  ) {
    let t1 =
      h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ (g ^ (e & (f ^ g))) &+ input
    let t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ ((a & b) | (c & (a | b)))
    d = d &+ t1
    h = t1 &+ t2
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word &>> count | word &<< (32 &- count)
  }
}
