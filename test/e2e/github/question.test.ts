/**
 * A question and its answer, as people see them: the first measurement finds nothing, a stranger's code is left alone, the
 * requester shows a line, and the request goes on by itself to a pull request. The runner is the real one, but for the first
 * measurement, which is told to have found no X: what is asked next depends on the package, and this story must not.
 */
import { expect, test } from 'vitest'
import { setUp } from '../../../src/cli/demo/story.ts'
import { createServices } from '../../../src/integration/services.ts'
import type { Runner } from '../../../src/simulator/runner.ts'
import type { Measurement } from '../../../src/values/measurement.ts'
import { CACHE } from '../support.ts'
import { inBox, NAME } from './box.ts'

const SOURCE = 'pkg:pypi/qulacs@0.6.14'
const PACE = { editMilliseconds: 0, noRunMilliseconds: 180_000 }
const LINE = 'c = QuantumCircuit(2); c.add_X_gate(0); s = QuantumState(2); c.update_quantum_state(s); s.get_vector()'

test('a question is answered by a line of code in a comment', async () => {
  const made = await createServices({ cacheDir: CACHE })
  const asked: string[][] = []
  const runner: Runner = {
    ...made.runner,
    async measure(job, onProgress) {
      asked.push(job.request.candidates.map(({ proposer }) => proposer))
      return asked.at(-1)?.[0] === 'hint' ? made.runner.measure(job, onProgress) : nothingFound(job.request.version)
    },
  }
  await inBox({ services: { ...made, runner }, pace: PACE }, async (box) => {
    await setUp(box, () => undefined)
    const { hands: stranger } = box.person('sam', 'read')
    const issue = await box.github.fileForm(NAME, 'paul', 'graft.yml', { title: 'qulacs', values: { source: SOURCE } })
    await box.seen('the status comment', async () => (await box.ours(issue, 'status'))[0])
    await box.say(box.mia, issue, '/integrate')
    const status = (what: string, words: RegExp) =>
      box.seen(what, async () => (await box.ours(issue, 'status')).find(({ body }) => words.test(body)), 300)
    const question = await status('the question', /One answer is needed/)
    expect(question.body).toContain('Show one line that applies X to qubit 0.')
    expect(question.body).toContain('/hint CODE')
    expect(await box.pullOf(issue)).toBeUndefined()

    const ignored = await box.say(stranger, issue, '`c.evil(0)`')
    const refused = await box.say(stranger, issue, '/with evil')
    await box.seen('the refusal', async () => (await box.reactions(refused)).find((one) => one === 'confused'))
    const answer = await box.say(box.paul, issue, `Like this:\n\n\`\`\`python\n${LINE}\n\`\`\``)
    await box.seen('that it was taken', async () => (await box.reactions(answer)).find((one) => one === 'rocket'))
    const pull = await box.seen('the pull request', () => box.pullOf(issue), 600)
    expect(pull.body).toContain('native')
    expect(await box.reactions(ignored)).toEqual([])
    const [plan] = await box.ours(issue, 'plan')
    expect(plan?.body).toContain('Example code (1 hint)')
    // One measurement for what was asked at first, one for the answer.
    const kinds = new Set(asked.map(([first]) => first === 'hint'))
    expect(kinds).toEqual(new Set([false, true]))
    expect(box.logs.filter(({ level }) => level !== 'info')).toEqual([])
    expect(box.violations()).toEqual([])
  })
})

function nothingFound(version: string): Measurement {
  return {
    ...{ schema: 1, probe: 'none', python: '3.11.0', distribution: 'qulacs', version, gates: [] },
    tried: { objects: 3, runs: 40, evaluations: 90, seconds: 2, ran_out: false },
    ...{ missing_modules: [], log: [], seen: ['object class qulacs:QuantumCircuit: made'], limits: [] },
    stage: 'x',
  }
}
