/**
 * The server's log: one JSON object a line. Messages are constant, facts are fields, and every line about a delivery carries
 * its id and repository. Each line is redacted as a whole, just before it is written.
 */
import type { DestinationStream, Logger } from 'pino'
import pino from 'pino'
import { createRedactor } from './log/redact.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type Log = Logger

/**
 * Makes the log.
 *
 * @param secrets Exact secrets that must never appear in it, however they are encoded.
 * @param destination Default: standard output.
 */
export function createLog(level: LogLevel, secrets: readonly string[], destination?: DestinationStream): Log {
  const redact = createRedactor(secrets)
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: serializeError },
    hooks: { streamWrite: redact },
  }
  // Lines that come while a write is on its way go out together; the rest when the process ends.
  return pino(options, destination ?? pino.destination({ dest: 1, sync: false }))
}

/** Without what a client hangs on its errors: the whole request with its body, and the whole answer. */
function serializeError(error: Error): object {
  const { request, response, ...rest } = pino.stdSerializers.err(error) as unknown as Record<string, unknown>
  return rest
}
