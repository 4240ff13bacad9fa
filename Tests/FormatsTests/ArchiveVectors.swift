/// Data made by other programs: Python 3's zlib, gzip and zipfile.
enum ArchiveVectors {
  /// The content of the vectors: words in an order that a small generator gives.
  static func text(_ count: Int) -> [UInt8] {
    let words = ["customer", "reset", "reference", "sap", "\n", ";", "0001", "password", "größe"]
    var out: [UInt8] = []
    var state = 1
    while out.count < count {
      state = (state * 1_103_515_245 + 12345) & 0x7FFF_FFFF
      out += words[(state >> 16) % 9].utf8
    }
    return Array(out.prefix(count))
  }

  /// Deflate, dynamic codes, `text(3000)`.
  static let dynamic = [
    "fVZbUsMwDPzf05RvnaZTQr94TALDcbgFF+BixLElrx7pTAOtLcva1UrKff37/ftZPq7b9v2+Pl8ul6d12ZbP",
    "8edlWZe329KWt+vH/rl9bZ/vr8sKoR/iDNujO93f2Mw+1az7lsNApre7D87Wu6Eul3cJue5udYHCGV92E3cW",
    "4962CD2mt409FwFwmA6WhoUAcGCPI+3LxLMvYJ7QUPf/8DaBxgLA/rFohrsEOBLGxHUXkz5hnBpV8kS32u3x",
    "FnM1gZ5w6sU3FiFtWYQVKvBSUuIsWRy8cOAm3yjKDpDPUVAtIZRMCFi8lTJg0asayF17xs+gcKLKMEGDMwUL",
    "vOT3bcPlK8qjzOBHxTUN4p47QcwtE04XRRA+OUk8KPTmybZAlXxirCqDhsEVzARYoIrhipMAW/qCDpkMaRdJ",
    "fKP3tMyZROlMblK/ib+l7gVEvrqqClaDnZCPztUpVApYXWedp9lXRZBtiXKkOoxJrboOQkgo9AXD4vBnViqM",
    "nCJr3ifVza2aAFr3i0iiG18kOS4ePWMu6cPKJGzhIgVQJEQ5Tc2ito276BPtGNGSml416Ire5xqcnKRf8hzy",
    "Z5USsdE9G3Yoz4TNNYpxvsWSBhn7hncON/6LMRZnMFjE5SsQHu7WKqza50wzfFNNtRc7DGnKBmfoqlx3j0Vz",
    "kBCifjROlFgYhnB4ZCP6aJmb8wT5HcN6rkudnL4cpTdh1yHy6KahGjjX4RW6pkB8Ffobw+BKL8MD6D8=",
  ].joined()

  /// Deflate, fixed codes, `text(3000)`.
  static let fixed = [
    "Sy86vO3w/NSCxOLi8vyiFAMDA8Oi1OLUEiiRllqUmpecChIuTiwAouTS4pL83NQiLmskjjWKQhCGyUDMg0pi",
    "mglTBjHbGqzAGmFaOqrj4OIQhTBhrHZZIxkNMRYmgOQcKAOoBEUvF9RekCAXTBvQNgA=",
  ].joined()

  /// Deflate, stored, `text(200)`.
  static let stored = [
    "AcgAN/9ncsO2w59lcGFzc3dvcmQwMDAxcmVzZXRyZXNldHJlZmVyZW5jZTAwMDFzYXBzYXBjdXN0b21lcgo7",
    "c2FwY3VzdG9tZXI7cmVmZXJlbmNlMDAwMTAwMDFjdXN0b21lcjAwMDFyZWZlcmVuY2VyZXNldHJlZmVyZW5j",
    "ZTAwMDFjdXN0b21lcnNhcHNhcDtyZXNldDs7cmVmZXJlbmNlZ3LDtsOfZXBhc3N3b3JkcmVmZXJlbmNlO3Jl",
    "c2V0cGFzc3dvcmRjdXN0bw==",
  ].joined()

  /// Deflate, 100,000 times `a`.
  static let runs = [
    "7cExAQAAAMKgrOtfwhoeQAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACvBg==",
  ].joined()

