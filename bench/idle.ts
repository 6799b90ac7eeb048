/**
 * Idle memory of `graft serve` (`npm run bench:idle`, a good minute): the whole server on an embedded GitHub with one repository,
 * after it was set up and swept. Writes bench/results/idle.json.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { WEBHOOK_PATH } from '../src/bot/server.ts'
import { startEmbeddedGitHub } from '../src/embedded/server.ts'

const ROOT = join(import.meta.dirname, '..')
const RESULT = join(import.meta.dirname, 'results', 'idle.json')
const SECONDS = 75
const MOST_MEGABYTES = 200

const folder = mkdtempSync(join(tmpdir(), 'graft-bench-idle-'))
const templatesDir = join(ROOT, 'templates')
const github = await startEmbeddedGitHub({ folder: join(folder, 'github'), templatesDir })
try {
  github.addUser('ada')
  await github.addRepository({ owner: 'ada', name: 'target', from: join(templatesDir, 'target') })
  github.setPermission('ada/target', 'ada', 'admin')
  const { id, privateKey, webhookSecret } = github.app
  const server = spawn(process.execPath, [join(ROOT, 'src/cli/main.ts'), 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      APP_ID: String(id),
      PRIVATE_KEY: privateKey,
      WEBHOOK_SECRET: webhookSecret,
      GITHUB_API_URL: github.url,
      GRAFT_DATA: join(folder, 'data'),
      GRAFT_SWEEP_MINUTES: '1',
      PORT: '0',
    },
  })
  const counts = new Map<string, number>()
  const url = await new Promise<string>((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`graft serve ended with ${code}.`)))
    createInterface({ input: server.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { msg: string; url?: string }
      counts.set(said.msg, (counts.get(said.msg) ?? 0) + 1)
      if (said.msg === 'listening') resolve(said.url ?? '')
    })
  })
  github.setWebhookUrl(`${url}${WEBHOOK_PATH}`)
  github.install('ada', ['ada/target'])
  const megabytes: number[] = []
  for (let second = 0; second < SECONDS; second++) {
    await pause(1000)
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]
    megabytes.push(Math.round(Number(resident) / 1024))
  }
  server.kill('SIGTERM')
  await once(server, 'exit')
  const result = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    jobsDone: counts.get('job done') ?? 0,
    atTheEndMegabytes: megabytes.at(-1),
    mostMegabytes: Math.max(...megabytes),
  }
  writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  if (result.jobsDone === 0 || !((megabytes.at(-1) ?? Number.NaN) <= MOST_MEGABYTES)) process.exitCode = 1
} finally {
  await github.close()
  rmSync(folder, { recursive: true, force: true })
}
