/** What every origin needs to know beside the locator. */
import type { IndexConfig } from '../config/index-config.ts'
import type { OnProgress } from '../values/progress.ts'
import type { HttpOptions } from './http.ts'
import type { PythonTarget } from './wheel-tags.ts'

export interface FetchOptions {
  /** Where unpacked sources are kept. */
  readonly cacheDir: string
  /** The Python that will run the package: it decides on version and wheel. */
  readonly python: PythonTarget
  /** Gets notes and warnings; `started` and `finished` are the caller's. */
  readonly onProgress?: OnProgress | undefined
  readonly signal?: AbortSignal | undefined
  /** Default: `loadIndexConfig()`. */
  readonly index?: IndexConfig | undefined
  readonly http?: Omit<HttpOptions, 'signal'> | undefined
}
