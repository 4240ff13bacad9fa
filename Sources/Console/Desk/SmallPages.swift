internal import Formats
internal import HTTP

extension DeskFrame {
  /// A page that says one thing and what to do next.
  func message(
    _ title: String, _ text: String, status: Int, hint: String? = nil
  ) -> HTTPServerResponse {
    page(title, status: status) { html in
      html.element("h1", text: title)
      html.raw("<p>")
      html.shown(text)
      html.raw("</p>")
      if let hint {
        html.raw("<p class=\"note\">")
        // What stands between backticks is to be typed.
        for (place, part) in hint.split(separator: "`", omittingEmptySubsequences: false)
          .enumerated()
        {
          if place % 2 == 1 { html.code(String(part)) } else { html.text(String(part)) }
        }
        html.raw("</p>")
      }
      if session != nil { html.element("a", .href(root), text: "← Queue") }
    }
  }
}

/// The form for name and password.
enum LoginPage {
  static func page(_ frame: DeskFrame, failed: Bool) -> HTTPServerResponse {
    frame.page("Sign in", status: failed ? 401 : 200) { html in
      html.raw("<h1>Sign in</h1>")
      if failed {
        html.raw("<p class=\"flash err\" role=\"alert\">Name or password is wrong.</p>")
      }
      frame.form("\(frame.root)/login", "f", &html) { html in
        html.raw("<label>Name<input name=\"name\" autocomplete=\"username\" required></label>")
        html.raw("<label>Password<input type=\"password\" name=\"password\" ")
        html.raw("autocomplete=\"current-password\" required></label><button>Sign in</button>")
      }
    }
  }
}

/// Who one is at the desk, and the way out.
enum MePage {
  static func page(_ frame: DeskFrame, canLeave: Bool) -> HTTPServerResponse {
    frame.page("You") { html in
      html.raw("<h1>You are ")
      html.shown(frame.session?.person ?? "")
      html.raw("</h1><p>Decisions, comments and assignments carry this name.</p>")
      if case .token = frame.settings.access {
        frame.form("\(frame.root)/me", "f note", &html) { html in
          html.raw("<label>Another name<input name=\"name\" required maxlength=\"100\"></label>")
          html.raw("<button class=\"q\">Use it</button>")
        }
      }
      guard canLeave else { return }
      frame.form("\(frame.root)/leave", "", &html) { html in
        html.raw("<button class=\"q\">Leave the desk</button>")
      }
    }
  }
}
