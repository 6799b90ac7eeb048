/** What every origin needs to know beside the locator. */
import type { IndexConfig } from '../config/index-config.ts'
import type { Repository } from '../repository/repository.ts'
import type { OnProgress } from '../values/progress.ts'
import type { HttpOptions } from './http.ts'
import type { PythonTarget } from './wheel-tags.ts'

/** The target repository as a place where packages lie. */
export interface TargetPlace {
  readonly repository: Repository
  /** Its files are read at this commit. */
  readonly commit: string
  /** Its clone on this machine; absent where there is none, and then no folder of this machine is read. */
  readonly folder?: string | undefined
}

export interface FetchOptions {
  /** Where unpacked sources are kept. */
  readonly cacheDir: string
  /** The Python that will run the package: it decides on version and wheel. */
  readonly python: PythonTarget
  /** What has no wheel may be built from source, so that the newest version is taken all the same. */
  readonly allowBuild?: boolean | undefined
  /** Gets notes and warnings; `started` and `finished` are the caller's. */
  readonly onProgress?: OnProgress | undefined
  readonly signal?: AbortSignal | undefined
  /** Default: `loadIndexConfig()`. */
  readonly index?: IndexConfig | undefined
  /** Absent: a folder is one of this machine. */
  readonly target?: TargetPlace | undefined
  /** Default: `sourceHosts()`. */
  readonly hosts?: readonly string[] | undefined
  /** Addresses that a host may have. Default: those of the public internet. */
  readonly allowsAddress?: ((address: string) => boolean) | undefined
  readonly http?: Omit<HttpOptions, 'signal'> | undefined
}
