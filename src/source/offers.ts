/** Whether the distribution that a module's name leads to is on the index, and is the one that is meant. */
import { loadIndexConfig } from '../config/index-config.ts'
import { requirementFor } from '../values/import-names.ts'
import type { Offer } from '../values/offers.ts'
import { IndexHttp, NotFoundError } from './http.ts'
import { normalizeName } from './names.ts'
import type { FetchOptions } from './options.ts'
import { readProject } from './project.ts'
import { selectFiles } from './select.ts'
import { wheelFiles } from './wheel-files.ts'

/** A module that is missing, and the modules of it that are imported (`a.b` of `from a.b import C`). */
export interface MissingModule {
  readonly module: string
  readonly imports: readonly string[]
}

const MOST_MODULES = 12

/**
 * Looks each of them up on the index. Nothing is installed, and of a wheel only its list of files is read.
 *
 * @returns an offer for each; where the index does not answer, `unknown`.
 */
export async function findOffers(
  missing: readonly MissingModule[],
  options: Pick<FetchOptions, 'python' | 'signal' | 'index' | 'http'>,
): Promise<Offer[]> {
  const config = options.index ?? (await loadIndexConfig())
  const http = new IndexHttp(config, { ...options.http, signal: options.signal })
  const find = async ({ module, imports }: MissingModule): Promise<Offer | undefined> => {
    const requirement = requirementFor(module)
    const name = /^[A-Za-z0-9._-]+/.exec(requirement ?? '')?.[0]
    if (requirement === undefined || name === undefined) return undefined
    try {
      const project = await readProject(normalizeName(name), http, config)
      const { wheel } = selectFiles(project, {}, options.python)
      if (wheel?.size === undefined) return { module, requirement, found: 'unknown' }
      const files = await wheelFiles(wheel.url, wheel.size, http)
      return { module, requirement, found: provides(files, module, imports) ? 'provides' : 'another' }
    } catch (error) {
      options.signal?.throwIfAborted()
      return { module, requirement, found: error instanceof NotFoundError || isAbsent(error) ? 'absent' : 'unknown' }
    }
  }
  try {
    const offers = await Promise.all(missing.slice(0, MOST_MODULES).map(find))
    return offers.flatMap((offer) => offer ?? [])
  } finally {
    await http.close()
  }
}

/** The index answers for a name that it does not know with 404, which {@link readProject} explains. */
function isAbsent(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof NotFoundError
}

/**
 * Whether a wheel has the module, and of the modules below it that are imported at least one: a project that only happens to
 * have the name has none of them.
 */
export function provides(files: readonly string[], module: string, imports: readonly string[]): boolean {
  const paths = files.map((path) => path.replace(/^[^/]+\.data\/(?:purelib|platlib)\//, ''))
  const has = (dotted: string) => {
    const path = dotted.replaceAll('.', '/')
    return paths.some(
      (file) => file.startsWith(`${path}/`) || (file.startsWith(`${path}.`) && /\.(?:pyi?|so|pyd)$/.test(file)),
    )
  }
  if (!has(module)) return false
  const below = imports.filter((one) => one.startsWith(`${module}.`))
  return below.length === 0 || below.some(has)
}