  /// Deflate, 20 times `text(20_000)`: longer than the window and than a chunk.
  static let repeated = [
    "7dxbkuO2FQDQf6zG+cZqXE5nvhKnZpzKcrKLbMAbS7ckkrgPUPOdOlXu8UxLokgQj4sL8Hz7/ud///zPxz9/",
    "/fHj379//+svv/zyl+8fPz7+eP3xt4/vH//47ePr1z9+/efnf7/968cfv//94/uYyz9meOPXz/HK83ivF+sx",
    "j7c9jz0fb5jX0b7Fkzt//3zj8ev2u+Zy6Odhj18sp/P6y+dbwmfH63u/fjmOjx3f9notnMEYj7e+Sun1jjnG",
    "CBf7+MjXX67r+fzFuD5xnOrn/0d8TyrG5gI+/zvP5nW4csG5wNaCex7iKr65XudxVuVIy7ee356/5TzUdaGb",
    "Mo2V7/XLMb9+PedaQ+eIVekouPNmrSc/1xM/q2+ulM8LXD+3nNTXDVlu5phjrbxdzRjn2R+1YTnc18/rn6mG",
    "L0V1XtM4Tu6swXPEKv/58nldsUXFq6wX/2pxX3VwfKs9Qb63a4EvX5QvIt6cUnlGU99iYZ8nehT+UmJdM/i6",
    "htBgrgtsriqf7gxVYH1nbNDpTqbbPmcp7/Hs02qZzVx1rrIp/U3+9+z7gqXwj0N1DfY42euSHz3XswiPIlhr",
    "167n+Xp/1wjqe5ciH6Ud5pva9TojndJo6tc4ryVcfy2V7hrXW3R23pvWvXbVywWevV++knyY2Ejqea1Dz2tc",
    "On7WmrlcW/qi4wKaG3KUaeks+vfmV8dzRHsM0bN0et1A1/R9oYObm9s/6zgUP3sUyTyH7qvDTs2zXFvoKF6f",
    "/zqXMpCtxx7x4CMM/80wlsfgsVbiNgQat6/2tbDrPq/bPGKnWtpe7mGWOnUOnKlXXdvdfaV5FEI667vh5CjY",
    "cV5D+vDrbuRjfN25azwZNcY4+9xw6+Y2OCqRcOgh6tC9DKqpzI/BK/Wac8zYCuM3poGrBMOvC82XV+5uE5pt",
    "AvuZ+/ulGsUIee4C8li721CjjGP7EaN0C58dT9PGdmNI31ZGeb1tkuMa2kKx5fIuHf0IM6OzzS0VeV8UI8Ud",
    "Xzc4BjRzXrXpbN9NW8htOoUuM/0+n8lt0HdWiyMiO6+4VIs1As6jwdLvd2FdOrNHtauzuhL4Pt4X+79cFqO/",
    "G+nUvn7GWdpzLe/z8LMp6TSelyB47QP6ker6pnnVpTCT2XRtVz3qb3s3KV/HqlHL7DnLOuvgq1TmWgVS8xpt",
    "+1+q5v3QtZvzr9e/tNdNDB7O4WrT6dfXHYhV45xo7cPr9cMzNdnNBea7lVtN6P9jbVrDkubmHZFv6T/DUUqF",
    "Xyp7/cj8uS4rp0xSpHee/tEHpvI+kz1HEPdzp9xWrW7ka8OzpfrcfXb7Wpc2WTvMMneZ59T9sx/ZVOTrDqT0",
    "w3H0WHnXceV1D7YRwM+0kS7qCcHk5v4vE8Y10O8Ct8dFzM2AcyUHrkqyhiln3xtaSZ1qxwa/vc2za8d1YlQy",
    "dblpv+5qrp/vmn6TzphxVOrnurPEV8ek5TjKs6lt7vg+ZI+xdUy7Xa+dZT+2UfM67uWMxHHETQvoh+dyh888",
    "7tWtL+8N+aVzSHqldrqQImRdY+TdTEt2s/jU7e2j8lK8aWhOc4Sl4r+dqMzNLCsnBJrsX/rEyFmGbXsYawd0",
    "VY/RdtBroi0Ux35sOUqpptSu8Hypn13aN9emuY04HuPPjCH1Mh6UpF3oqbc5+VFHv5CteP1903PktFSbbJo1",
    "IKrDSh6t+tlr6ku6+UDTsp9xcuyam2WW5UZs82q5slwfGFcGfmzj67EtsBHGpvRtS957FzKUOdNYv6YWyjaB",
    "WyfeKZLeZSXPqU1KgcQDbmtk6PZGjj7PmPdZXdfjn0HayMdOMfJ6f3MQ1swtlqxKDB/GdurZt4u5GX/H/IlM",
    "Uz3TdJ9zS53dZHmtVHEVLk0Z22TCOpRvpwl3Kzpr57eG211cm1at1kgyndRuAN802RG+OJTHksHpZmNp8hCW",
    "OEas6s3SbPjOsBjRhrhpvTnV9KvOxNnIVW+6Kt5kXrarr0tKsKmO3Wyqnf40bbHJRswutxCr5nap4pVwehP6",
    "nHV3M3PbZD/W2ttlm0pUM9vUybybpCwTpPUO155odCPw2jnVxEFJOq2D8WjChl2YNtqlhNl3ec8WMUoab5aU",
    "7dowQo6uW4cMl7dW8RLnLTFZzKNvsoQhZnu3pPkc4mNIXkfPtNafMptdPnLsxvxmttu9c56ruGv7jq82yYW5",
    "u840YR81z11mbKmXKl+R++g5+uWE9Zdjl8QZbfgRC7oLVEcfU7YR1Sz9x/pzVvCxzcKM+SZjHLJmd6H6bPvT",
    "JjDrBv7dVOkxVZ+phNdLq3umro/u5udrLzbq/He3Fru2mboQ03fg7QaqbYqpLBDlYimj36iXNGfta2cXc7YB",
    "77XDJi8J3iZGcxnOMiKt93GUpetR4rNNFNhuWavL9/kwm1T+eO7V6Wc63XrqnP0OlH56sMRr2xxazHbv1iLC",
    "LZ2pfw+rSFe1n2t0N+9qc+7pN9sNm85vt2YVr6qfyTabh/JJjtGuFIyuStwmb9sXy1y0GxLG6HblzbCdoa0/",
    "cXaRM6azWyp9s7Hw5nB1CjnX7Og64O7XkHOf2hZampKMdm1wF7TfV6wlHxFX6tq5S8jrzjbp1k3wyjLmcSdn",
    "uwsvj4Y1LRoSecdGozVZf5MA7YOnWLXColTIsLytOGNs78BcI71thj2sP+V1zzr0lMLp1kP2e63KZGDTKabE",
    "VZc4qQHL7PdqjW6jYrOOOeqeoNp/xtnOM0GQV7x/ehvxPrH8vl/oR7u+qEpJXLVmdntPy3Rjl2p5N5c5e+Fc",
    "giNvGJ5Nnm4Ta74N3raFl8LuuW0Lu/Fwu4G5GaBCmNBswikJ2HUSWsaQEnaOdq/9mGPTUcd1h65ZlmRpCMTa",
    "zVczxm5pSaDPYYYQZ2yGk3GFBSMsZpVgttTRJpOwCftDuu39Mnq3MjZ3LeIRpc/X+k5c5ZnrjR7bafv9zv+u",
    "XqzNqU4QzmTIuj55lnfIWDRFWT/RVOkSQ3WJptQG6xMHaXivi2J5gOv7rDJ9fFXWdWGg3fEdNxT1c7Lzj5uA",
    "LT2ZcBcf7dpluaia9ZrdcsBsAu+wIaqe7dWDhFXXc99wThXebCLoH014v9cgZwnCfS3PQ+Qyes0yux2+dVwZ",
    "5RmLMhSPdOOWahNTot0WjlKqx0M47YNd26LZjTtdYnc2qyn99r43W8NCsZdINI9aKRxOzwA1qdMuW7CJfpa0",
    "dDyBJg19fONVj/PazdyVbhiVYymGIaKtiu+3jNzs240LB/ERk/7xlZkybWNst2GnOcp6zLSk1cyNR5wHx4F9",
    "eTVn+OpN2W5ofOT/580iyKYtlVBghC0EOYrvRsewWyI9K9b0CFeQX+eeIQN4+8jErlFvNpnOn9piHNtFTpEt",
    "e2PaRPlxBf1mtdmt37dPCzXrC/34lrPvfWosZtbKCJzyE/P2+Y+SZYiPj87Uy5czfRefLZOc7YaG3SNTKVN5",
    "nF2/h66rLqN5IjDvMl5zyM1zArMWf47Fl5Fvs/w6+/XwXNfm3E6QmgvJGxpruB4TKlcDfXQsKfyY28lciKBm",
    "fRa73fzcbKWMwcoxNDZPZjQ9TN2KGPNKm2XXc8PJebfraFXSnfmJ9bT/oK7q5XWD0TyBlbYN9A9sHfemnNo2",
    "wfD2wfbbznHs0ioxl9iuPtQofsTx+Tar9ppqzG6mGTeO7658E5yNNLTHHQrb5xTHfmq2eah4u9Jdl1zTLqe6",
    "F3k207ibrXz7x36ei/olqR/LuUs6lIXb91mj2d+fMFGu96GNhHOfsps59htdRt0D0ubGbiLQVDxli+Momd/8",
    "cNWb+c1uH/duA83dEwIl5dDvXW93ZXRPd76tVZvKM0cJcUaucB2TECLCm20qbQz9SivfSQnvnIGbtPqqJCwb",
    "WOuDDm+yze9gh3W0a/dMp12SS5caH4iJf9bRcrZ7RjeboB+XPK/l7xkGpk2bHHchSzAmwtbHuI1q1zDXlGD/",
    "dHAXLaRhOnZs3TQwhO39fHE/7LUrC82epRyIlalRWOVKM9D1bDszZVx5wu12z82IGZPTzQVtEq3b7MiyTtfl",
    "29Y6saYa9zu1ZlxgbBd8m4ntRjmoN+rNg83rVK+cWpju9UsOuyegegSk33WaT7nZY9bk4tqnwu6WiEY3z+iy",
    "3W/yc5v9vWXVcDTbqvJtKrFKnTJsNjQ3G372CcPdPqTdYzUlyMqzgd1TM2dHXkqjT4ifkfVoHg0YfYY5rgmV",
    "bFn7BMNuF+f2yde7UKad+HTPf11ptG4LbH4+a+6fWZo1L5/jxdEtrXTJynNC96iisy2W7oGi9cubG9skpfql",
    "gOVcN/vLb/Y/N+myXRe9jv1vH9Dd8kFt4+6K59n+vvHh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh",
    "+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8",
    "OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4c",
    "H44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44P",
    "x4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fj",
    "w/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh",
    "+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8",
    "OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4c",
    "H44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44P",
    "x4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fj",
    "w/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh",
    "+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8",
    "OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4c",
    "H44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44P",
    "x4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fj",
    "w/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh",
    "+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8",
    "OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4c",
    "H44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44P",
    "x4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fj",
    "w/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh",
    "+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8",
    "OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4c",
    "H44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44P",
    "x4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fj",
    "w/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh",
    "+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8",
    "OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4c",
    "H44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44P",
    "x4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fj",
    "w/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh",
    "+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8",
    "OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4c",
    "H44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44P",
    "x4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fj",
    "w/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh",
    "+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8",
    "OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4c",
    "H44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44P",
    "x4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fj",
    "w/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh",
    "+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8",
    "OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4c",
    "H44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44Px4fjw/Hh+HB8OD4cH44P",
    "x4fjw/Hh+HB8OD4cH44Px4fjw/2f+3D/Aw==",
  ].joined()

