/** The pull request that sets a repository up: what comes, what it costs, how to make it count, how to say no. */
import type { OnboardingModel } from '../../integration/models.ts'
import { SETUP_BRANCH } from '../../values/branches.ts'
import { filesCell } from './changes-table.ts'
import { bullets, inlineCode, link, plain, sections, table } from './markdown.ts'

export function onboardingView(model: OnboardingModel): { title: string; body: string } {
  const { changes, checkName, defaultBranch } = model
  const branch = inlineCode(defaultBranch)
  const body = sections([
    'Graft turns an issue that names a quantum simulator into a pull request with a backend whose every gate was measured on the real simulator. This adds what it needs, once.',
    '### What comes',
    table(
      ['id', 'files', 'what it is'],
      changes.map((change) => [
        `\`${change.id}\``,
        filesCell(change.files.map((file) => file.path)),
        `${plain(change.title, 120)}. ${plain(change.why, 500)}`,
      ]),
    ),
    model.workflowLink === undefined
      ? undefined
      : `**One file is yours to add**: Graft was not given the permission to write workflows. ${link('This page', model.workflowLink)} has it filled in; commit it to ${inlineCode(SETUP_BRANCH)}, the branch of this pull request, and then merge. Without it nothing can be measured.`,
    '### What it costs',
    bullets([
      'Two or three jobs for each request: measuring, the tests of each state of its branch, and one more after the merge. Expect 5 to 15 minutes of a standard Linux runner in all; a large simulator takes longer, and a job ends after 60 minutes at the latest.',
      'Minutes are free in public repositories with standard runners; in private ones they count.',
      'Requests by people without write permission wait for `/integrate` by a maintainer, so nobody else spends your minutes.',
    ]),
    '### What runs, and with what',
    bullets([
      'The workflow is a constant file with pinned actions. Its jobs have a token that only reads, no secrets and no cache; the simulator runs without network.',
      'The App itself reads packages and never runs them.',
    ]),
    others(model),
    `### Make the check ${inlineCode(checkName, 60)} count`,
    `It says whether every change was approved and the tests of exactly this state are green, but only a **required** check keeps a pull request from being merged. An administrator: *Settings → Rules → Rulesets → New branch ruleset*, target ${branch}, *Require status checks to pass*, add ${inlineCode(checkName, 60)} from Graft. Other pull requests and merge queues get it as success at once, so nothing else waits for it.`,
    '### Then',
    'Open an issue by the form *Integrate a quantum simulator*. One field is enough: the name of the package. What you can do is in its first comment, and `/help` says it again.',
    '### No, thanks',
    'Close this pull request. Graft then does nothing here and answers requests with a link to it. Open it again, should you change your mind. To be rid of Graft altogether, uninstall the App; its branches begin with `graft/`.',
  ])
  return { title: 'Set up Graft', body }
}

function others({ otherWorkflows }: OnboardingModel): string {
  if (otherWorkflows.length === 0) {
    return 'No other workflow of this repository runs on Graft’s branches.'
  }
  const rows = otherWorkflows
    .slice(0, 60)
    .map(({ path, usesSecrets }) => [inlineCode(path, 120), usesSecrets ? '**yes**' : 'no'])
  const advice = otherWorkflows.some((workflow) => workflow.usesSecrets)
    ? ' A branch of Graft holds code that drives a foreign package, but installs it only where somebody asks for it: tests of a backend do nothing while its package is missing. If one of those that use secrets installs every `requirements.txt` that it finds, let it leave out `graft/**` and `graft-measure/**` (`branches-ignore`).'
    : ''
  return `These other workflows of this repository run on Graft’s branches or pull requests, too; their minutes come on top.${advice}\n\n${table(['workflow', 'secrets'], rows)}`
}
