/** The folder that holds the queue and the App's credentials. */
import { mkdir } from 'node:fs/promises'
import { ConfigurationError } from '../../values/errors.ts'

/**
 * Makes the folder, for this user alone.
 *
 * @throws ConfigurationError when that is not possible.
 */
export async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigurationError(`GRAFT_DATA (--data) cannot be made: ${reason}.`, { cause: error })
  }
}
