/** What people do to a request while it is worked on, and what keeps the App from working: each is said, and gone on from. */
import { beforeAll, describe, expect, test } from 'vitest'
import { createServices, type Services } from '../../../src/integration/services.ts'
import { CACHE } from '../support.ts'
import { type Box, NAME, type Pull, REPO } from './box.ts'
import { rememberingRunner } from './remembering-runner.ts'
import { inTrouble, SOURCE, writing } from './troubled.ts'

/** GitHub refuses what belongs to a request, so that nothing can be said in it. */
const silenced = (box: Box, text: string) =>
  box.seen(`the log that says ${text}`, async () =>
    box.logs.find(({ msg, err }) => msg.includes('cannot go on') && JSON.stringify(err).includes(text)),
  )

let services: Services
beforeAll(async () => {
  const made = await createServices({ cacheDir: CACHE })
  services = { ...made, runner: rememberingRunner(made.runner) }
})

describe.concurrent('rights', () => {
  test('a permission that is revoked in the middle is named; granted again, it goes on', async () => {
    await inTrouble({ services }, async (box) => {
      const revoked = box.meanwhile(writing('POST', 'git/trees'), () => {
        box.github.setInstallationPermission(box.installation, 'contents', 'read')
        return undefined
      })
      const issue = await box.ask()
      await revoked
      const text = await box.told(issue, /lacks the permission/)
      expect(text).toContain('The App lacks the permission "contents: write" in proxima-lab/proxima.')
      box.github.setInstallationPermission(box.installation, 'contents', 'write')
      await box.tested(issue)
    })
  })

  test('a rule that forbids the branch is told with its words; the default branch is protected all the time', async () => {
    const main = { pattern: 'main', allow: ['mia'] }
    await inTrouble(
      { services, before: ({ github }) => github.configure(NAME, { protectedBranches: [main] }) },
      async (box) => {
        box.github.configure(NAME, { protectedBranches: [main, { pattern: 'graft/**', allow: ['mia'] }] })
        const issue = await box.ask()
        const text = await box.told(issue, /A rule of proxima-lab\/proxima forbids/)
        expect(text).toContain('Let the App bypass that rule for branches whose names begin with graft')
        expect(await box.pullOf(issue)).toBeUndefined()
        box.github.configure(NAME, { protectedBranches: [main] })
        await box.tested(issue)
      },
    )
  })

  test('an installation that is suspended, and one that is removed, says nothing more, and goes on when it is back', async () => {
    await inTrouble({ services }, async (box) => {
      const suspended = box.meanwhile(writing('POST', 'git/trees'), () => {
        box.github.setInstallation(box.installation, 'suspended')
        return undefined
      })
      const issue = await box.ask()
      await suspended
      await silenced(box, 'suspended or was removed')
      const before = box.writes().length
      box.github.setInstallation(box.installation, 'active')
      const removed = box.meanwhile(writing('POST', 'pulls'), () => {
        box.github.setInstallation(box.installation, 'deleted')
        return undefined
      })
      await removed
      expect(box.writes().length).toBeGreaterThan(before)
      await box.github.idle()
      expect(await box.pullOf(issue)).toBeUndefined()
      box.github.install('proxima-lab', [NAME])
      await box.tested(issue)
      expect(await box.ours(issue, 'status')).toHaveLength(1)
      expect(await box.ours(issue, 'plan')).toHaveLength(1)
    })
  })
})

