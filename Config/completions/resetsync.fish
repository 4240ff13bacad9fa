# Completion of resetsync for fish; made by `resetsync generate fish`.
complete -c resetsync -f
complete -c resetsync -n __fish_use_subcommand -a demo -d 'the whole job on a simulator, with nothing to configure'
complete -c resetsync -n __fish_use_subcommand -a init -d 'write a commented configuration to start from'
complete -c resetsync -n __fish_use_subcommand -a check -d 'validate configuration, mappings, folders and database'
complete -c resetsync -n __fish_use_subcommand -a preview -d 'show how an export is read, without touching the mirror'
complete -c resetsync -n __fish_use_subcommand -a import -d 'import waiting exports into the mirror'
complete -c resetsync -n __fish_use_subcommand -a pull -d 'pull password resets from Commerce Layer into the mirror'
complete -c resetsync -n __fish_use_subcommand -a reconcile -d 'pull, import, match, merge and push in one run'
complete -c resetsync -n __fish_use_subcommand -a conflicts -d 'list and decide the conflicts'
complete -c resetsync -n __fish_use_subcommand -a plan -d 'show what a run would write, and what holds it'
complete -c resetsync -n __fish_use_subcommand -a link -d 'link a reset to a record, at any time'
complete -c resetsync -n __fish_use_subcommand -a unlink -d 'take the pair of a reset apart'
complete -c resetsync -n __fish_use_subcommand -a report -d 'write the conflict report'
complete -c resetsync -n __fish_use_subcommand -a review -d 'serve the review desk on loopback'
complete -c resetsync -n __fish_use_subcommand -a explain -d 'tell everything known of one reference or reset'
complete -c resetsync -n __fish_use_subcommand -a undo -d 'plan and push the inverse of what a run wrote'
complete -c resetsync -n __fish_use_subcommand -a status -d 'runs, freshness, open conflicts, queue and rate budget'
complete -c resetsync -n __fish_use_subcommand -a runs -d 'the history of runs'
complete -c resetsync -n __fish_use_subcommand -a schedule -d 'when a cron expression would fire next'
complete -c resetsync -n __fish_use_subcommand -a daemon -d 'the scheduler and its HTTP endpoints'
complete -c resetsync -n __fish_use_subcommand -a sandbox -d 'run the Commerce Layer simulator by itself'
complete -c resetsync -n __fish_use_subcommand -a backup -d 'copy the mirror to a file while it is in use'
complete -c resetsync -n __fish_use_subcommand -a restore -d 'put a backup in the place of the mirror'
complete -c resetsync -n __fish_use_subcommand -a verify -d 'check database, journal chain and accounts'
complete -c resetsync -n __fish_use_subcommand -a pause -d 'write nothing until `resume`'
complete -c resetsync -n __fish_use_subcommand -a resume -d 'end a pause'
complete -c resetsync -n __fish_use_subcommand -a generate -d 'print a completion script or the manual page'
complete -c resetsync -n '__fish_seen_subcommand_from demo' -l keep -d 'leave everything in this folder to go on by hand' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from demo' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from demo' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from init' -l from-export -d 'infer a mapping from this export' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from init' -l name -d 'the mapping\'s name (from the file)' -x
complete -c resetsync -n '__fish_seen_subcommand_from init' -l force -d 'overwrite files that are there'
complete -c resetsync -n '__fish_seen_subcommand_from init' -l encoding -d 'the encoding, instead of the declared or detected one' -x
complete -c resetsync -n '__fish_seen_subcommand_from init' -l delimiter -d 'the delimiter; tab for a tab' -x
complete -c resetsync -n '__fish_seen_subcommand_from init' -l quote -d 'what stands around cells; none where quotes are text' -x
complete -c resetsync -n '__fish_seen_subcommand_from init' -l escape -d 'what escapes a quote: a backslash, or the quote itself' -x
complete -c resetsync -n '__fish_seen_subcommand_from init' -l comment -d 'what lines that are comments begin with' -x
complete -c resetsync -n '__fish_seen_subcommand_from init' -l header-row -d 'the row with the column names, or auto to find it' -x
complete -c resetsync -n '__fish_seen_subcommand_from init' -l rows-at -d 'where the rows lie: JSON pointer or element path' -x
complete -c resetsync -n '__fish_seen_subcommand_from init' -l sheet -d 'the sheet\'s name' -x
complete -c resetsync -n '__fish_seen_subcommand_from init' -l member -d 'the file in an archive of several, by its name' -x
complete -c resetsync -n '__fish_seen_subcommand_from init' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from init' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from init' -F
complete -c resetsync -n '__fish_seen_subcommand_from check' -l connect -d 'also credentials, organisation and mode'
complete -c resetsync -n '__fish_seen_subcommand_from check' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from check' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from check' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l mapping -d 'read as this mapping says' -x
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l values -d 'cell and value of each managed field; needs --mapping'
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l limit -d 'at most so many rows' -x
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l encoding -d 'the encoding, instead of the declared or detected one' -x
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l delimiter -d 'the delimiter; tab for a tab' -x
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l quote -d 'what stands around cells; none where quotes are text' -x
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l escape -d 'what escapes a quote: a backslash, or the quote itself' -x
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l comment -d 'what lines that are comments begin with' -x
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l header-row -d 'the row with the column names, or auto to find it' -x
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l rows-at -d 'where the rows lie: JSON pointer or element path' -x
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l sheet -d 'the sheet\'s name' -x
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l member -d 'the file in an archive of several, by its name' -x
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from preview' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from preview' -F
complete -c resetsync -n '__fish_seen_subcommand_from import' -l file -d 'import this file instead of those that wait' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from import' -l accept -d 'let the export with this SHA-256 pass its guards' -x
complete -c resetsync -n '__fish_seen_subcommand_from import' -l wait -d 'how long to wait for another run to end (0s)' -x
complete -c resetsync -n '__fish_seen_subcommand_from import' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from import' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from import' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from pull' -l full -d 'pull everything, and look for deleted resets'
complete -c resetsync -n '__fish_seen_subcommand_from pull' -l wait -d 'how long to wait for another run to end (0s)' -x
complete -c resetsync -n '__fish_seen_subcommand_from pull' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from pull' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from pull' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l dry-run -d 'plan and judge, but send nothing'
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l no-pull -d 'use the resets as mirrored'
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l no-import -d 'use the records as mirrored'
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l no-push -d 'store plan and conflicts, but send nothing'
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l full -d 'pull everything instead of what changed'
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l mapping -d 'only this mapping' -x
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l only -d 'only this reference' -x
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l plan-out -d 'write the plan to a file' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l plan -d 'apply exactly this plan; refused if stale' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l approve -d 'let the plan with this digest pass its rails' -x
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l detailed-exitcode -d 'exit 2 if the plan has changes or conflicts are open'
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l wait -d 'how long to wait for another run to end (0s)' -x
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from reconcile' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -a list -d 'list conflicts, the most severe first'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -a show -d 'show one conflict: values, choices, history'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -a resolve -d 'decide conflicts'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -a snooze -d 'put conflicts away for a while'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -a assign -d 'say who looks after conflicts'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -a comment -d 'add a comment to conflicts'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -a reopen -d 'take a decision or a snooze back'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l state -d 'only in this state (list: open)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l kind -d 'only of this kind' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l severity -d 'only of this severity' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l mapping -d 'only of this mapping' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l field -d 'only of this field' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l reference -d 'only of this reference' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l older-than -d 'only first seen longer ago than this' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l assignee -d 'only assigned to this person' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l text -d 'only with this text in reference, field or values' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l limit -d 'at most so many (50 as text; all as JSON and CSV)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l format -d 'how to print the result (text)' -x -a 'text json csv'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from conflicts' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l state -d 'only in this state (list: open)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l kind -d 'only of this kind' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l severity -d 'only of this severity' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l mapping -d 'only of this mapping' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l field -d 'only of this field' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l reference -d 'only of this reference' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l older-than -d 'only first seen longer ago than this' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l assignee -d 'only assigned to this person' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l text -d 'only with this text in reference, field or values' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l limit -d 'at most so many (50 as text; all as JSON and CSV)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l format -d 'how to print the result (text)' -x -a 'text json csv'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from list' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from show' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from show' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from show' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l take -d 'source|remote|value=JSON|apart|link=ID|ignore' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l current -d 'for whatever stands now, without having seen it'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l all -d 'all that the filters find, instead of ids'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l yes -d 'do it: what --all listed, by default it lists only'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l by -d 'who decides (the login name)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l reason -d 'why' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l state -d 'only in this state (list: open)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l kind -d 'only of this kind' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l severity -d 'only of this severity' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l mapping -d 'only of this mapping' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l field -d 'only of this field' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l reference -d 'only of this reference' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l older-than -d 'only first seen longer ago than this' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l assignee -d 'only assigned to this person' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l text -d 'only with this text in reference, field or values' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from resolve' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l for -d 'how long, such as 3d (1d)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l all -d 'all that the filters find, instead of ids'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l yes -d 'do it: what --all listed, by default it lists only'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l by -d 'who decides (the login name)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l reason -d 'why' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l state -d 'only in this state (list: open)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l kind -d 'only of this kind' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l severity -d 'only of this severity' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l mapping -d 'only of this mapping' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l field -d 'only of this field' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l reference -d 'only of this reference' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l older-than -d 'only first seen longer ago than this' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l assignee -d 'only assigned to this person' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l text -d 'only with this text in reference, field or values' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from snooze' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l to -d 'the person; empty for nobody' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l all -d 'all that the filters find, instead of ids'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l yes -d 'do it: what --all listed, by default it lists only'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l by -d 'who decides (the login name)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l reason -d 'why' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l state -d 'only in this state (list: open)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l kind -d 'only of this kind' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l severity -d 'only of this severity' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l mapping -d 'only of this mapping' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l field -d 'only of this field' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l reference -d 'only of this reference' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l older-than -d 'only first seen longer ago than this' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l assignee -d 'only assigned to this person' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l text -d 'only with this text in reference, field or values' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from assign' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l text -d 'the comment' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l all -d 'all that the filters find, instead of ids'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l yes -d 'do it: what --all listed, by default it lists only'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l by -d 'who decides (the login name)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l reason -d 'why' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l state -d 'only in this state (list: open)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l kind -d 'only of this kind' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l severity -d 'only of this severity' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l mapping -d 'only of this mapping' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l field -d 'only of this field' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l reference -d 'only of this reference' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l older-than -d 'only first seen longer ago than this' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l assignee -d 'only assigned to this person' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from comment' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l all -d 'all that the filters find, instead of ids'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l yes -d 'do it: what --all listed, by default it lists only'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l by -d 'who decides (the login name)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l reason -d 'why' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l state -d 'only in this state (list: open)' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l kind -d 'only of this kind' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l severity -d 'only of this severity' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l mapping -d 'only of this mapping' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l field -d 'only of this field' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l reference -d 'only of this reference' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l older-than -d 'only first seen longer ago than this' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l assignee -d 'only assigned to this person' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l text -d 'only with this text in reference, field or values' -x
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from conflicts; and __fish_seen_subcommand_from reopen' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from plan' -a show -d 'show one plan: each update with old → new and why'
complete -c resetsync -n '__fish_seen_subcommand_from plan' -l limit -d 'at most so many lines (50); csv and json hold all' -x
complete -c resetsync -n '__fish_seen_subcommand_from plan' -l format -d 'the form (text)' -x -a 'text json csv markdown'
complete -c resetsync -n '__fish_seen_subcommand_from plan' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from plan' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from plan; and __fish_seen_subcommand_from show' -l limit -d 'at most so many lines (50); csv and json hold all' -x
complete -c resetsync -n '__fish_seen_subcommand_from plan; and __fish_seen_subcommand_from show' -l format -d 'the form (text)' -x -a 'text json csv markdown'
complete -c resetsync -n '__fish_seen_subcommand_from plan; and __fish_seen_subcommand_from show' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from plan; and __fish_seen_subcommand_from show' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from link' -l mapping -d 'the source of the record' -x
complete -c resetsync -n '__fish_seen_subcommand_from link' -l reason -d 'why' -x
complete -c resetsync -n '__fish_seen_subcommand_from link' -l by -d 'who (the login name)' -x
complete -c resetsync -n '__fish_seen_subcommand_from link' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from link' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from link' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from unlink' -l reason -d 'why' -x
complete -c resetsync -n '__fish_seen_subcommand_from unlink' -l by -d 'who (the login name)' -x
complete -c resetsync -n '__fish_seen_subcommand_from unlink' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from unlink' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from unlink' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from report' -l format -d 'the form (text)' -x -a 'html text json csv ndjson'
complete -c resetsync -n '__fish_seen_subcommand_from report' -l out -d 'write to this file instead of standard output' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from report' -l run -d 'as things stood after this run' -x
complete -c resetsync -n '__fish_seen_subcommand_from report' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from report' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from review' -l listen -d 'address and port (127.0.0.1:0)' -x
complete -c resetsync -n '__fish_seen_subcommand_from review' -l password -d 'read a password from standard input, print the line of NAME for review.password_file' -x
complete -c resetsync -n '__fish_seen_subcommand_from review' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from review' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from explain' -l mapping -d 'if several mappings know the reference' -x
complete -c resetsync -n '__fish_seen_subcommand_from explain' -l remote -d 'ask Commerce Layer for customer, events and event_stores too'
complete -c resetsync -n '__fish_seen_subcommand_from explain' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from explain' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from explain' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from undo' -l dry-run -d 'show the inverse, but send nothing'
complete -c resetsync -n '__fish_seen_subcommand_from undo' -l approve -d 'let the plan with this digest pass its rails' -x
complete -c resetsync -n '__fish_seen_subcommand_from undo' -l wait -d 'how long to wait for another run to end (0s)' -x
complete -c resetsync -n '__fish_seen_subcommand_from undo' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from undo' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from undo' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from status' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from status' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from status' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from runs' -a list -d 'list the last runs'
complete -c resetsync -n '__fish_seen_subcommand_from runs' -a show -d 'show one run: counts, timings, requests, what it wrote'
complete -c resetsync -n '__fish_seen_subcommand_from runs' -l limit -d 'at most so many (20)' -x
complete -c resetsync -n '__fish_seen_subcommand_from runs' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from runs' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from runs' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from runs; and __fish_seen_subcommand_from list' -l limit -d 'at most so many (20)' -x
complete -c resetsync -n '__fish_seen_subcommand_from runs; and __fish_seen_subcommand_from list' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from runs; and __fish_seen_subcommand_from list' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from runs; and __fish_seen_subcommand_from list' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from runs; and __fish_seen_subcommand_from show' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from runs; and __fish_seen_subcommand_from show' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from runs; and __fish_seen_subcommand_from show' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from schedule' -l time-zone -d 'the zone (that of the configuration, else UTC)' -x
complete -c resetsync -n '__fish_seen_subcommand_from schedule' -l from -d 'the instant to start from, RFC 3339 (now)' -x
complete -c resetsync -n '__fish_seen_subcommand_from schedule' -l count -d 'how many times (5)' -x
complete -c resetsync -n '__fish_seen_subcommand_from schedule' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from schedule' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from daemon' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from daemon' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l listen -d 'address and port on loopback (127.0.0.1:0)' -x
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l seed -d 'customers, resets, credentials and faults to start with' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l generate -d 'make up so many resets, up to 1,000,000' -x
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l random -d 'the seed of chance, a whole number (1)' -x
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l mode -d 'the environment of the credentials (test)' -x -a 'test live'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l organization -d 'the organisation\'s slug (sandbox)' -x
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l no-limits -d 'lift the rate limits'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l meta -d 'where mode, organisation and trace stand (resource)' -x -a 'resource document both none'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l token-seconds -d 'life of an access token (7200)' -x
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l merge-metadata -d 'PATCH merges metadata instead of replacing it'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l null-metadata -d 'empty metadata reads back as null'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l jsonb-metadata -d 'metadata is reordered and respelled as jsonb does'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l touch-on-no-change -d 'a PATCH without change moves updated_at'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l ignore-unknown-filters -d 'unknown filters are ignored, not refused'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l ignore-case -d 'text matchers don\'t look at case'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l accept-wildcard -d 'Accept: */* passes'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l allow-unknown-parameters -d 'unknown query parameters pass'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l shuffle-ties -d 'rows that sort equal come in changing order'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l refuse-guests -d 'resets for customers without password are refused'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l clear-used-token -d 'a used reset token reads as null'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l token-errors-as-object -d 'token errors are one object, not a list'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l status-as-number -d 'status of errors is a number'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l show-token-in-events -d 'event stores show reset_password_token'
complete -c resetsync -n '__fish_seen_subcommand_from sandbox' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from backup' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from backup' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from backup' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from backup' -F
complete -c resetsync -n '__fish_seen_subcommand_from restore' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from restore' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from restore' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from restore' -F
complete -c resetsync -n '__fish_seen_subcommand_from verify' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from verify' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from verify' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from pause' -l reason -d 'why' -x
complete -c resetsync -n '__fish_seen_subcommand_from pause' -l by -d 'who (the login name)' -x
complete -c resetsync -n '__fish_seen_subcommand_from pause' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from pause' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from pause' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from resume' -l by -d 'who (the login name)' -x
complete -c resetsync -n '__fish_seen_subcommand_from resume' -l format -d 'how to print the result (text)' -x -a 'text json'
complete -c resetsync -n '__fish_seen_subcommand_from resume' -l config -d 'the configuration file (or RESETSYNC_CONFIG)' -r -F
complete -c resetsync -n '__fish_seen_subcommand_from resume' -l help -d 'show this help'
complete -c resetsync -n '__fish_seen_subcommand_from generate' -l help -d 'show this help'
