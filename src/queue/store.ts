/** The queue's tables and every statement on them. One process owns the file; all calls are synchronous. */
import { DatabaseSync } from 'node:sqlite'
import { ConfigurationError } from '../values/errors.ts'
import type { Intent } from '../values/intent.ts'
import { intent as intentSchema } from '../values/intent.ts'
import type { JobKey } from './queue.ts'
import { formatJobKey } from './queue.ts'

const SCHEMA_VERSION = 1
/** Deliveries that a job names in the log; the newest. */
const NAMED_DELIVERIES = 20

/**
 * `jobs`: one row a key. `due`: when it may begin; `floor`: no delivery brings it forward beyond that (a failure's delay).
 * `asks`: who asked for it, in order; a job that has run takes away those that it saw, and runs again for those that came
 * meanwhile. AUTOINCREMENT, so that a number that was taken away is never given again.
 * `holds`: until when an installation's rate limit forbids every call.
 */
const SCHEMA = `
  CREATE TABLE deliveries (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, at INTEGER NOT NULL);
  CREATE INDEX deliveries_at ON deliveries (at);
  CREATE TABLE jobs (
    key TEXT PRIMARY KEY, place TEXT NOT NULL, installation INTEGER NOT NULL, owner TEXT NOT NULL, repository TEXT NOT NULL,
    subject TEXT NOT NULL, due INTEGER NOT NULL, floor INTEGER NOT NULL, tries INTEGER NOT NULL, running INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX jobs_due ON jobs (running, due);
  CREATE TABLE asks (seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, delivery TEXT, intent TEXT);
  CREATE INDEX asks_key ON asks (key);
  CREATE TABLE holds (installation INTEGER PRIMARY KEY, until INTEGER NOT NULL);
  CREATE TABLE health (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL);
  PRAGMA user_version = ${SCHEMA_VERSION};
`

/** A job that was taken to be worked on. */
export interface Claim {
  readonly text: string
  readonly key: JobKey
  /** `owner/name` in lower case. */
  readonly place: string
  /** The last ask that it saw. */
  readonly lastAsk: number
  readonly tries: number
  readonly deliveries: readonly string[]
  readonly intents: readonly Intent[]
}

/** Times are milliseconds since 1970. */
export interface Store {
  /** Whether the delivery is new. */
  insertDelivery(id: string, event: string, now: number): boolean
  ask(key: JobKey, delivery: string, intents: readonly Intent[], now: number): void
  add(key: JobKey, due: number): void
  /** The job that is due first, of a repository that is not among `full`; it counts as running from now on. */
  claim(now: number, full: readonly string[]): Claim | undefined
  /** When the next job may begin that `claim` does not give yet. */
  nextDue(full: readonly string[]): number | undefined
  /** Takes away what the job saw; true when something came meanwhile, so that it waits again. */
  succeed(claim: Claim, now: number): boolean
  again(claim: Claim, now: number, due: number): void
  fail(claim: Claim, due: number): void
  /** No call for the installation before `until`. */
  hold(installation: number, until: number): void
  count(): { readonly waiting: number; readonly running: number }
  prune(before: number): void
  /** Writes a row, to see that it can. */
  touch(now: number): void
  /** Everything that `work` does becomes visible and durable together. `power`: also when the power fails. */
  transaction(safety: 'power' | 'process', work: () => void): void
  close(): void
}

/**
 * Opens the file, or makes it. Jobs that were running when the last process ended wait again.
 *
 * @throws ConfigurationError when the file cannot be used: somebody else has it, it is not ours, the folder forbids it.
 */
