/** The changes that an integration will make, as far as they are known before anything is measured. Pure. */
import { SETTINGS_PATH, SETTINGS_SCHEMA_PATH } from '../config/repository-settings.ts'
import type { Target } from '../values/plan.ts'
import type { PlanModel } from './models.ts'

/**
 * In the order in which `planChanges` makes them, with the same ids. A test holds the two together.
 *
 * @param isPlaced whether the package is one that no index has
 */
export function expectedChanges(target: Target, backend: string, isPlaced = false): PlanModel['changes'] {
  const folder = `${target.backendsPath}/${backend}`
  const pinned = ['requirements.txt', 'driver.json', ...(isPlaced ? ['source.json'] : [])]
  const once: [boolean, string, readonly string[]][] = [
    [target.hasBridge, 'Add the bridge that small backends share', [`${target.backendsPath}/_bridge/`]],
    [target.hasDiscovery, 'Let the registry find backends that are folders', [`${target.backendsPath}/registry.py`]],
    [target.hasConfiguration, 'Add the settings of Graft', [SETTINGS_PATH, SETTINGS_SCHEMA_PATH]],
  ]
  const own: [string, readonly string[]][] = [
    [`Add the adapter of ${backend}`, [`${folder}/adapter.py`]],
    [`Make ${backend} a package with a normalizer`, [`${folder}/normalizer.py`, `${folder}/__init__.py`]],
    [`Pin what ${backend} was measured with`, pinned.map((name) => `${folder}/${name}`)],
    [`Document ${backend}`, [`${folder}/README.md`]],
    [`Test ${backend} on the real simulator`, [`${target.testsPath}/test_${backend}.py`]],
  ]
  const missing = once.flatMap(([there, title, files]): [string, readonly string[]][] =>
    there ? [] : [[title, files]],
  )
  return [...missing, ...own].map(([title, files], index) => ({ id: `c${index + 1}`, title, files }))
}
