/** What a package says of itself goes to a terminal too: nothing of it may draw there, as text or as JSON. */
import { expect, onTestFinished, test } from 'vitest'
import { runGraft } from '../cli/support.ts'
import { IndexServer, wheel } from '../source/support/index-server.ts'
import { makeZip } from '../source/support/zip.ts'
import { temporaryFolder } from './support.ts'

const EVIL = '\u001b[31m\u001b]0;title\u0007 \u009b2J \u202egnp.exe\u202c \u200b\u200e\ufeff """ @someone'
const MODULE = `"""A quantum simulator: qubits, gates, ${EVIL.replaceAll('"', '')}"""
class Circuit:
    def __init__(self, n_qubits): ...
    def h(self, qubit): ...
    def cx(self, control, target): ...
`

test('escape sequences and direction marks in metadata and docstrings never reach the output', async () => {
  const server = await new IndexServer().start()
  onTestFinished(() => server.stop())
  const metadata = `Metadata-Version: 2.1\nName: evil-sim\nVersion: 1.0\nSummary: ${EVIL}\nLicense: ${EVIL}\n\n${EVIL}\n${'A long description. '.repeat(40)}\n`
  const content = makeZip([
    { name: 'evil_sim/__init__.py', content: MODULE },
    { name: 'evil_sim-1.0.dist-info/METADATA', content: metadata },
    { name: 'evil_sim-1.0.dist-info/WHEEL', content: 'Wheel-Version: 1.0\nTag: py3-none-any\n' },
  ])
  server.add({ name: 'evil-sim', releases: { '1.0': [wheel('evil-sim', '1.0', 'py3-none-any', { content })] } })
  const words = ['analyze', 'evil-sim', '--cache-dir', temporaryFolder()]
  for (const more of [[], ['--json']]) {
    const { code, stdout, stderr } = await runGraft([...words, ...more], {
      PIP_INDEX_URL: server.config().simpleUrl.href,
    })
    expect(stderr).toContain('2 gate names')
    expect(code).toBe(0)
    expect(stdout).toContain('@someone')
    expect(`${stdout}${stderr}`).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\u2028\u2029]/u)
  }
})
