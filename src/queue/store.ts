/** The queue's tables and every statement on them. One process owns the file; all calls are synchronous. */
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { ConfigurationError } from '../values/errors.ts'
import type { Intent } from '../values/intent.ts'
import { intent as intentSchema } from '../values/intent.ts'
import type { JobKey } from './queue.ts'
import { formatJobKey } from './queue.ts'

const SCHEMA_VERSION = 1
/** Deliveries that a job names in the log, at most. */
const NAMED_DELIVERIES = 20

/**
 * `jobs`: one row a key. `due`: when it may begin; `floor`: no delivery brings it forward beyond that (a failure's delay).
 * `asks`: who asked for it, in order; a job that has run takes away those that it saw, and runs again for those that came
 * meanwhile.
 * `holds`: until when an installation's rate limit forbids every call.
 */
const SCHEMA = `
  CREATE TABLE deliveries (id TEXT PRIMARY KEY, event TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE jobs (
    key TEXT PRIMARY KEY, place TEXT NOT NULL, installation INTEGER NOT NULL, owner TEXT NOT NULL, repository TEXT NOT NULL,
    subject TEXT NOT NULL, due INTEGER NOT NULL, floor INTEGER NOT NULL, tries INTEGER NOT NULL, running INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX jobs_due ON jobs (running, due);
  CREATE TABLE asks (key TEXT, seq INTEGER, delivery TEXT, intent TEXT, PRIMARY KEY (key, seq)) WITHOUT ROWID;
  CREATE TABLE holds (installation INTEGER PRIMARY KEY, until INTEGER NOT NULL);
  CREATE TABLE health (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL);
  PRAGMA user_version = ${SCHEMA_VERSION};
`

