/**
 * Webhooks (`npm run bench:webhooks`, a good minute and a half on two cores):
 *
 * - how many a second are accepted durably, beside bare Probot, which keeps nothing: rounds of both in turn, in one run;
 * - 10,000 in a minute: how long the answer takes, what memory it takes, and whether each of them reached a job.
 *
 * Deliveries are GitHub's own example of `issues.opened`, signed. Writes bench/results/webhooks.json.
 */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'

const SERVER = fileURLToPath(new URL('webhooks-server.ts', import.meta.url))
const RESULT = fileURLToPath(new URL('results/webhooks.json', import.meta.url))
const EXAMPLES = new URL('../node_modules/@octokit/webhooks-examples/api.github.com/index.json', import.meta.url)

const CONNECTIONS = 100
const ROUNDS = 9
const PER_ROUND = 10_000
const STEADY = 10_000
const STEADY_SECONDS = 60
const SECRET = 'the secret of the benchmark'
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

interface Server {
  readonly pool: Pool
  readonly path: string
  readonly child: ChildProcess
  /** Deliveries that jobs named. */
  readonly worked: Set<string>
}

interface Signed {
  readonly body: string
  readonly signature: string
}

const folder = mkdtempSync(join(tmpdir(), 'graft-bench-webhooks-'))
const signed = makeDeliveries()
try {
  const throughput = await compare()
  const steady = await tenThousandInAMinute()
  const result = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    bytesOfADelivery: signed[0]?.body.length,
    connections: CONNECTIONS,
    ...throughput,
    tenThousandInAMinute: steady,
  }
  writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  const misses = [
    throughput.ratio >= 0.9 ? '' : `ratio ${throughput.ratio} < 0.9`,
    steady.lost === 0 ? '' : `${steady.lost} lost`,
    steady.p99Milliseconds < 1000 ? '' : `p99 ${steady.p99Milliseconds} ms`,
    steady.mostMegabytes < 512 ? '' : `${steady.mostMegabytes} MB`,
  ].filter(Boolean)
  if (misses.length > 0) {
    process.stdout.write(`Missed: ${misses.join(', ')}\n`)
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Rounds in turn, so that whatever else the machine does hits both. */
async function compare() {
  const probot = await start('probot')
  const graft = await start('graft')
  const rates = { probot: [] as number[], graft: [] as number[] }
  // Warm-up: neither is compiled yet.
  await flood(probot, 2000)
  await flood(graft, 2000)
  for (let round = 0; round < ROUNDS; round++) {
    rates.probot.push(await flood(probot, PER_ROUND))
    rates.graft.push(await flood(graft, PER_ROUND))
  }
  await stop(probot)
  await stop(graft)
  const ratios = rates.graft.map((rate, round) => rate / (rates.probot[round] ?? Number.NaN))
  return {
    acceptedASecond: { graft: Math.round(median(rates.graft)), bareProbot: Math.round(median(rates.probot)) },
    ratio: Number(median(ratios).toFixed(2)),
    ratios: ratios.map((ratio) => Number(ratio.toFixed(2))),
  }
}

/** Deliveries a second. */
async function flood(server: Server, count: number): Promise<number> {
  let left = count
  const begin = performance.now()
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) await send(server, left, randomUUID())
    }),
  )
  return count / ((performance.now() - begin) / 1000)
}

async function tenThousandInAMinute() {
  // Enough jobs at once that all of them are worked off.
  const graft = await start('graft', 64)
  const ids: string[] = []
  const latencies: number[] = []
  let mostMegabytes = 0
  const begin = performance.now()
  const sends: Promise<void>[] = []
  while (ids.length < STEADY) {
    const due = Math.min(STEADY, Math.ceil(((performance.now() - begin) / 1000 / STEADY_SECONDS) * STEADY))
    while (ids.length < due) {
      const id = randomUUID()
      ids.push(id)
      const sent = performance.now()
      sends.push(send(graft, ids.length, id).then(() => void latencies.push(performance.now() - sent)))
    }
    mostMegabytes = Math.max(mostMegabytes, residentMegabytes(graft.child.pid))
    await pause(5)
  }
  await Promise.all(sends)
  const seconds = (performance.now() - begin) / 1000
  // What is left in the queue is worked on before it is counted.
  const deadline = performance.now() + 30_000
  while (graft.worked.size < ids.length && performance.now() < deadline) await pause(50)
  const lost = ids.filter((id) => !graft.worked.has(id)).length
  await stop(graft)
  latencies.sort((a, b) => a - b)
  return {
    seconds: Math.round(seconds),
    acknowledged: latencies.length,
    lost,
    p50Milliseconds: quantile(latencies, 0.5),
    p99Milliseconds: quantile(latencies, 0.99),
    longestMilliseconds: quantile(latencies, 1),
    mostMegabytes: Math.round(mostMegabytes),
  }
}

async function send({ pool, path }: Server, index: number, id: string): Promise<void> {
  const { body, signature } = signed[index % signed.length] as Signed
  const { statusCode, body: answer } = await pool.request({
    method: 'POST',
    path,
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issues',
      'x-github-delivery': id,
      'x-hub-signature-256': signature,
    },
  })
  await answer.dump()
  if (statusCode !== 200 && statusCode !== 202) throw new Error(`Answered with ${statusCode}.`)
}

/** 2,000 issues in 50 repositories: what comes for the same one is merged. */
function makeDeliveries(): Signed[] {
  const events = JSON.parse(readFileSync(EXAMPLES, 'utf8')) as { name: string; examples: Record<string, unknown>[] }[]
  const examples = events.find(({ name }) => name === 'issues')?.examples ?? []
  const example = examples.find(({ action }) => action === 'opened') as { issue: object; repository: object }
  return Array.from({ length: 2000 }, (_, index) => {
    const body = JSON.stringify({
      ...example,
      installation: { id: 5 },
      issue: { ...example.issue, number: index + 1 },
      repository: { ...example.repository, full_name: `owner/repository-${index % 50}` },
    })
    return { body, signature: `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}` }
  })
}

/** As many jobs at once as the product does by default, unless told otherwise. */
async function start(kind: 'graft' | 'probot', concurrency = 4): Promise<Server> {
  const data = mkdtempSync(join(folder, `${kind}-`))
  const child = spawn(process.execPath, [SERVER, kind, SECRET, PEM, data, String(concurrency)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const worked = new Set<string>()
  const url = await new Promise<URL>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${kind} ended with ${code}.`)))
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (!line.startsWith('{')) return void process.stderr.write(`${line}\n`)
      const said = JSON.parse(line) as { url?: string; deliveries?: string[] }
      if (said.url !== undefined) resolve(new URL(said.url))
      for (const id of said.deliveries ?? []) worked.add(id)
    })
  })
  return { pool: new Pool(url.origin, { connections: CONNECTIONS }), path: url.pathname, child, worked }
}

async function stop({ pool, child }: Server): Promise<void> {
  await pool.close()
  child.kill('SIGTERM')
  await once(child, 'exit')
}

function residentMegabytes(pid: number | undefined): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? Number.NaN) / 1024
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function quantile(sorted: readonly number[], part: number): number {
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(1))
}
