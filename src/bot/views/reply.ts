/** Replies to commands that were not simply done. */
import type { ChangeReply, ReplyModel } from '../../integration/models.ts'
import { formatMarker } from '../../values/marker.ts'
import { COMMANDS, isHere, tableCode, usage } from '../commands/table.ts'
import { changeReply } from './change-reply.ts'
import { filesCell } from './changes-table.ts'
import { bullets, inlineCode, listed, plain, sections, table } from './markdown.ts'

/** The marker names comment and place, so that no command is answered twice. */
export function replyView(model: ReplyModel, command: { readonly source: string; readonly place: number }): string {
  const kind = isChangeReply(model) ? 'answer' : 'reply'
  const marker = formatMarker({ kind, of: `${command.source}-${command.place}` })
  const [first = '', ...rest] = content(model)
  return sections([`${marker}\n${first}`, ...rest])
}

function isChangeReply(model: ReplyModel): model is ChangeReply {
  return model.type !== 'help' && model.type !== 'refused' && model.type !== 'revert_refused'
}

function content(model: ReplyModel): string[] {
  if (isChangeReply(model)) return changeReply(model)
  switch (model.type) {
    case 'help':
      return help(model)
    case 'refused':
      return [`${inlineCode(model.login, 40)}: not done. ${plain(model.reason)}`]
    case 'revert_refused':
      return revertRefused(model)
    default:
      return model satisfies never
  }
}

function help({ login, where, allowed }: Extract<ReplyModel, { type: 'help' }>): string[] {
  const place = where === 'issue' ? 'this issue' : 'this pull request'
  const mine = COMMANDS.filter((spec) => isHere(spec, where) && allowed.includes(spec.name))
  const elsewhere = where === 'issue' ? 'Changes are approved and taken back in the pull request.' : ''
  return [
    `What ${inlineCode(login, 40)} can do in ${place} now:`,
    table(
      ['command', 'what it does', 'example'],
      mine.map((spec) => [tableCode(usage(spec)), spec.help, tableCode(spec.example)]),
    ),
    `A command stands at the start of a line in a new comment. ${elsewhere}`.trim(),
  ]
}

function revertRefused(model: Extract<ReplyModel, { type: 'revert_refused' }>): string[] {
  const asked = listed(model.changes.map((id) => inlineCode(id, 10)))
  const needs = model.needs ?? []
  return [
    `${inlineCode(model.login, 40)}: ${asked} ${model.changes.length === 1 ? 'was' : 'were'} not taken back; nothing was changed.`,
    ...(model.dependents.length === 0
      ? []
      : [
          'These changes need it and would break:',
          table(
            ['id', 'change', 'files'],
            model.dependents
              .slice(0, 60)
              .map((change) => [
                inlineCode(change.id, 10),
                change.origin === 'person' ? inlineCode(change.title, 80) : plain(change.title, 120),
                filesCell(change.files),
              ]),
          ),
        ]),
    ...(needs.length === 0
      ? []
      : [`It would bring back what needs something that ${listed(needs.map((id) => inlineCode(id, 10)))} took away.`]),
    ...(model.conflicts.length === 0
      ? []
      : [
          'Later changes wrote over these lines:',
          bullets(
            model.conflicts.slice(0, 30).map(({ path, lines, by }) => {
              const writers = by.length === 0 ? '' : ` by ${listed(by.map((id) => inlineCode(id, 10)))}`
              return `${inlineCode(path, 200)}, ${plain(lines, 60)}${writers}`
            }),
          ),
        ]),
    model.offer === undefined
      ? 'No larger set could be taken back cleanly either. Edit the branch by hand: your commits stay.'
      : `This takes all of it back cleanly: ${inlineCode(model.offer, 400)}`,
  ]
}
