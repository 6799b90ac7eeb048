/** What a backend in the target was measured with, as its own folder says: nothing else knows it after the merge for certain. */
import { driverFile } from '../generate/driver-file.ts'
import type { Repository } from '../repository/repository.ts'
import { packageUrl } from '../source/locator.ts'
import { placedUrl } from '../source/placed-url.ts'
import { placed } from '../values/snapshot.ts'

/** Package URL with the version that was measured; undefined where `driver.json` is not there or no longer what it was. */
export async function loadMeasured(
  repository: Repository,
  commit: string,
  folder: string,
): Promise<string | undefined> {
  const text = await repository.read(commit, `${folder}/driver.json`)
  if (text === undefined) return undefined
  try {
    const { driver } = driverFile.parse(JSON.parse(text))
    const source = await repository.read(commit, `${folder}/source.json`)
    if (source !== undefined) return placedUrl(placed.parse(JSON.parse(source)))
    return packageUrl(driver.distribution, driver.version)
  } catch {
    return undefined
  }
}
