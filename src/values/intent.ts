/** What a person did that GitHub's state does not show afterwards: the press of a button of the check run. */
import { z } from 'zod'

export const intent = z.strictObject({
  /** The delivery's id; what was done for it is marked with it, so that it is done once. */
  id: z.string().regex(/^[A-Za-z0-9-]{1,80}$/),
  button: z.enum(['approve_all', 'undo', 'retest']),
  login: z.string().max(100),
  /** Commit that the button stood on: an approval is for what was seen there. */
  head: z.string().regex(/^[0-9a-f]{40}$/),
})
export type Intent = z.infer<typeof intent>
