import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FORM_LABELS } from '../../../src/bot/form/fields.ts'
import { parseIssueForm as parseForm } from '../../../src/bot/form/parse.ts'
import { issueRequest } from '../../../src/values/issue-request.ts'
import { filledIn } from './as-github.ts'

const parseIssueForm = (body: string, takenNames: readonly string[] = []) =>
  parseForm(body, { labelled: true, takenNames })

/** Fields with what was expected of each, or a failure when the body was taken. */
function problems(body: string, takenNames: readonly string[] = []): Record<string, string> {
  const parsed = parseIssueForm(body, takenNames)
  if (parsed === undefined || !('problems' in parsed)) throw new Error(`was read as ${JSON.stringify(parsed)}`)
  return Object.fromEntries(parsed.problems.map(({ field, expected }) => [field, expected]))
}

const bare = issueRequest.parse({ source: 'pkg:pypi/toy-sim', options: {}, simulatorTypes: [] })

test('only the source: everything else has its default', () => {
  expect(parseIssueForm(filledIn({ Source: 'Toy_Sim' }))).toEqual({ request: bare })
})

test('everything', () => {
  const body = filledIn({
    Source: 'pkg:pypi/toy-sim@1.2.3',
    Name: 'toy',
    'Display name': 'Toy *the* simulator',
    Version: '2.0.1',
    Description: 'Simulates `toys`, <b>fast</b> & well',
    Author: 'A. Person',
    'Simulator types': ['Statevector', 'Tensor network'],
    'Maximum qubits': '20',
    'One line that shows how to use it': '```python\nc = Circuit(2)\nc.h(0)\n```',
    'Undeclared requirements': 'scipy, numba>=0.60,<1',
    Noise: 'yes',
    GPU: 'no',
    Batching: 'yes',
    'Gate mapping': 'manual',
    'Table of gates': '```python\nrx: c.rx(q0, -p0)\ncx: c.cnot(q1, q0)\n```',
    'Excluded gates': 'iswap, cp',
    Conventions: 'state little, angles half turns',
    'Code template': 'advanced',
    'Test circuit': 'qft',
    Shots: '10,000',
  })
  expect(parseIssueForm(body)).toEqual({
    request: {
      source: 'pkg:pypi/toy-sim@1.2.3',
      options: {
        name: 'toy',
        displayName: 'Toy *the* simulator',
        version: '2.0.1',
        description: 'Simulates `toys`, <b>fast</b> & well',
        author: 'A. Person',
      },
      simulatorTypes: ['statevector', 'tensor network'],
      noise: true,
      gpu: false,
      batching: true,
      overrides: {
        maxQubits: 20,
        hints: ['c = Circuit(2)\nc.h(0)'],
        with: ['scipy', 'numba>=0.60,<1'],
        gateMapping: 'manual',
        gates: { rx: 'c.rx(q0, -p0)', cx: 'c.cnot(q1, q0)' },
        exclude: ['iswap', 'cp'],
        conventions: { stateOrder: 'little', angles: 'half turns' },
        codeTemplate: 'advanced',
      },
      testCircuit: 'qft',
      shots: 10_000,
    },
  })
})

test.each([
  ['other headings and capitals', '## source:\ntoy-sim\n\nShots\n-----\n1024\n'],
  ['fields deleted, text around', 'Hello!\n\n### Source\n\ntoy-sim\n\n### Why\n\n### Name\n\n_No response_\n\nBye'],
  ['Windows line ends', filledIn({ Source: 'toy-sim' }).replaceAll('\n', '\r\n')],
  ['code marks and a comment', '### Source\n<!-- the package -->\n`toy-sim`\n### Name\n\n### GPU\nNone\n'],
  ['a fence', '### Source\n```\ntoy-sim\n```\n### Batching\nno response\n'],
  ['empty boxes and texts instead of boxes', '### Source\ntoy-sim\n### Simulator types\n- [ ] Stabilizer\n'],
])('edited by people: %s', (_, body) => {
  expect(parseIssueForm(body)).toEqual({ request: bare })
})

test('types are read from boxes, from plain items and from a line', () => {
  for (const types of [
    '- [X] Statevector\n- [ ] Other\n- [x] density matrix',
    '- Statevector\n- Density Matrix',
    'statevector, density-matrix',
  ]) {
    expect(parseIssueForm(`### Source\ntoy-sim\n### Simulator types\n${types}\n`)).toEqual({
      request: { ...bare, simulatorTypes: ['statevector', 'density matrix'] },
    })
  }
})

