/** The status comment of an issue: where the request is, what happens now, what you can do now. */
import type { StatusModel } from '../../integration/models.ts'
import { formatMarker } from '../../values/marker.ts'
import { bullets, counted, fence, inlineCode, link, plain, sections } from './markdown.ts'
import { contradictionsSection } from './measured.ts'
import { progressBar } from './progress-bar.ts'
import { failures, pendingWords, reportLine } from './run.ts'

interface Words {
  /** What happens now. */
  readonly now: string
  /** What the reader can do. */
  readonly next: readonly string[]
  /** Default: it goes on by itself. */
  readonly state?: 'waits' | 'ended'
}

const COMMANDS = '`/help` lists what you can do'

export function statusView(model: StatusModel): string {
  const { now, next, state = 'goes_on' } = words(model)
  return sections([
    `${formatMarker({ kind: 'status', of: String(model.issue) })}\n${title(model)}`,
    progressBar(model.step, state),
    now,
    model.report === undefined ? undefined : `Tests: ${reportLine(model.report)}.`,
    model.report === undefined || model.report.failed === 0 ? undefined : failures(model.report, 3),
    contradictionsSection(model.contradictions),
    model.limits.length === 0 ? undefined : `Limits:\n\n${fence(model.limits, { wrap: true, lines: 20 })}`,
    model.localRun === undefined
      ? undefined
      : `Without Actions, on a machine with a clone:\n\n${fence(model.localRun, { language: 'sh' })}`,
    `**What you can do now**\n\n${bullets([...next, ...(next.includes(COMMANDS) ? [] : [COMMANDS])])}`,
  ])
}

function title({ backend, purl }: StatusModel): string {
  const source = purl === undefined ? '' : ` from ${inlineCode(purl)}`
  return backend === undefined ? `**Request for a backend**${source}` : `**Backend \`${backend.name}\`**${source}`
}

function words(model: StatusModel): Words {
  const { state, pull } = model
  const toPull = pull === undefined ? 'the pull request' : link(`pull request #${pull.number}`, pull.url)
  switch (state.type) {
    case 'working':
      return working(model)
    case 'setup_needed':
      return setup(state)
    case 'settings_invalid': {
      const place = `${inlineCode(state.path)}${state.line === undefined ? '' : `, line ${state.line}`}`
      return {
        now: `The settings of Graft cannot be used: ${place}. Expected:\n\n${fence(state.expected, { wrap: true })}`,
        next: ['correct the file on the default branch; Graft goes on by itself'],
        state: 'waits',
      }
    }
    case 'problems': {
      const rows = state.problems.slice(0, 40).map((one) => `${inlineCode(one.field, 60)}: ${plain(one.expected)}`)
      return {
        now: `${counted(state.problems.length, 'thing')} in the request to put right:\n\n${bullets(rows)}`,
        next: ['edit the issue; it is read again'],
        state: 'waits',
      }
    }
    case 'duplicate': {
      const other = link(`#${state.of}`, state.url)
      if (state.same === 'name') {
        return {
          now: `${other} came first, and its backend ${state.merged ? 'has' : 'gets'} the name that this one would get.`,
          next: ['edit this issue: another `Name`; it is read again'],
          state: 'waits',
        }
      }
      return {
        now: state.merged
          ? `This package is integrated already: ${other}.`
          : `${other} asks for the same package and came first. Follow it there.`,
        next: ['close this issue, or edit it to name another package'],
        state: 'ended',
      }
    }
    case 'waits_for_maintainer':
      return {
        now:
          state.reason === 'too_many_today'
            ? `More than ${counted(state.limit ?? 0, 'request')} by one person within a day: the settings of this repository (\`requests.per_author_per_day\`) let the others wait for a maintainer.`
            : 'A request runs the package in this repository’s Actions, so one by somebody without write permission waits for a maintainer.',
        next: [
          'with write permission: comment `/integrate` here to let it begin',
          'otherwise: nothing; you will hear of it here',
        ],
        state: 'waits',
      }
    case 'question':
      return {
        now: `One answer is needed:\n\n${fence(state.reason, { wrap: true, lines: 40 })}`,
        next:
          model.step === 'measure'
            ? [
                'comment a line of example code, in backticks or a fence, or `/hint CODE`: it is taken apart, never executed as text, tried first, and measured',
                '`/with NAME` installs what it needs and does not declare',
                'with write permission: `/allow build` lets it be built where no wheel fits, `/integrate` tries once more as it is',
                'edit the issue to name another version or package; it is read again',
              ]
            : [
                'edit the issue to name another version or package; it is read again',
                'with write permission: `/integrate` tries once more',
              ],
        state: 'waits',
      }
    case 'declined':
      return {
        now: `Declined; no branch was made. Why:\n\n${fence(state.reason, { wrap: true, lines: 40 })}`,
        next: [
          'edit the issue to name another package or version; it is read again',
          'if Graft is mistaken: comment a line of code that shows it, in backticks or as `/hint CODE`; it is measured anew',
          'or close it',
        ],
        state: 'ended',
      }
    case 'failed':
      return {
        now: `Failed:\n\n${fence(state.reason, { wrap: true, lines: 40 })}`,
        next: ['with write permission: `/integrate` tries once more'],
        state: 'ended',
      }
    case 'cancelled': {
      const how = { closed: 'The issue was closed', command: 'Cancelled', pull_closed: 'The pull request was closed' }
      const again =
        state.by === 'closed'
          ? 'open the issue again to go on'
          : state.by === 'pull_closed' && !state.noBranch
            ? 'to go on: open the pull request again or, with write permission, comment `/integrate`'
            : 'with write permission: `/integrate` begins again'
      const stays = state.noBranch ? '' : ' The branch stays.'
      return { now: `${how[state.by]}: nothing more happens.${stays}`, next: [again], state: 'ended' }
    }
    case 'blocked':
      return {
        now: `GitHub does not let Graft go on: ${plain(state.reason)}`,
        next: [plain(state.advice), 'then nothing: Graft looks again within minutes and goes on by itself'],
        state: 'waits',
      }
    case 'review':
      return {
        now:
          state.missing.length === 0
            ? `Everything is approved and green: ${toPull} can be merged.`
            : `${upper(toPull)} waits for review. Missing:\n\n${bullets(state.missing.slice(0, 20).map((one) => plain(one)))}`,
        next:
          state.missing.length === 0
            ? [`merge ${toPull}`]
            : [`read ${toPull}: its first section says how in two minutes`, 'comment `/approve` or `/revert c2` there'],
      }
    case 'merged':
      return {
        now:
          state.verified === undefined
            ? `${upper(toPull)} is merged. The backend is being tested once more on the default branch.`
            : `${upper(toPull)} is merged, and the backend was tested again on the default branch.`,
        next:
          state.verified === undefined
            ? []
            : ['read the comment below: how these tests went, and the commands to use it'],
      }
    default:
      return state satisfies never
  }
}