const TOUCH = 'INSERT INTO health VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET at = excluded.at'

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
  nextDue(now: number, full: readonly string[]): number | undefined
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
  /** Everything that `work` does happens together, or nothing of it. It survives the process, and after `sync` also the power. */
  transaction<T>(work: () => T): T
  /** Flushes to the disk what was committed before the call. Does not hold up the event loop. */
  sync(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the file, or makes it. Jobs that were running when the last process ended wait again.
 *
 * @throws ConfigurationError when the file cannot be used: somebody else has it, it is not ours, the folder forbids it.
 */
export async function openStore(file: string, restartDelay: (tries: number) => number, now: number): Promise<Store> {
  const db = openDatabase(file)
  const sql = prepare(db)
  const log = await openLog(db, file)

  let lastAsk = Number(db.prepare('SELECT max(seq) AS seq FROM asks').get()?.seq ?? 0)

  // Whoever was killed in the middle of a job may have been killed by it: the more often, the later it comes back.
  for (const row of db.prepare('SELECT key, tries FROM jobs WHERE running = 1').all()) {
    sql.release.run({
      key: text(row.key),
      due: now + restartDelay(Number(row.tries)),
      floor: 0,
      tries: Number(row.tries),
    })
  }

  return {
    insertDelivery: (id, event, at) => Number(sql.insertDelivery.run(id, event, at).changes) === 1,
    ask(key, delivery, intents, at) {
      const { text: written, place, values } = rowOf(key)
      sql.want.run(written, place, ...values, at)
      if (intents.length === 0) sql.askPlainly.run({ key: written, seq: ++lastAsk, delivery })
      for (const given of intents) sql.ask.run(written, ++lastAsk, delivery, JSON.stringify(given))
    },
    add(key, due) {
      const { text: written, place, values } = rowOf(key)
      sql.wantQuietly.run(written, place, ...values, due)
      // A job that runs has perhaps read already what the caller wants to be seen.
      if (sql.isRunning.get(written) !== undefined) sql.ask.run(written, ++lastAsk, null, null)
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
    nextDue(at, full) {
      const times = [sql.nextDue.get({ now: at, full: JSON.stringify(full) })?.due, sql.holdEnds.get(at)?.until]
      const known = times.flatMap((time) => (time === null || time === undefined ? [] : [Number(time)]))
      return known.length === 0 ? undefined : Math.min(...known)
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
    transaction(work) {
      sql.beginTransaction.run()
      try {
        const result = work()
        sql.commit.run()
        return result
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK')
        throw error
      }
    },
    sync: () => log.datasync(),
    async close() {
      db.close()
      await log.close()
    },
  }
}

function openDatabase(file: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file)
    // Exclusive: a second process on the same file would work on the same jobs at the same time.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    // Checkpoints write pages a second time and wait for the disk: every 32 MB instead of every 4.
    db.exec('PRAGMA wal_autocheckpoint = 8000; BEGIN EXCLUSIVE')
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

/**
 * The write-ahead log, to flush it. SQLite would do that within each commit (`synchronous = FULL`), which stops the event loop
 * for as long as the disk takes; with `NORMAL` it does it only before a checkpoint, and a flush from outside makes the same
 * frames durable. Everything that SQLite checkpoints it flushes first, so nothing escapes in between.
 */
async function openLog(db: DatabaseSync, file: string): Promise<FileHandle> {
  // One commit with FULL: then the log exists, and so does its entry in the folder.
  db.prepare(TOUCH).run(0)
  db.exec('PRAGMA synchronous = NORMAL')
  return open(`${file}-wal`, 'r+')
}

function prepare(db: DatabaseSync) {
  // A job that exists: a delivery brings it forward, though never before its floor; the sweep leaves its time as it is. The
  // installation is always the newest, as an App that is installed again gets another number.
  const insert = `INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0) ON CONFLICT (key) DO UPDATE SET
    installation = excluded.installation, owner = excluded.owner, repository = excluded.repository`
  const moved = 'jobs.installation <> excluded.installation OR jobs.repository <> excluded.repository'
  const eligible = 'running = 0 AND place NOT IN (SELECT value FROM json_each(:full))'
  return {
    beginTransaction: db.prepare('BEGIN'),
    commit: db.prepare('COMMIT'),
    insertDelivery: db.prepare('INSERT OR IGNORE INTO deliveries VALUES (?, ?, ?)'),
    want: db.prepare(
      `${insert}, due = min(due, max(floor, excluded.due)) WHERE due > max(floor, excluded.due) OR ${moved}`,
    ),
    wantQuietly: db.prepare(`${insert} WHERE ${moved}`),
    ask: db.prepare('INSERT INTO asks VALUES (?, ?, ?, ?)'),
    // A job that waits is asked for once; further deliveries are kept for its log line only, so a storm of them is cut off.
    askPlainly: db.prepare(`INSERT INTO asks SELECT :key, :seq, :delivery, NULL
      WHERE (SELECT count(*) FROM asks WHERE key = :key) < ${NAMED_DELIVERIES}
        OR EXISTS (SELECT 1 FROM jobs WHERE key = :key AND running = 1)`),
    isRunning: db.prepare('SELECT 1 FROM jobs WHERE key = ? AND running = 1'),
    pick: db.prepare(`SELECT * FROM jobs WHERE ${eligible} AND due <= :now
      AND installation NOT IN (SELECT installation FROM holds WHERE until > :now) ORDER BY due LIMIT 1`),
    asks: db.prepare('SELECT seq, delivery, intent FROM asks WHERE key = ? ORDER BY seq'),
    begin: db.prepare('UPDATE jobs SET running = 1, tries = tries + 1 WHERE key = ?'),
    nextDue: db.prepare(`SELECT due FROM jobs WHERE ${eligible}
      AND installation NOT IN (SELECT installation FROM holds WHERE until > :now) ORDER BY due LIMIT 1`),
    holdEnds: db.prepare('SELECT min(until) AS until FROM holds WHERE until > ?'),
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
    touch: db.prepare(TOUCH),
  }
}

function rowOf(key: JobKey) {
  const { installation, owner, repository, subject } = key
  return {
    text: formatJobKey(key),
    place: `${owner}/${repository}`.toLowerCase(),
    values: [installation, owner, repository, subject] as const,
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
