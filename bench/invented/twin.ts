/**
 * Renamed twins: a real simulator is republished under random distribution, module, class, function and method names on an index
 * of our own, and integrated from there through the command line. What still finds it is what it does. See `twin.py` for what
 * is renamed and what a physicist would keep.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { loadIndexConfig } from '../../src/config/index-config.ts'
import type { IntegrationResult } from '../../src/integration/integrate.ts'
import { runGraft } from '../../test/cli/support.ts'
import { makeWheel } from '../../test/simulator/wheels.ts'
import { IndexServer } from '../../test/source/support/index-server.ts'

/** Small, of pure Python, each driven in another way. */
export const ORIGINALS = ['min-qsim==0.1.1', 'qubit-simulator==0.1.1', 'quantSim==0.1.1', 'TinyQSim==1.1'] as const

const twinned = z.object({
  name: z.string(),
  version: z.string(),
  requires: z.array(z.string()),
  files: z.record(z.string(), z.string()),
  readme: z.string(),
  renamed: z.int(),
  kept: z.array(z.string()),
})

/** What became of a twin. */
export interface TwinRow {
  readonly original: string
  readonly twin: string
  /** Names that became others. */
  readonly renamed: number
  readonly code: number | null
  readonly result: IntegrationResult | undefined
  readonly stderr: string
}

/**
 * Republishes a distribution and integrates the twin into `repo`.
 *
 * @param original `NAME==VERSION` of a wheel of pure Python
 * @param cacheDir keeps the original, downloads and environments
 */
export async function integrateTwin(original: string, seed: number, repo: string, cacheDir: string): Promise<TwinRow> {
  const made = twinned.parse(
    JSON.parse(
      execFileSync('python3', [join(import.meta.dirname, 'twin.py'), download(original, cacheDir), String(seed)], {
        encoding: 'utf8',
        maxBuffer: 16 * 2 ** 20,
      }),
    ),
  )
  const server = await new IndexServer().start()
  try {
    // Everything that is no twin lives where it always does.
    const upstream = (await loadIndexConfig()).simpleUrl
    server.fault = ({ url = '' }, response) => {
      const [, api, project = ''] = url.split('/')
      if (api !== 'simple' || project === made.name) return false
      response.writeHead(302, { location: new URL(`${project}/`, upstream).href }).end()
      return true
    }
    const wheel = makeWheel(made.name, made.version, { ...made.files, 'README.md': made.readme }, made)
    server.add({
      name: made.name,
      releases: { [made.version]: [{ filename: wheel.filename, content: wheel.bytes }] },
    })
    const address = server.config().simpleUrl.href
    const words = ['integrate', made.name, '--repo', repo, '--cache-dir', cacheDir, '--json']
    const { code, stdout, stderr } = await runGraft(words, { PIP_INDEX_URL: address, UV_INDEX_URL: address })
    const result = stdout.trim().startsWith('{') ? (JSON.parse(stdout) as IntegrationResult) : undefined
    return { original, twin: made.name, renamed: made.renamed, code, result, stderr }
  } finally {
    await server.stop()
  }
}

/** The original's wheel, from the package index once. */
function download(original: string, cacheDir: string): string {
  const folder = join(cacheDir, 'originals', original.toLowerCase())
  mkdirSync(folder, { recursive: true })
  if (readdirSync(folder).length === 0) {
    const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', folder, original]
    const { status, stderr } = spawnSync('python3', args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${original} could not be downloaded: ${stderr}`)
  }
  return join(folder, readdirSync(folder)[0] ?? '')
}
