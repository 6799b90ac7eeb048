import type { CommentFacts } from '../../../src/integration/hub.ts'

/** A comment by a person in a pull request. */
export function comment(body: string, more: Partial<CommentFacts> = {}): CommentFacts {
  const at = '2026-01-01T00:00:00Z'
  return {
    ...{
      id: 7,
      where: 'pull',
      author: { login: 'ann', kind: 'person' },
      ours: false,
      body,
      createdAt: at,
      updatedAt: at,
    },
    ...{ url: 'https://github.example/1', reactions: [] },
    ...more,
  }
}