  /// Gzip, two members, `text(250)`.
  static let gzipTwo = [
    "H4sIAAAAAAACA0svOrzt8PzUgsTi4vL8ohQDAwPDotTi1BIokZZalJqXnAoSLk4sAKLk0uKS/NzUIi5rJI41",
    "ikIQhsmAzQMAKdn+bGQAAAAfiwgAAAAAAAIDS01LLUrNSwYSxaklRalQnoGBgWFyaXFJfm5qUXFiARBZgxVY",
    "W8OVpBcd3nZ4fmpBYnFxeX5RClwcohAmDDMEZCBCCZLREGNhAjAlALLzKY6WAAAA",
  ].joined()

  /// Gzip with extra field, name, comment and header checksum, `text(80)`.
  static let gzipFull = [
    "H4sIHgAAAAAAAwUAQUIBAHhuYW1lLmNzdgBhIGNvbW1lbnQAi1FLLzq87fD81ILE4uLy/KIUAwMDw6LU4tQS",
    "KJGWWpSal5wKEi5OLACi5NLikvzc1CIuaySONUIhAMOY6/JQAAAA",
  ].joined()

  /// ZIP of `export.csv` (deflated), `text(500)`.
  static let zipOne = [
    "UEsDBBQAAAAIAAAAIVxfP9FynAAAAPQBAAAKAAAAZXhwb3J0LmNzdm1Q2w3DMAj8Zxr3m2milOarTQSpOk63",
    "6AJZrNiG2CSR/MDHcRyeePttX1oGkc/M95TSjUloteNBTK+RMizDomt8yzo/iQG7BwZi3p6pepY8azqtamMh",
    "YFOborkdr0SHL3thJ11lHejsWKCUUAvWN4PgZd7NcsEBQKHaLxkDASAMW0py0OZRAFqFW9UbIufwjRcD6Nrd",
    "mNxpYCf8AVBLAQIUAxQAAAAIAAAAIVxfP9FynAAAAPQBAAAKAAAAAAAAAAAAAACAAQAAAABleHBvcnQuY3N2",
    "UEsFBgAAAAABAAEAOAAAAMQAAAAAAA==",
  ].joined()

