/**
 * The door that GitHub's webhooks come through: size, headers, signature, shape, and then a durable place in the queue before
 * the answer. It works on nothing.
 *
 * Why not Probot's own middleware: it reads a body of any size into memory before it checks the signature; it answers after
 * the handlers have run, or after nine seconds although they still run, in which case a crash loses the delivery; it makes an
 * authenticated client for each event though none is needed here; and without a secret it accepts its built-in one. Probot
 * does what comes later: it acts as the App (`github-app.ts`) and sets it up (`setup.ts`).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { verify } from '@octokit/webhooks-methods'
import type { Queue } from '../../queue/queue.ts'
import { translateEvent } from '../events.ts'
import type { AppIdentity } from '../github/facts.ts'
import type { Log } from '../log.ts'
import type { DeliveryOutcome, Metrics } from '../metrics.ts'
import { createBodyReader } from './body.ts'

/** GitHub sends no more than that. */
const MOST_BYTES = 25 * 1024 * 1024
const MOST_BYTES_TOGETHER = 64 * 1024 * 1024
const DELIVERY = /^[A-Za-z0-9-]{1,80}$/
const EVENT = /^[a-z_]{1,60}$/

export interface WebhookOptions {
  readonly secret: string
  readonly app: AppIdentity
  readonly queue: Pick<Queue, 'accept'>
  readonly metrics: Pick<Metrics, 'delivery'>
  readonly log: Log
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly outcome: DeliveryOutcome
}

/** Makes the handler of `POST /api/github/webhooks`. It answers always, and throws never. */
export function createWebhookHandler(options: WebhookOptions) {
  const { secret, app, queue, metrics, log } = options
  const bodies = createBodyReader(MOST_BYTES, MOST_BYTES_TOGETHER)

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const delivery = header(request, 'x-github-delivery')
    const event = header(request, 'x-github-event')
    const signature = header(request, 'x-hub-signature-256')
    const named = { delivery: delivery !== undefined && DELIVERY.test(delivery) ? delivery : undefined }
    const answer = ({ status, text, outcome }: Answer, signedEvent?: string) => {
      metrics.delivery(signedEvent, outcome)
      if (outcome === 'refused') log.info({ ...named, status, reason: text }, 'delivery refused')
      send(request, response, status, text)
    }

    if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES)
      return answer(refusal(413, 'The body is too large.'))
    if (!/^application\/json\s*(?:;|$)/i.test(header(request, 'content-type') ?? '')) {
      return answer(
        refusal(415, 'The content type must be application/json; choose that in the settings of the webhook.'),
      )
    }
    if (delivery === undefined || event === undefined || signature === undefined) {
      const names = { 'x-github-delivery': delivery, 'x-github-event': event, 'x-hub-signature-256': signature }
      const missing = Object.entries(names).flatMap(([name, value]) => (value === undefined ? [name] : []))
      return answer(refusal(400, `Headers are missing: ${missing.join(', ')}.`))
    }
    if (!DELIVERY.test(delivery) || !EVENT.test(event)) return answer(refusal(400, 'A header is out of shape.'))

    const body = await bodies.read(request)
    if (!body.ok) {
      if (body.reason === 'too_large') return answer(refusal(413, 'The body is too large.'))
      if (body.reason === 'busy')
        return answer({ status: 503, text: 'Too much at once; deliver it again later.', outcome: 'failed' })
      log.info(named, 'delivery broke off')
      metrics.delivery(undefined, 'refused')
      return
    }
    try {
      const text = body.bytes.toString('utf8')
      if (text === '' || !(await verify(secret, text, signature))) {
        return answer(refusal(401, 'The signature is wrong: the secret of the webhook is not the one of this server.'))
      }
      const payload = parseJson(text)
      if (payload === undefined) return answer(refusal(400, 'The body is no JSON.'), event)
      answer(await receive(delivery, event, payload), event)
    } finally {
      body.release()
    }
  }

  async function receive(delivery: string, event: string, payload: unknown): Promise<Answer> {
    const translation = translateEvent(event, payload, app, delivery)
    if ('ignored' in translation) {
      log.info({ delivery, event, ...placeOf(payload), reason: translation.ignored }, 'delivery ignored')
      return { status: 202, text: 'Nothing to do.', outcome: 'ignored' }
    }
    const { jobs } = translation
    const places = new Set(jobs.map(({ key }) => `${key.owner}/${key.repository}`))
    const facts = {
      delivery,
      event,
      repository: [...places].slice(0, 5).join(' '),
      subjects: jobs.slice(0, 5).map(({ key }) => key.subject),
    }
    try {
      const isNew = await queue.accept({ id: delivery, event, jobs })
      log.info(facts, isNew ? 'delivery accepted' : 'delivery was known already')
      return isNew
        ? { status: 202, text: 'Accepted.', outcome: 'accepted' }
        : { status: 202, text: 'Known already.', outcome: 'duplicate' }
    } catch (error) {
      log.error({ ...facts, err: error }, 'delivery could not be stored')
      return { status: 503, text: 'It could not be stored; deliver it again later.', outcome: 'failed' }
    }
  }
}

/**
 * Answers. What the sender still sends is read and thrown away, for as long as a request may take: a connection that is closed
 * at once would show it a broken pipe instead of the answer.
 */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) + 1 })
  response.end(`${text}\n`)
  request.resume()
}

function refusal(status: number, text: string): Answer {
  return { status, text, outcome: 'refused' }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** For the log of a payload that nothing else was read from. */
function placeOf(payload: unknown): { repository?: string } {
  if (typeof payload !== 'object' || payload === null || !('repository' in payload)) return {}
  const { repository } = payload
  if (typeof repository !== 'object' || repository === null || !('full_name' in repository)) return {}
  return { repository: String(repository.full_name).slice(0, 201) }
}