export function openStore(file: string, restartDelay: (tries: number) => number, now: number): Store {
  const db = openDatabase(file)
  const sql = prepare(db)

  // Whoever was killed in the middle of a job may have been killed by it: the more often, the later it comes back.
  for (const row of db.prepare('SELECT key, tries FROM jobs WHERE running = 1').all()) {
    sql.release.run({
      key: text(row.key),
      due: now + restartDelay(Number(row.tries)),
      floor: 0,
      tries: Number(row.tries),
    })
  }

  let safety: 'power' | 'process' = 'power'
  return {
    insertDelivery: (id, event, at) => Number(sql.insertDelivery.run(id, event, at).changes) === 1,
    ask(key, delivery, intents, at) {
      const wanted = rowOf(key, at)
      sql.want.run(wanted)
      for (const given of intents.length > 0 ? intents : [undefined]) {
        sql.ask.run(wanted.key, delivery, given === undefined ? null : JSON.stringify(given))
      }
    },
    add(key, due) {
      const wanted = rowOf(key, due)
      sql.wantQuietly.run(wanted)
      // A job that runs has perhaps read already what the caller wants to be seen.
      if (sql.isRunning.get(wanted.key) !== undefined) sql.ask.run(wanted.key, null, null)
    },
    claim(at, full) {
      const row = sql.pick.get({ now: at, full: JSON.stringify(full) })
      if (row === undefined) return undefined
      const key = text(row.key)
      const asks = sql.asks.all(key)
      sql.begin.run(key)
      return {
        text: key,
        key: {
          installation: Number(row.installation),
          owner: text(row.owner),
          repository: text(row.repository),
          subject: text(row.subject),
        },
        place: text(row.place),
        lastAsk: Number(asks.at(-1)?.seq ?? 0),
        tries: Number(row.tries) + 1,
        deliveries: [...new Set(asks.flatMap(({ delivery }) => (delivery === null ? [] : [text(delivery)])))].slice(
          -NAMED_DELIVERIES,
        ),
        intents: readIntents(asks.flatMap(({ intent }) => (intent === null ? [] : [text(intent)]))),
      }
    },
    nextDue(full) {
      const due = sql.nextDue.get({ full: JSON.stringify(full) })?.due
      return due === null || due === undefined ? undefined : Number(due)
    },
    succeed(claim, at) {
      sql.forget.run(claim.text, claim.lastAsk)
      const more = sql.newerAsk.get(claim.text, claim.lastAsk) !== undefined
      if (more) sql.release.run({ key: claim.text, due: at, floor: 0, tries: 0 })
      else sql.remove.run(claim.text)
      return more
    },
    again(claim, at, due) {
      const more = sql.newerAsk.get(claim.text, claim.lastAsk) !== undefined
      sql.release.run({ key: claim.text, due: more ? at : due, floor: 0, tries: 0 })
    },
    fail: (claim, due) => void sql.release.run({ key: claim.text, due, floor: due, tries: claim.tries }),
    hold: (installation, until) => void sql.hold.run(installation, until),
    count() {
      const row = sql.count.get()
      return { waiting: Number(row?.waiting ?? 0), running: Number(row?.running ?? 0) }
    },
    prune: (before) => void sql.prune.run(before),
    touch: (at) => void sql.touch.run(at),
    transaction(wanted, work) {
      if (wanted !== safety) db.exec(`PRAGMA synchronous = ${wanted === 'power' ? 'FULL' : 'NORMAL'}`)
      safety = wanted
      sql.beginTransaction.run()
      try {
        work()
        sql.commit.run()
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK')
        throw error
      }
    },
    close: () => db.close(),
  }
}

function openDatabase(file: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file)
    // Exclusive: a second process on the same file would work on the same jobs at the same time.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE')
    const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
    if (version === 0) db.exec(SCHEMA)
    db.exec('COMMIT')
    if (version !== 0 && version !== SCHEMA_VERSION) {
      throw new ConfigurationError(
        `${file} was written by another version of Graft. Delete it: what is open is found again on GitHub.`,
      )
    }
    return db
  } catch (error) {
    db?.close()
    if (error instanceof ConfigurationError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    if (/locked|busy/i.test(reason)) {
      throw new ConfigurationError(
        `${file} is in use: another Graft server works with this folder. Stop that one first.`,
        {
          cause: error,
        },
      )
    }
    if (/not a database|malformed/i.test(reason)) {
      throw new ConfigurationError(`${file} is damaged. Delete it: what is open is found again on GitHub.`, {
        cause: error,
      })
    }
    throw new ConfigurationError(`${file} cannot be opened (${reason}). Choose a folder that Graft may write to.`, {
      cause: error,
    })
  }
}