  /// ZIP of a folder, `xl/größe.xml` (deflated), `xl/b.bin` (stored).
  static let zipMany = [
    "UEsDBBQAAAAAAAAAIVwAAAAAAAAAAAAAAAADAAAAeGwvUEsDBBQAAAgIAAAAIVzrlt83QgAAAHgAAAAOAAAA",
    "eGwvZ3LDtsOfZS54bWxLLzq87fD81ILE4uLy/KIUAwMDw6LU4tQSKJGWWpSal5wKEi5OLACi5NLikvzc1CIu",
    "aySONYpCEIbJQMyDSiKbCQBQSwMEFAAAAAAAAAAhXAv5Q1YGAAAABgAAAAgAAAB4bC9iLmJpbnN0b3JlZFBL",
    "AQIUAxQAAAAAAAAAIVwAAAAAAAAAAAAAAAADAAAAAAAAAAAAAACAAQAAAAB4bC9QSwECFAMUAAAICAAAACFc",
    "65bfN0IAAAB4AAAADgAAAAAAAAAAAAAAgAEhAAAAeGwvZ3LDtsOfZS54bWxQSwECFAMUAAAAAAAAACFcC/lD",
    "VgYAAAAGAAAACAAAAAAAAAAAAAAAgAGPAAAAeGwvYi5iaW5QSwUGAAAAAAMAAwCjAAAAuwAAAAAA",
  ].joined()

