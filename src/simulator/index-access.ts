/** Hands the operator's index (address, certificate, proxy, credentials) to the installers and to the hash look-up. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { eq, valid } from '@renovatebot/pep440'
import { EnvHttpProxyAgent, fetch } from 'undici'
import { z } from 'zod'
import type { IndexConfig } from '../config/index-config.ts'
import { TransientError } from '../values/errors.ts'
import { writeAtomically } from './cache.ts'
import { distributionOf, normalizeName } from './lock.ts'

/**
 * Variables that make uv and pip use exactly the index that the source was fetched from. Credentials travel here, never in
 * arguments, which every user of the machine could list.
 *
 * @param cacheDir where the trusted certificates are written when they come from no single file
 */
export async function indexEnvironment(index: IndexConfig, cacheDir: string): Promise<Record<string, string>> {
  const url = new URL(index.simpleUrl)
  const [user, ...password] = Buffer.from((index.authorization ?? '').replace(/^Basic /, ''), 'base64')
    .toString('utf8')
    .split(':')
  if (index.authorization !== undefined) {
    url.username = encodeURIComponent(user ?? '')
    url.password = encodeURIComponent(password.join(':'))
  }
  const pem = index.certificates.join('\n')
  let file = index.certificateFile
  if (file === undefined && pem !== '') {
    file = join(cacheDir, 'certificates', `${createHash('sha256').update(pem).digest('hex').slice(0, 16)}.pem`)
    await writeAtomically(file, pem)
  }
  const { http, https, bypass } = index.proxy ?? {}
  return {
    UV_DEFAULT_INDEX: url.href,
    PIP_INDEX_URL: url.href,
    // Everything that matters of pip's files was read already; settings such as `pre` or `user` must not change a resolution.
    PIP_CONFIG_FILE: process.platform === 'win32' ? 'nul' : '/dev/null',
    PIP_NO_INPUT: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    ...(file === undefined ? {} : { SSL_CERT_FILE: file, PIP_CERT: file }),
    ...(http === undefined ? {} : { HTTP_PROXY: http, http_proxy: http }),
    ...(https === undefined ? {} : { HTTPS_PROXY: https, https_proxy: https }),
    ...(bypass === undefined ? {} : { NO_PROXY: bypass, no_proxy: bypass }),
  }
}

const MAX_PAGE_BYTES = 64 * 1024 * 1024
const page = z.object({
  files: z.array(z.object({ filename: z.string(), hashes: z.record(z.string(), z.string()) })),
})
const SHA256 = /^[0-9a-f]{64}$/

/**
 * SHA-256 of every file of one version on the index, sorted (Simple API, PEP 691; PEP 503 where an index has no JSON).
 *
 * @throws TransientError when the index does not answer or its answer cannot be read.
 */
export async function hashesOnIndex(index: IndexConfig, name: string, version: string): Promise<string[]> {
  const dispatcher = new EnvHttpProxyAgent({
    connect: { ca: [...index.certificates] },
    ...(index.proxy?.http === undefined ? {} : { httpProxy: index.proxy.http }),
    ...(index.proxy?.https === undefined ? {} : { httpsProxy: index.proxy.https }),
    ...(index.proxy?.bypass === undefined ? {} : { noProxy: index.proxy.bypass }),
  })
  try {
    const answer = await fetch(new URL(`${normalizeName(name)}/`, index.simpleUrl), {
      dispatcher,
      signal: AbortSignal.timeout(60_000),
      headers: {
        accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5',
        ...(index.authorization === undefined ? {} : { authorization: index.authorization }),
      },
    })
    if (!answer.ok) throw new Error(`status ${answer.status}`)
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > MAX_PAGE_BYTES) throw new Error('the answer is too large')
    }
    const isJson = (answer.headers.get('content-type') ?? '').includes('json')
    const hashes = new Set<string>()
    for (const [file, hash] of isJson ? filesOfJson(text) : filesOfHtml(text)) {
      const known = distributionOf(file)
      if (known?.name === normalizeName(name) && sameVersion(known.version, version) && SHA256.test(hash))
        hashes.add(hash)
    }
    return [...hashes].sort()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new TransientError(`The index did not list the files of ${name} ${version} (${why}); try again.`, { cause })
  } finally {
    await dispatcher.close()
  }
}

/** File names may spell a version in another way than metadata: `1.0.0-1` and `1.0.0.post1`, `2026.06` and `2026.6`. */
function sameVersion(a: string, b: string): boolean {
  return a === b || (valid(a) !== null && valid(b) !== null && eq(a, b))
}

function filesOfJson(text: string): [string, string][] {
  return page.parse(JSON.parse(text)).files.map((file) => [file.filename, file.hashes.sha256 ?? ''])
}

function filesOfHtml(text: string): [string, string][] {
  return [...text.matchAll(/href\s*=\s*["']([^"'#]*)#sha256=([0-9a-f]{64})["']/gi)].map((match) => [
    decodeURIComponent((match[1] ?? '').split('/').at(-1) ?? ''),
    (match[2] ?? '').toLowerCase(),
  ])
}
