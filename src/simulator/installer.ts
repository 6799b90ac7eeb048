/** What resolves versions and fills environments. Implementations: `uv-installer.ts` and `pip-installer.ts`. */
import type { Pin } from './lock.ts'
import type { Python } from './python.ts'
import type { Built } from './runner.ts'

export interface Resolve {
  readonly python: Python
  /** PEP 508 requirements, already checked to name nothing but distributions on the index. */
  readonly requirements: readonly string[]
  /** Exact versions that hold for whatever is chosen. */
  readonly constraints?: readonly Pin[]
  /** Whether the hashes of all files of each version are wanted, or only of those that would be installed. */
  readonly allHashes: boolean
  /** What is built from source, which runs its build script; of everything else only wheels are used. */
  readonly build?: Built | undefined
}

/** Exact versions, or what the tool said. */
export type Resolved =
  | { readonly ok: true; readonly pins: readonly Pin[] }
  | { readonly ok: false; readonly text: string }

export interface Installer {
  /** `uv 0.9.1`, `pip 24.0`. */
  readonly name: string
  resolve(request: Resolve): Promise<Resolved>
  /**
   * Makes a virtual environment in a folder that does not exist yet; the text says why it failed. Nothing is compiled to
   * bytecode: that takes ten times as long as installing, and a run imports a small part only.
   */
  install(
    python: Python,
    folder: string,
    pins: readonly Pin[],
    build?: Built,
  ): Promise<{ ok: true } | { ok: false; text: string }>
}

export interface InstallerOptions {
  /** Variables that name the index. */
  readonly index: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/** Options that hold for uv and for pip: wheels of everything but what is built. */
export function whatIsBuilt(build: Built | undefined): string[] {
  return ['--only-binary', ':all:', ...(build?.names ?? []).flatMap((name) => ['--no-binary', name])]
}

/** Longest time for one call of an installer: a large wheel over a slow line. */
export const INSTALL_SECONDS = 1800