  /// ZIP written without seeking: data descriptor and ZIP64 sizes in the header, `text(60)`.
  static let zipStreamed = [
    "UEsDBC0ACAAAAAAAIVwAAAAA//////////8FABQAcy5jc3YBABAAAAAAAAAAAAAAAAAAAAAAAGdyw7bDn2Vw",
    "YXNzd29yZDAwMDFyZXNldHJlc2V0cmVmZXJlbmNlMDAwMXNhcHNhcGN1c3RvbWVyCjtzYVBLBwiibybbPAAA",
    "AAAAAAA8AAAAAAAAAFBLAQItAy0ACAAAAAAAIVyibybbPAAAADwAAAAFAAAAAAAAAAAAAACAAQAAAABzLmNz",
    "dlBLBQYAAAAAAQABADMAAACLAAAAAAA=",
  ].joined()

  /// ZIP64 throughout: `w.csv`, stored, `wide`.
  static let zipWide = [
    "UEsDBC0AAAAAAAAAIQBLZn98//////////8FABQAdy5jc3YBABAABQAAAAAAAAAFAAAAAAAAAHdpZGUKUEsB",
    "Ai0ALQAAAAAAAAAhAEtmf3z//////////wUAHAAAAAAAAAAAAAAA/////3cuY3N2AQAYAAUAAAAAAAAABQAA",
    "AAAAAAAAAAAAAAAAAFBLBgYsAAAAAAAAAC0ALQAAAAAAAAAAAAEAAAAAAAAAAQAAAAAAAABPAAAAAAAAADwA",
    "AAAAAAAAUEsGBwAAAACLAAAAAAAAAAEAAABQSwUGAAAAAP///////////////wAA",
  ].joined()

