import { describe, expect, test } from 'vitest'
import { readTarget } from '../../src/generate/target.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { target as schema } from '../../src/values/plan.ts'
import { BASE, MAPPED } from './registries.ts'

const COMMIT = 'a'.repeat(40)

/** A repository that only reads, and only the given files. */
function holding(files: Record<string, string>): Repository {
  const refuse = () => Promise.reject(new Error('only reading is expected'))
  return {
    base: refuse,
    head: refuse,
    log: refuse,
    refuseTaken: refuse,
    deleteBranch: refuse,
    references: refuse,
    keep: refuse,
    publish: refuse,
    withCheckout: refuse,
    read: async (commit, path) => (commit === COMMIT ? files[path] : undefined),
    list: async () => Object.keys(files),
    entries: refuse,
  }
}

const proxima = {
  'pyproject.toml':
    '[project]\nname = "host"\nrequires-python = ">=3.12"\ndependencies = ["cirq>=1.3", "numpy ; python_version < \'4\'"]\n',
  'src/proxima/__init__.py': '',
  'src/proxima/backends/__init__.py': '',
  'src/proxima/backends/base.py': BASE,
  'src/proxima/backends/registry.py': `\uFEFF${MAPPED}`,
  'src/proxima/backends/cirq_adapter.py': 'class A(Base):\n    def get_name(self) -> str:\n        return "circus"\n',
  'src/proxima/backends/lret/__init__.py': '',
  'src/proxima/backends/toy/adapter.py': "class A(Base):\n    def get_name(self):\n        return 'toyland'\n",
  'src/proxima/backends/_bridge/__init__.py': '',
}

test('reads where things are, which names are taken, and what it requires', async () => {
  const target = await readTarget(holding(proxima), COMMIT)
  expect(schema.parse(target)).toEqual(target)
  expect(target).toEqual({
    backendsPath: 'src/proxima/backends',
    backendsModule: 'proxima.backends',
    testsPath: 'tests/backends',
    takenNames: ['base', 'circus', 'cirq', 'cirq_adapter', 'lret', 'registry', 'toy', 'toyland'],
    hasBridge: true,
    hasDiscovery: false,
    hasConfiguration: false,
    requirements: ['cirq>=1.3', "numpy ; python_version < '4'"],
    requiresPython: '>=3.12',
  })
})

test('a project in a subfolder, without a package around it and without metadata', async () => {
  const files = Object.fromEntries(
    Object.entries(proxima).flatMap(([path, content]) =>
      path === 'pyproject.toml' || path === 'src/proxima/__init__.py' ? [] : [[`python/${path}`, content]],
    ),
  )
  const target = await readTarget(
    holding({ ...files, 'python/pyproject.toml': '[tool.x]\n', '.github/graft.yml': 'version: 1\n' }),
    COMMIT,
  )
  expect(target).toMatchObject({
    backendsPath: 'python/src/proxima/backends',
    backendsModule: 'backends',
    testsPath: 'python/tests/backends',
    hasConfiguration: true,
    requirements: [],
    requiresPython: '>=3.11',
  })
})

describe('what is no target', () => {
  test.each<[string, Record<string, string>]>([
    ['an empty repository', {}],
    ['another project', { 'pyproject.toml': '', 'src/app.py': '' }],
    ['no base class', { ...proxima, 'src/proxima/backends/base.py': '# class BaseBackendAdapter\n' }],
    ['no list of adapters', { ...proxima, 'src/proxima/backends/registry.py': '# BACKEND_ADAPTERS\n' }],
  ])('%s', async (_, files) => {
    await expect(readTarget(holding(files), COMMIT)).rejects.toThrow(
      /not a Proxima: .*BaseBackendAdapter.*BACKEND_ADAPTERS/,
    )
  })

  test('two backends packages', async () => {
    const twice = { ...proxima, 'old/backends/base.py': BASE, 'old/backends/registry.py': MAPPED }
    await expect(readTarget(holding(twice), COMMIT)).rejects.toThrow(/More than one backends package/)
  })

  test.each([
    ['no TOML', '[project', /is not valid TOML/],
    ['another shape', '[project]\ndependencies = "cirq"\n', /project\.dependencies is out of shape/],
    ['an option of pip', '[project]\ndependencies = ["-r /etc/passwd"]\n', /no valid requirement: "-r \/etc\/passwd"/],
    ['another index', '[project]\ndependencies = ["--index-url http://x"]\n', /no valid requirement/],
    ['two lines', '[project]\ndependencies = ["cirq\\n--index-url http://x"]\n', /no valid requirement/],
    ['no requirement', '[project]\ndependencies = ["??"]\n', /no valid requirement/],
  ])('metadata: %s', async (_, content, reason) => {
    await expect(readTarget(holding({ ...proxima, 'pyproject.toml': content }), COMMIT)).rejects.toThrow(reason)
  })
})
