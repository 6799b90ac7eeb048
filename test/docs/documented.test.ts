/** What the documentation names exists: variables and flags of the server, options of every command, links between the pages, npm scripts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { analyzeCommand } from '../../src/cli/analyze.ts'
import { demoCommand } from '../../src/cli/demo/command.ts'
import { doctorCommand } from '../../src/cli/doctor.ts'
import { integrateCommand } from '../../src/cli/integrate.ts'
import { planCommand } from '../../src/cli/plan.ts'
import { serveCommand } from '../../src/cli/serve.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const COMMANDS: readonly Command[] = [
  analyzeCommand(),
  planCommand(),
  integrateCommand(),
  demoCommand(),
  serveCommand(),
  doctorCommand(),
]
const flagsOf = (command: Command) => command.options.map(({ long }) => long).filter((long) => long !== undefined)

/** Rows of the table below a heading: their cells, without the heads. */
function rowsBelow(text: string, heading: string): string[][] {
  const [, part = ''] = text.split(`## ${heading}\n`)
  const lines =
    part
      .split('\n## ')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('|')) ?? []
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const codes = (cell: string | undefined) => [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

test('the server’s settings: each variable is read, each flag exists, and none is left out', () => {
  const rows = rowsBelow(read('docs/install.md'), 'Settings')
  const settings = read('src/bot/settings.ts') + read('src/config/source-hosts.ts')
  const flags = flagsOf(serveCommand())
  const named = rows.flatMap(([variable, flag]) => {
    expect([variable, codes(variable).every((name) => settings.includes(name))]).toEqual([variable, true])
    return codes(flag)
  })
  const others = ['--check', '--setup', '--url', '--json']
  expect([...named, ...others].toSorted()).toEqual(flags.toSorted())
})

test('the options of the command line: exactly those that there are', () => {
  const rows = rowsBelow(read('docs/command-line.md'), 'Options')
  for (const command of COMMANDS.filter((one) => one.name() !== 'serve')) {
    const documented = rows
      .filter(([, commands = '']) => commands === 'all' || commands.split(', ').includes(command.name()))
      .flatMap(([option]) => codes(option).map((code) => code.split(' ')[0] ?? ''))
    expect({ command: command.name(), options: documented.toSorted() }).toEqual({
      command: command.name(),
      options: flagsOf(command).toSorted(),
    })
  }
})

describe('pages', () => {
  const pages = [
    'README.md',
    ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (/\.md$/.test(name) ? [`docs/${name}`] : [])),
  ]

  test.each(pages)('%s: links lead to files, npm scripts and commands exist', (page) => {
    const text = read(page)
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => target)
    const dead = targets.filter((target) => !existsSync(resolve(ROOT, dirname(page), target)))
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const run = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name)
    const commands = [...text.matchAll(/(?:npx graft|`graft) ([a-z]+)\b/g)].map(([, name = '']) => name)
    expect({
      dead,
      scripts: run.filter((name) => !(name in scripts)),
      commands: commands.filter((name) => !COMMANDS.some((command) => command.name() === name)),
    }).toEqual({ dead: [], scripts: [], commands: [] })
  })

  test('each page of the documentation is named by the README', () => {
    const readme = read('README.md')
    expect(pages.filter((page) => page !== 'README.md' && !readme.includes(`](${page})`))).toEqual([])
  })
})