  /// ZIP of a name in code page 437: `Größe.csv`.
  static let zipCP437 = [
    "UEsDBBQAAAAAAAAAIVyDFtyMAQAAAAEAAAAJAAAAR3KU4WUuY3N2eFBLAQIUAxQAAAAAAAAAIVyDFtyMAQAA",
    "AAEAAAAJAAAAAAAAAAAAAACAAQAAAABHcpThZS5jc3ZQSwUGAAAAAAEAAQA3AAAAKAAAAAAA",
  ].joined()

  /// ZIP of an unsafe name.
  static let zipDotDot = [
    "UEsDBBQAAAAAAAAAIVyDFtyMAQAAAAEAAAAIAAAALi4vYS5jc3Z4UEsBAhQDFAAAAAAAAAAhXIMW3IwBAAAA",
    "AQAAAAgAAAAAAAAAAAAAAIABAAAAAC4uL2EuY3N2UEsFBgAAAAABAAEANgAAACcAAAAAAA==",
  ].joined()

  /// ZIP of an unsafe name.
  static let zipAbsolute = [
    "UEsDBBQAAAAAAAAAIVyDFtyMAQAAAAEAAAAGAAAAL2V0Yy94eFBLAQIUAxQAAAAAAAAAIVyDFtyMAQAAAAEA",
    "AAAGAAAAAAAAAAAAAACAAQAAAAAvZXRjL3hQSwUGAAAAAAEAAQA0AAAAJQAAAAAA",
  ].joined()

  /// ZIP of an unsafe name.
  static let zipBackslash = [
    "UEsDBBQAAAAAAAAAIVyDFtyMAQAAAAEAAAAHAAAAYVxiLmNzdnhQSwECFAMUAAAAAAAAACFcgxbcjAEAAAAB",
    "AAAABwAAAAAAAAAAAAAAgAEAAAAAYVxiLmNzdlBLBQYAAAAAAQABADUAAAAmAAAAAAA=",
  ].joined()

  /// ZIP of an unsafe name.
  static let zipDrive = [
    "UEsDBBQAAAAAAAAAIVyDFtyMAQAAAAEAAAAIAAAAQzoveC5jc3Z4UEsBAhQDFAAAAAAAAAAhXIMW3IwBAAAA",
    "AQAAAAgAAAAAAAAAAAAAAIABAAAAAEM6L3guY3N2UEsFBgAAAAABAAEANgAAACcAAAAAAA==",
  ].joined()

  /// ZIP whose entry says that it is encrypted.
  static let zipEncrypted = [
    "UEsDBBQAAQAAAAAAIVyDFtyMAQAAAAEAAAAFAAAAYS5jc3Z4UEsBAhQDFAABAAAAAAAhXIMW3IwBAAAAAQAA",
    "AAUAAAAAAAAAAAAAAIABAAAAAGEuY3N2UEsFBgAAAAABAAEAMwAAACQAAAAAAA==",
  ].joined()

  /// ZIP of one name twice.
  static let zipTwice = [
    "UEsDBBQAAAAAAAAAIVyDFtyMAQAAAAEAAAAFAAAAYS5jc3Z4UEsDBBQAAAAAAAAAIVwVJtv7AQAAAAEAAAAF",
    "AAAAYS5jc3Z5UEsBAhQDFAAAAAAAAAAhXIMW3IwBAAAAAQAAAAUAAAAAAAAAAAAAAIABAAAAAGEuY3N2UEsB",
    "AhQDFAAAAAAAAAAhXBUm2/sBAAAAAQAAAAUAAAAAAAAAAAAAAIABJAAAAGEuY3N2UEsFBgAAAAACAAIAZgAA",
    "AEgAAAAAAA==",
  ].joined()

  /// ZIP whose entry says method 12.
  static let zipBzip2 = [
    "UEsDBBQAAAAMAAAAIVyDFtyMAQAAAAEAAAAFAAAAYS5jc3Z4UEsBAhQDFAAAAAwAAAAhXIMW3IwBAAAAAQAA",
    "AAUAAAAAAAAAAAAAAIABAAAAAGEuY3N2UEsFBgAAAAABAAEAMwAAACQAAAAAAA==",
  ].joined()

}
