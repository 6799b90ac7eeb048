import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Translation } from '../../src/bot/events.ts'
import { translateEvent } from '../../src/bot/events.ts'

const APP = { id: 7, slug: 'graft' }
const SHA = 'b'.repeat(40)
const DELIVERY = '72d3162e-cc78-11e3-81ab-4c9367dc0958'

const PERSON = { login: 'ada', type: 'User' }
const OURS = { login: 'graft[bot]', type: 'Bot' }
const OTHER_BOT = { login: 'helpful[bot]', type: 'Bot' }

function payload(fields: object, sender: object = PERSON): object {
  return {
    installation: { id: 5 },
    repository: { full_name: 'Owner/target', default_branch: 'main' },
    sender,
    ...fields,
  }
}

function translate(event: string, fields: object, sender?: object): Translation {
  return translateEvent(event, payload(fields, sender), APP, DELIVERY)
}

function subjects(translation: Translation): string[] {
  return 'jobs' in translation ? translation.jobs.map(({ key }) => key.subject) : [translation.ignored]
}

const pull = (ref: string, repo: string | null = 'Owner/target') => ({
  pull_request: { number: 34, head: { ref, repo: repo === null ? null : { full_name: repo } } },
})
const run = (head_branch: string | null, repo = 'Owner/target') => ({
  action: 'completed',
  workflow_run: { head_branch, head_repository: { full_name: repo } },
})
const check = (head_branch: string | null, more: object = {}) => ({
  check_run: {
    name: 'graft',
    head_sha: SHA,
    app: { id: 7 },
    check_suite: { head_branch },
    pull_requests: [{ number: 34 }],
    ...more,
  },
})
const push = (ref: string, ...paths: string[]) => ({
  ref,
  commits: [{ added: [], modified: paths, removed: [] }],
})

