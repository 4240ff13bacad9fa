internal import Formats

/// The one style sheet of report and desk: colours from the palette, lines and white space for
/// grouping, a grid of 4 px, no motion.
enum StyleSheet {
  /// The sheet as it stands in the head of every page.
  static let css = colours + layout + blocks + forms + narrow + print

  /// The hash of the sheet for a Content-Security-Policy: `sha256-…`, in base64.
  static let policyHash: String = {
    var hash = SHA256()
    hash.update(Array(css.utf8))
    return "sha256-" + Base64.encode(hash.finish())
  }()

  private static var colours: String {
    let light = Palette.allCases.map { "\($0.variable):\($0.light.css)" }.joined(separator: ";")
    let dark = Palette.allCases.map { "\($0.variable):\($0.dark.css)" }.joined(separator: ";")
    return ":root{color-scheme:light dark;\(light)}"
      + "@media screen and (prefers-color-scheme:dark){:root{\(dark)}}"
  }

  private static let layout = """
    *{box-sizing:border-box}\
    html{-webkit-text-size-adjust:100%}\
    body{margin:0 auto;max-width:1080px;padding:24px 32px 64px;background:var(--paper);\
    color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;\
    font-variant-numeric:tabular-nums;overflow-wrap:break-word}\
    a{color:var(--accent);text-underline-offset:2px}\
    :focus-visible{outline:2px solid var(--accent);outline-offset:2px}\
    .skip{position:absolute;left:-999px}.skip:focus{left:16px;top:8px;background:var(--paper);padding:4px 8px}\
    h1,h2,h3,h4,p,ul,ol,dl,dd,figure,table{margin:0;padding:0}\
    h1{font-size:22px;line-height:1.35;font-weight:600;max-width:60ch;margin:24px 0 16px;text-wrap:balance}\
    h1+p{margin-bottom:16px}\
    h2{font-size:18px;line-height:1.35;font-weight:600;margin:0 0 12px}form>label{display:block;margin-top:12px}\
    h3,h4{font-size:15px;font-weight:600}\
    code,pre,.id{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.92em}\
    ul,ol{list-style:none}\
    p,li{max-width:100ch}\
    .top{display:flex;flex-wrap:wrap;gap:4px 24px;justify-content:space-between;padding-bottom:8px;\
    border-bottom:1px solid var(--line);color:var(--muted)}.top b{color:var(--ink);font-weight:600}\
    .top nav{display:flex;flex-wrap:wrap;gap:4px 16px}\
    section{border-top:1px solid var(--line);padding:24px 0}\
    main>section:first-of-type{border-top:0;padding-top:0}\
    .m{color:var(--muted)}\
    .foot{border-top:1px solid var(--line);margin-top:24px;padding-top:12px;color:var(--muted)}body:has(.queue){max-width:1280px}\
    table{border-collapse:collapse;text-align:left}\
    th{font-weight:400;color:var(--muted)}th,td{padding:2px 16px 2px 0;vertical-align:baseline}\
    td.n,th.n{text-align:right}\
    .full{width:100%}.full th,.full td{border-bottom:1px solid var(--line);padding:4px 16px 4px 0}\
    .full .id{overflow-wrap:break-word}.full .id.brk{overflow-wrap:anywhere}.scroll{overflow-x:auto}\
    details>summary{cursor:pointer;color:var(--accent)}details[open]>summary{margin-bottom:8px}
    """

  private static let blocks = """
    .facts{display:grid;grid-template-columns:9em 1fr;gap:16px 16px}.facts>dt{color:var(--muted)}\
    .ok{color:var(--good)}.bad{color:var(--high)}\
    svg{display:block;overflow:visible}.bar{width:100%;height:16px}.cols{width:100%;height:48px}\
    .legend{display:flex;flex-wrap:wrap;gap:0 20px;margin-top:4px}\
    .sw{display:inline-block;width:9px;height:9px;margin-right:6px;print-color-adjust:exact}\
    .pair{display:flex;flex-wrap:wrap;gap:24px 64px}.pair>figure{flex:1 1 280px;max-width:420px}\
    figcaption{color:var(--muted);margin-bottom:4px}\
    .ages{width:100%;table-layout:fixed}.ages th,.ages td{padding:2px 0;text-align:center}\
    .k0{fill:var(--critical);background:var(--critical)}.k1{fill:var(--high);background:var(--high)}\
    .k2{fill:var(--medium);background:var(--medium)}.k3{fill:var(--low);background:var(--low)}\
    .ks{fill:var(--barStep);background:var(--barStep)}.ku{fill:var(--accent);background:var(--accent)}\
    .kr{fill:var(--barRest);background:var(--barRest)}\
    .axis{stroke:var(--line)}.spark{fill:none;stroke:var(--accent);stroke-width:1.5}.dot{fill:var(--accent)}\
    .s0{color:var(--critical)}.s1{color:var(--high)}.s2{color:var(--medium)}.s3{color:var(--low)}\
    .grp{margin-top:32px}.grp>h3{display:flex;gap:8px;align-items:baseline}.grp>h3 .n{margin-left:auto}\
    .c{padding:16px 0 16px 20px;border-top:1px solid var(--line);margin-top:8px}.c+.c{margin-top:0}\
    .c:target{background:var(--tint)}\
    .c h4{font-weight:600}.c h4 a{color:inherit;text-decoration:none}.c h4 a:hover{text-decoration:underline}\
    .v{display:grid;grid-template-columns:9em minmax(0,1fr);gap:4px 16px;margin:8px 0}\
    .v>dt{color:var(--muted)}.v>dd{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 24px}\
    .one{margin-bottom:32px}.one .c{padding:0;border:0;margin:0}.v .from{color:var(--muted)}\
    .val,code{overflow-wrap:anywhere}.val{white-space:pre-wrap}.val.long{display:block;max-height:20em;overflow:auto;background:var(--tint);padding:8px}\
    ins,del{text-decoration:none;border-radius:2px;padding:0 1px}\
    ins{background:var(--addedGround);color:var(--added);border-bottom:1px solid}\
    del{background:var(--removedGround);color:var(--removed);text-decoration:line-through;text-decoration-thickness:1px}\
    mark{background:var(--tint);color:inherit;border-bottom:2px solid var(--accent)}.riv{margin:8px 0}.riv th{color:inherit}.riv .val{overflow-wrap:break-word}main>table,dl+.scroll{margin:16px 0 24px}\
    h1 a,.legend a,.fresh a,.ages a{color:inherit;text-decoration-thickness:1px}tr:target,p:target,.grp:target>h3{background:var(--tint)}\
    .inv{color:var(--muted);font-size:.8em;border:1px dotted;border-radius:2px;padding:0 2px}\
    .inv.one{border:0;padding:0;font-size:1em}\
    .ch{margin-top:8px}.ch li{display:grid;grid-template-columns:1.2em minmax(0,3fr) minmax(0,2fr);gap:0 8px;padding:2px 0;max-width:none}\
    .ch code{color:var(--muted)}.ch .w code,.w code{color:inherit;background:var(--tint);padding:0 3px;border-radius:2px}\
    .note{margin-top:8px}.cmd{display:inline-block;background:var(--tint);padding:2px 8px}\
    .list li{padding:4px 0}.row{display:flex;flex-wrap:wrap;gap:4px 16px}
    """