test.each([
  ['empty', ''],
  ['plain words', 'Please integrate toy-sim.'],
  ['a heading by chance', '# Source\n\nIs where water comes from.'],
  ['another form', '### What happened?\n\nIt broke.\n\n### Version\n\n1.0.0'],
  ['a form that is quoted', filledIn({ Source: 'toy-sim' }).replace(/^/gm, '> ')],
  ['a form in a fence', `\`\`\`\`\n${filledIn({ Source: 'toy-sim' })}\n\`\`\`\``],
  ['a form in a comment', `<!--\n${filledIn({ Source: 'toy-sim' }).replaceAll('\n\n', '\n')}\n-->`],
  ['much text', 'x '.repeat(50_000)],
])('%s is no request', (_, body) => {
  expect(parseIssueForm(body)).toBeUndefined()
})

test.each([
  ['Source', 'Version', 'Description'],
  ['Source', 'Name', 'Author', 'GPU', 'Shots'],
])('the form of somebody else (%s, %s, …) is no request without the label', (...labels) => {
  const body = labels.map((label) => `### ${label}\n\nx`).join('\n\n')
  expect(parseForm(body, { labelled: false })).toBeUndefined()
  expect(parseForm(body, { labelled: true })).toBeDefined()
})

test('this form is a request without the label, also when it is far too long', () => {
  expect(parseForm(filledIn({ Source: 'toy-sim' }), { labelled: false })).toEqual({ request: bare })
  const long = filledIn({ Source: 'toy-sim', Author: 'x'.repeat(60_000) })
  expect(parseForm(long, { labelled: false })).toHaveProperty('problems')
})

test('all problems are in one list', () => {
  const body = filledIn({
    Source: '',
    Name: 'My-Sim',
    'Display name': 'x'.repeat(81),
    Version: '1.0',
    Description: 'x'.repeat(301),
    Author: 'x'.repeat(101),
    'Maximum qubits': '65',
    'One line that shows how to use it': 'x'.repeat(2001),
    'Undeclared requirements': 'scipy @ https://host.example/scipy.whl',
    'Table of gates': 'hadamard: c.h(q0)',
    'Excluded gates': 'cp, h',
    Conventions: 'state middle',
    Driver: '```json\n{"schema": 1}\n```',
    Noise: 'perhaps',
    GPU: 'A100',
    Batching: '1',
    'Gate mapping': 'magic',
    'Code template': 'large',
    'Test circuit': 'grover',
    Shots: '0',
  }).replace('- [ ] Stabilizer', '- [x] Photonic')
  expect(problems(body)).toEqual({
    Source: expect.stringMatching(/name of a package .* or a folder of this one \(`\.\/path`\)$/),
    Name: expect.stringMatching(/a letter a–z followed by/),
    'Display name': 'at most 80 characters',
    Version: 'three numbers, X.Y.Z (such as 1.0.0)',
    Description: 'at most 300 characters',
    Author: 'at most 100 characters',
    'Simulator types': expect.stringMatching(/^none or more of statevector, /),
    'Maximum qubits': 'a whole number from 1 to 64',
    'One line that shows how to use it': 'at most 2,000 characters of code',
    'Undeclared requirements': expect.stringMatching(/^names of distributions on the index/),
    'Table of gates': expect.stringMatching(/^lines such as `rx: c.rx\(q0, -p0\)`/),
    'Excluded gates': expect.stringMatching(/^other gates than h: /),
    Conventions: expect.stringMatching(/^one or more of `state little`/),
    Driver: expect.stringMatching(/^a driver of the published schema .*; at \$\.\w+: /),
    Noise: 'one of yes, no',
    GPU: 'one of yes, no',
    Batching: 'one of yes, no',
    'Gate mapping': 'one of auto, template, manual',
    'Code template': 'one of basic, advanced, custom',
    'Test circuit': 'one of bell, ghz, qft, random',
    Shots: 'a whole number from 1 to 1,000,000',
  })
})

