import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { structuredPatch } from 'diff'
import { describe, expect, test } from 'vitest'
import { allowFolders } from '../../src/generate/host-test-edit.ts'
import { addDiscovery, hasDiscovery } from '../../src/generate/registry-edit.ts'
import { UserError } from '../../src/values/errors.ts'
import { templatesDir } from './inputs.ts'
import { runPython } from './python.ts'
import { BASE, MAPPED } from './registries.ts'

const SEARCHED = MAPPED.replace(
  / {8}adapter_map = [\s\S]*? {8}return self\._statuses\[name\]\n/,
  `        for adapter_cls in self.BACKEND_ADAPTERS:
            status = self._init_adapter(adapter_cls)
            if status.name == name:
                self._statuses[name] = status
                return status
        if name not in self._statuses:
            return None
        return self._statuses[name]
`,
)

const adapter = (name: string, more = '') => `from ..base import BaseBackendAdapter


class Adapter(BaseBackendAdapter):
    def get_name(self):
        return "${name}"

    def is_available(self):
        return ${more === '' ? 'True' : 'False'}
${more}`

const FOLDERS = {
  'good/adapter.py': adapter('good'),
  'absent/adapter.py': adapter('absent', '\n    def unavailable_reason(self):\n        return "install it"\n'),
  'missing/adapter.py': 'import a_module_that_is_not_there\n',
  'leaving/adapter.py': 'import sys\n\nsys.exit(3)\n',
  'broken/adapter.py': 'def (:\n',
  'empty/adapter.py': 'from ..base import BaseBackendAdapter\n',
  'twice/adapter.py': `${adapter('twice')}\n\nclass Other(BaseBackendAdapter):\n    pass\n`,
  'builtin/adapter.py': adapter('builtin'),
  '_bridge/adapter.py': adapter('_bridge'),
  '.hidden/adapter.py': adapter('hidden'),
  'plain/other.py': '',
}

interface Found {
  statuses: Record<string, [boolean, string | null]>
  refreshed: Record<string, [boolean, string | null] | null>
  builtin: string
}

describe.each([
  ['a map', MAPPED],
  ['a search', SEARCHED],
])('a registry that refreshes by %s', (_, source) => {
  test('finds folders, and none harms another', async () => {
    const registry = await addDiscovery(source, 'registry.py')
    const found = runPython<Found>('discovery.py', { registry, base: BASE, folders: FOLDERS })
    expect(found.statuses).toEqual({
      builtin: [true, null],
      good: [true, null],
      absent: [false, 'install it'],
      missing: [false, expect.stringMatching(/^cannot be loaded: ModuleNotFoundError/)],
      leaving: [false, expect.stringMatching(/^cannot be loaded: SystemExit\(3\)/)],
      broken: [false, expect.stringMatching(/^cannot be loaded: SyntaxError/)],
      empty: [false, expect.stringMatching(/must define one adapter, it defines 0/)],
      twice: [false, expect.stringMatching(/must define one adapter, it defines 2/)],
    })
    expect(found.refreshed).toEqual({ ...found.statuses, nothing: null })
    expect(found.builtin).toBe('proxima.backends.registry')
  })

  test('the edit is small, keeps the byte order mark and line ends, and is made once', async () => {
    const edited = await addDiscovery(source, 'registry.py')
    const lines = structuredPatch('a', 'b', source, edited).hunks.flatMap((hunk) => hunk.lines)
    expect(lines.filter((line) => line.startsWith('+')).length).toBeLessThanOrEqual(40)
    expect(lines.filter((line) => line.startsWith('-')).length).toBeLessThanOrEqual(2)
    await expect(hasDiscovery(source)).resolves.toBe(false)
    await expect(hasDiscovery(edited)).resolves.toBe(true)
    await expect(addDiscovery(edited, 'registry.py')).resolves.toBe(edited)
    const dos = `\uFEFF${source.replaceAll('\n', '\r\n')}`
    await expect(addDiscovery(dos, 'registry.py')).resolves.toBe(`\uFEFF${edited.replaceAll('\n', '\r\n')}`)
  })
})

test('the small target’s registry is understood', async () => {
  const source = await readFile(join(templatesDir, 'target/src/proxima/backends/registry.py'), 'utf8')
  const edited = await addDiscovery(source, 'registry.py')
  await expect(hasDiscovery(edited)).resolves.toBe(true)
  expect(edited).toContain('return self._refresh_folder(name)')
})

test.each([
  ['a syntax error', MAPPED.replace('def discover(self)', 'def discover(self'), /syntax error/],
  ['no list of adapters', MAPPED.replaceAll('BACKEND_ADAPTERS', 'ADAPTERS'), /no class has a list BACKEND_ADAPTERS/],
  ['no loop', MAPPED.replace('in self.BACKEND_ADAPTERS', 'in list(self.BACKEND_ADAPTERS)'), /no loop runs over/],
  [
    'a loop that does something else',
    MAPPED.replace('status = self._init_adapter(adapter_cls)\n            self._', 'pass\n            self._'),
    /does not make and store a status/,
  ],
  ['a status without a reason', MAPPED.replace('    reason: str | None = None\n', ''), /has no field reason/],
  [
    'a status that demands more',
    MAPPED.replace('available: bool\n', 'available: bool\n    since: float\n'),
    /demands since/,
  ],
  [
    'an unknown status class',
    MAPPED.replace(
      'def _init_adapter(self, adapter_cls: type[BaseBackendAdapter]) -> BackendStatus',
      'def _init_adapter(self, adapter_cls: type[BaseBackendAdapter])',
    ),
    /does not say which class/,
  ],
  [
    'an unknown way to refresh',
    MAPPED.replace('            return None\n', '            raise KeyError(name)\n'),
    /refresh_backend has no "return None"/,
  ],
  [
    'no import of the base class',
    MAPPED.replace('from proxima.backends.base import BaseBackendAdapter', 'import proxima'),
    /does not import BaseBackendAdapter/,
  ],
])('%s is refused with what is missing', async (_, source, reason) => {
  const attempt = addDiscovery(source, 'src/x/registry.py')
  await expect(attempt).rejects.toThrow(reason)
  await expect(attempt).rejects.toThrow(/^src\/x\/registry\.py is not built as expected: .*by hand/)
  await expect(attempt).rejects.toBeInstanceOf(UserError)
})

describe('the host’s test that knows six names', () => {
  const source = `class TestRegistry:
    def test_discovery(self) -> None:
        registry = BackendRegistry()
        statuses = registry.list_statuses()
        for status in statuses:
            assert status.name in [
                "one",
                "two",
            ]

    def test_other(self) -> None:
        assert name in ["one", "two"]
`

  test('lets folders count, once, and touches nothing else', async () => {
    const mended = await allowFolders(source)
    expect(mended).toBe(
      source.replace(
        '                "two",\n',
        '                "two",\n                *registry.backend_folders(),\n',
      ),
    )
    await expect(allowFolders(mended)).resolves.toBe(mended)
    await expect(allowFolders(`\uFEFF${source}`)).resolves.toBe(`\uFEFF${mended}`)
  })

  test('a list on one line', async () => {
    const short = source.replace(/\[\n[\s\S]*?\]/, '["one", "two"]')
    await expect(allowFolders(short)).resolves.toContain('in ["one", "two", *registry.backend_folders()]')
  })
})
