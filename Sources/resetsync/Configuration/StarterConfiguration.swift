/// The configuration that `init` writes: what a first run needs, explained.
enum StarterConfiguration {
  /// The file for a mapping of this name; all mappings in the folder when there is none.
  static func text(mapping: String?) -> String {
    """
    // The configuration of resetsync. Comments and trailing commas are fine; unknown keys are
    // errors. Durations are strings such as "90s", "15m", "24h", "7d". Relative paths start at
    // this file's folder. `resetsync check` tells everything that is wrong with it.
    {
      "api": {
        "base_url": "https://yourdomain.commercelayer.io/api",  // your organisation's
        // An integration credential: {"env": "NAME"}, {"file": "PATH"} or {"command": ["…"]}.
        "client_id": {"env": "CL_CLIENT_ID"},
        "client_secret": {"env": "CL_CLIENT_SECRET"},
        "organization": "yourdomain",  // its slug, checked against the token
        "mode": "test",                // "test" or "live", checked likewise
        "rate_share": 0.5,             // how much of the published rate limits to use
      },
      "mirror": {"path": "../var/resetsync.sqlite"},
      "mappings": ["../Mappings/\(mapping ?? "*").json"],
      "schedule": {
        "time_zone": "UTC",            // such as "Europe/Rome"
        "pull": "*/5 * * * *",
        "full_pull": "15 3 * * *",     // only a full pull can show that a reset is gone
        "import": "@every 1m",
        "reconcile": "*/15 * * * *",
        "report": "0 7 * * 1-5",
      },
      "safety": {
        "first_run": "approve",        // the first plan waits for `reconcile --approve DIGEST`
      },
      "conflicts": {"log": "../var/conflicts.ndjson", "grace": "24h"},
      "report": {"path": "../var/report.html", "pii": "masked"},
      "listen": "127.0.0.1:8780",
      "retention": {"journal": "400d", "closed_conflicts": "90d", "email": "30d"},
    }

    """
  }
}
