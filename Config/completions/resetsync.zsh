#compdef resetsync
# Completion of resetsync for zsh; made by `resetsync generate zsh`.
_resetsync() {
  local -a commands subcommands
  commands=(
    'demo:the whole job on a simulator, with nothing to configure'
    'init:write a commented configuration to start from'
    'check:validate configuration, mappings, folders and database'
    'preview:show how an export is read, without touching the mirror'
    'import:import waiting exports into the mirror'
    'pull:pull password resets from Commerce Layer into the mirror'
    'reconcile:pull, import, match, merge and push in one run'
    'conflicts:list and decide the conflicts'
    'plan:show what a run would write, and what holds it'
    'link:link a reset to a record, at any time'
    'unlink:take the pair of a reset apart'
    'report:write the conflict report'
    'review:serve the review desk on loopback'
    'explain:tell everything known of one reference or reset'
    'undo:plan and push the inverse of what a run wrote'
    'status:runs, freshness, open conflicts, queue and rate budget'
    'runs:the history of runs'
    'schedule:when a cron expression would fire next'
    'daemon:the scheduler and its HTTP endpoints'
    'sandbox:run the Commerce Layer simulator by itself'
    'backup:copy the mirror to a file while it is in use'
    'restore:put a backup in the place of the mirror'
    'verify:check database, journal chain and accounts'
    'pause:write nothing until `resume`'
    'resume:end a pause'
    'generate:print a completion script or the manual page'
    'help:show the help of a command'
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  case $command in
    (conflicts) subcommands=('list:list conflicts, the most severe first' 'show:show one conflict: values, choices, history' 'resolve:decide conflicts' 'snooze:put conflicts away for a while' 'assign:say who looks after conflicts' 'comment:add a comment to conflicts' 'reopen:take a decision or a snooze back') ;;
    (plan) subcommands=('show:show one plan: each update with old → new and why') ;;
    (runs) subcommands=('list:list the last runs' 'show:show one run: counts, timings, requests, what it wrote') ;;
  esac
  if (( CURRENT == 3 && $#subcommands )) && [[ $words[3] != -* ]]; then
    _describe -t commands subcommand subcommands
    return
  fi
  case "$words[2] $words[3]" in
    ("conflicts list"|"conflicts show"|"conflicts resolve"|"conflicts snooze"|"conflicts assign"|"conflicts comment"|"conflicts reopen"|"plan show"|"runs list"|"runs show")
      command="$words[2] $words[3]"
      shift words
      (( CURRENT-- ))
      ;;
  esac
  shift words
  (( CURRENT-- ))
  case $command in
    ("demo")
      _arguments \
        '--keep=[leave everything in this folder to go on by hand]:DIR:_files' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--help[show this help]' ;;
    ("init")
      _arguments \
        '--from-export=[infer a mapping from this export]:FILE:_files' \
        '--name=[the mapping'\''s name (from the file)]:NAME: ' \
        '--force[overwrite files that are there]' \
        '--encoding=[the encoding, instead of the declared or detected one]:E: ' \
        '--delimiter=[the delimiter; tab for a tab]:D: ' \
        '--quote=[what stands around cells; none where quotes are text]:C: ' \
        '--escape=[what escapes a quote: a backslash, or the quote itself]:C: ' \
        '--comment=[what lines that are comments begin with]:C: ' \
        '--header-row=[the row with the column names, or auto to find it]:N: ' \
        '--rows-at=[where the rows lie: JSON pointer or element path]:PATH: ' \
        '--sheet=[the sheet'\''s name]:S: ' \
        '--member=[the file in an archive of several, by its name]:GLOB: ' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("check")
      _arguments \
        '--connect[also credentials, organisation and mode]' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("preview")
      _arguments \
        '--mapping=[read as this mapping says]:NAME: ' \
        '--values[cell and value of each managed field; needs --mapping]' \
        '--limit=[at most so many rows]:N: ' \
        '--encoding=[the encoding, instead of the declared or detected one]:E: ' \
        '--delimiter=[the delimiter; tab for a tab]:D: ' \
        '--quote=[what stands around cells; none where quotes are text]:C: ' \
        '--escape=[what escapes a quote: a backslash, or the quote itself]:C: ' \
        '--comment=[what lines that are comments begin with]:C: ' \
        '--header-row=[the row with the column names, or auto to find it]:N: ' \
        '--rows-at=[where the rows lie: JSON pointer or element path]:PATH: ' \
        '--sheet=[the sheet'\''s name]:S: ' \
        '--member=[the file in an archive of several, by its name]:GLOB: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("import")
      _arguments \
        '--file=[import this file instead of those that wait]:FILE:_files' \
        '--accept=[let the export with this SHA-256 pass its guards]:SHA256: ' \
        '--wait=[how long to wait for another run to end (0s)]:DURATION: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("pull")
      _arguments \
        '--full[pull everything, and look for deleted resets]' \
        '--wait=[how long to wait for another run to end (0s)]:DURATION: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("reconcile")
      _arguments \
        '--dry-run[plan and judge, but send nothing]' \
        '--no-pull[use the resets as mirrored]' \
        '--no-import[use the records as mirrored]' \
        '--no-push[store plan and conflicts, but send nothing]' \
        '--full[pull everything instead of what changed]' \
        '*--mapping=[only this mapping]:NAME: ' \
        '*--only=[only this reference]:REFERENCE: ' \
        '--plan-out=[write the plan to a file]:FILE:_files' \
        '--plan=[apply exactly this plan; refused if stale]:FILE:_files' \
        '--approve=[let the plan with this digest pass its rails]:DIGEST: ' \
        '--detailed-exitcode[exit 2 if the plan has changes or conflicts are open]' \
        '--wait=[how long to wait for another run to end (0s)]:DURATION: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("conflicts")
      _arguments \
        '*--state=[only in this state (list: open)]:STATE: ' \
        '*--kind=[only of this kind]:KIND: ' \
        '*--severity=[only of this severity]:SEVERITY: ' \
        '--mapping=[only of this mapping]:NAME: ' \
        '--field=[only of this field]:FIELD: ' \
        '--reference=[only of this reference]:REFERENCE: ' \
        '--older-than=[only first seen longer ago than this]:DURATION: ' \
        '--assignee=[only assigned to this person]:NAME: ' \
        '--text=[only with this text in reference, field or values]:TEXT: ' \
        '--limit=[at most so many (50 as text; all as JSON and CSV)]:N: ' \
        '--format=[how to print the result (text)]:value:(text json csv)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("conflicts list")
      _arguments \
        '*--state=[only in this state (list: open)]:STATE: ' \
        '*--kind=[only of this kind]:KIND: ' \
        '*--severity=[only of this severity]:SEVERITY: ' \
        '--mapping=[only of this mapping]:NAME: ' \
        '--field=[only of this field]:FIELD: ' \
        '--reference=[only of this reference]:REFERENCE: ' \
        '--older-than=[only first seen longer ago than this]:DURATION: ' \
        '--assignee=[only assigned to this person]:NAME: ' \
        '--text=[only with this text in reference, field or values]:TEXT: ' \
        '--limit=[at most so many (50 as text; all as JSON and CSV)]:N: ' \
        '--format=[how to print the result (text)]:value:(text json csv)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("conflicts show")
      _arguments \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("conflicts resolve")
      _arguments \
        '--take=[source|remote|value=JSON|apart|link=ID|ignore]:CHOICE: ' \
        '--current[for whatever stands now, without having seen it]' \
        '--all[all that the filters find, instead of ids]' \
        '--yes[do it: what --all listed, by default it lists only]' \
        '--by=[who decides (the login name)]:NAME: ' \
        '--reason=[why]:TEXT: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '*--state=[only in this state (list: open)]:STATE: ' \
        '*--kind=[only of this kind]:KIND: ' \
        '*--severity=[only of this severity]:SEVERITY: ' \
        '--mapping=[only of this mapping]:NAME: ' \
        '--field=[only of this field]:FIELD: ' \
        '--reference=[only of this reference]:REFERENCE: ' \
        '--older-than=[only first seen longer ago than this]:DURATION: ' \
        '--assignee=[only assigned to this person]:NAME: ' \
        '--text=[only with this text in reference, field or values]:TEXT: ' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("conflicts snooze")
      _arguments \
        '--for=[how long, such as 3d (1d)]:DURATION: ' \
        '--all[all that the filters find, instead of ids]' \
        '--yes[do it: what --all listed, by default it lists only]' \
        '--by=[who decides (the login name)]:NAME: ' \
        '--reason=[why]:TEXT: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '*--state=[only in this state (list: open)]:STATE: ' \
        '*--kind=[only of this kind]:KIND: ' \
        '*--severity=[only of this severity]:SEVERITY: ' \
        '--mapping=[only of this mapping]:NAME: ' \
        '--field=[only of this field]:FIELD: ' \
        '--reference=[only of this reference]:REFERENCE: ' \
        '--older-than=[only first seen longer ago than this]:DURATION: ' \
        '--assignee=[only assigned to this person]:NAME: ' \
        '--text=[only with this text in reference, field or values]:TEXT: ' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("conflicts assign")
      _arguments \
        '--to=[the person; empty for nobody]:NAME: ' \
        '--all[all that the filters find, instead of ids]' \
        '--yes[do it: what --all listed, by default it lists only]' \
        '--by=[who decides (the login name)]:NAME: ' \
        '--reason=[why]:TEXT: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '*--state=[only in this state (list: open)]:STATE: ' \
        '*--kind=[only of this kind]:KIND: ' \
        '*--severity=[only of this severity]:SEVERITY: ' \
        '--mapping=[only of this mapping]:NAME: ' \
        '--field=[only of this field]:FIELD: ' \
        '--reference=[only of this reference]:REFERENCE: ' \
        '--older-than=[only first seen longer ago than this]:DURATION: ' \
        '--assignee=[only assigned to this person]:NAME: ' \
        '--text=[only with this text in reference, field or values]:TEXT: ' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("conflicts comment")
      _arguments \
        '--text=[the comment]:TEXT: ' \
        '--all[all that the filters find, instead of ids]' \
        '--yes[do it: what --all listed, by default it lists only]' \
        '--by=[who decides (the login name)]:NAME: ' \
        '--reason=[why]:TEXT: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '*--state=[only in this state (list: open)]:STATE: ' \
        '*--kind=[only of this kind]:KIND: ' \
        '*--severity=[only of this severity]:SEVERITY: ' \
        '--mapping=[only of this mapping]:NAME: ' \
        '--field=[only of this field]:FIELD: ' \
        '--reference=[only of this reference]:REFERENCE: ' \
        '--older-than=[only first seen longer ago than this]:DURATION: ' \
        '--assignee=[only assigned to this person]:NAME: ' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("conflicts reopen")
      _arguments \
        '--all[all that the filters find, instead of ids]' \
        '--yes[do it: what --all listed, by default it lists only]' \
        '--by=[who decides (the login name)]:NAME: ' \
        '--reason=[why]:TEXT: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '*--state=[only in this state (list: open)]:STATE: ' \
        '*--kind=[only of this kind]:KIND: ' \
        '*--severity=[only of this severity]:SEVERITY: ' \
        '--mapping=[only of this mapping]:NAME: ' \
        '--field=[only of this field]:FIELD: ' \
        '--reference=[only of this reference]:REFERENCE: ' \
        '--older-than=[only first seen longer ago than this]:DURATION: ' \
        '--assignee=[only assigned to this person]:NAME: ' \
        '--text=[only with this text in reference, field or values]:TEXT: ' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("plan")
      _arguments \
        '--limit=[at most so many lines (50); csv and json hold all]:N: ' \
        '--format=[the form (text)]:value:(text json csv markdown)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("plan show")
      _arguments \
        '--limit=[at most so many lines (50); csv and json hold all]:N: ' \
        '--format=[the form (text)]:value:(text json csv markdown)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("link")
      _arguments \
        '--mapping=[the source of the record]:NAME: ' \
        '--reason=[why]:TEXT: ' \
        '--by=[who (the login name)]:NAME: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("unlink")
      _arguments \
        '--reason=[why]:TEXT: ' \
        '--by=[who (the login name)]:NAME: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("report")
      _arguments \
        '--format=[the form (text)]:value:(html text json csv ndjson)' \
        '--out=[write to this file instead of standard output]:F:_files' \
        '--run=[as things stood after this run]:ID: ' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("review")
      _arguments \
        '--listen=[address and port (127.0.0.1:0)]:ADDR: ' \
        '--password=[read a password from standard input, print the line of NAME for review.password_file]:NAME: ' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("explain")
      _arguments \
        '--mapping=[if several mappings know the reference]:NAME: ' \
        '--remote[ask Commerce Layer for customer, events and event_stores too]' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("undo")
      _arguments \
        '--dry-run[show the inverse, but send nothing]' \
        '--approve=[let the plan with this digest pass its rails]:DIGEST: ' \
        '--wait=[how long to wait for another run to end (0s)]:DURATION: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("status")
      _arguments \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("runs")
      _arguments \
        '--limit=[at most so many (20)]:N: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("runs list")
      _arguments \
        '--limit=[at most so many (20)]:N: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("runs show")
      _arguments \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("schedule")
      _arguments \
        '--time-zone=[the zone (that of the configuration, else UTC)]:Z: ' \
        '--from=[the instant to start from, RFC 3339 (now)]:TIME: ' \
        '--count=[how many times (5)]:N: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("daemon")
      _arguments \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("sandbox")
      _arguments \
        '--listen=[address and port on loopback (127.0.0.1:0)]:ADDR: ' \
        '--seed=[customers, resets, credentials and faults to start with]:FILE:_files' \
        '--generate=[make up so many resets, up to 1,000,000]:N: ' \
        '--random=[the seed of chance, a whole number (1)]:SEED: ' \
        '--mode=[the environment of the credentials (test)]:value:(test live)' \
        '--organization=[the organisation'\''s slug (sandbox)]:SLUG: ' \
        '--no-limits[lift the rate limits]' \
        '--meta=[where mode, organisation and trace stand (resource)]:value:(resource document both none)' \
        '--token-seconds=[life of an access token (7200)]:N: ' \
        '--merge-metadata[PATCH merges metadata instead of replacing it]' \
        '--null-metadata[empty metadata reads back as null]' \
        '--jsonb-metadata[metadata is reordered and respelled as jsonb does]' \
        '--touch-on-no-change[a PATCH without change moves updated_at]' \
        '--ignore-unknown-filters[unknown filters are ignored, not refused]' \
        '--ignore-case[text matchers don'\''t look at case]' \
        '--accept-wildcard[Accept: */* passes]' \
        '--allow-unknown-parameters[unknown query parameters pass]' \
        '--shuffle-ties[rows that sort equal come in changing order]' \
        '--refuse-guests[resets for customers without password are refused]' \
        '--clear-used-token[a used reset token reads as null]' \
        '--token-errors-as-object[token errors are one object, not a list]' \
        '--status-as-number[status of errors is a number]' \
        '--show-token-in-events[event stores show reset_password_token]' \
        '--help[show this help]' ;;
    ("backup")
      _arguments \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("restore")
      _arguments \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' \
        '*:operand:_files' ;;
    ("verify")
      _arguments \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("pause")
      _arguments \
        '--reason=[why]:TEXT: ' \
        '--by=[who (the login name)]:NAME: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("resume")
      _arguments \
        '--by=[who (the login name)]:NAME: ' \
        '--format=[how to print the result (text)]:value:(text json)' \
        '--config=[the configuration file (or RESETSYNC_CONFIG)]:FILE:_files' \
        '--help[show this help]' ;;
    ("generate")
      _arguments \
        '--help[show this help]' \
        '*:operand:_files' ;;
    (help) _describe -t commands command commands ;;
  esac
}
_resetsync "$@"