describe('what is to be looked at', () => {
  test.each<[string, string, object, string[]]>([
    ['a new issue', 'issues', { action: 'opened', issue: { number: 12 } }, ['issue:12']],
    ['an edited issue', 'issues', { action: 'edited', issue: { number: 12 } }, ['issue:12']],
    ['a closed issue', 'issues', { action: 'closed', issue: { number: 12 } }, ['issue:12']],
    ['a label', 'issues', { action: 'labeled', issue: { number: 12 } }, ['issue:12']],
    ['a deleted issue', 'issues', { action: 'deleted', issue: { number: 12 } }, ['issue:12']],
    ['a transferred issue', 'issues', { action: 'transferred', issue: { number: 12 } }, ['issue:12']],
    ['an assigned issue', 'issues', { action: 'assigned', issue: { number: 12 } }, ['irrelevant']],
    ['a comment', 'issue_comment', { action: 'created', issue: { number: 12 } }, ['issue:12']],
    [
      'a comment on a pull request',
      'issue_comment',
      { action: 'created', issue: { number: 34, pull_request: { url: '…' } } },
      ['pull:34'],
    ],
    ['our pull request', 'pull_request', { action: 'closed', ...pull('graft/12-x') }, ['issue:12']],
    ['a pull request of somebody', 'pull_request', { action: 'opened', ...pull('feature') }, ['pull:34']],
    ['a closed pull request of somebody', 'pull_request', { action: 'closed', ...pull('feature') }, ['irrelevant']],
    [
      'a fork that calls its branch like ours',
      'pull_request',
      { action: 'synchronize', ...pull('graft/12-x', 'eve/target') },
      ['pull:34'],
    ],
    ['a fork that is gone', 'pull_request', { action: 'synchronize', ...pull('graft/12-x', null) }, ['pull:34']],
    ['the set-up', 'pull_request', { action: 'closed', ...pull('graft/setup') }, ['setup']],
    ['a review', 'pull_request_review', { action: 'submitted', ...pull('graft/12-x') }, ['issue:12']],
    ['a review elsewhere', 'pull_request_review', { action: 'submitted', ...pull('feature') }, ['irrelevant']],
    ['new settings', 'push', push('refs/heads/main', 'README.md', '.github/graft.yml'), ['sweep']],
    ['a new workflow', 'push', push('refs/heads/main', '.github/workflows/graft.yml'), ['sweep']],
    ['other work', 'push', push('refs/heads/main', 'src/graft.yml'), ['irrelevant']],
    ['settings on another branch', 'push', push('refs/heads/feature', '.github/graft.yml'), ['irrelevant']],
    ['a push to our branch', 'push', push('refs/heads/graft/12-x', 'a.py'), ['issue:12']],
    ['a tag', 'push', push('refs/tags/graft/12-x'), ['irrelevant']],
    ['a run', 'workflow_run', run('graft-measure/12'), ['issue:12']],
    ['a run of the verification', 'workflow_run', run('graft-measure/12-verify-x'), ['issue:12']],
    ['a run on our branch', 'workflow_run', run('graft/12-x'), ['issue:12']],
    ['a run in a fork', 'workflow_run', run('graft/12-x', 'eve/target'), ['irrelevant']],
    ['a run of a tag', 'workflow_run', run(null), ['irrelevant']],
    ['a merge queue', 'merge_group', { action: 'checks_requested', merge_group: { head_sha: SHA } }, [`group:${SHA}`]],
    ['a new name', 'repository', { action: 'renamed' }, ['sweep']],
    ['an archived repository', 'repository', { action: 'archived' }, ['irrelevant']],
    ['an unarchived repository', 'repository', { action: 'unarchived' }, ['sweep']],
    ['a star', 'star', { action: 'created' }, ['unknown_event']],
    ['an event named like a property', 'constructor', {}, ['unknown_event']],
  ])('%s', (_, event, fields, expected) => {
    expect(subjects(translate(event, fields))).toEqual(expected)
  })

  test('the key names repository and installation as GitHub spells them', () => {
    const translation = translate('issues', { action: 'opened', issue: { number: 12 } })
    expect(translation).toEqual({
      jobs: [{ key: { installation: 5, owner: 'Owner', repository: 'target', subject: 'issue:12' }, intents: [] }],
    })
  })

  test('an installation sets up each of its repositories; one that ends does nothing', () => {
    const repositories = [{ full_name: 'Owner/one' }, { full_name: 'Owner/two' }]
    const translateRaw = (event: string, fields: object) =>
      translateEvent(event, { installation: { id: 5 }, ...fields }, APP, DELIVERY)
    const created = translateRaw('installation', { action: 'created', repositories })
    expect(subjects(created)).toEqual(['setup', 'setup'])
    expect('jobs' in created && created.jobs.map(({ key }) => key.repository)).toEqual(['one', 'two'])
    expect(
      subjects(translateRaw('installation_repositories', { action: 'added', repositories_added: repositories })),
    ).toEqual(['setup', 'setup'])
    expect(subjects(translateRaw('installation', { action: 'unsuspend', repositories }))).toEqual(['sweep', 'sweep'])
    for (const action of ['suspend', 'deleted']) {
      expect(subjects(translateRaw('installation', { action, repositories }))).toEqual(['irrelevant'])
    }
    expect(
      subjects(translateRaw('installation_repositories', { action: 'removed', repositories_added: [], repositories })),
    ).toEqual(['irrelevant'])
  })
})