function prepare(db: DatabaseSync) {
  // A job that exists: a delivery brings it forward, though never before its floor; the sweep leaves its time as it is. The
  // installation is always the newest, as an App that is installed again gets another number.
  const insert = `INSERT INTO jobs VALUES (:key, :place, :installation, :owner, :repository, :subject, :due, 0, 0, 0)
    ON CONFLICT (key) DO UPDATE SET installation = excluded.installation, owner = excluded.owner, repository = excluded.repository`
  const eligible = 'running = 0 AND place NOT IN (SELECT value FROM json_each(:full))'
  return {
    beginTransaction: db.prepare('BEGIN'),
    commit: db.prepare('COMMIT'),
    insertDelivery: db.prepare('INSERT OR IGNORE INTO deliveries (id, event, at) VALUES (?, ?, ?)'),
    want: db.prepare(`${insert}, due = min(due, max(floor, excluded.due))`),
    wantQuietly: db.prepare(insert),
    ask: db.prepare('INSERT INTO asks (key, delivery, intent) VALUES (?, ?, ?)'),
    isRunning: db.prepare('SELECT 1 FROM jobs WHERE key = ? AND running = 1'),
    pick: db.prepare(`SELECT * FROM jobs WHERE ${eligible} AND due <= :now
      AND installation NOT IN (SELECT installation FROM holds WHERE until > :now) ORDER BY due LIMIT 1`),
    asks: db.prepare('SELECT seq, delivery, intent FROM asks WHERE key = ? ORDER BY seq'),
    begin: db.prepare('UPDATE jobs SET running = 1, tries = tries + 1 WHERE key = ?'),
    nextDue:
      db.prepare(`SELECT min(max(due, coalesce((SELECT until FROM holds WHERE holds.installation = jobs.installation), 0)))
      AS due FROM jobs WHERE ${eligible}`),
    forget: db.prepare('DELETE FROM asks WHERE key = ? AND seq <= ?'),
    newerAsk: db.prepare('SELECT 1 FROM asks WHERE key = ? AND seq > ? LIMIT 1'),
    release: db.prepare('UPDATE jobs SET running = 0, due = :due, floor = :floor, tries = :tries WHERE key = :key'),
    remove: db.prepare('DELETE FROM jobs WHERE key = ?'),
    hold: db.prepare(
      'INSERT INTO holds VALUES (?, ?) ON CONFLICT (installation) DO UPDATE SET until = max(until, excluded.until)',
    ),
    count: db.prepare(
      'SELECT count(*) FILTER (WHERE running = 0) AS waiting, count(*) FILTER (WHERE running = 1) AS running FROM jobs',
    ),
    prune: db.prepare('DELETE FROM deliveries WHERE at < ?'),
    touch: db.prepare('INSERT INTO health VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET at = excluded.at'),
  }
}

function rowOf(key: JobKey, due: number) {
  const { installation, owner, repository, subject } = key
  return {
    key: formatJobKey(key),
    place: `${owner}/${repository}`.toLowerCase(),
    installation,
    owner,
    repository,
    subject,
    due,
  }
}

/** Each press once, in their order. */
function readIntents(rows: readonly string[]): Intent[] {
  const byId = new Map<string, Intent>()
  for (const row of rows) {
    const read = intentSchema.safeParse(JSON.parse(row))
    if (read.success && !byId.has(read.data.id)) byId.set(read.data.id, read.data)
  }
  return [...byId.values()]
}

function text(value: unknown): string {
  return String(value)
}