describe.concurrent('the repository', () => {
  test('is renamed in the middle: it goes on under the new name', async () => {
    await inTrouble({ services }, async (box) => {
      const renamed = box.meanwhile(writing('POST', 'git/refs'), () => {
        box.github.renameRepository(NAME, 'proxima-lab/renamed')
        return undefined
      })
      const issue = await box.ask()
      await renamed
      const get = <T>(path: string) => box.mia<T>('GET', `/repos/proxima-lab/renamed${path}`)
      const pull = await box.seen('the pull request', async () =>
        (await get<Pull[]>('/pulls?state=open')).find(({ head }) => head.ref.startsWith(`graft/${issue}-`)),
      )
      await box.seen('the check run', async () => {
        const { check_runs } = await get<{ check_runs: { name: string; conclusion: string | null }[] }>(
          `/commits/${pull.head.sha}/check-runs`,
        )
        return check_runs.find(({ name, conclusion }) => name === 'graft' && conclusion === 'action_required')
      })
      const comments = await get<{ body: string }[]>(`/issues/${issue}/comments`)
      expect(comments).toHaveLength(2)
    })
  })

  test('is archived in the middle, and brought back', async () => {
    await inTrouble({ services }, async (box) => {
      const archived = box.meanwhile(writing('POST', 'git/commits'), () => {
        box.github.configure(NAME, { archived: true })
        return undefined
      })
      const issue = await box.ask()
      await archived
      await silenced(box, 'archived')
      box.github.configure(NAME, { archived: false })
      await box.tested(issue)
    })
  })

  test('has its issues disabled in the middle, and enabled again', async () => {
    await inTrouble({ services }, async (box) => {
      const disabled = box.meanwhile(writing('POST', 'comments'), () => {
        box.github.configure(NAME, { issues: false })
        return undefined
      })
      const issue = await box.ask()
      await disabled
      await silenced(box, 'Issues are disabled')
      box.github.configure(NAME, { issues: true })
      await box.tested(issue)
      expect(await box.ours(issue, 'plan')).toHaveLength(1)
    })
  })

  test('has Actions off: it says what to switch on and the line for a local run, and goes on by itself', async () => {
    await inTrouble({ services }, async (box) => {
      box.github.configure(NAME, { actions: false })
      const issue = await box.ask()
      const text = await box.told(issue, /Actions is off/)
      expect(text).toContain('Settings → Actions → General')
      expect(text).toContain(`graft integrate "${SOURCE}" --repo .`)
      box.github.configure(NAME, { actions: true })
      await box.tested(issue)
    })
  })

  test('has no runner: it says so, with the line for a local run', async () => {
    const { runner: _, ...others } = services
    // A runner for the walk that is never asked: on GitHub the workflow's own is.
    await inTrouble({ services: { ...others, runner: undefined as never } }, async (box) => {
      const issue = await box.ask()
      const text = await box.told(issue, /began no run within/)
      expect(text).toContain(`graft integrate "${SOURCE}" --repo .`)
      expect(text).toContain('no runner is free')
    })
  })

  test('has settings that are wrong: one comment with line and expectation, and nothing else', async () => {
    await inTrouble({ services }, async (box) => {
      const good = await box.get<{ content: string }>('/contents/.github/graft.yml')
      const text = Buffer.from(good.content, 'base64').toString('utf8')
      await box.put('.github/graft.yml', text.replace('per_author_per_day: 3', 'per_author_per_day: many'))
      const from = box.github.exchanges.length
      const issue = await box.ask()
      const told = await box.told(issue, /settings of Graft cannot be used/)
      expect(told).toMatch(/`\.github\/graft\.yml`, line \d+/)
      await box.say(box.mia, issue, '/integrate')
      await box.github.idle()
      expect(box.writes(from)).toEqual(['POST issues/{issue_number}/comments'])
      await box.put('.github/graft.yml', text)
      await box.tested(issue)
    })
  })
})