describe('buttons', () => {
  test.each([
    ['undo', 'undo'],
    ['approve_all', 'approve_all'],
    ['retest', 'retest'],
  ])('%s', (identifier, button) => {
    const translation = translate('check_run', {
      action: 'requested_action',
      requested_action: { identifier },
      ...check('graft/12-x'),
    })
    expect(translation).toMatchObject({
      jobs: [{ key: { subject: 'issue:12' }, intents: [{ id: DELIVERY, button, login: 'ada', head: SHA }] }],
    })
  })

  test('Re-run, of one check and of all, tests again', () => {
    const suite = { head_branch: 'graft/12-x', head_sha: SHA, app: { id: 7 }, pull_requests: [] }
    for (const translation of [
      translate('check_run', { action: 'rerequested', ...check('graft/12-x') }),
      translate('check_suite', { action: 'rerequested', check_suite: suite }),
    ]) {
      expect(translation).toMatchObject({ jobs: [{ key: { subject: 'issue:12' }, intents: [{ button: 'retest' }] }] })
    }
  })

  test('on what is none of ours a Re-run posts the check again, and nothing can be pressed', () => {
    expect(translate('check_run', { action: 'rerequested', ...check('feature') })).toMatchObject({
      jobs: [{ key: { subject: 'pull:34' }, intents: [] }],
    })
    expect(subjects(translate('check_run', { action: 'rerequested', ...check('graft/setup') }))).toEqual(['setup'])
    const undo = { action: 'requested_action', requested_action: { identifier: 'undo' } }
    expect(subjects(translate('check_run', { ...undo, ...check('feature') }))).toEqual(['irrelevant'])
  })

  test('buttons that we did not make, and checks of other Apps, do nothing', () => {
    const pressed = (identifier: string, more?: object) =>
      subjects(
        translate('check_run', {
          action: 'requested_action',
          requested_action: { identifier },
          ...check('graft/12-x', more),
        }),
      )
    expect(pressed('rm -rf')).toEqual(['irrelevant'])
    expect(pressed('undo', { app: { id: 8 } })).toEqual(['irrelevant'])
    expect(pressed('undo', { app: null })).toEqual(['irrelevant'])
    expect(pressed('undo', { name: 'lint' })).toEqual(['irrelevant'])
  })
})

describe('echoes', () => {
  test.each<[string, string, object]>([
    ['our comment', 'issue_comment', { action: 'created', issue: { number: 12 } }],
    ['our edit of it', 'issue_comment', { action: 'edited', issue: { number: 12 } }],
    ['our label', 'issues', { action: 'labeled', issue: { number: 12 } }],
    ['our table in the pull request', 'pull_request', { action: 'edited', ...pull('graft/12-x') }],
    ['our job', 'push', push('refs/heads/graft-measure/12', '.graft/request.json')],
    ['our set-up', 'push', push('refs/heads/graft/setup', '.github/graft.yml')],
  ])('%s', (_, event, fields) => {
    expect(subjects(translate(event, fields, OURS))).toEqual(['echo'])
    expect(subjects(translate(event, fields, OTHER_BOT))).not.toEqual(['echo'])
    expect(subjects(translate(event, fields, { ...OURS, type: 'User' }))).not.toEqual(['echo'])
  })
})

describe('hostile and unknown shapes', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['a number', 3],
    ['nothing', {}],
    ['no installation', { ...payload({ action: 'opened', issue: { number: 12 } }), installation: undefined }],
    [
      'a path for a name',
      payload({ action: 'opened', issue: { number: 12 }, repository: { full_name: '../x/y', default_branch: 'm' } }),
    ],
    ['a number that is none', payload({ action: 'opened', issue: { number: '12' } })],
    ['a number below one', payload({ action: 'opened', issue: { number: 0 } })],
  ])('%s', (_, hostile) => {
    expect(translateEvent('issues', hostile, APP, DELIVERY)).toEqual({ ignored: 'unknown_shape' })
  })

  test("every example of GitHub's own is understood", () => {
    const file = new URL('../../node_modules/@octokit/webhooks-examples/api.github.com/index.json', import.meta.url)
    const events = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly name: string
      readonly examples: readonly object[]
    }[]
    const understood: string[] = []
    for (const { name, examples } of events) {
      for (const [index, example] of examples.entries()) {
        // Some of the examples come from a webhook of a repository, not of an App.
        const translation = translateEvent(name, { installation: { id: 5 }, ...example }, APP, DELIVERY)
        expect(translation, `${name} ${index}`).not.toEqual({ ignored: 'unknown_shape' })
        if ('jobs' in translation) understood.push(name)
      }
    }
    expect([...new Set(understood)].sort()).toEqual(
      expect.arrayContaining([
        'installation',
        'installation_repositories',
        'issue_comment',
        'issues',
        'pull_request',
        'repository',
      ]),
    )
  })
})