function working({ step, state, pull }: StatusModel): Words {
  const doing: Record<StatusModel['step'], string> = {
    request: 'The request is being read.',
    read: 'The source of the package is being read. Nothing of it is run.',
    measure:
      'The real simulator is being measured: every gate’s unitary, the order of bits, the sign and unit of angles. A pull request comes only after that.',
    'pull request': 'The branch and the pull request are being made.',
    test: 'The backend’s own tests run on the real simulator.',
    review: 'The state of the review is being read.',
    merge: 'The merge is being looked at.',
    finished: 'Done.',
  }
  const { detail, pending } = state.type === 'working' ? state : {}
  const problem = pending?.problem
  const parts = [
    problem === undefined ? doing[step] : undefined,
    detail === undefined ? undefined : inlineCode(detail, 200),
    pending === undefined ? undefined : pendingWords(pending),
  ]
  const look =
    pull === undefined
      ? 'nothing; this comment changes as it goes on'
      : `read ${link(`pull request #${pull.number}`, pull.url)} meanwhile`
  const again = pull === undefined ? '`/integrate` here' : '`/retest` in the pull request'
  const mend =
    problem === 'no_artifact'
      ? `with write permission: read the log, then ${again} tries once more`
      : 'put that right; nothing else is needed'
  return {
    now: parts.filter((part) => part !== undefined).join('\n\n'),
    next: [problem === undefined ? look : mend, '`/cancel`, or close the issue, to end it'],
    ...(problem === undefined ? {} : { state: 'waits' }),
  }
}

function setup({ pull, workflowLink }: Extract<StatusModel['state'], { type: 'setup_needed' }>): Words {
  if (pull === undefined && workflowLink !== undefined) {
    return {
      now: 'One file is missing here: the workflow, in which simulators are measured and tested. Graft was not given the permission to add it.',
      next: [
        `maintainers: ${link('this page', workflowLink)} has it filled in; commit it to the default branch, and the request begins by itself`,
      ],
      state: 'waits',
    }
  }
  if (pull === undefined) {
    return {
      now: 'This repository is not set up for Graft, and nothing will be done here.',
      next: ['ask a maintainer'],
      state: 'ended',
    }
  }
  const there = link(`pull request #${pull.number}`, pull.url)
  return pull.closed
    ? {
        now: `The maintainers closed ${there}, which sets Graft up. Graft takes this as a no and does nothing here.`,
        next: [`maintainers: open ${there} again, should you change your mind`],
        state: 'ended',
      }
    : {
        now: `This repository is not set up yet: ${there} adds what Graft needs. The request begins by itself when it is merged.`,
        next: [`maintainers: read and merge ${there}`],
        state: 'waits',
      }
}

function upper(text: string): string {
  return text.replace(/^(\[?)([a-z])/, (_, bracket: string, letter: string) => bracket + letter.toUpperCase())
}
