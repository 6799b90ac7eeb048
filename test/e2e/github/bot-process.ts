/** The App's server as a process of its own, so that a test can kill it: settings as JSON on standard input, its address on standard output. */
import { text } from 'node:stream/consumers'
import { createLog } from '../../../src/bot/log.ts'
import { startBot } from '../../../src/bot/server/run.ts'
import { createWork } from '../../../src/bot/server/work.ts'
import type { ServerSettings } from '../../../src/bot/settings.ts'

const settings = JSON.parse(await text(process.stdin)) as ServerSettings
const log = createLog('silent', [])
const server = await startBot({ settings, createWork: createWork(settings), log, throttle: false })
process.stdout.write(`${server.url}\n`)