test.each([
  ['toy sim', /name of a package/],
  ['toy-sim>=1', /name of a package/],
  ['toy-sim==1.0==2.0', /name of a package/],
  ['pkg:pypi/toy-sim@not a version', /name of a package/],
  ['pkg:pypi/toy-sim\n\npkg:pypi/other', /name of a package/],
  ['pkg:npm/toy-sim@1.0.0', /other types are understood.* cannot be read yet/],
  ['git+ssh://git@host.example/a/toy', /name of a package/],
  ['owner/toy', /a folder of this one/],
  ['./a/../../b', /a folder of this one/],
  ['https://host.example/toy', /web addresses are understood/],
  ['openapi:https://host.example/api.json', /OpenAPI descriptions are understood/],
  ['grpc:host.example:443', /gRPC addresses are understood/],
  ['command:toy --run', /commands are understood/],
  ['../../etc/passwd', /a folder of this one \(`\.\/path`\)/],
  ['toy-sim; rm -rf /', /./],
])('a source that cannot be read, %j, says which can', (source, expected) => {
  expect(problems(filledIn({ Source: source }))).toEqual({ Source: expect.stringMatching(expected) })
})

test.each(['Toy', '1toy', '_toy', 'toy-sim', 'tőy', 'a'.repeat(51), 'class', 'json', 'cirq', '../toy', 'toy\u202Exml'])(
  'the name %j is refused',
  (name) => {
    expect(problems(filledIn({ Source: 'toy-sim', Name: name }), ['cirq'])).toEqual({
      Name: expect.stringMatching(/^another name, as /),
    })
  },
)

test('a field that stands there twice is named', () => {
  expect(problems(`${filledIn({ Source: 'toy-sim' })}\n\n### Source\n\nother`)).toEqual({
    Source: 'to stand there once only',
  })
})

test('what cannot be seen does not come through', () => {
  const body = filledIn({ Source: 'toy-sim', Description: 'left\u202Eright\u0000 \u200Bnull\ud800' })
  const parsed = parseIssueForm(body)
  expect(parsed).toMatchObject({ request: { options: { description: expect.stringMatching(/^left right null/) } } })
  expect(JSON.stringify(parsed)).not.toMatch(/\\u0000|\u202E|\u200B|\\ud800/)
})

test('a form that is far too long is one problem', () => {
  expect(problems(filledIn({ Source: 'toy-sim', Description: 'x'.repeat(60_000) }))).toEqual({
    issue: 'at most 40,000 characters',
  })
})

test.each([
  ['brackets', '[a]('.repeat(2400)],
  ['emphasis', '**a '.repeat(2400)],
  ['comments', '<!--'.repeat(2400)],
])('hostile nesting of %s ends soon, and the source is still read', (_, text) => {
  const begin = performance.now()
  expect(parseIssueForm(`### Source\n\ntoy-sim\n\n### Name\n\n_No response_\n\n### Other\n\n${text}`)).toEqual({
    request: bare,
  })
  expect(performance.now() - begin).toBeLessThan(5000)
})

test.each([
  ['quotes', '> '.repeat(4500)],
  ['lists', '- '.repeat(4500)],
  ['numbers', '1. '.repeat(3000)],
  ['a mixture', `${'> * 1) '.repeat(1000)}a`],
])('%s within each other are not even parsed', (_, text) => {
  const body = `### Source\n\ntoy-sim\n\n### Name\n\n_No response_\n\n${text}`
  const begin = performance.now()
  expect(parseIssueForm(body)).toMatchObject({ problems: [{ expected: expect.stringContaining('nested') }] })
  expect(performance.now() - begin).toBeLessThan(100)
})

test('whatever is entered, the answer is a valid request, problems without its text, or nothing', () => {
  const labels = Object.values(FORM_LABELS)
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('yes', '7', 'toy', '1.0.0', 'bell'),
  )
  const answers = fc.dictionary(fc.constantFrom(...labels.filter((label) => label !== 'Simulator types')), text)
  fc.assert(
    fc.property(answers, (given) => {
      const parsed = parseIssueForm(filledIn(given), [])
      if (parsed === undefined) return
      if ('request' in parsed) expect(issueRequest.parse(parsed.request)).toEqual(parsed.request)
      else for (const { field, expected } of parsed.problems) expect(`${field}${expected}`).toMatch(/^[ -~–]+$/)
    }),
  )
})

test.each([
  ['pkg:github/Owner/Name@v1#python', 'pkg:github/owner/name@v1#python'],
  ['https://github.com/owner/name', 'pkg:github/owner/name'],
  ['git+https://host.example/a/b.git@main', 'git+https://host.example/a/b@main'],
  ['./path/in/repo', './path/in/repo'],
])('%s is a source, too', (source, canonical) => {
  expect(parseIssueForm(filledIn({ Source: source }))).toMatchObject({
    request: { source: canonical },
  })
})
