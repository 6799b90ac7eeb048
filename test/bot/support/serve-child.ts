/**
 * A server in a process of its own, to be killed. Arguments: its folder, and `hold` (a job that begins never ends) or `work`.
 * It says on standard output what happens, one JSON value a line.
 */
import { startTestServer } from './server.ts'

const [, , folder = '', mode] = process.argv
const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)

const server = await startTestServer({
  folder,
  work: async ({ subject, attempt, intents, deliveries }) => {
    say({ subject, attempt, intents: intents.map(({ id }) => id), deliveries })
    if (mode === 'hold') await new Promise(() => {})
    return {}
  },
})
say({ url: server.url })
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)))
await server.queue.idle()
say({ idle: true })