  private static let forms = """
    form.f{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:end;margin-bottom:16px}\
    label{color:var(--muted)}label.i{display:inline-flex;gap:8px;align-items:baseline;color:inherit}\
    .f label,.acts label{display:grid;gap:2px;margin:0}.opt>*,.acts label{min-width:0;max-width:100%}.full .s0,.full .s1,.full .s2,.full .s3{white-space:nowrap}td code{overflow-wrap:break-word}\
    input,select,textarea,button{font:inherit;color:var(--ink);background:var(--paper);\
    border:1px solid var(--muted);border-radius:3px;padding:4px 8px;min-height:32px;max-width:100%}\
    input,select,button{height:32px}.acts>a,.acts>span,.f>a{line-height:32px}\
    input[type=checkbox],input[type=radio]{min-height:0;padding:0;width:16px;height:16px;margin:0;accent-color:var(--accent)}\
    textarea{width:100%;min-height:64px}\
    button{background:var(--accent);border-color:var(--accent);color:var(--onAccent);padding:4px 16px;cursor:pointer}\
    button.q{background:var(--paper);color:var(--accent)}\
    fieldset{border:0;margin:0;padding:0;min-width:0}legend{padding:0;font-weight:600;margin-bottom:8px}\
    .opt{display:grid;grid-template-columns:16px minmax(0,1fr);gap:0 12px;padding:6px 0;align-items:baseline}\
    .opt:has(input:checked){background:var(--tint)}\
    .acts{display:flex;flex-wrap:wrap;gap:12px;margin-top:12px;align-items:end}\
    .flash{border-left:3px solid var(--good);padding:4px 12px;margin:16px 0}.flash.err{border-color:var(--high)}\
    .two{display:grid;grid-template-columns:1fr 1fr;gap:16px 32px}.two .v>dd{grid-template-columns:1fr}main>a:last-child{display:inline-block;margin:8px 0 24px}
    """

  private static let narrow = """
    @media (max-width:640px){body{padding:16px 16px 48px}.facts,.v{grid-template-columns:1fr;gap:2px}\
    .facts>dd{margin-bottom:16px}.v>dd{grid-template-columns:1fr;margin-bottom:8px}.c{padding-left:0}\
    .ch li{grid-template-columns:1.2em minmax(0,1fr)}.ch code.t{grid-column:2}.two{grid-template-columns:1fr}\
    th,td{padding-right:12px}.fresh th,.fresh td+td{white-space:nowrap}.fresh td:last-child{white-space:normal}h1{font-size:20px}}\
    @media (max-width:900px){input[type=checkbox],input[type=radio]{width:24px;height:24px}.stack thead{display:none}\
    .stack tr{display:block;border-bottom:1px solid var(--line);padding:8px 0}.stack td{display:inline-block;vertical-align:top;border:0!important;padding:0 12px 0 0}.stack td:empty{display:none}.stack td.n{text-align:left}.stack th{border:0!important;color:inherit}.stack td[data-l]{display:block}.stack td[data-l]::before{content:attr(data-l) ": ";color:var(--muted)}}
    """

  private static let print = """
    @media print{body{max-width:none;padding:0;font-size:10pt}.c,tr,figure{break-inside:avoid}\
    h2,h3,.grp>p{break-after:avoid}form,.skip,.noprint{display:none}.val.long{max-height:none;overflow:visible}\
    a{color:inherit}details>summary{display:none}}@page{size:A4;margin:16mm}
    """
}
