import { afterEach, beforeEach, expect, test } from 'vitest'
import { findOffers, provides } from '../../src/source/offers.ts'
import { IndexServer, wheel } from './support/index-server.ts'
import { makeZip } from './support/zip.ts'

let server: IndexServer
beforeEach(async () => {
  server = await new IndexServer().start()
})
afterEach(() => server.stop())

const find = async (module: string, imports: string[] = []) => {
  const options = { python: { version: '3.11.7' }, index: server.config(), http: { retryDelays: [0] } }
  return (await findOffers([{ module, imports }], options))[0]?.found
}

test('a distribution is offered where its wheel has what is imported, and only its directory is read', async () => {
  const long = Array.from({ length: 4000 }, (_, i) => ({ name: `fastgates/part_${i}.py`, content: 'x = 1\n' }))
  const content = makeZip([
    { name: 'fastgates/data.bin', content: Buffer.alloc(500_000, 'x') },
    ...long,
    { name: 'fastgates-1.0.dist-info/METADATA', content: 'Name: fastgates\nVersion: 1.0\n' },
  ])
  server.add({ name: 'fastgates', releases: { '1.0': [{ ...wheel('fastgates', '1.0'), content }] } })
  expect(await find('fastgates')).toBe('provides')
  expect(await find('fastgates', ['fastgates.part_7', 'fastgates.elsewhere'])).toBe('provides')
  expect(await find('fastgates', ['fastgates.circuits.core'])).toBe('another')
  expect(server.requests.filter(({ path }) => path.startsWith('/files/')).length).toBeGreaterThan(0)
})

test('what the index does not have, has under that name only, or cannot say', async () => {
  server.add({ name: 'my-gates', releases: { '1.0': [wheel('something_else', '1.0')] } })
  expect(await find('my_gates')).toBe('another')
  expect(await find('nobodys_module')).toBe('absent')
  server.parts = false
  expect(await find('my_gates')).toBe('unknown')
  server.fault = (_, response) => void response.writeHead(503).end() === undefined
  expect(await find('my_gates')).toBe('unknown')
})

test.each<[string[], string, string[], boolean]>([
  [['a/__init__.py'], 'a', [], true],
  [['a.py'], 'a', [], true],
  [['a.cpython-311-x86_64-linux-gnu.so'], 'a', [], true],
  [['a-1.0.data/purelib/a/b.py'], 'a', ['a.b'], true],
  [['ab/__init__.py', 'a.dist-info/METADATA', 'a.txt'], 'a', [], false],
  [['a/__init__.py', 'a/c.py'], 'a', ['a.b'], false],
])('%j provides %s with %j: %s', (files, module, imports, expected) => {
  expect(provides(files, module, imports)).toBe(expected)
})
