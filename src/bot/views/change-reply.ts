/** Answers about the changes of a pull request. */
import type { ChangeReply } from '../../integration/models.ts'
import { changesTable, filesCell, stateWords } from './changes-table.ts'
import { bullets, counted, fence, folded, inlineCode, link, listed, MAX_BODY, plain, table } from './markdown.ts'

const DIFF_LINES = 400
const ROWS = 100
const JSON_LINES = 1900

export function changeReply(model: ChangeReply): string[] {
  switch (model.type) {
    case 'changes':
      return [
        'The changes as they stand now:',
        changesTable(model.changes),
        model.missing.length === 0
          ? 'Nothing is missing: the pull request can be merged.'
          : `Missing before the merge:\n\n${bullets(model.missing.slice(0, 30).map((clause) => plain(clause)))}`,
      ]
    case 'explain':
      return explain(model)
    case 'edit':
      return edit(model)
    case 'snapshots':
      return snapshots(model)
    case 'diff':
      return diff(model)
    case 'history':
      return history(model)
    case 'export':
      return exported(model)
    default:
      return model satisfies never
  }
}

function explain({ change, impact, alternative, neededBy, pull }: Extract<ChangeReply, { type: 'explain' }>): string[] {
  const title = change.origin === 'person' ? inlineCode(change.title, 120) : plain(change.title, 120)
  const ids = (list: readonly string[]) => listed(list.map((id) => inlineCode(id, 10)))
  return [
    `**${inlineCode(change.id, 10)} ${title}**`,
    table(
      ['', ''],
      [
        ['why', change.why === '' ? 'its commit says no more' : plain(change.why, 500)],
        ['impact', plain(impact, 500)],
        ['not done instead', plain(alternative, 500)],
        ['files', `${filesCell(change.files)}, +${change.added} −${change.removed}`],
        ['needs', change.depends.length === 0 ? 'nothing' : ids(change.depends)],
        ['needed by', neededBy.length === 0 ? 'nothing' : ids(neededBy)],
        ['state', stateWords(change)],
      ],
    ),
    `${link('The commit', `${pull}/commits/${change.commit}`)}; ${inlineCode(`/diff ${change.id}`, 20)} shows it here. What was measured stands in the text of the pull request, and the check \`graft\` has the tests.`,
  ]
}

function edit({ change, branch, pull }: Extract<ChangeReply, { type: 'edit' }>): string[] {
  const [first] = change.files
  return [
    `To edit the files of ${inlineCode(change.id, 10)} (${filesCell(change.files)}), either`,
    bullets([
      `suggest it in a review: ${link('open the files', `${pull}/files`)}, comment on the lines with *Add a suggestion*, and commit the suggestion; or`,
      `push a commit to ${inlineCode(branch, 200)}:`,
    ]),
    fence(
      [
        `git fetch origin ${branch} && git switch ${branch}`,
        ...(first === undefined ? [] : [`$EDITOR ${first}`]),
        'git commit --all && git push',
      ],
      { language: 'sh' },
    ),
    'Your commit becomes a change of its own in the table, is tested like the rest, and can be taken back like the rest. Approvals of the files that it touches are asked for again.',
  ]
}

function snapshots({ snapshots: all }: Extract<ChangeReply, { type: 'snapshots' }>): string[] {
  if (all.length === 0) return ['There is no snapshot yet. `/snapshot NAME` makes one, and so does each test run.']
  const rows = all
    .slice(-ROWS)
    .map(({ name, commit, at, here }) => [
      inlineCode(name, 50),
      inlineCode(commit.slice(0, 7)),
      at === undefined ? '' : when(at),
      here ? `${inlineCode(`/restore ${name}`, 60)}` : 'not in this branch any more',
    ])
  return ['Snapshots of this branch; they are never moved:', table(['name', 'commit', 'of', ''], rows)]
}

function diff({ ids, files, link: address }: Extract<ChangeReply, { type: 'diff' }>): string[] {
  const what =
    ids.length === 1
      ? `What ${inlineCode(ids[0] ?? '', 10)} did`
      : `From the state after ${ids.map((id) => inlineCode(id, 10)).join(' to that after ')}`
  const parts: string[] = []
  let [lines, length, shown] = [0, 0, 0]
  for (const { path, patch, why } of files) {
    const body =
      patch === undefined
        ? 'No text that could be compared.'
        : fence(patch.trimEnd().split('\n').slice(1), { language: 'diff', lines: DIFF_LINES - lines })
    const part = `${inlineCode(path, 200)}${why === '' ? '' : `: ${plain(why, 300)}`}\n\n${body}`
    if (lines >= DIFF_LINES || length + part.length > MAX_BODY - 2000) break
    parts.push(part)
    lines += part.split('\n').length
    length += part.length
    shown += 1
  }
  const more = files.length - shown
  return [
    files.length === 0 ? `${what}: no file differs.` : `${what}: ${counted(files.length, 'file')}.`,
    ...parts,
    `${more > 0 ? `${counted(more, 'more file')} did not fit here. ` : ''}${link('All of it on GitHub', address)}.`,
  ]
}

function history({ entries }: Extract<ChangeReply, { type: 'history' }>): string[] {
  const rows = entries
    .slice(-ROWS)
    .map(({ id, title, by, at, added, removed, tests }, index, all) => [
      inlineCode(id, 10),
      when(at),
      by === '' ? 'a person' : inlineCode(by, 40),
      id.startsWith('c') ? plain(title, 120) : inlineCode(title, 80),
      `+${added} −${removed}`,
      all[index - 1]?.tests === undefined ? '' : plain(all[index - 1]?.tests ?? '', 80),
      tests === undefined ? '' : plain(tests, 80),
    ])
  const total = (key: 'added' | 'removed') => entries.reduce((sum, entry) => sum + entry[key], 0)
  const earlier = entries.length - rows.length
  return [
    `${counted(entries.length, 'commit')}, +${total('added')} −${total('removed')} lines in all${earlier > 0 ? `; the last ${rows.length}` : ''}:`,
    table(['id', 'when', 'who', 'what', 'lines', 'tests before', 'tests after'], rows),
  ]
}

function exported({ link: address, json }: Extract<ChangeReply, { type: 'export' }>): string[] {
  const patch = `${link('The commits as patches', address)}, with their authors: ${inlineCode('git am FILE', 40)} in another clone makes the same files.`
  if (json === undefined) return [patch]
  const schema = 'Its schema is `docs/integration.schema.json` of Graft.'
  if (json.length > MAX_BODY - 2000 || json.split('\n').length > JSON_LINES) {
    return ['It is too long for a comment.', patch]
  }
  return [
    `Everything that is known of this integration, as JSON. ${schema}`,
    folded('The whole of it', fence(json.split('\n'), { language: 'json', lines: JSON_LINES })),
  ]
}

/** `2026-03-01 12:00`, in UTC. */
function when(at: string): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 16).replace('T', ' ')
}
