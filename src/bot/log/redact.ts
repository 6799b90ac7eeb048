/**
 * Takes secrets out of text before it is written anywhere: those that are known (the App's key, the webhook secret) and
 * whatever looks like a token, also when they stand there in JSON, base64 or percent encoding.
 */

const REDACTED = '[redacted]'

/** Shapes of secrets that come into being at run time. */
const SHAPES: readonly RegExp[] = [
  // GitHub's tokens: personal, OAuth, user-to-server, installation, refresh; and the older form of installations. Also in the
  // middle of a word, as decoded text may have anything in front of them.
  /gh[a-z]_[A-Za-z0-9_.-]{16,}/g,
  /github_pat_[A-Za-z0-9_]{20,}/g,
  /\bv1\.[0-9a-f]{40}\b/g,
  // A JSON web token: the App's own.
  /eyJ[A-Za-z0-9_-]{8,400}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // Signatures of deliveries.
  /\bsha(?:1|256)=[0-9a-f]{40,64}\b/g,
  // Credentials in a header or an address.
  /(?<=\b(?:bearer|basic|token) )[A-Za-z0-9+/._~-]{16,}=*/gi,
  /(?<=\/\/)[^/\s:@"\\]*:[^/\s@"\\]+(?=@)/g,
]

const BASE64_RUN = /[A-Za-z0-9+/_-]{20,}={0,2}/g
/** The id of a delivery is on every line and hides nothing. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const PERCENT_RUN = /(?<![A-Za-z0-9._~+-])[A-Za-z0-9._~+-]*(?:%[0-9A-Fa-f]{2}[A-Za-z0-9._~+-]*)+/g

/**
 * Makes the function that redacts.
 *
 * @param secrets Exact secrets. Those shorter than 8 characters are refused, as they would blot out ordinary text.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const whole = longestFirst(secrets.flatMap(forms))
  // Lines of a key look like base64, so they are looked for only where something does: every line of the log comes through here.
  const lines = longestFirst(secrets.flatMap(linesOf))
  const plain = (text: string) => {
    let result = text
    for (const secret of whole) if (result.includes(secret)) result = result.replaceAll(secret, REDACTED)
    for (const shape of SHAPES) result = result.replace(shape, REDACTED)
    return result
  }
  const hides = (text: string) => plain(text) !== text || lines.some((line) => text.includes(line))
  return (text) => {
    const first = plain(text)
    const second = first.includes('%')
      ? first.replace(PERCENT_RUN, (run) => (hides(percentDecoded(run)) ? REDACTED : run))
      : first
    return second.replace(BASE64_RUN, (run) => (hidesInBase64(run, hides) ? REDACTED : run))
  }
}

function longestFirst(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort((a, b) => b.length - a.length)
}

/** A secret as it may stand in a log: itself, JSON, base64, percent encoding. */
function forms(secret: string): string[] {
  if (secret.length < 8) throw new RangeError('A secret of less than 8 characters cannot be redacted.')
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
    encodeURIComponent(secret),
  ]
}

/** The lines of a key that hold it. */
function linesOf(secret: string): string[] {
  return secret.split(/\r?\n/).filter((line) => line.length >= 20 && !line.startsWith('-----') && line !== secret)
}

/** Something that looks like base64. It may begin in the middle of something longer (a path), so each alignment is tried. */
function hidesInBase64(run: string, hides: (text: string) => boolean): boolean {
  if (UUID.test(run)) return false
  if (hides(run)) return true
  return [0, 1, 2, 3].some((start) => hides(Buffer.from(run.slice(start), 'base64').toString('latin1')))
}

function percentDecoded(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return run
  }
}
