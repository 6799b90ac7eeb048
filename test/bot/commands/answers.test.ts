import { describe, expect, test } from 'vitest'
import { parseAnswers, parseCommands } from '../../../src/bot/commands/parse.ts'
import { comment } from './comment.ts'

const issue = (body: string, more: Parameters<typeof comment>[1] = {}) => comment(body, { where: 'issue', ...more })
const asked = (body: string) => parseAnswers(issue(body)).map((one) => one.asked)

describe('commands that answer', () => {
  const given = (body: string) => parseCommands(issue(body)).map((one) => one.asked)

  test('the rest of the line is code as it was typed', () => {
    expect(given('/hint c.RX(q0, -0.3)')).toEqual([{ name: 'hint', code: 'c.RX(q0, -0.3)' }])
    expect(given('/hint `c.x[0]`')).toEqual([{ name: 'hint', code: 'c.x[0]' }])
  })

  test('alone, it takes the code in fences of its comment', () => {
    expect(given('/hint\n\n```python\nc = Circuit(2)\nc.h(0)\n```\n')).toEqual([
      { name: 'hint', code: 'c = Circuit(2)\nc.h(0)' },
    ])
    expect(given('/hint')).toMatchObject([
      { name: 'unknown', advice: expect.stringMatching(/^Expected a line of Python/) },
    ])
  })

  test('names of what is missing, also as the command line writes them', () => {
    expect(given('/with scipy jax>=0.4')).toEqual([{ name: 'with', requirements: ['scipy', 'jax>=0.4'] }])
    expect(given('/with --with scipy --with `jax`')).toEqual([{ name: 'with', requirements: ['scipy', 'jax'] }])
    for (const bad of ['/with', '/with -r file.txt', '/with scipy@https://host.example/x.whl', '/with ../here']) {
      expect(given(bad)).toMatchObject([{ name: 'unknown' }])
    }
  })

  test('a build is allowed by name', () => {
    expect(given('/allow build')).toEqual([{ name: 'allow', what: 'build' }])
    expect(given('/allow everything')).toMatchObject([{ name: 'unknown' }])
  })
})

describe('answers without a command', () => {
  test('code in a fence and in marks', () => {
    expect(asked('Like this:\n\n```py\nc.x(0)\n```')).toEqual([{ name: 'hint', code: 'c.x(0)' }])
    expect(asked('Use `c.x(0)` and then `c.run()`.')).toEqual([{ name: 'hint', code: 'c.x(0)\nc.run()' }])
  })

  test('names as the question asks for them', () => {
    expect(asked('Yes, please:\n--with scipy --with jax')).toEqual([{ name: 'with', requirements: ['scipy', 'jax'] }])
    expect(asked('`--with scipy`')).toEqual([{ name: 'with', requirements: ['scipy'] }])
  })

  test.each([
    ['prose', 'I do not know either.'],
    ['marks around a word', 'The class is `Circuit`, I think.'],
    ['a command that is talked about', 'You could say `/hint c.x(0)` here.'],
    ['a quote', '> ```\n> c.x(0)\n> ```'],
    ['a folded section', '<details>\n\n```\nc.x(0)\n```\n\n</details>'],
    ['a comment with a command', '/help\n\n```\nc.x(0)\n```'],
    ['far too much', `\`\`\`\n${'c.x(0)\n'.repeat(2000)}\`\`\``],
    ['a hint that is too long', `\`\`\`\nc.x(${'0'.repeat(3000)})\n\`\`\``],
    ['deep nesting', `${'> '.repeat(50)}\`c.x(0)\``],
  ])('%s is none', (_, body) => {
    expect(asked(body)).toEqual([])
  })

  test('only in a new comment of a person in the issue', () => {
    const body = '`c.x(0)`'
    expect(parseAnswers(issue(body))).toMatchObject([{ implied: true, place: 0, author: 'ann' }])
    expect(parseAnswers(issue(body, { where: 'pull' }))).toEqual([])
    expect(parseAnswers(issue(body, { ours: true }))).toEqual([])
    expect(parseAnswers(issue(body, { author: { login: 'bot', kind: 'bot' } }))).toEqual([])
    expect(parseAnswers(issue(body, { updatedAt: '2026-01-02T00:00:00Z' }))).toEqual([])
  })

  test('hostile text is code without control characters, or nothing', () => {
    const [hint] = asked('```\nc.x(0)\u0000\u202E\r\n@somebody\n```')
    expect(JSON.stringify(hint ?? null)).not.toMatch(/\\u0000/)
  })
})