describe.concurrent('the issue', () => {
  test.each(['deleted', 'transferred'] as const)('is %s while it is worked on: nothing is left', async (how) => {
    await inTrouble({ services }, async (box) => {
      const gone = box.meanwhile(writing('POST', 'git/refs'), () => {
        box.github.removeIssue(NAME, issue, how)
        return undefined
      })
      const issue = await box.ask()
      await gone
      await box.seen('the end of the job’s branch', async () => {
        await box.github.idle()
        const branches = await box.get<{ name: string }[]>('/branches')
        return branches.some(({ name }) => name.startsWith('graft-measure/')) ? undefined : true
      })
      expect(await box.get<Pull[]>('/pulls?state=open')).toEqual([])
    })
  })

  test('is closed and opened again, before and after there is a pull request', async () => {
    await inTrouble({ services }, async (box) => {
      const closed = box.meanwhile(writing('POST', 'git/refs'), async () => {
        await box.mia('PATCH', `${REPO}/issues/${issue}`, { state: 'closed' })
        return undefined
      })
      const issue = await box.ask()
      await closed
      await box.told(issue, /The issue was closed: nothing more happens/)
      expect(await box.pullOf(issue)).toBeUndefined()
      await box.mia('PATCH', `${REPO}/issues/${issue}`, { state: 'open' })
      const pull = await box.tested(issue)
      const is = (state: string) =>
        box.seen(`#${pull.number} ${state}`, async () =>
          (await box.get<Pull>(`/pulls/${pull.number}`)).state === state ? true : undefined,
        )
      await box.mia('PATCH', `${REPO}/issues/${issue}`, { state: 'closed' })
      await is('closed')
      await box.told(issue, /The issue was closed/)
      await box.mia('PATCH', `${REPO}/issues/${issue}`, { state: 'open' })
      await is('open')
      await box.told(issue, /waits for review/)
    })
  })

  test('is cancelled by a command and begun again by another', async () => {
    await inTrouble({ services }, async (box) => {
      const begun = box.meanwhile(writing('POST', 'git/refs'), () => undefined)
      const issue = await box.ask()
      await begun
      await box.say(box.paul, issue, '/cancel')
      await box.told(issue, /Cancelled: nothing more happens/)
      await box.say(box.paul, issue, '/integrate')
      await box.tested(issue)
    })
  })

  test('is wrong and put right, the same again, about no simulator, or one too many', async () => {
    await inTrouble({ services }, async (box) => {
      const wrong = await box.ask({ version: 'one', name: 'Qu Lacs', shots: '0' })
      const problems = await box.told(wrong, /3 things in the request to put right/)
      expect(problems).toMatch(/`Name`: [\s\S]*`Version`: [^\n]*X\.Y\.Z[\s\S]*`Shots`: /)
      const { body } = await box.get<{ body: string }>(`/issues/${wrong}`)
      const mended = body.replace('Qu Lacs', 'qulacs').replace('\none', '\n1.0.0').replace('\n0\n', '\n1024\n')
      await box.paul('PATCH', `${REPO}/issues/${wrong}`, { body: mended.replace(/\n0$/, '\n1024') })
      await box.tested(wrong)
      const same = await box.told(await box.ask({}, 'mia'), /came first/)
      expect(same).toContain(`/issues/${wrong})`)
      const none = await box.ask({ source: 'pkg:pypi/six@1.17.0' }, 'mia')
      expect(await box.told(none, /Declined; no branch was made|cannot go on without an answer/)).toMatch(
        /gate|circuit/,
      )
      const { content } = await box.get<{ content: string }>('/contents/.github/graft.yml')
      const settings = Buffer.from(content, 'base64').toString('utf8')
      await box.put('.github/graft.yml', settings.replace('per_author_per_day: 3', 'per_author_per_day: 1'))
      const many = await box.told(
        await box.ask({ source: 'pkg:pypi/blueqat@2.0.4' }),
        /More than 1 request by one person/,
      )
      expect(many).toContain('`/integrate`')
      expect(await box.get<Pull[]>('/pulls?state=open')).toHaveLength(1)
    })
  })
})

describe.concurrent('the pull request', () => {
  test('is closed by a person and opened again; its branch is deleted, and it begins anew', async () => {
    await inTrouble({ services }, async (box) => {
      const issue = await box.ask()
      const pull = await box.tested(issue)
      await box.mia('PATCH', `${REPO}/pulls/${pull.number}`, { state: 'closed' })
      await box.told(issue, /The pull request was closed: nothing more happens/)
      await box.mia('PATCH', `${REPO}/pulls/${pull.number}`, { state: 'open' })
      await box.told(issue, /waits for review/)
      await box.mia('DELETE', `${REPO}/git/refs/heads/${pull.head.ref}`)
      await box.told(issue, /The pull request was closed: nothing more happens/)
      await box.say(box.mia, issue, '/integrate')
      const next = await box.tested(issue)
      expect(next.number).toBeGreaterThan(pull.number)
    })
  })
})
