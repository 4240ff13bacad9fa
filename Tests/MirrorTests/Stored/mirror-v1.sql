PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE facts(
  name TEXT PRIMARY KEY, -- dotted, such as pull.watermark
  value TEXT NOT NULL -- times as microseconds since 1970
) STRICT, WITHOUT ROWID;
INSERT INTO facts VALUES('journal.end','1');
INSERT INTO facts VALUES('reconcile.at','1795428300000000');
INSERT INTO facts VALUES('reconcile.round','2');
INSERT INTO facts VALUES('resets.present','4');
CREATE TABLE mappings(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  walked_digest TEXT, -- by which rules all keys were looked at; NULL before the first time
  cleared_digest TEXT, -- by which rules a plan was free to leave; NULL before the first time
  reconciled_at INTEGER, -- when it was reconciled last
  walk_all INTEGER NOT NULL DEFAULT 1, -- whether the next run looks at all keys
  marks INTEGER NOT NULL DEFAULT 0, -- how many rows marks has of it
  records INTEGER NOT NULL DEFAULT 0, -- how many live records it has
  measured_from INTEGER NOT NULL DEFAULT 0, -- the export after which the next is measured
  keyed_rules TEXT, -- RecordRules (JSON) by which its records have keys and marks
  full_rules TEXT, -- those by which the last full export was read
  delta_rules TEXT, -- those by which the last changes after it were read
  refused_rules TEXT, -- those that would leave nothing, and were not applied
  unkeyed INTEGER NOT NULL DEFAULT 0 -- records that today's rules can give no key
) STRICT;
INSERT INTO mappings VALUES(0,'','7e0b07c090a01e57518c1ad48743b6a810a0c0dde22b6b5b67d8662162fc7500',NULL,1795428300000000,0,0,0,0,NULL,NULL,NULL,NULL,0);
INSERT INTO mappings VALUES(1,'erp','550ae49a519ecdf93e05e60f8f73d04e7c4107408afbc90f15769325278a81bd','550ae49a519ecdf93e05e60f8f73d04e7c4107408afbc90f15769325278a81bd',1795428300000000,0,0,4,0,'{"reading":[["full","c1279e510f5a1782597c91c19d08017f8b08a1ec22db1c1339330a1ca3e7f270"]],"columns":[["GROUP","13c1b9cc8e5b60262dfca4c2ae76e424b2deddebfa2a0c05f3ea363becdc54b5"],["ID","006acd0735fd316a7c8350cf80aa35346d077ca7096f223536f59f1b9d87dfa8"],["LIMIT","13c1b9cc8e5b60262dfca4c2ae76e424b2deddebfa2a0c05f3ea363becdc54b5"],["MAIL","4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"]],"key_columns":["ID"],"reference":["ID","-"],"where":[],"spelling":"9dd4c6a4aa808ad0fffa9182754fe155b0cfd933b6ae2c03576c4f635d3a444b","keys":"006acd0735fd316a7c8350cf80aa35346d077ca7096f223536f59f1b9d87dfa8","records":"0b81e0a9b2235dc4285902297f98b59b4a0a6d9616b48b170d230dcec0bfa183","changed_at":"1d8fc6ceb1f94c6326d6d5483d258fcb2e179e9869325b245d105c2219bf69fd","correlate":"1e7c3a30a710cae851b4163783b1ac3c939b055c79a2dcf3fd8a88921b4feebb"}','{"reading":[["full","c1279e510f5a1782597c91c19d08017f8b08a1ec22db1c1339330a1ca3e7f270"]],"columns":[["GROUP","13c1b9cc8e5b60262dfca4c2ae76e424b2deddebfa2a0c05f3ea363becdc54b5"],["ID","006acd0735fd316a7c8350cf80aa35346d077ca7096f223536f59f1b9d87dfa8"],["LIMIT","13c1b9cc8e5b60262dfca4c2ae76e424b2deddebfa2a0c05f3ea363becdc54b5"],["MAIL","4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"]],"key_columns":["ID"],"reference":["ID","-"],"where":[],"spelling":"9dd4c6a4aa808ad0fffa9182754fe155b0cfd933b6ae2c03576c4f635d3a444b","keys":"006acd0735fd316a7c8350cf80aa35346d077ca7096f223536f59f1b9d87dfa8","records":"0b81e0a9b2235dc4285902297f98b59b4a0a6d9616b48b170d230dcec0bfa183","changed_at":"1d8fc6ceb1f94c6326d6d5483d258fcb2e179e9869325b245d105c2219bf69fd","correlate":"1e7c3a30a710cae851b4163783b1ac3c939b055c79a2dcf3fd8a88921b4feebb"}',NULL,NULL,0);
CREATE TABLE origins(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO origins VALUES(0,'');
INSERT INTO origins VALUES(1,'erp');
CREATE TABLE column_sets(
  id INTEGER PRIMARY KEY,
  names TEXT NOT NULL UNIQUE -- JSON array
) STRICT;
INSERT INTO column_sets VALUES(1,'["ID","MAIL","GROUP","LIMIT"]');
CREATE TABLE resets(
  id INTEGER PRIMARY KEY,
  mapping INTEGER NOT NULL, -- of the key it carries; 0: no mapping claims it
  origin INTEGER NOT NULL, -- of the key
  key TEXT NOT NULL, -- normal form of the reference; without mapping the id of the reset
  reset_id TEXT NOT NULL UNIQUE, -- the id of the resource
  assignment TEXT NOT NULL, -- known, unknown_origin, unreferenced
  situation TEXT, -- while it has no link, or one of an unknown origin; else it stands in links
  counted INTEGER, -- the mapping under which that situation is counted
  deleted_at INTEGER, -- since when it is gone
  updated_us INTEGER, -- updated_at as a number
  first_seen INTEGER NOT NULL,
  reference TEXT, -- as it came
  reference_origin TEXT, -- as it came
  customer_email TEXT,
  email_hash TEXT, -- in the place of an e-mail that retention removed
  reset_password_at TEXT, -- as it came
  created_at TEXT, -- as it came
  updated_at TEXT, -- as it came
  self_link TEXT, -- the resource's own address
  links TEXT, -- addresses of relationships; NULL: below self_link, as usual
  mode TEXT, -- test or live; NULL where the answer did not say
  metadata TEXT NOT NULL -- the object byte for byte as it came
) STRICT;
INSERT INTO resets VALUES(1,1,1,'1','r1','known',NULL,NULL,NULL,1795424400000000,1795428060000000,'1','erp',NULL,NULL,NULL,NULL,'2026-11-23T09:00:00Z',NULL,NULL,NULL,'{"group": "a", "limit": 1}');
INSERT INTO resets VALUES(2,1,1,'2','r2','known',NULL,NULL,NULL,1795428180000000,1795428060000000,'2','erp',NULL,NULL,NULL,NULL,'2026-11-23T10:03:00.000Z',NULL,NULL,NULL,'{"group": "a"}');
INSERT INTO resets VALUES(3,1,1,'3','r3','known',NULL,NULL,NULL,1795424400000000,1795428060000000,'3','erp',NULL,NULL,NULL,NULL,'2026-11-23T09:00:00Z',NULL,NULL,NULL,'{"group": "x"}');
INSERT INTO resets VALUES(4,1,1,'4','r4','known','remote_only',1,NULL,1795424400000000,1795428060000000,'4','erp',NULL,NULL,NULL,NULL,'2026-11-23T09:00:00Z',NULL,NULL,NULL,'{}');
CREATE TABLE full_walk(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  run TEXT NOT NULL, -- that began it
  started_at INTEGER NOT NULL,
  cursor TEXT, -- where it goes on; NULL at the start
  rows INTEGER NOT NULL -- resets handed on so far
) STRICT;
CREATE TABLE full_walk_seen(
  chunk INTEGER PRIMARY KEY, -- of 4,096 rows
  bits BLOB NOT NULL
) STRICT;
CREATE TABLE suspects(
  reset INTEGER PRIMARY KEY
) STRICT;
CREATE TABLE records(
  id INTEGER PRIMARY KEY,
  mapping INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  key TEXT NOT NULL, -- normal form of the reference
  variant INTEGER NOT NULL, -- 0, 1, … among the records of one key
  missing INTEGER NOT NULL, -- full exports in a row without it; from 1,000,000: set aside
  deleted INTEGER NOT NULL, -- whether it carries the marker
  columns INTEGER NOT NULL, -- the list that its cells are parallel to
  changed_us INTEGER, -- when the source changed it
  receipt INTEGER NOT NULL, -- the export that said so last
  line INTEGER NOT NULL, -- where in it, from 1; upper 32 bits: the part
  first_seen INTEGER NOT NULL,
  situation TEXT, -- of its key while no reset has it
  raw_reference TEXT, -- as the export has it; NULL: as key
  raw_origin TEXT, -- as the export has it; NULL: as origin
  cells TEXT NOT NULL -- CellText
) STRICT;
INSERT INTO records VALUES(1,1,1,'1',0,0,0,1,NULL,1,2,1795428120000000,NULL,NULL,NULL,'["1","","a","1"]');
INSERT INTO records VALUES(2,1,1,'2',0,0,0,1,NULL,1,3,1795428120000000,NULL,NULL,NULL,'["2","","b",""]');
INSERT INTO records VALUES(3,1,1,'3',0,0,0,1,NULL,1,4,1795428120000000,NULL,NULL,NULL,'["3","","y",""]');
INSERT INTO records VALUES(4,1,1,'5',0,0,0,1,NULL,1,5,1795428120000000,'source_only',NULL,NULL,'["5","eve@example.com","a",""]');
CREATE TABLE correlates(
  mapping INTEGER NOT NULL,
  pair INTEGER NOT NULL, -- place of the pair in the mapping
  value TEXT NOT NULL, -- normal form
  record INTEGER NOT NULL,
  PRIMARY KEY(mapping, pair, value, record)
) STRICT, WITHOUT ROWID;
INSERT INTO correlates VALUES(1,0,'eve@example.com',4);
CREATE TABLE watched(
  mapping INTEGER NOT NULL,
  pair INTEGER NOT NULL, -- place of the pair in the mapping
  value TEXT NOT NULL, -- normal form
  reset INTEGER NOT NULL,
  PRIMARY KEY(mapping, pair, value, reset)
) STRICT, WITHOUT ROWID;
CREATE TABLE number_marks(
  mapping INTEGER NOT NULL,
  field TEXT NOT NULL, -- metadata spelling
  column_name TEXT NOT NULL,
  mark TEXT NOT NULL, -- DecimalMark
  receipt INTEGER NOT NULL, -- the export that proved it
  file TEXT NOT NULL, -- its name
  line INTEGER NOT NULL, -- the first line that proved it
  typed_mark TEXT, -- by which numbers were kept as read when the column turned to another
  PRIMARY KEY(mapping, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE receipts(
  id INTEGER PRIMARY KEY,
  mapping TEXT NOT NULL,
  file TEXT NOT NULL, -- name
  path TEXT NOT NULL, -- whole path
  sha256 TEXT NOT NULL, -- of its bytes
  size INTEGER NOT NULL, -- bytes
  mode TEXT NOT NULL, -- full or delta
  state TEXT NOT NULL, -- accepted, refused, replayed
  reason TEXT, -- why it was refused
  rows INTEGER NOT NULL,
  accepted INTEGER NOT NULL, -- rows
  rejected INTEGER NOT NULL, -- rows
  added INTEGER NOT NULL, -- records
  changed INTEGER NOT NULL, -- records
  removed INTEGER NOT NULL, -- records
  unchanged INTEGER NOT NULL, -- records
  columns TEXT NOT NULL, -- JSON array, all of the file
  generated_at INTEGER, -- when the source made it
  imported_at INTEGER NOT NULL,
  verdicts TEXT NOT NULL, -- what the guards measured, JSON
  columns_digest TEXT NOT NULL,
  run TEXT,
  set_aside TEXT, -- what `where` set aside, JSON
  stale INTEGER NOT NULL DEFAULT 0, -- rows that changed nothing as something later stands
  parts TEXT, -- the files of an export in several, JSON, in the order in which lines count
  ends_line INTEGER, -- whether its last line had an end
  sequence_first INTEGER, -- its number, the first of several
  sequence_last INTEGER, -- the last of them
  beside TEXT -- what lay beside it
) STRICT;
INSERT INTO receipts VALUES(1,'erp','erp-2.csv','/exports/erp-2.csv','d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35',1,'full','accepted',NULL,4,4,0,4,0,0,0,'["ID","MAIL","GROUP","LIMIT"]',NULL,1795428120000000,'{}','848a6978e3f9b5137b77d20d8576eeb1095078686371dbc324365b8b276e06c6','r2','{"rows":0,"records":0,"values":[]}',0,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE rejections(
  receipt INTEGER NOT NULL REFERENCES receipts(id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  column_name TEXT, -- if one is to blame
  reason TEXT NOT NULL,
  origin TEXT, -- of the key, if the cells tell one
  reference TEXT, -- of the key
  set_aside INTEGER NOT NULL DEFAULT 0 -- whether the row is sound
) STRICT;
CREATE TABLE stale_rows(
  receipt INTEGER NOT NULL REFERENCES receipts(id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  origin TEXT NOT NULL,
  reference TEXT NOT NULL,
  changed_us INTEGER -- the time of the row
) STRICT;
CREATE TABLE chunk_readings(
  mapping INTEGER PRIMARY KEY,
  reading TEXT NOT NULL, -- how the file was read
  rules TEXT NOT NULL -- digest of those by which its rows were
) STRICT;
CREATE TABLE chunks(
  id INTEGER PRIMARY KEY,
  mapping INTEGER NOT NULL,
  digest BLOB NOT NULL,
  beginning INTEGER NOT NULL, -- hash of its first bytes
  length INTEGER NOT NULL, -- bytes
  lines INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  records BLOB NOT NULL -- RecordRuns
) STRICT;
CREATE TABLE source_states(
  mapping TEXT PRIMARY KEY,
  unreachable_since INTEGER, -- NULL: they could
  reason TEXT,
  mounts TEXT NOT NULL -- where they are mounted, JSON
) STRICT, WITHOUT ROWID;
CREATE TABLE lying_files(
  mapping TEXT NOT NULL,
  path TEXT NOT NULL,
  kind TEXT NOT NULL, -- why not
  since INTEGER NOT NULL,
  PRIMARY KEY(mapping, path, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE links(
  id INTEGER PRIMARY KEY,
  reset INTEGER NOT NULL,
  mapping INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  key TEXT NOT NULL, -- of the record; stays when the reset carries another
  state TEXT NOT NULL, -- active, apart, closed
  made_by TEXT NOT NULL, -- match, or decision:WHO
  made_at INTEGER NOT NULL,
  run TEXT, -- that made it
  situation TEXT,
  base TEXT NOT NULL, -- what both sides last agreed on (Base)
  apart_kind TEXT, -- the kind of conflict for which it is kept apart
  apart_facts TEXT, -- digest of the facts then
  accepted_identity TEXT, -- digest of the verify values that a person confirmed
  writes TEXT, -- recent writes of fields, JSON, to see two writers fight
  own_updated INTEGER, -- when our last write moved the time of the reset
  others_updated INTEGER -- what its time was before
) STRICT;
INSERT INTO links VALUES(1,1,1,1,'1','active','match',1795428180000000,'r3','update','{"group":["a"]}',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO links VALUES(2,2,1,1,'2','active','match',1795428180000000,'r3','conflict','{}',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO links VALUES(3,3,1,1,'3','active','match',1795428180000000,'r3','conflict','{}',NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE link_counts(
  mapping INTEGER PRIMARY KEY,
  links INTEGER NOT NULL
) STRICT;
INSERT INTO link_counts VALUES(1,3);
CREATE TABLE marks(
  mapping INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY(mapping, origin, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE due(
  mapping INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(mapping, origin, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE situation_counts(
  mapping INTEGER NOT NULL,
  situation TEXT NOT NULL,
  items INTEGER NOT NULL,
  PRIMARY KEY(mapping, situation)
) STRICT, WITHOUT ROWID;
INSERT INTO situation_counts VALUES(1,'conflict',2);
INSERT INTO situation_counts VALUES(1,'remote_only',1);
INSERT INTO situation_counts VALUES(1,'source_only',1);
INSERT INTO situation_counts VALUES(1,'update',1);
CREATE TABLE transitions(
  run TEXT NOT NULL,
  mapping INTEGER NOT NULL,
  previous TEXT NOT NULL, -- situation before
  situation TEXT NOT NULL, -- and after
  items INTEGER NOT NULL,
  PRIMARY KEY(run, mapping, previous, situation)
) STRICT, WITHOUT ROWID;
CREATE TABLE runs(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  command TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER, -- NULL: it runs, or was killed
  result TEXT, -- RunResult
  exit INTEGER, -- exit code
  dry_run INTEGER NOT NULL DEFAULT 0,
  requests INTEGER NOT NULL DEFAULT 0, -- to the API
  open_conflicts INTEGER, -- after it
  in_sync INTEGER, -- items after it
  items INTEGER, -- after it
  applied INTEGER, -- updates
  failed INTEGER, -- updates
  summary TEXT, -- RunSummary, JSON
  situations TEXT -- items by situation after it, JSON
) STRICT;
CREATE TABLE plans(
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  digest TEXT NOT NULL, -- PlanDigest
  made_at INTEGER NOT NULL,
  dry_run INTEGER NOT NULL,
  updates INTEGER NOT NULL,
  fields INTEGER NOT NULL, -- values in them
  conflicts INTEGER NOT NULL, -- undecided
  held INTEGER NOT NULL, -- items or fields withheld for a conflict
  withheld INTEGER NOT NULL, -- updates withheld by rails
  verdicts TEXT NOT NULL -- what the rails measured, JSON
) STRICT;
INSERT INTO plans VALUES(1,'r3','7bf3b2d6450a420190535c1b312bbbe580435dccb1aa418e0e4e3b3aef0d3f7d',1795428180000000,0,1,1,3,0,1,'[]');
INSERT INTO plans VALUES(2,'r5','7bf3b2d6450a420190535c1b312bbbe580435dccb1aa418e0e4e3b3aef0d3f7d',1795428300000000,0,1,1,1,0,0,'[]');
CREATE TABLE plan_updates(
  plan INTEGER NOT NULL REFERENCES plans(id) ON DELETE CASCADE,
  number INTEGER NOT NULL, -- from 1
  reset INTEGER NOT NULL,
  reset_id TEXT NOT NULL,
  mapping INTEGER NOT NULL, -- of the group
  origin INTEGER NOT NULL, -- of the group
  key TEXT NOT NULL, -- of the group
  payload TEXT NOT NULL, -- PlannedUpdate, JSON
  overruled TEXT, -- remote values that policies overwrite, JSON
  PRIMARY KEY(plan, number)
) STRICT, WITHOUT ROWID;
INSERT INTO plan_updates VALUES(2,1,1,'r1',1,1,'1','{"reset":"r1","mapping":"erp","reference_origin":"erp","reference":"1","fields":[{"metadata":"limit","now":1,"becomes":"1","because":"first"}]}','[{"field":"limit","winner":"source","winning":["1"],"losing":[1],"policy":"source"}]');
CREATE TABLE outbox(
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL, -- that planned it
  reset INTEGER NOT NULL REFERENCES resets(id),
  mapping INTEGER NOT NULL, -- of the group
  origin INTEGER NOT NULL, -- of the group
  key TEXT NOT NULL, -- of the group
  state TEXT NOT NULL, -- OutboxState
  payload TEXT NOT NULL, -- PlannedUpdate, JSON
  overruled TEXT, -- remote values that policies overwrite, JSON
  intent TEXT, -- the metadata that is being sent
  before TEXT, -- the metadata before
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT, -- why it was refused
  queued_at INTEGER NOT NULL,
  sent_at INTEGER,
  settled_at INTEGER
) STRICT;
INSERT INTO outbox VALUES(1,'r5',1,1,1,'1','pending','{"reset":"r1","mapping":"erp","reference_origin":"erp","reference":"1","fields":[{"metadata":"limit","now":1,"becomes":"1","because":"first"}]}','[{"field":"limit","winner":"source","winning":["1"],"losing":[1],"policy":"source"}]',NULL,NULL,0,NULL,1795428300000000,NULL,NULL);
CREATE TABLE approvals(
  digest TEXT PRIMARY KEY, -- of the plan
  given_at INTEGER NOT NULL,
  given_by TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE approved_updates(
  approval TEXT NOT NULL REFERENCES approvals(digest) ON DELETE CASCADE,
  update_digest TEXT NOT NULL,
  PRIMARY KEY(approval, update_digest)
) STRICT, WITHOUT ROWID;
CREATE TABLE conflicts(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE, -- short id
  identity TEXT NOT NULL, -- ConflictIdentity, JSON
  kind TEXT NOT NULL, -- ConflictKind
  severity INTEGER NOT NULL, -- 0 low to 3 critical
  state TEXT NOT NULL, -- ConflictState
  substate TEXT NOT NULL, -- OpenSubstate, or empty
  mapping TEXT, -- NULL: no mapping
  reference TEXT, -- of the key
  reference_origin TEXT, -- of the key
  reset_id TEXT,
  field TEXT, -- metadata spelling
  base TEXT, -- what both sides last agreed on
  source TEXT, -- what the source has
  remote TEXT, -- what the remote has
  detail TEXT, -- why, in words
  facts TEXT NOT NULL, -- digest of the facts
  group_mapping INTEGER NOT NULL,
  group_origin INTEGER NOT NULL,
  group_key TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  opened_at INTEGER, -- the last time
  last_seen INTEGER NOT NULL,
  seen_run TEXT NOT NULL, -- the run that saw it last
  seen_round INTEGER NOT NULL, -- its number
  occurrences INTEGER NOT NULL, -- runs that saw it
  due INTEGER, -- until when it is given time to settle by itself
  assignee TEXT,
  snoozed_until INTEGER,
  decision TEXT, -- as it is typed
  decided_by TEXT,
  decided_at INTEGER,
  decision_reason TEXT,
  decided_facts TEXT, -- digest of the facts that its author saw
  previous_decision TEXT, -- the one that lapsed or was taken back, JSON
  changed_by TEXT, -- who made the remote value; empty: nobody is known
  closed_at INTEGER
) STRICT;
INSERT INTO conflicts VALUES(1,'cf8c69f01103d','["conflict","erp",["reset","r2"],"group"]','conflict',2,'open','ongoing','erp','2','erp','r2','group',NULL,'["b"]','["a"]',NULL,'509ff2d1716f8024e6448c48ce9442e6c031418d860a1fc511ff8252575d2649',1,1,'2',1795428180000000,1795428180000000,1795428300000000,'r5',2,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO conflicts VALUES(2,'cd69b2400b030','["conflict","erp",["reset","r3"],"group"]','conflict',2,'open','new','erp','3','erp','r3','group',NULL,'["y"]','["x"]',NULL,'3969a6f3249f92c5b30d1755470979400ca56121856406402ac6c3a347f29321',1,1,'3',1795428180000000,1795428180000000,1795428180000000,'r3',1,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO conflicts VALUES(3,'cfdbe989e660a','["remote_only","erp",["reset","r4"],null]','remote_only',1,'open','new','erp','4','erp','r4',NULL,NULL,'[]','["erp/4"]',NULL,'256beb2edd52d6778eb5e2c38abd2730020df56aaa287048e261e5fb21b33bbf',1,1,'4',1795428180000000,1795428180000000,1795428180000000,'r3',1,1,1795428180000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE conflict_counts(
  state TEXT NOT NULL,
  severity INTEGER NOT NULL,
  kind TEXT NOT NULL,
  mapping TEXT NOT NULL,
  conflicts INTEGER NOT NULL,
  PRIMARY KEY(state, severity, kind, mapping)
) STRICT, WITHOUT ROWID;
INSERT INTO conflict_counts VALUES('open',1,'remote_only','erp',1);
INSERT INTO conflict_counts VALUES('open',2,'conflict','erp',2);
CREATE TABLE conflict_texts(
  number INTEGER PRIMARY KEY REFERENCES conflicts(number) ON DELETE CASCADE,
  text TEXT NOT NULL
) STRICT;
INSERT INTO conflict_texts VALUES(1,replace('cf8c69f01103d\nconflict\n2\nr2\ngroup\n["b"]\n["a"]\n','\n',char(10)));
INSERT INTO conflict_texts VALUES(2,replace('cd69b2400b030\nconflict\n3\nr3\ngroup\n["y"]\n["x"]\n','\n',char(10)));
INSERT INTO conflict_texts VALUES(3,replace('cfdbe989e660a\nremote_only\n4\nr4\n\n[]\n["erp/4"]\n','\n',char(10)));
CREATE TABLE conflict_events(
  id INTEGER PRIMARY KEY,
  conflict INTEGER REFERENCES conflicts(number) ON DELETE CASCADE,
  time INTEGER NOT NULL,
  run TEXT,
  kind TEXT NOT NULL, -- what happened
  state TEXT NOT NULL, -- after it
  previous_state TEXT NOT NULL, -- before it; empty at birth
  by TEXT,
  reason TEXT,
  decision TEXT, -- as it is typed
  base TEXT, -- the values at the time
  source TEXT, -- the values at the time
  remote TEXT, -- the values at the time
  facts TEXT, -- digest of the facts at the time
  -- Of values that a policy overruled, which belong to no conflict in the store:
  label TEXT, -- the id that a conflict about them would have
  mapping TEXT,
  reference TEXT,
  reference_origin TEXT,
  reset_id TEXT,
  field TEXT,
  line_digest BLOB -- of its line when that was written to the file
) STRICT;
INSERT INTO conflict_events VALUES(1,1,1795428180000000,'r3','found','open','',NULL,NULL,NULL,NULL,'["b"]','["a"]','509ff2d1716f8024e6448c48ce9442e6c031418d860a1fc511ff8252575d2649',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO conflict_events VALUES(2,2,1795428180000000,'r3','found','open','',NULL,NULL,NULL,NULL,'["y"]','["x"]','3969a6f3249f92c5b30d1755470979400ca56121856406402ac6c3a347f29321',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO conflict_events VALUES(3,3,1795428180000000,'r3','found','open','',NULL,NULL,NULL,NULL,'[]','["erp/4"]','256beb2edd52d6778eb5e2c38abd2730020df56aaa287048e261e5fb21b33bbf',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO conflict_events VALUES(4,1,1795428300000000,'r5','seen','open','open',NULL,NULL,NULL,NULL,'["b"]','["a"]','509ff2d1716f8024e6448c48ce9442e6c031418d860a1fc511ff8252575d2649',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE event_authors(
  reset_id TEXT NOT NULL,
  field TEXT NOT NULL,
  updated_at TEXT NOT NULL, -- the state of the reset that was asked about
  author TEXT NOT NULL, -- empty: nobody is known
  fetched_at INTEGER NOT NULL,
  PRIMARY KEY(reset_id, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE journal(
  seq INTEGER PRIMARY KEY, -- from 1 without gaps
  time INTEGER NOT NULL,
  run TEXT NOT NULL, -- empty: a person's act outside of a run
  kind TEXT NOT NULL,
  mapping TEXT NOT NULL, -- or empty
  subject TEXT NOT NULL, -- a reset, a key, a conflict, or empty
  payload TEXT NOT NULL, -- the facts, JSON
  seal BLOB NOT NULL
) STRICT;
INSERT INTO journal VALUES(1,1795428120000000,'r2','export.accepted','erp','d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35','{"file":"erp-2.csv","mode":"full","rows":4,"rejected":0,"added":4,"changed":0,"removed":0,"stale":0}',X'16b30388b0fa8d0e0811e141739a740d9d01257abf37da6ea7eba25fea10bc76');
CREATE TABLE journal_anchor(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  seq INTEGER NOT NULL,
  seal BLOB NOT NULL
) STRICT;
INSERT INTO journal_anchor VALUES(1,0,X'0000000000000000000000000000000000000000000000000000000000000000');
CREATE INDEX resets_by_key ON resets(mapping, origin, key);
CREATE INDEX resets_of_unknown_origin ON resets(reference_origin)
  WHERE situation = 'unknown_origin';
CREATE INDEX resets_by_situation ON resets(situation, counted) WHERE situation IS NOT NULL;
CREATE UNIQUE INDEX records_by_key ON records(mapping, origin, key, variant);
CREATE INDEX records_duplicated ON records(mapping, origin, key) WHERE variant > 0;
CREATE INDEX records_by_situation ON records(situation, mapping) WHERE situation IS NOT NULL;
CREATE INDEX watched_by_reset ON watched(reset);
CREATE INDEX receipts_by_mapping ON receipts(mapping, state, mode, id);
CREATE INDEX receipts_by_digest ON receipts(sha256, mapping);
CREATE INDEX rejections_by_receipt ON rejections(receipt, line);
CREATE INDEX rejections_by_reference ON rejections(reference) WHERE reference IS NOT NULL;
CREATE INDEX stale_rows_by_reference ON stale_rows(reference, receipt);
CREATE INDEX stale_rows_by_receipt ON stale_rows(receipt);
CREATE INDEX chunks_by_mapping ON chunks(mapping);
CREATE UNIQUE INDEX links_by_reset ON links(reset);
CREATE INDEX links_by_key ON links(mapping, origin, key) WHERE state <> 'closed';
CREATE INDEX links_by_situation ON links(situation, mapping) WHERE situation <> 'in_sync';
CREATE TRIGGER link_changed AFTER UPDATE OF mapping, state ON links
  WHEN old.mapping <> new.mapping OR (old.state = 'closed') <> (new.state = 'closed') BEGIN
  UPDATE link_counts SET links = links - 1
    WHERE mapping = old.mapping AND old.state <> 'closed';
  INSERT INTO link_counts SELECT new.mapping, 1 WHERE new.state <> 'closed'
    ON CONFLICT(mapping) DO UPDATE SET links = links + 1;
END;
CREATE TRIGGER link_gone AFTER DELETE ON links WHEN old.state <> 'closed' BEGIN
  UPDATE link_counts SET links = links - 1 WHERE mapping = old.mapping;
END;
CREATE INDEX due_by_time ON due(at);
CREATE INDEX plans_by_run ON plans(run);
CREATE UNIQUE INDEX outbox_open ON outbox(reset)
  WHERE state IN ('pending', 'sent', 'parked');
CREATE INDEX outbox_by_state ON outbox(state, id)
  WHERE state IN ('pending', 'sent', 'parked');
CREATE INDEX outbox_by_reset ON outbox(reset, id);
CREATE INDEX outbox_by_run ON outbox(run, id);
CREATE INDEX conflicts_by_group ON conflicts(group_mapping, group_origin, group_key);
CREATE INDEX conflicts_by_reset ON conflicts(reset_id);
CREATE INDEX conflicts_by_reference ON conflicts(reference);
CREATE INDEX conflicts_by_due ON conflicts(due) WHERE due IS NOT NULL;
CREATE INDEX conflicts_without_author ON conflicts(number)
  WHERE state = 'open' AND changed_by IS NULL AND field IS NOT NULL AND reset_id IS NOT NULL;
CREATE INDEX conflicts_by_state ON conflicts(
  state, severity DESC, first_seen, number, kind, mapping, field, assignee);
CREATE INDEX conflicts_by_queue ON conflicts(
  severity DESC, first_seen, number, kind, mapping, field, assignee);
CREATE TRIGGER conflict_found AFTER INSERT ON conflicts BEGIN
  INSERT INTO conflict_counts
    VALUES(new.state, new.severity, new.kind, coalesce(new.mapping, ''), 1)
    ON CONFLICT DO UPDATE SET conflicts = conflicts + 1;
END;
CREATE TRIGGER conflict_moved AFTER UPDATE OF state, severity, kind, mapping ON conflicts
  WHEN old.state <> new.state OR old.severity <> new.severity
    OR old.kind <> new.kind OR old.mapping IS NOT new.mapping BEGIN
  UPDATE conflict_counts SET conflicts = conflicts - 1
    WHERE state = old.state AND severity = old.severity AND kind = old.kind
      AND mapping = coalesce(old.mapping, '');
  INSERT INTO conflict_counts
    VALUES(new.state, new.severity, new.kind, coalesce(new.mapping, ''), 1)
    ON CONFLICT DO UPDATE SET conflicts = conflicts + 1;
END;
CREATE TRIGGER conflict_dropped AFTER DELETE ON conflicts BEGIN
  UPDATE conflict_counts SET conflicts = conflicts - 1
    WHERE state = old.state AND severity = old.severity AND kind = old.kind
      AND mapping = coalesce(old.mapping, '');
END;
CREATE TRIGGER conflict_text_made AFTER INSERT ON conflicts BEGIN
  INSERT INTO conflict_texts VALUES(new.number, lower(new.id || char(10) || new.kind || char(10) || coalesce(new.reference, '') || char(10) || coalesce(new.reset_id, '') || char(10) || coalesce(new.field, '') || char(10) || coalesce(new.source, '') || char(10) || coalesce(new.remote, '') || char(10) || coalesce(new.base, '')));
END;
CREATE TRIGGER conflict_text_changed
  AFTER UPDATE OF reference, reset_id, field, source, remote, base ON conflicts
  WHEN old.reference IS NOT new.reference OR old.reset_id IS NOT new.reset_id
    OR old.field IS NOT new.field OR old.source IS NOT new.source
    OR old.remote IS NOT new.remote OR old.base IS NOT new.base BEGIN
  UPDATE conflict_texts SET text = lower(new.id || char(10) || new.kind || char(10) || coalesce(new.reference, '') || char(10) || coalesce(new.reset_id, '') || char(10) || coalesce(new.field, '') || char(10) || coalesce(new.source, '') || char(10) || coalesce(new.remote, '') || char(10) || coalesce(new.base, '')) WHERE number = new.number;
END;
CREATE INDEX conflict_events_by_conflict ON conflict_events(conflict, id);
CREATE INDEX conflict_events_by_time ON conflict_events(time);
CREATE INDEX journal_by_subject ON journal(subject, seq);
CREATE INDEX journal_by_run ON journal(run, seq);
CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER journal_keeps BEFORE DELETE ON journal
  WHEN old.seq > (SELECT seq FROM journal_anchor) BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER journal_anchor_forward BEFORE UPDATE ON journal_anchor
  WHEN new.seq < old.seq BEGIN
  SELECT RAISE(ABORT, 'the anchor of the journal only moves forward');
END;
COMMIT;
